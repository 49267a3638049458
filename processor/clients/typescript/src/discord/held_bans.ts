// A ban is told twice: by an event without id, time or person, and by an entry of the audit log that has
// them all. They are one fact, so the event is held for its entry, whichever comes first; only when none
// comes (no right to see the audit log, or Discord is late) does the event speak for itself.

import { nameOf, type Banned, type Fact, type Unbanned } from './facts.js'
import { timeOfSnowflake } from './keys.js'

export type BanEvent = Banned | Unbanned
/** Who tells of a held ban in the end: its entry, or the event itself, which is handed back. */
export type Settle = (told: 'by its entry' | BanEvent) => void
interface Held { ban: BanEvent, settle: Settle, timer: NodeJS.Timeout }

/** So many times as long as an entry is waited for, a late one is known to be late. */
const late_factor = 100

export class HeldBans {
  private readonly held = new Map<string, Held[]>()
  /** Entries whose events are to come, and events that did not wait any longer for their entries. */
  private readonly early = new Counts()
  private readonly overdue = new Counts()

  /** An entry is waited for that long, and remembered as long when it comes before its event. */
  constructor(private readonly within_ms: number) {}

  /** Holds an event, and says once who tells of it: at once when its entry has been there. */
  hold(ban: BanEvent, settle: Settle): void {
    if (this.early.take(kindOf(ban))) return settle('by its entry')
    const timer = setTimeout(() => this.releaseUpTo(held), this.within_ms)
    const held = { ban, settle, timer }
    this.held.set(nameOf(ban), [...this.heldOf(ban), held])
  }

  /** Before a fact is recorded: settles the held event that it is the entry of, and what is older. */
  note(fact: Fact): void {
    if (fact.fact === 'left') return // comes with a ban, before or after it
    const mine = this.heldOf(fact).find(({ ban }) => isEntryOf(fact, ban))
    for (const held of this.heldOf(fact)) {
      if (held === mine) return this.remove(held).settle('by its entry')
      this.release(held, timeOf(fact))
    }
    if (isBanEntry(fact) && !this.overdue.take(kindOf(fact))) this.early.add(kindOf(fact), this.within_ms)
  }

  /** Lets every held event speak for itself, now. */
  releaseAll(): void {
    for (const held of [...this.held.values()].flat()) this.release(held)
    this.early.clear()
    this.overdue.clear()
  }

  private heldOf(who: Fact): Held[] { return this.held.get(nameOf(who)) ?? [] }

  /** Events are told in order, so what was held before that one has no entry to wait for. */
  private releaseUpTo(last: Held): void {
    for (const held of this.heldOf(last.ban)) {
      this.release(held)
      if (held === last) return
    }
  }

  private release(held: Held, before_ms?: number): void {
    this.overdue.add(kindOf(held.ban), this.within_ms * late_factor)
    this.remove(held).settle(before_ms === undefined ? held.ban : { ...held.ban, before_ms })
  }

  private remove(held: Held): Held {
    clearTimeout(held.timer)
    const others = this.heldOf(held.ban).filter((each) => each !== held)
    if (others.length > 0) this.held.set(nameOf(held.ban), others)
    else this.held.delete(nameOf(held.ban))
    return held
  }
}

const isBanEntry = (fact: Fact): fact is BanEvent =>
  (fact.fact === 'banned' || fact.fact === 'unbanned') && fact.entry !== undefined

const isEntryOf = (fact: Fact, ban: BanEvent) => isBanEntry(fact) && fact.fact === ban.fact
const kindOf = (ban: BanEvent) => `${nameOf(ban)} ${ban.fact}`

/** When Discord says that it happened; an event of a ban has no time. */
function timeOf(fact: Fact): number | undefined {
  if ('entry' in fact && fact.entry) return timeOfSnowflake(fact.entry.id)
  return fact.fact === 'joined' ? fact.joined_ms : undefined
}

/** How many of each there are; each is forgotten after a time. */
class Counts {
  private readonly timers = new Map<string, NodeJS.Timeout[]>()

  add(name: string, ms: number): void {
    const timer = setTimeout(() => this.take(name), Math.min(ms, 2 ** 31 - 1)).unref()
    this.timers.set(name, [...(this.timers.get(name) ?? []), timer])
  }

  /** Takes the oldest away, if there is one. */
  take(name: string): boolean {
    const [oldest, ...others] = this.timers.get(name) ?? []
    clearTimeout(oldest)
    if (others.length > 0) this.timers.set(name, others)
    else this.timers.delete(name)
    return oldest !== undefined
  }

  clear(): void {
    for (const timer of [...this.timers.values()].flat()) clearTimeout(timer)
    this.timers.clear()
  }
}
