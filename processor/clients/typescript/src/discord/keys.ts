// Idempotency keys for what Discord tells: the same fact has the same key, whoever hears of it, in
// whichever event, on whichever shard, and however often. A key is one member's, so the user does not
// stand in it; the guild does, as in every key that is made here. Behind `dd:GUILD:`
//
//   i:1187…  i:1187…:email       what an interaction asks for, and its second command to one member
//   discord.join:1764230400123   a stay begins: when Discord says it did, in milliseconds
//   discord.join:1764230400123:7 … again, after version 7, a Leave that Discord does not know of
//   discord.leave:2              the member's second stay ends
//   discord.audit:1187…          what an entry of the audit log tells: a kick, a ban, a lifted ban
//   discord.ban:7  discord.lift:8  a ban, or its end, of which no entry is known, after that version

import type { BaseInteraction, Guild, GuildAuditLogsEntry, GuildMember } from 'discord.js'

import { checkSnowflake, misuse } from '../misuse.js'
import type { Snowflake } from '../contract.js'
import { MisuseError } from '../errors.js'
import { guildKey } from '../keys.js'

type OfGuild = { guild: Pick<Guild, 'id'> }

/**
 * Keys for what Discord tells, named for discord.js's events. {@link Recorder} uses all but the first.
 *
 * @example
 * keyOf.interactionCreate(interaction)          // 'dd:288659194737983489:i:1187…'
 * keyOf.interactionCreate(interaction, 'email') // 'dd:288659194737983489:i:1187…:email'
 * keyOf.guildMemberAdd(member)                  // 'dd:288659194737983489:discord.join:1764230400123'
 */
export const keyOf = {
  /**
   * For a command that an interaction asks for. Name a step for the second command to the same member
   * in one interaction: the same key with another command is rejected as `idempotency_key_reused`.
   *
   * @example
   * await datadrop.submit({ ...who, command: 'RequestVerification', idempotency_key: keyOf.interactionCreate(interaction) })
   * await datadrop.submit({ ...who, command: 'RecordEmail', payload: { email },
   *   idempotency_key: keyOf.interactionCreate(interaction, 'email') })
   */
  interactionCreate({ id, guildId }: Pick<BaseInteraction, 'id' | 'guildId'>, step?: string): string {
    if (guildId == null) {
      throw new MisuseError({
        what: `interaction ${id} is of no guild, and a membership is`, value: id,
        remedy: 'look for interaction.inGuild() first, or register the command for guilds alone',
      })
    }
    checkId('interaction.id', id)
    return step === undefined ? guildKey(guildId, 'i', id) : guildKey(guildId, 'i', id, step)
  },

  /**
   * For the Join of a stay.
   *
   * @example
   * keyOf.guildMemberAdd(member) // 'dd:288659194737983489:discord.join:1764230400123'
   */
  guildMemberAdd({ guild, joinedTimestamp }: OfGuild & Pick<GuildMember, 'joinedTimestamp'>): string {
    if (joinedTimestamp == null) {
      throw new MisuseError({
        what: `member.joinedTimestamp is ${joinedTimestamp}`, value: joinedTimestamp,
        remedy: 'fetch a partial member by `await member.fetch()`; a guest of a voice channel has none and is no member',
      })
    }
    return ofGuild(guild, 'discord.join', count('member.joinedTimestamp', joinedTimestamp, 'pass a GuildMember of discord.js'))
  },

  /**
   * For the Leave that ends a stay, numbered as outcomes and members number it (`lifecycle`): Discord
   * tells neither when a member left nor, of a partial one, when they came.
   *
   * @example
   * keyOf.guildMemberRemove(member, 2) // 'dd:288659194737983489:discord.leave:2'
   */
  guildMemberRemove: ({ guild }: OfGuild, lifecycle: number): string =>
    ofGuild(guild, 'discord.leave', count('lifecycle', lifecycle, 'take it of the member: (await datadrop.member(guild_id, user_id)).lifecycle')),

  /**
   * For a ban of which no entry of the audit log is known. Discord's event has neither id nor time, so
   * what makes it one fact is the version of the member that it follows.
   *
   * @example
   * keyOf.guildBanAdd(ban, 7) // 'dd:288659194737983489:discord.ban:7'
   */
  guildBanAdd: ({ guild }: OfGuild, version: number): string =>
    ofGuild(guild, 'discord.ban', count('version', version, 'take it of the member: (await datadrop.member(guild_id, user_id)).version')),

  /**
   * For the end of a ban of which no entry of the audit log is known.
   *
   * @example
   * keyOf.guildBanRemove(ban, 8) // 'dd:288659194737983489:discord.lift:8'
   */
  guildBanRemove: ({ guild }: OfGuild, version: number): string =>
    ofGuild(guild, 'discord.lift', count('version', version, 'take it of the member: (await datadrop.member(guild_id, user_id)).version')),

  /**
   * For a kick, a ban or a lifted ban that the audit log tells.
   *
   * @example
   * keyOf.guildAuditLogEntryCreate(entry, guild) // 'dd:288659194737983489:discord.audit:1187…'
   */
  guildAuditLogEntryCreate: ({ id }: Pick<GuildAuditLogsEntry, 'id'>, guild: Pick<Guild, 'id'>): string =>
    ofGuild(guild, 'discord.audit', checkId('entry.id', id)),
}

/** What is missing would make one key of different facts. */
function ofGuild(guild: Pick<Guild, 'id'>, ...parts: [string, string | number]): string {
  checkSnowflake('guild.id', guild?.id)
  return guildKey(guild.id, ...parts)
}

function checkId(name: string, id: string): string {
  checkSnowflake(name, id)
  return id
}

function count(name: string, value: number, remedy: string): number {
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw misuse(name, 'a whole number from 0', value, remedy)
}

/** The Join that goes on with a stay after a Leave that Discord does not know of. */
export const rejoinKey = (guild_id: Snowflake, joined_ms: number, version: number): string =>
  guildKey(guild_id, 'discord.join', joined_ms, version)

const discord_epoch_ms = 1_420_070_400_000

/** When Discord made a snowflake, in milliseconds. */
export const timeOfSnowflake = (id: Snowflake): number => Number(BigInt(id) >> 22n) + discord_epoch_ms

/** Which stay a Join's key is for, by when it began; undefined when somebody else's key began it. */
export function joinedOfKey(key: string): number | undefined {
  const joined = /^dd:\d+:discord\.join:(\d{1,15})(:\d+)?$/.exec(key)?.[1]
  return joined === undefined ? undefined : Number(joined)
}

/** When what stands behind a key happened, by Discord's clock, if the key tells. */
export function timeOfKey(key: string): number | undefined {
  const entry = /^dd:\d+:discord\.audit:(\d{1,19})$/.exec(key)?.[1]
  return entry === undefined ? joinedOfKey(key) : timeOfSnowflake(entry)
}
