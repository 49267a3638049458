// Slash commands that people give, and the answers that they see.

import { userOf } from './guild_stub.js'
import { error, ok, type Answer } from './rest_stub.js'
import { snowflake, timeText, moment } from './snowflakes.js'

interface Asked { id: string, token: string, acknowledged: boolean, answers: string[], waiting: (() => void)[] }

export class InteractionsStub {
  private readonly asked = new Map<string, Asked>()

  constructor(private readonly bot: string) {}

  /** Someone gives a slash command; what is told of it, and its id. */
  give(name: string, guild_id: string, member: Record<string, unknown>, options: Record<string, string> = {}) {
    const id = snowflake()
    const asked: Asked = { id, token: `token-${id}`, acknowledged: false, answers: [], waiting: [] }
    this.asked.set(id, asked)
    const told = {
      id, application_id: this.bot, type: 2, token: asked.token, version: 1, guild_id, channel_id: '7', locale: 'en-US',
      guild_locale: 'en-US', app_permissions: '0', entitlements: [], authorizing_integration_owners: {}, context: 0,
      attachment_size_limit: 0, member: { ...member, permissions: '0' },
      data: { id: '1', name, type: 1, options: Object.entries(options).map(([key, value]) => ({ name: key, type: 3, value })) },
    }
    return { id, told }
  }

  /** What the person sees after so many answers. */
  async answers(id: string, count = 1): Promise<string[]> {
    const asked = this.asked.get(id)!
    while (asked.answers.length < count) await new Promise<void>((more) => asked.waiting.push(more))
    return asked.answers
  }

  acknowledge(id: string, { type }: { type: number }): Answer {
    const asked = this.asked.get(id)
    if (!asked) return error(404, 10_062, 'Unknown interaction')
    if (asked.acknowledged) return error(400, 40_060, 'Interaction has already been acknowledged.')
    asked.acknowledged = true
    return type === 5 ? { status: 204 } : error(400, 50_035, 'Invalid Form Body')
  }

  edit(token: string, { content }: { content: string }): Answer {
    const asked = [...this.asked.values()].find((each) => each.token === token)
    if (!asked?.acknowledged) return error(404, 10_015, 'Unknown Webhook')
    asked.answers.push(content)
    for (const more of asked.waiting.splice(0)) more()
    return ok({
      id: snowflake(), channel_id: '7', author: userOf(this.bot), content, timestamp: timeText(moment()), edited_timestamp: null,
      tts: false, mention_everyone: false, mentions: [], mention_roles: [], attachments: [], embeds: [], pinned: false, type: 0, flags: 64,
    })
  }
}
