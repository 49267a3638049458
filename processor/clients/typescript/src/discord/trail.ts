// A member's trail as far as facts are judged by it: where it stands, and what of Discord it knows.

import type { HistoryEvent, Member, State } from '../contract.js'

import { joinedOfKey, timeOfKey } from './keys.js'

const ended: ReadonlySet<State> = new Set(['None', 'LeftGuild', 'Kicked', 'RejectedNotEligible', 'Banned'])

/** Whether somebody in that state is in the guild as far as the trail knows. */
export const isActive = (state: State): boolean => !ended.has(state)

/** A stay: when it began by Discord's clock, if Discord's word is what began it; when it was recorded. */
export interface Stay { joined_ms?: number, recorded_ms: number }

/** The last event, with its key, and its time by Discord's clock, if the key tells. */
export interface Last { event: HistoryEvent['event'], key: string, discord_ms: number | undefined }

export class Trail {
  readonly state: State
  readonly version: number
  readonly lifecycle: number
  readonly stay: Stay | undefined
  readonly last: Last | undefined
  private readonly keys: ReadonlySet<string>
  private readonly latest_ms: number

  private constructor(at: { state: State, version: number, lifecycle: number }, events: readonly HistoryEvent[]) {
    this.state = at.state
    this.version = at.version
    this.lifecycle = at.lifecycle
    this.stay = stayOf(events)
    this.last = lastOf(events)
    this.keys = new Set(events.map((event) => event.idempotency_key))
    this.latest_ms = events.reduce((latest, event) => Math.max(latest, timeOfKey(event.idempotency_key) ?? 0), 0)
  }

  /** From the whole history: what is judged by it is judged exactly. */
  static ofHistory(events: readonly HistoryEvent[]): Trail {
    const last = events.at(-1)
    const lifecycle = events.filter((event) => event.event === 'MemberJoined').length
    return new Trail({ state: last?.to_state ?? 'None', version: last?.version ?? 0, lifecycle }, events)
  }

  /** From a row of the membership table, or none: enough for what needs no older events. */
  static ofRow(row: Member | undefined): Trail {
    return new Trail(row ?? { state: 'None', version: 0, lifecycle: 0 }, [])
  }

  has(key: string): boolean { return this.keys.has(key) }

  /** Whether it tells of something on Discord that came after that moment. */
  isPast(discord_ms: number): boolean { return this.latest_ms > discord_ms }

  /** Whether it tells of something on Discord in that moment, or after it. */
  hasReached(discord_ms: number): boolean { return this.latest_ms >= discord_ms }
}

function stayOf(events: readonly HistoryEvent[]): Stay | undefined {
  const join = events.findLast((event) => event.event === 'MemberJoined')
  if (join === undefined) return undefined
  const joined = joinedOfKey(join.idempotency_key)
  const recorded_ms = Date.parse(join.recorded_at)
  return joined === undefined ? { recorded_ms } : { joined_ms: joined, recorded_ms }
}

function lastOf(events: readonly HistoryEvent[]): Last | undefined {
  const last = events.at(-1)
  return last && { event: last.event, key: last.idempotency_key, discord_ms: timeOfKey(last.idempotency_key) }
}
