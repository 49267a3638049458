// One request and its answer, whole, over connections that are kept. What the answer means is not
// known here; that there was none is a NoAnswer, which says nothing of what the server did.
//
// Node's own http stands below, and not fetch, which costs a request about four times the work of
// the processor that http costs it. The feed, whose answer is one long stream, uses fetch.

import http from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** A request as the routes need it. */
export interface Asked {
  method: 'GET' | 'POST'
  /** Behind the server's URL, with its query. */
  path: string
  body?: string
  headers?: Record<string, string>
  /** Until when the answer must be there whole, in milliseconds from now. */
  within: number
  signal?: AbortSignal | undefined
}

/** An answer as it came. */
export interface Answer {
  status: number
  headers: http.IncomingHttpHeaders
  text: string
}

/** No answer: the connection could not be made, was cut, or took too long. */
export class NoAnswer extends Error {}

/** How long a connection is kept where the server does not say how long it keeps it. */
const idleUntold = 4_000
/** How much earlier than the server a connection is given up: a request must have the time to travel. */
const idleMargin = 1_000

/** Whole seconds of `Keep-Alive: timeout=60`. */
function idleTold(header: string | string[] | undefined): number | undefined {
  const told = /\btimeout=(\d+)/.exec(String(header ?? ''))?.[1]
  return told === undefined ? undefined : Number(told) * 1_000
}

/** For how many milliseconds a connection may be idle and still be used, by what its server told. */
export function idleMax(keepAlive: string | string[] | undefined): number {
  return Math.max((idleTold(keepAlive) ?? idleUntold + idleMargin) - idleMargin, 0)
}

export class Transport {
  readonly #url: URL
  readonly #to: { protocol: string, hostname: string, port: string }
  /** The path in front of the routes. */
  readonly #folder: string
  readonly #agent: http.Agent
  readonly #send: typeof http.request
  readonly #headers: Record<string, string>
  /** The same and the host, value after name: Node writes a list as it is, and checks less of it for each request. */
  readonly #lines: readonly string[]
  /** What ends with close(). */
  readonly #endings = new Set<() => void>()

  constructor(url: URL, token: string, connections: number) {
    this.#url = url
    // Brackets are how a URL writes an IPv6 address.
    this.#to = { protocol: url.protocol, hostname: url.hostname.replace(/^\[|\]$/g, ''), port: url.port }
    this.#folder = url.pathname.replace(/\/$/, '')
    const secure = url.protocol === 'https:'
    const options = { keepAlive: true, maxSockets: connections, maxFreeSockets: connections }
    this.#agent = secure ? new https.Agent(options) : new http.Agent(options)
    this.#agent.keepSocketAlive = keepWithin
    this.#send = secure ? https.request : http.request
    this.#headers = { authorization: `Bearer ${token}`, accept: 'application/json, application/problem+json' }
    this.#lines = ['host', url.host, ...Object.entries(this.#headers).flat()]
  }

  /** Where a path is, for those who ask by themselves. */
  urlOf(path: string): string {
    return this.#url.origin + this.#folder + path
  }

  /** The headers that every request has. */
  get headers(): Readonly<Record<string, string>> {
    return this.#headers
  }

  /** The answer, whatever its status. Throws NoAnswer, also when the signal ends it. */
  ask(asked: Asked): Promise<Answer> {
    return new Promise((resolve, reject) => {
      // As options and not as a URL, which would be taken apart for each request.
      const request = this.#send({
        ...this.#to,
        path: this.#folder + asked.path,
        method: asked.method,
        agent: this.#agent,
        headers: this.#linesOf(asked),
      })
      // Known before anything can end the request: an error that nobody hears ends the process.
      let end = () => {}
      const fail = (error: Error) => {
        end()
        reject(new NoAnswer(describe(error), { cause: error }))
      }
      request.on('error', fail)
      end = endings(request, asked)
      request.on('response', response => {
        note(response)
        collect(response, fail, text => {
          end()
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
        })
      })
      request.end(asked.body)
    })
  }

  /** Has `end` called by close(); gives what takes that back. */
  whenClosed(end: () => void): () => void {
    this.#endings.add(end)
    return () => this.#endings.delete(end)
  }

  /** Closes the connections that are idle, and each other one with its answer. */
  close(): void {
    for (const end of this.#endings) end()
    this.#agent.keepSocketAlive = () => false
    for (const sockets of Object.values(this.#agent.freeSockets)) for (const socket of [...sockets ?? []]) socket.destroy()
  }

  #linesOf({ body, headers }: Asked): string[] {
    const lines = [...this.#lines]
    for (const name in headers) lines.push(name, headers[name]!)
    if (body !== undefined) lines.push('content-type', 'application/json', 'content-length', String(Buffer.byteLength(body)))
    return lines
  }
}

/** Ends the request when its time or the caller's patience is over; gives what takes that back. */
function endings(request: http.ClientRequest, { within, signal }: Asked): () => void {
  const timer = setTimeout(() => request.destroy(new Error(`no answer within ${Math.round(within)} ms`)),
    Math.min(within, 2 ** 31 - 1))
  const abort = () => request.destroy(new Error('the signal ended it'))
  if (signal?.aborted) abort()
  signal?.addEventListener('abort', abort)
  return () => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}

function collect(response: http.IncomingMessage, fail: (error: Error) => void, done: (text: string) => void): void {
  const parts: Buffer[] = []
  response.on('data', (part: Buffer) => { parts.push(part) })
  response.on('end', () => done(parts.length === 1 ? parts[0]!.toString() : Buffer.concat(parts).toString()))
  response.on('error', fail)
}

// ---- Idle connections

// What a connection's server told last. Node's agent heeds it only where it is less than a limit of
// the agent's own, which would have to be the right one for every server.
const told = new WeakMap<Duplex, number>()

function note(response: http.IncomingMessage): void {
  told.set(response.socket, idleMax(response.headers['keep-alive']))
}

/** Called by the agent with a connection that has become idle; false closes it. */
function keepWithin(this: http.Agent, stream: Duplex): boolean {
  const socket = stream as Socket
  const max = told.get(socket) ?? idleUntold
  socket.setKeepAlive(true, 1_000)
  socket.unref()
  // The agent closes an idle connection at its timeout.
  socket.setTimeout(max)
  return max > 0
}

/** What happened, in a person's words: several addresses that failed are one error without any. */
function describe(error: Error & { code?: string, errors?: Error[] }): string {
  if (error.message) return error.message
  return error.errors?.map(each => each.message).join(', ') || (error.code ?? error.name)
}
