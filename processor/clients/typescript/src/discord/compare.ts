// What Discord shows of a guild beside what is on record, as the facts that would explain the difference.

import type { Guild } from 'discord.js'

import type { Member, Snowflake } from '../contract.js'

import type { CatchUpOptions, CatchUpTools } from './catch_up.js'
import type { Banned, Fact, Joined, Unbanned } from './facts.js'
import { readBans, readEntries, readMembers, type Entries } from './guild_reads.js'
import { isActive } from './trail.js'

/** A fact that was missed, perhaps. `by_row`: its row is enough to judge it, without the history. */
export interface Difference { fact: Fact, row: Member | undefined, by_row: boolean }

export interface Compared { differences: Difference[], members: number, on_record: number, unknown: string[] }

interface Shown {
  members: Map<Snowflake, number>
  bans: Map<Snowflake, string | null> | undefined
  kicks: Entries | undefined
  banned: Entries | undefined
  lifted: Entries | undefined
}

const week_ms = 604_800_000
const day_ms = 86_400_000
const clocks_apart_ms = 60_000

/** The record is read first: what is written after that is met as a conflict. */
export async function compare(guild: Guild, { datadrop, seen }: CatchUpTools, { since, signal }: CatchUpOptions): Promise<Compared> {
  const rows = new Map<Snowflake, Member>()
  // All that is in the log: whose row is not there yet would be nobody who could have left.
  const whole = { min_position: 'latest', within: Infinity, signal } as const
  for await (const row of datadrop.members({ guild_id: guild.id }, whole)) rows.set(row.user_id, row)
  const shown = await readShown(guild, since?.getTime() ?? Date.now() - week_ms)
  for (const [user_id, joined_ms] of shown.members) seen({ fact: 'joined', guild_id: guild.id, user_id, joined_ms })
  const differences = [...differencesOf(guild.id, rows, shown)]
  return { differences, members: shown.members.size, on_record: rows.size, unknown: unknown(shown) }
}

async function readShown(guild: Guild, since_ms: number): Promise<Shown> {
  return {
    members: await readMembers(guild),
    bans: await readBans(guild),
    kicks: await readEntries(guild, 'kicked', since_ms),
    banned: await readEntries(guild, 'banned', since_ms),
    lifted: await readEntries(guild, 'unbanned', since_ms),
  }
}

function unknown({ bans, kicks, banned, lifted }: Shown): string[] {
  return [
    ...(bans ? [] : ['who is banned: give the bot the permission Ban Members']),
    ...(kicks ? [] : ['who was kicked, and the reasons of bans: give the bot the permission View Audit Log']),
    ...cutOff('who was kicked', kicks), ...cutOff('the reasons of bans', banned), ...cutOff('who lifted bans', lifted),
  ]
}

/** Discord shows entries 100 at a time, so that they are read up to a number. */
function cutOff(what: string, entries: Entries | undefined): string[] {
  return entries?.cut_ms === undefined ? [] : [`${what}, cut off at ${new Date(entries.cut_ms).toISOString()}: the audit log has more than 2,000 entries since`]
}

function* differencesOf(guild_id: Snowflake, rows: Map<Snowflake, Member>, shown: Shown): Generator<Difference> {
  for (const [user_id, joined_ms] of shown.members) yield* present({ fact: 'joined', guild_id, user_id, joined_ms }, rows.get(user_id), shown)
  for (const row of rows.values()) if (!shown.members.has(row.user_id)) yield* absent(row, shown)
}

function* present(fact: Joined, row: Member | undefined, shown: Shown): Generator<Difference> {
  if (row && !mayBeNews(fact, row)) return
  const lifted = row?.state === 'Banned' ? shown.lifted?.newest.get(row.user_id) : undefined
  if (lifted) {
    yield { fact: { ...lifted, ...atVersion(row!) }, row, by_row: false }
    // At the version that the lifted ban leaves: judged as if it were heard now.
    return yield { fact, row, by_row: false }
  }
  yield { fact: { ...fact, seen_version: row?.version ?? 0 }, row, by_row: row === undefined }
}

function mayBeNews({ joined_ms }: Joined, row: Member): boolean {
  const recorded_ms = Date.parse(row.updated_at)
  // Whoever came back unheard was not there for what was recorded a day later.
  if (isActive(row.state)) return joined_ms > recorded_ms - day_ms
  // The platform may have refused somebody who is in the guild all the same: that is no new stay.
  const refused = row.state === 'RejectedNotEligible' || row.state === 'Kicked'
  return !refused || joined_ms > recorded_ms - clocks_apart_ms
}

function* absent(row: Member, shown: Shown): Generator<Difference> {
  if (shown.bans?.has(row.user_id)) return yield* banned(row, shown)
  if (row.state === 'Banned') return yield* lifted(row, shown)
  const kick = shown.kicks?.newest.get(row.user_id)
  if (isActive(row.state)) yield { fact: { fact: 'left', ...atVersion(row) }, row, by_row: kick === undefined }
  if (kick && (isActive(row.state) || row.state === 'LeftGuild')) yield { fact: kick, row, by_row: false }
}

function* banned(row: Member, shown: Shown): Generator<Difference> {
  if (row.state === 'Banned') return
  const told = shown.banned?.newest.get(row.user_id) as Banned | undefined
  const reason = shown.bans?.get(row.user_id)
  const fact: Banned = { fact: 'banned', ...atVersion(row), ...(reason ? { reason } : {}) }
  if (told) yield { fact: { ...told, ...atVersion(row) }, row, by_row: false }
  // Should the entry be an older ban's, which is on record, the ban itself is still to be told.
  yield { fact, row, by_row: told === undefined }
}

function* lifted(row: Member, shown: Shown): Generator<Difference> {
  if (!shown.bans) return
  const told = shown.lifted?.newest.get(row.user_id) as Unbanned | undefined
  if (told) yield { fact: { ...told, ...atVersion(row) }, row, by_row: false }
  yield { fact: { fact: 'unbanned', ...atVersion(row) }, row, by_row: told === undefined }
}

const atVersion = ({ guild_id, user_id, version }: Member) => ({ guild_id, user_id, seen_version: version })
