// The commands that a fact of Discord means, given what the member's trail already tells. Pure: whoever
// hears of the same facts, in any order and any number of times, ends at the same state, because
// - each command is guarded by the version that was looked at, so nothing is decided on what has passed;
// - a fact that the trail has under its key is known;
// - a fact that is older than what Discord told since is superseded, and never touches a later stay;
// - a removal brings the Join along that it ends, should the trail not have it.

import type { Command, State } from '../contract.js'

import type { Banned, Entry, Fact, Joined, Kicked, Left, Unbanned } from './facts.js'
import { keyOf, rejoinKey, timeOfSnowflake } from './keys.js'
import { isActive, type Trail } from './trail.js'

/**
 * Why a fact means no command. `known`: it is in the trail. `superseded`: Discord told of something
 * later already. `never_joined`: there is no stay to end. `ended`: the stay is over, or the ban there or
 * lifted, by something else. `changed`: the member changed since the comparison.
 */
export type Nothing = 'known' | 'superseded' | 'never_joined' | 'ended' | 'changed'

export type Decision = { commands: Command[] } | { nothing: Nothing }

const nothing = (why: Nothing): Decision => ({ nothing: why })

/** Two clocks, Discord's and the database's, are compared only where no key tells, and this far apart. */
const clocks_apart_ms = 60_000

/** What a fact means for a member with that trail. A join undoes the Leave of that key, which was of an earlier stay. */
export function decide(fact: Fact, trail: Trail, wrong_leave?: string): Decision {
  if (fact.seen_version !== undefined && fact.seen_version !== trail.version) return nothing('changed')
  if (fact.before_ms !== undefined && trail.hasReached(fact.before_ms)) return nothing('superseded')
  switch (fact.fact) {
    case 'joined': return joined(fact, trail, wrong_leave)
    case 'left': return left(fact, trail)
    case 'kicked': return kicked(fact, trail)
    case 'banned': return banned(fact, trail)
    case 'unbanned': return unbanned(fact, trail)
  }
}

function joined(fact: Joined, trail: Trail, wrong_leave: string | undefined): Decision {
  if (isEarlierStay(fact, trail)) return nothing('superseded')
  if (trail.stay?.joined_ms === fact.joined_ms) return rejoined(fact, trail, wrong_leave)
  if (isOverByEntry(fact, trail)) return nothing('superseded')
  if (isStayOfOthers(fact, trail) && (isActive(trail.state) || fact.seen_version !== undefined)) return nothing('known')
  const draft = new Draft(fact, trail)
  draft.upTo(fact.joined_ms)
  return draft.decided()
}

/** The stay is known, and over by a Leave: it goes on when Discord shows the member, or tells of the join after that Leave. */
function rejoined(fact: Joined, trail: Trail, wrong_leave: string | undefined): Decision {
  const goes_on = fact.seen_version !== undefined || (wrong_leave !== undefined && trail.last?.key === wrong_leave)
  if (!goes_on || trail.state !== 'LeftGuild') return nothing('known')
  const draft = new Draft(fact, trail)
  draft.add('Join', rejoinKey(fact.guild_id, fact.joined_ms, trail.version), { occurred_at: timeText(fact.joined_ms) })
  return draft.decided()
}

function left(fact: Left, trail: Trail): Decision {
  if (isNobody(fact, trail)) return nothing('never_joined')
  if (isEarlierStay(fact, trail)) return nothing('superseded')
  if (trail.state === 'Banned' || isOverByEntry(fact, trail)) return nothing('ended')
  const draft = new Draft(fact, trail)
  draft.upTo(fact.joined_ms)
  if (isActive(draft.state)) draft.add('Leave', keyOf.guildMemberRemove(draft, draft.lifecycle))
  return draft.decided()
}

function kicked(fact: Kicked, trail: Trail): Decision {
  const over = judgeEntry(fact, trail)
  if (over) return over
  if (trail.state === 'Banned') return nothing('ended')
  const draft = new Draft(fact, trail)
  draft.upTo(stayBefore(fact))
  if (isActive(draft.state) || draft.state === 'LeftGuild') draft.addEntry('Kick', fact.entry)
  return draft.decided()
}

function banned(fact: Banned, trail: Trail): Decision {
  const over = judgeEntry(fact, trail)
  if (over) return over
  const draft = new Draft(fact, trail)
  if (trail.state !== 'Banned') draft.upTo(stayBefore(fact))
  else if (isOfAnotherBan(fact, trail)) draft.add('LiftBan', keyOf.guildBanRemove(draft, trail.version))
  else return nothing('ended')
  if (fact.entry) draft.addEntry('Ban', fact.entry)
  else draft.add('Ban', keyOf.guildBanAdd(draft, trail.version), reasonOf(fact.reason))
  return draft.decided()
}

function unbanned(fact: Unbanned, trail: Trail): Decision {
  const over = judgeEntry(fact, trail)
  if (over) return over
  const draft = new Draft(fact, trail)
  if (trail.state !== 'Banned') {
    if (!isOfAnotherBan(fact, trail)) return nothing('ended')
    draft.add('Ban', keyOf.guildBanAdd(draft, trail.version))
  }
  if (fact.entry) draft.addEntry('LiftBan', fact.entry)
  else draft.add('LiftBan', keyOf.guildBanRemove(draft, trail.version))
  return draft.decided()
}

