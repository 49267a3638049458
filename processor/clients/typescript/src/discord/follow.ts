// Facts from the gateway's dispatches, as they are told. discord.js's own events leave some out: joins
// and removals that the gateway tells again after a resume, and before a shard is ready, and removals of
// members that are not in its cache.

import type { Client, GatewayDispatchEvents, Guild } from 'discord.js'
import type {
  GatewayGuildAuditLogEntryCreateDispatchData, GatewayGuildBanAddDispatchData, GatewayGuildBanRemoveDispatchData,
  GatewayGuildMemberAddDispatchData, GatewayGuildMemberRemoveDispatchData,
} from 'discord.js'

import { cachedStay, ofEntry, type Fact } from './facts.js'

// As discord.js declares them.
type Listener = (told: any) => void

/** Hands each fact of a membership over, in the order of the gateway. Returns what ends it. */
export function follow(client: Client, tell: (fact: Fact | undefined) => void): () => void {
  const guildOf = ({ guild_id }: { guild_id: string }) => client.guilds.cache.get(guild_id)
  const listeners: Record<string, Listener> = {
    GUILD_MEMBER_ADD: (told: GatewayGuildMemberAddDispatchData) => tell(joined(told)),
    GUILD_MEMBER_REMOVE: (told: GatewayGuildMemberRemoveDispatchData) => tell({ fact: 'left', ...about(told, guildOf(told)) }),
    GUILD_BAN_ADD: (told: GatewayGuildBanAddDispatchData) => tell({ fact: 'banned', ...ban(told, guildOf(told)) }),
    GUILD_BAN_REMOVE: (told: GatewayGuildBanRemoveDispatchData) => tell({ fact: 'unbanned', ...ban(told, guildOf(told)) }),
    GUILD_AUDIT_LOG_ENTRY_CREATE: (told: GatewayGuildAuditLogEntryCreateDispatchData) => tell(entry(told, guildOf(told))),
  }
  const all = Object.entries(listeners)
  for (const [event, listener] of all) client.ws.on(event as GatewayDispatchEvents, listener)
  return () => { for (const [event, listener] of all) client.ws.off(event, listener) }
}

function joined({ guild_id, user, joined_at }: GatewayGuildMemberAddDispatchData): Fact | undefined {
  if (!joined_at || !user) return undefined // a guest of a voice channel
  return { fact: 'joined', guild_id, user_id: user.id, joined_ms: Date.parse(joined_at) }
}

/** The dispatch comes before discord.js takes it in, so that the cache still has who is removed. */
const about = ({ guild_id, user }: { guild_id: string, user: { id: string } }, guild: Guild | undefined) =>
  ({ guild_id, user_id: user.id, ...cachedStay(guild, user.id) })

const ban = (told: GatewayGuildBanAddDispatchData, guild: Guild | undefined) =>
  ({ ...about(told, guild), entry_expected: guild?.members.me?.permissions.has('ViewAuditLog') ?? true })

const entry = (told: GatewayGuildAuditLogEntryCreateDispatchData, guild: Guild | undefined) =>
  ofEntry(told.guild_id, guild, {
    id: told.id, action: told.action_type, targetId: told.target_id, executorId: told.user_id, reason: told.reason ?? null,
  })
