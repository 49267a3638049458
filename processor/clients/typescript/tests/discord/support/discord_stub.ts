// Discord on loopback: its gateway and the part of its REST API that a bot of memberships uses. The real
// discord.js speaks to it by `rest: { api }`; the gateway's address comes from there.

import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

import { GatewayStub, type Dispatch } from './gateway_stub.js'
import { GuildStub, userOf } from './guild_stub.js'
import { InteractionsStub } from './interactions_stub.js'
import { answer } from './rest_stub.js'
import { snowflake } from './snowflakes.js'

export class DiscordStub {
  readonly bot = snowflake()
  readonly token = `${Buffer.from(this.bot).toString('base64')}.stub.token`
  readonly guilds = new Map<string, GuildStub>()
  readonly interactions = new InteractionsStub(this.bot)
  /** The slash commands that were registered, and every request, as `GET /guilds/…`. */
  readonly commands: { name: string }[] = []
  readonly requests: string[] = []
  readonly gateway: GatewayStub
  private readonly server: Server

  private constructor() {
    this.server = createServer((request, response) => void answer(this, request, response))
    this.gateway = new GatewayStub(this.server, {
      token: this.token,
      ready: (shard) => this.ready(shard),
      chunks: ({ guild_id, nonce }) => this.chunks(guild_id, nonce),
    })
  }

  static async start(): Promise<DiscordStub> {
    const stub = new DiscordStub()
    stub.server.listen(0, '127.0.0.1')
    await once(stub.server, 'listening')
    stub.gateway.url = `ws://127.0.0.1:${stub.port}`
    return stub
  }

  get api(): string { return `http://127.0.0.1:${this.port}/api` }

  addGuild(id = snowflake()): GuildStub {
    const guild = new GuildStub(id, this.bot, (what) => this.gateway.dispatch(id, what))
    this.guilds.set(id, guild)
    return guild
  }

  /** A member of the guild gives a slash command; its id. */
  give(name: string, guild: GuildStub, user: string, options?: Record<string, string>): string {
    const { id, told } = this.interactions.give(name, guild.id, guild.memberOf(user), options)
    this.gateway.dispatch(guild.id, { t: 'INTERACTION_CREATE', d: told })
    return id
  }

  async stop(): Promise<void> {
    this.gateway.stop()
    this.server.closeAllConnections()
    this.server.close()
    await once(this.server, 'close')
  }

  private get port(): number { return (this.server.address() as AddressInfo).port }

  private ready([shard, shards]: [number, number]): { ready: Record<string, unknown>, then: Dispatch[] } {
    const here = [...this.guilds.values()].filter(({ id }) => Number((BigInt(id) >> 22n) % BigInt(shards)) === shard)
    return {
      ready: {
        user: { ...userOf(this.bot), bot: true, verified: true, mfa_enabled: true, email: null, flags: 0 },
        guilds: here.map(({ id }) => ({ id, unavailable: true })), application: { id: this.bot, flags: 0 },
      },
      then: here.map((guild) => ({ t: 'GUILD_CREATE', d: guild.create() })),
    }
  }

  private chunks(guild_id: string, nonce: string | undefined): Dispatch[] {
    const guild = this.guilds.get(guild_id)!
    const all = [...guild.members.keys()].map((user) => guild.memberOf(user))
    return [{ t: 'GUILD_MEMBERS_CHUNK', d: { guild_id, members: all, chunk_index: 0, chunk_count: 1, nonce } }]
  }
}