/**
 * Whether a ban's entry, or its lift's, is of another ban than the one that the trail has or lifted: the
 * entries between are late, and superseded once this one is on record. One that was recorded by its
 * event, which has no time, is taken to be the same.
 */
function isOfAnotherBan({ entry, fact }: Banned | Unbanned, { last }: Trail): boolean {
  if (entry === undefined || last === undefined) return false
  const same = fact === 'banned' ? 'MemberBanned' : 'BanLifted'
  return last.event !== same || last.discord_ms !== undefined
}

/** What is told by an entry is known by its id, and old by its time. */
function judgeEntry(fact: Kicked | Banned | Unbanned, trail: Trail): Decision | undefined {
  if (fact.entry && trail.has(keyOf.guildAuditLogEntryCreate(fact.entry, { id: fact.guild_id }))) return nothing('known')
  if (fact.entry && isOld(timeOfSnowflake(fact.entry.id), trail)) return nothing('superseded')
  if (trail.version === 0 && stayBefore(fact) === undefined) return nothing('never_joined')
  return undefined
}

function isOld(entry_ms: number, trail: Trail): boolean {
  const { stay } = trail
  if (stay && stay.joined_ms === undefined && entry_ms < stay.recorded_ms - clocks_apart_ms) return true
  return trail.isPast(entry_ms)
}

/** The stay that an entry ended: not one that began after it, which discord.js may have by now. */
function stayBefore(fact: Kicked | Banned | Unbanned): number | undefined {
  if (fact.joined_ms === undefined || fact.entry === undefined) return fact.joined_ms
  return fact.joined_ms <= timeOfSnowflake(fact.entry.id) ? fact.joined_ms : undefined
}

const isNobody = (fact: Fact, trail: Trail) => trail.version === 0 && fact.joined_ms === undefined

const isEarlierStay = (fact: Fact, trail: Trail) =>
  fact.joined_ms !== undefined && trail.stay?.joined_ms !== undefined && fact.joined_ms < trail.stay.joined_ms

/** Whether somebody who was told first recorded the entry that ended that stay, without the Join. */
const isOverByEntry = ({ joined_ms }: Fact, trail: Trail) =>
  joined_ms !== undefined && (trail.state === 'Banned' || trail.state === 'Kicked') && trail.isPast(joined_ms)

/** Whether the trail's stay was begun by somebody with a key of their own, and may be the same one. */
function isStayOfOthers(fact: Joined, trail: Trail): boolean {
  return trail.stay !== undefined && trail.stay.joined_ms === undefined
    && fact.joined_ms <= trail.stay.recorded_ms + clocks_apart_ms
}

const timeText = (discord_ms: number) => new Date(discord_ms).toISOString()

/** Discord's reasons may have any character and any length that a header can carry. */
function reasonOf(reason: string | undefined): { reason?: string } {
  if (!reason) return {}
  const clean = reason.toWellFormed().replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g, ' ')
  return { reason: [...clean].slice(0, 512).join('') }
}

type Told = 'Join' | 'Leave' | 'Kick' | 'Ban' | 'LiftBan'
interface Details { reason?: string, actor?: string, occurred_at?: string }

/** Commands for one member, each guarded by the version that the one before it leaves. */
class Draft {
  state: State
  lifecycle: number
  readonly guild: { id: string }
  private readonly commands: Command[] = []

  constructor(private readonly fact: Fact, private readonly trail: Trail) {
    this.state = trail.state
    this.lifecycle = trail.lifecycle
    this.guild = { id: fact.guild_id }
  }

  /** Ends what stands in the way of the stay that began then, and begins it, unless the trail is in it or past it. */
  upTo(joined_ms: number | undefined): void {
    const { state, version, lifecycle } = this.trail
    if (joined_ms === undefined || this.isWithin(joined_ms)) return
    if (isActive(state)) this.add('Leave', keyOf.guildMemberRemove(this, lifecycle))
    if (state === 'Banned') this.add('LiftBan', keyOf.guildBanRemove(this, version))
    this.add('Join', keyOf.guildMemberAdd({ guild: this.guild, joinedTimestamp: joined_ms }), { occurred_at: timeText(joined_ms) })
    this.state = 'InvitedOrJoined'
    this.lifecycle += 1
  }

  addEntry(command: Told, entry: Entry): void {
    this.add(command, keyOf.guildAuditLogEntryCreate(entry, this.guild), {
      ...reasonOf(entry.reason),
      ...(entry.actor === undefined ? {} : { actor: entry.actor }),
      occurred_at: timeText(timeOfSnowflake(entry.id)),
    })
  }

  add(command: Told, idempotency_key: string, details: Details = {}): void {
    const { guild_id, user_id } = this.fact
    const expected_version = this.trail.version + this.commands.length
    this.commands.push({ guild_id, user_id, command, idempotency_key, expected_version, on_conflict: 'fail', ...details })
  }

  decided(): Decision {
    return this.commands.length === 0 ? nothing('ended') : { commands: this.commands }
  }

  /** A stay that others began, with keys of their own, is the one that Discord tells of. */
  private isWithin(joined_ms: number): boolean {
    const { stay } = this.trail
    if (stay === undefined) return false
    if (stay.joined_ms !== undefined) return joined_ms <= stay.joined_ms
    return this.fact.fact !== 'joined' && joined_ms <= stay.recorded_ms + clocks_apart_ms
  }
}
