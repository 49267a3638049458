// What Discord shows of a guild now, read to its end by pages: discord.js takes a short part for the last
// one when it fetches all members by the gateway, and fetches only the first thousand bans.

import type { Collection, Guild } from 'discord.js'

import type { Snowflake } from '../contract.js'
import { WrongServerError } from '../errors.js'

import { audit_actions, ofEntry, type Fact, type ToldEntry } from './facts.js'
import { timeOfSnowflake } from './keys.js'

const page_length = 1_000
const entries_length = 100
const entry_pages_max = 20
/** Discord's code of "Missing Permissions". */
const missing_permissions = 50_013

/** Members by id, with the time at which each joined; guests of a voice channel are none. */
export async function readMembers(guild: Guild): Promise<Map<Snowflake, number>> {
  const joined = new Map<Snowflake, number>()
  await pages((after) => guild.members.list({ limit: page_length, after }), (member, id) => {
    if (member.joinedTimestamp !== null) joined.set(id, member.joinedTimestamp)
  })
  // Everybody who is missing would have left.
  if (!joined.has(guild.client.user.id)) {
    throw new WrongServerError({
      what: `Discord shows guild ${guild.id} without the bot among its ${joined.size} members`,
      remedy: 'compare again when the guild is available (Events.GuildAvailable)', value: guild.id,
    })
  }
  return joined
}

/** Bans by user, with their reasons; undefined when the bot may not see them. */
export async function readBans(guild: Guild): Promise<Map<Snowflake, string | null> | undefined> {
  const bans = new Map<Snowflake, string | null>()
  const read = pages((after) => guild.bans.fetch({ limit: page_length, after, cache: false }),
    (ban, id) => bans.set(id, ban.reason ?? null))
  return await permitted(read) ? bans : undefined
}

/** The newest entry of a kind about each user; `cut_ms`: older ones were too many to be read. */
export interface Entries { newest: Map<Snowflake, Fact>, cut_ms: number | undefined }

/** As far back as that moment; undefined when the bot may not see the audit log. */
export async function readEntries(
  guild: Guild, kind: keyof typeof audit_actions, since_ms: number,
): Promise<Entries | undefined> {
  const newest = new Map<Snowflake, Fact>()
  let cut_ms: number | undefined
  const take = (entry: ToldEntry) => {
    const fact = ofEntry(guild.id, guild, entry)
    if (fact && timeOfSnowflake(entry.id) >= since_ms && !newest.has(fact.user_id)) newest.set(fact.user_id, fact)
  }
  const read = eachEntry(guild, audit_actions[kind], since_ms, take).then((cut) => { cut_ms = cut })
  return await permitted(read) ? { newest, cut_ms } : undefined
}

/** Says how far it came when there were more than it reads. */
async function eachEntry(guild: Guild, type: number, since_ms: number, take: (entry: ToldEntry) => void): Promise<number | undefined> {
  let before: Snowflake | undefined
  for (let page = 0; page < entry_pages_max; ++page) {
    const { entries } = await guild.fetchAuditLogs({ type, limit: entries_length, ...(before ? { before } : {}) })
    for (const entry of entries.values()) take(entry)
    before = entries.lastKey()
    if (!before || timeOfSnowflake(before) < since_ms) return undefined
  }
  return timeOfSnowflake(before!)
}

/** Pages by ascending id until one is empty, which alone is sure to be the end. */
async function pages<Item>(
  read: (after: Snowflake) => Promise<Collection<Snowflake, Item>>, take: (item: Item, id: Snowflake) => void,
) {
  for (let after: Snowflake = '0'; ;) {
    const page = await read(after)
    for (const [id, item] of page) take(item, id)
    const last = [...page.keys()].reduce((highest, id) => (BigInt(id) > BigInt(highest) ? id : highest), after)
    if (last === after) return
    after = last
  }
}

async function permitted(read: Promise<unknown>): Promise<boolean> {
  try {
    await read
    return true
  } catch (error) {
    if ((error as { code?: unknown }).code === missing_permissions) return false
    throw error
  }
}
