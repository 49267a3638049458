// Records what a bot missed while it was away: compares what Discord shows now with what is on record.
//
// The record is read before Discord, and each command is guarded by the version that was read. So what
// the bot hears meanwhile is never overruled: an event that was written after the record was read is met
// as a conflict, and its member is compared again; one that is written later is newer than what Discord
// showed, or means nothing any more.

import type { Guild } from 'discord.js'

import type { Snowflake } from '../contract.js'

import { CatchUpWork } from './catch_up_work.js'
import { compare } from './compare.js'
import type { Fact, Joined } from './facts.js'
import type { Recorded, Records } from './recorder_options.js'

/** How a guild is compared; each can be left out. */
export interface CatchUpOptions {
  /**
   * How far back the audit log is read for who was kicked or banned, and by whom (7 days).
   *
   * @example
   * since: new Date(Date.now() - 3_600_000)
   */
  since?: Date
  /**
   * Ends it, as the recorder's own signal does.
   *
   * @example
   * signal: AbortSignal.timeout(60_000)
   */
  signal?: AbortSignal | undefined
}

/** What a comparison found. */
export interface CaughtUp {
  guild_id: Snowflake
  /** How many are members on Discord, and how many have a record, members or not. */
  members: number
  on_record: number
  /** How many commands were accepted: what was missed. */
  written: number
  /** Who changed faster than they could be compared; what they do is heard, or compare again. */
  unsettled: Snowflake[]
  /** What could not be known this time, in words. */
  unknown: string[]
}

/** What it works with: where the record is, how a fact is recorded, and who wants to know the members. */
export interface CatchUpTools {
  datadrop: Records
  record: (fact: Fact) => Promise<Recorded>
  seen: (member: Joined) => void
}

const passes_max = 3

/** See `Recorder.catchUp`. Throws what kept it from reading all of Discord: half a guild is never compared. */
export async function catchUp(guild: Guild, tools: CatchUpTools, options: CatchUpOptions): Promise<CaughtUp> {
  let written = 0
  for (let pass = 1; ; ++pass) {
    const { differences, ...seen } = await compare(guild, tools, options)
    const work = new CatchUpWork(tools, options.signal)
    await work.carryOut(differences)
    written += work.written
    if (work.unsettled.size === 0 || pass === passes_max)
      return { guild_id: guild.id, ...seen, written, unsettled: [...work.unsettled] }
  }
}
