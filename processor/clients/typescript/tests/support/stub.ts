// A server that answers what a test tells it to, for answers that a real one gives too seldom.

import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

export interface Seen {
  method: string
  url: string
  headers: http.IncomingHttpHeaders
  body: any
}

export type Reply = (seen: Seen, response: http.ServerResponse) => void

export interface Stub {
  url: string
  seen: Seen[]
  /** Answers from here on. */
  reply: Reply
  server: http.Server
}

export async function startStub(test: TestContext, reply: Reply): Promise<Stub> {
  const server = http.createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8')
    request.on('data', (part: string) => { text += part })
    // A request that breaks off has no end, and was not seen.
    request.on('end', () => {
      const seen = { method: request.method!, url: request.url!, headers: request.headers, body: text && JSON.parse(text) }
      stub.seen.push(seen)
      stub.reply(seen, response)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const stub: Stub = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen: [], reply, server }
  test.after(() => { server.closeAllConnections(); server.close() })
  return stub
}

export function json(response: http.ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': status < 400 || 'outcome' in (body as object) ? 'application/json' : 'application/problem+json', ...headers })
  response.end(JSON.stringify(body))
}

export function html(response: http.ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'text/html', ...headers })
  response.end('<html><head><title>Bad Gateway</title></head></html>')
}

/** Each of the replies once, in their order; the last for all that come after. */
export function inTurn(...replies: Reply[]): Reply {
  let next = 0
  return (seen, response) => replies[Math.min(next++, replies.length - 1)]!(seen, response)
}

export const accepted = (command: { guild_id: string, user_id: string }, position = '1') => ({
  outcome: 'accepted', guild_id: command.guild_id, user_id: command.user_id, state: 'InvitedOrJoined',
  version: 1, lifecycle: 1, position, attempts: 1, replayed: false,
})

export const passing = (outcome: 'overloaded' | 'unavailable', command: { guild_id: string, user_id: string }) => ({
  outcome, guild_id: command.guild_id, user_id: command.user_id,
  code: outcome === 'overloaded' ? 'queue_full' : 'database_unavailable', detail: 'the same key is safe to send again',
})

/** Accepts each command of each request. */
export const acceptAll: Reply = ({ body }, response) =>
  json(response, 200, Array.isArray(body) ? body.map(command => accepted(command)) : accepted(body))
