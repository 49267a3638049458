// The part of Discord's REST API that a bot of memberships uses, answered from the guilds.

import type { IncomingMessage, ServerResponse } from 'node:http'

import type { DiscordStub } from './discord_stub.js'
import { userOf, type GuildStub } from './guild_stub.js'

/** An answer: what is no object of its own is sent without a body. */
interface Answer { status: number, body?: unknown }
interface Call { stub: DiscordStub, query: URLSearchParams, body: any }
type Route = [method: string, path: RegExp, answer: (call: Call, ...parts: string[]) => Answer]

const ok = (body: unknown): Answer => ({ status: 200, body })
const error = (status: number, code: number, message: string): Answer => ({ status, body: { code, message } })

const routes: Route[] = [
  ['GET', /^\/gateway\/bot$/, ({ stub }) => ok({
    url: stub.gateway.url, shards: 1, session_start_limit: { total: 1000, remaining: 999, reset_after: 0, max_concurrency: 16 },
  })],
  ['GET', /^\/guilds\/(\d+)\/members$/, ({ stub, query }, id) => inGuild(stub, id, (guild) => ok(members(guild, query)))],
  ['GET', /^\/guilds\/(\d+)\/bans$/, ({ stub, query }, id) => inGuild(stub, id, (guild) => bans(guild, query))],
  ['GET', /^\/guilds\/(\d+)\/audit-logs$/, ({ stub, query }, id) => inGuild(stub, id, (guild) => auditLog(guild, query))],
  ['PUT', /^\/applications\/(\d+)\/commands$/, ({ stub, body }) => {
    stub.commands.push(...body)
    return ok(body.map((command: object, i: number) => ({ id: String(i + 1), application_id: stub.bot, version: '1', ...command })))
  }],
  ['POST', /^\/interactions\/(\d+)\/([^/]+)\/callback$/, ({ stub, body }, id) => stub.interactions.acknowledge(id!, body)],
  ['PATCH', /^\/webhooks\/(\d+)\/([^/]+)\/messages\/@original$/, ({ stub, body }, _, token) => stub.interactions.edit(token!, body)],
]

/** Answers a request. */
export async function answer(stub: DiscordStub, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url!, 'http://discord')
  const path = decodeURIComponent(url.pathname).replace(/^\/api\/v10/, '')
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const body = parts.length > 0 ? JSON.parse(Buffer.concat(parts).toString()) : undefined
  const { status, body: told } = route(stub, request.method!, path, { stub, query: url.searchParams, body })
  response.writeHead(status, told === undefined ? {} : { 'content-type': 'application/json' })
  response.end(told === undefined ? undefined : JSON.stringify(told))
}

function route(stub: DiscordStub, method: string, path: string, call: Call): Answer {
  stub.requests.push(`${method} ${path}`)
  for (const [wanted, pattern, answered] of routes) {
    const parts = method === wanted ? pattern.exec(path) : null
    if (parts) return answered(call, ...parts.slice(1))
  }
  return error(404, 0, `404: Not Found (${method} ${path})`)
}

function inGuild(stub: DiscordStub, id: string | undefined, read: (guild: GuildStub) => Answer): Answer {
  const guild = stub.guilds.get(id!)
  return guild ? read(guild) : error(404, 10_004, 'Unknown Guild')
}

function page<Item>(all: Map<string, Item>, query: URLSearchParams): [string, Item][] {
  const after = BigInt(query.get('after') ?? 0)
  const ascending = [...all].filter(([id]) => BigInt(id) > after).sort(([a], [b]) => (BigInt(a) < BigInt(b) ? -1 : 1))
  return ascending.slice(0, Number(query.get('limit') ?? 1))
}

const members = (guild: GuildStub, query: URLSearchParams) => page(guild.members, query).map(([user]) => guild.memberOf(user))

function bans(guild: GuildStub, query: URLSearchParams): Answer {
  if (!guild.may('ban_members')) return error(403, 50_013, 'Missing Permissions')
  return ok(page(guild.bans, query).map(([user, reason]) => ({ user: userOf(user), reason })))
}

function auditLog(guild: GuildStub, query: URLSearchParams): Answer {
  if (!guild.may('view_audit_log')) return error(403, 50_013, 'Missing Permissions')
  const before = BigInt(query.get('before') ?? 2n ** 63n)
  const found = guild.entries.filter(({ action_type, id }) => String(action_type) === query.get('action_type') && BigInt(id) < before)
  return ok({
    audit_log_entries: found.slice(0, Number(query.get('limit') ?? 50)), users: [], webhooks: [], integrations: [], threads: [],
    guild_scheduled_events: [], application_commands: [], auto_moderation_rules: [],
  })
}

export { error, ok, type Answer }
