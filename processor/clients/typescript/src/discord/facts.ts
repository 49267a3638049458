// What Discord told about one member, whichever way it was told: by an event of discord.js, by a
// dispatch of the gateway, or by comparing a guild with its members here.

import type {
  Guild, GuildBan, GuildMember, PartialGuildMember,
} from 'discord.js'

import type { Snowflake } from '../contract.js'

/** Discord's numbers of the entries that change a membership (`AuditLogEvent`, which would be code). */
export const audit_actions = { kicked: 20, banned: 22, unbanned: 23 } as const

/** An entry of the audit log: the one thing of Discord that gives a kick or a ban an identity. */
export interface Entry { id: Snowflake, actor?: Snowflake, reason?: string }

interface OfMember {
  guild_id: Snowflake
  user_id: Snowflake
  /** When the stay began that the fact belongs to, by Discord's clock, where that is known. */
  joined_ms?: number
  /** Of a comparison: the version that was compared. At another version the fact may be old news. */
  seen_version?: number
  /** When something happened of which the bot heard later, by Discord's clock. */
  before_ms?: number
}
/** Somebody became a member. */
export interface Joined extends OfMember { fact: 'joined', joined_ms: number }
/** Somebody is a member no more, for whatever reason. */
export interface Left extends OfMember { fact: 'left' }
/** A removal was a kick, as the audit log tells. */
export interface Kicked extends OfMember { fact: 'kicked', entry: Entry }
/** Told by an entry of the audit log; or by an event, whose entry is to come unless it says otherwise. */
interface ByEventOrEntry extends OfMember { entry?: Entry, entry_expected?: boolean }
/** Somebody is banned. */
export interface Banned extends ByEventOrEntry { fact: 'banned', reason?: string }
/** A ban is over. */
export interface Unbanned extends ByEventOrEntry { fact: 'unbanned' }
/** What Discord told about one member. */
export type Fact = Joined | Left | Kicked | Banned | Unbanned

/** Names a member in maps. */
export const nameOf = (who: { guild_id: Snowflake, user_id: Snowflake }): string => `${who.guild_id}/${who.user_id}`

type AnyMember = GuildMember | PartialGuildMember

const whoIs = (member: AnyMember) => ({ guild_id: member.guild.id, user_id: member.id })
const stayOf = (joined: number | null | undefined) => (joined == null ? {} : { joined_ms: joined })

/** When the stay began of somebody whom discord.js has in its cache. */
export const cachedStay = (guild: Guild | undefined, user_id: Snowflake) =>
  stayOf(guild?.members.cache.get(user_id)?.joinedTimestamp)

/**
 * Reads discord.js's events. Undefined is what changes no membership: a guest of a voice channel, or an
 * entry about something else.
 *
 * @example
 * client.on('guildMemberRemove', (member) => recorder.tell(factOf.guildMemberRemove(member)))
 */
export const factOf = {
  guildMemberAdd: (member: AnyMember): Joined | undefined =>
    member.joinedTimestamp === null ? undefined
      : { fact: 'joined', ...whoIs(member), joined_ms: member.joinedTimestamp },

  guildMemberRemove: (member: AnyMember): Left => ({ fact: 'left', ...whoIs(member), ...stayOf(member.joinedTimestamp) }),

  guildBanAdd: (ban: GuildBan): Banned => ({
    fact: 'banned', guild_id: ban.guild.id, user_id: ban.user.id, ...cachedStay(ban.guild, ban.user.id),
    ...(ban.reason ? { reason: ban.reason } : {}),
  }),

  guildBanRemove: (ban: GuildBan): Unbanned => ({ fact: 'unbanned', guild_id: ban.guild.id, user_id: ban.user.id }),

  guildAuditLogEntryCreate: (entry: ToldEntry, guild: Guild): Fact | undefined =>
    ofEntry(guild.id, guild, entry),
}

/** The part of `GuildAuditLogsEntry` that tells of a membership. */
export interface ToldEntry {
  id: Snowflake
  action: number
  targetId: Snowflake | null
  executorId: Snowflake | null
  reason: string | null
}

/** The fact of an entry, when it is about a membership. */
export function ofEntry(guild_id: Snowflake, guild: Guild | undefined, told: ToldEntry): Fact | undefined {
  const entry: Entry = {
    id: told.id,
    ...(told.executorId ? { actor: told.executorId } : {}),
    ...(told.reason ? { reason: told.reason } : {}),
  }
  if (!told.targetId) return undefined
  const about = { guild_id, user_id: told.targetId, entry, ...cachedStay(guild, told.targetId) }
  switch (told.action) {
    case audit_actions.kicked: return { fact: 'kicked', ...about }
    case audit_actions.banned: return { fact: 'banned', ...about }
    case audit_actions.unbanned: return { fact: 'unbanned', ...about }
    default: return undefined
  }
}
