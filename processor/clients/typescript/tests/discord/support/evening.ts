// An evening on Discord: a stub of it, the example bot on the real discord.js, and a real datadrop
// server. It ends with the membership table equal to what Discord shows.

import assert from 'node:assert/strict'
import { after, before, type TestContext } from 'node:test'

import { Options, type ClientOptions } from 'discord.js'
import { Datadrop, type HistoryEvent, type State } from 'datadrop-client'
import type { Recorded, RecorderOptions } from 'datadrop-client/discord'

import { startBot } from '../../../examples/bot/bot.js'
import { Server } from '../../support/server.js'
import { DiscordStub } from './discord_stub.js'
import type { GuildStub } from './guild_stub.js'

type Bot = Awaited<ReturnType<typeof startBot>>

interface BotChoices {
  datadrop?: Datadrop
  client?: Partial<ClientOptions>
  recorder?: RecorderOptions
  /** Gateway sessions that it will have: its shards. */
  sessions?: number
}

/** A server for all evenings of a file. Each has guilds of its own. */
export function evenings() {
  const server = new Server()
  before(() => server.start())
  after(() => server.discard())
  return {
    server,
    begin: async (test: TestContext) => {
      const evening = new Evening(server, await DiscordStub.start())
      test.after(() => evening.end())
      return evening
    },
  }
}

export class Evening {
  readonly datadrop: Datadrop
  readonly api: Datadrop
  /** What the bots logged and recorded. */
  readonly log: string[] = []
  readonly recorded: Recorded[] = []
  private readonly bots = new Map<Bot, number>()

  constructor(server: Server, readonly discord: DiscordStub) {
    this.datadrop = new Datadrop({ server: server.url, token: server.token({ source: 'bot' }) })
    this.api = new Datadrop({ server: server.url, token: server.token({ source: 'api' }) })
  }

  /** The example bot, ready, with what was missed on record. */
  async startBot({ datadrop = this.datadrop, client, recorder, sessions = 1 }: BotChoices = {}): Promise<Bot> {
    const bot = await startBot({
      datadrop, discord_token: this.discord.token, log: (line) => this.log.push(line),
      client: { ...onLoopback(this.discord), ...client },
      recorder: { entryWithin: 60_000, onRecorded: (recorded) => this.recorded.push(recorded), ...recorder },
    })
    this.bots.set(bot, sessions)
    await this.settled()
    return bot
  }

  async stopBot(bot: Bot, stop_ms?: number): Promise<void> {
    this.bots.delete(bot)
    await bot.stop(stop_ms)
    this.discord.gateway.forgetClosed()
  }

  /** All that Discord told was heard, and all that was heard is on record. */
  async settled(): Promise<void> {
    await this.discord.gateway.heard([...this.bots.values()].reduce((all, sessions) => all + sessions, 0))
    for (const bot of this.bots.keys()) await bot.recorder.idle()
  }

  history(guild: GuildStub, user: string): Promise<HistoryEvent[]> {
    return this.datadrop.history(guild.id, user)
  }

  /** What happened to a member, as words. */
  async events(guild: GuildStub, user: string): Promise<string[]> {
    return (await this.history(guild, user)).map(({ event }) => event)
  }

  /**
   * The membership table is what Discord shows: whoever is a member is in an active state, `states` or
   * the first; whoever was one is as their last stay ended. `unseen` came and went unseen.
   */
  async expectAsDiscordShows(guild: GuildStub, { states = {}, unseen = [] }: { states?: Record<string, State>, unseen?: string[] } = {}) {
    await this.settled()
    const shown: Record<string, State> = {}
    for (const user of guild.endings.keys()) shown[user] = stateOf(guild, user)
    for (const user of guild.members.keys()) shown[user] = stateOf(guild, user)
    Object.assign(shown, states)
    for (const user of unseen) delete shown[user]
    assert.deepEqual(await this.table(guild), shown)
  }

  /** The rows of the table once it has all that is in the log. */
  private async table(guild: GuildStub): Promise<Record<string, State>> {
    for (const user of new Set([...guild.members.keys(), ...guild.endings.keys()])) {
      const last = (await this.history(guild, user)).at(-1)
      if (last) await this.datadrop.member(guild.id, user, { min_position: last.position })
    }
    const table: Record<string, State> = {}
    for await (const { user_id, state } of this.datadrop.members({ guild_id: guild.id })) table[user_id] = state
    return table
  }

  async end(): Promise<void> {
    for (const bot of this.bots.keys()) await bot.stop()
    await this.discord.stop()
    this.datadrop.close()
    this.api.close()
  }
}

function stateOf(guild: GuildStub, user: string): State {
  if (guild.members.has(user)) return 'InvitedOrJoined'
  if (guild.bans.has(user)) return 'Banned'
  return guild.endings.get(user) === 'kicked' ? 'Kicked' : 'LeftGuild'
}

/** How the real discord.js finds the stub; and a session may begin again at once. */
const onLoopback = ({ api }: DiscordStub): Partial<ClientOptions> => ({
  rest: { ...Options.createDefault().rest, api },
  ws: { ...Options.createDefault().ws, buildIdentifyThrottler: async () => ({ waitForIdentify: async () => {} }) },
})
