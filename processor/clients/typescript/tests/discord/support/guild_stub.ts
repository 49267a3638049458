// A guild as Discord has it: members, bans and the audit log, and what each change is told as.

import { intents, type Dispatch } from './gateway_stub.js'
import { moment, snowflake, snowflakeOf, timeText } from './snowflakes.js'

export interface AuditEntry {
  id: string
  action_type: number
  target_id: string
  user_id: string
  reason?: string
}

/** How a change is told: the order, and what is told later by the functions that come back. */
export interface Telling { by?: string, reason?: string, order?: readonly Told[] }
export type Told = 'remove' | 'ban' | 'unban' | 'entry'
/** Tells what the order left out. */
export type Later = Record<Told, () => void>

/** How a member's last stay ended, which the members and bans alone do not show. */
export type Ending = 'left' | 'kicked'

const action = { kick: 20, ban: 22, unban: 23 }
const permissions = { ban_members: 1n << 2n, view_audit_log: 1n << 7n }

export class GuildStub {
  readonly members = new Map<string, number>()
  readonly bans = new Map<string, string | null>()
  readonly entries: AuditEntry[] = []
  /** All who ever were members, with the way in which the last stay of those ended who are none now. */
  readonly endings = new Map<string, Ending>()
  /** What the bot may do here. */
  permissions = permissions.ban_members | permissions.view_audit_log

  constructor(readonly id: string, readonly bot: string, private readonly dispatch: (what: Dispatch) => void) {
    this.members.set(bot, moment())
  }

  join(user = snowflake()): string {
    const at = moment()
    this.members.set(user, at)
    this.dispatch({ t: 'GUILD_MEMBER_ADD', d: { guild_id: this.id, ...this.memberOf(user) }, intent: intents.members })
    return user
  }

  leave(user: string): void {
    this.end(user, 'left')
    this.tellRemove(user)
  }

  kick(user: string, { by = this.bot, reason, order = ['entry', 'remove'] }: Telling = {}): Later {
    this.end(user, 'kicked')
    return this.tellAll(order, user, this.enter(action.kick, user, by, reason))
  }

  ban(user: string, { by = this.bot, reason, order = ['entry', 'ban', 'remove'] }: Telling = {}): Later {
    const was = this.members.has(user)
    if (was) this.end(user, 'left')
    this.bans.set(user, reason ?? null)
    return this.tellAll(order.filter((told) => was || told !== 'remove'), user, this.enter(action.ban, user, by, reason))
  }

  unban(user: string, { by = this.bot, reason, order = ['entry', 'unban'] }: Telling = {}): Later {
    this.bans.delete(user)
    if (this.endings.has(user)) this.endings.set(user, 'left')
    return this.tellAll(order, user, this.enter(action.unban, user, by, reason))
  }

  memberOf(user: string): Record<string, unknown> {
    return {
      user: userOf(user), nick: null, avatar: null, banner: null, roles: [], joined_at: timeText(this.members.get(user)!),
      premium_since: null, deaf: false, mute: false, pending: false, flags: 0, communication_disabled_until: null,
    }
  }

  /** As GUILD_CREATE has it: of a large guild, the bot alone is told of as a member. */
  create(): Record<string, unknown> {
    return {
      id: this.id, name: `guild ${this.id}`, owner_id: '1', joined_at: timeText(this.members.get(this.bot)!), large: true,
      member_count: this.members.size, unavailable: false, members: [this.memberOf(this.bot)], channels: [], threads: [],
      roles: [{ id: this.id, name: '@everyone', permissions: String(this.permissions), position: 0, color: 0,
        colors: { primary_color: 0, secondary_color: null, tertiary_color: null }, hoist: false, managed: false, mentionable: false, flags: 0 }],
      emojis: [], stickers: [], features: [], voice_states: [], presences: [], stage_instances: [], guild_scheduled_events: [],
      soundboard_sounds: [], premium_tier: 0, verification_level: 0, nsfw_level: 0, mfa_level: 0, afk_timeout: 300,
      default_message_notifications: 0, explicit_content_filter: 0, system_channel_flags: 0, preferred_locale: 'en-US',
      premium_progress_bar_enabled: false,
    }
  }

  may(permission: keyof typeof permissions): boolean { return (this.permissions & permissions[permission]) !== 0n }

  private end(user: string, how: Ending): void {
    if (!this.members.delete(user)) throw new Error(`${user} is no member of ${this.id}`)
    this.endings.set(user, how)
  }

  private enter(action_type: number, target_id: string, user_id: string, reason: string | undefined): AuditEntry {
    const entry = { id: snowflakeOf(moment()), action_type, target_id, user_id, ...(reason ? { reason } : {}) }
    this.entries.unshift(entry)
    return entry
  }

  private tellAll(order: readonly Told[], user: string, entry: AuditEntry): Later {
    const later: Later = {
      remove: () => this.tellRemove(user),
      ban: () => this.dispatch({ t: 'GUILD_BAN_ADD', d: { guild_id: this.id, user: userOf(user) }, intent: intents.moderation }),
      unban: () => this.dispatch({ t: 'GUILD_BAN_REMOVE', d: { guild_id: this.id, user: userOf(user) }, intent: intents.moderation }),
      entry: () => {
        if (this.may('view_audit_log'))
          this.dispatch({ t: 'GUILD_AUDIT_LOG_ENTRY_CREATE', d: { guild_id: this.id, changes: [], ...entry }, intent: intents.moderation })
      },
    }
    for (const told of order) later[told]()
    return later
  }

  private tellRemove(user: string): void {
    this.dispatch({ t: 'GUILD_MEMBER_REMOVE', d: { guild_id: this.id, user: userOf(user) }, intent: intents.members })
  }
}

export const userOf = (id: string) =>
  ({ id, username: `user_${id}`, global_name: null, discriminator: '0', avatar: null, public_flags: 0 })
