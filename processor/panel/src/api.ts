// The server's routes with the token of this tab, which stands in this object and nowhere else.

import { BoundedWait } from './waiting'

/** What the server said against a request (RFC 9457). */
export class Problem extends Error {
  constructor(readonly status: number, readonly code: string, readonly detail: string, readonly scope?: string) {
    super(detail || code)
  }
}

/** Nobody answered: the network, the server, or a proxy in front of it. */
export class Unreachable extends Error {}

export interface Answer<Body> {
  body: Body
  etag: string | undefined
}

export interface Options {
  signal?: AbortSignal | undefined
  ifMatch?: string | undefined
}

const answerWithin = 20_000

export class Api {
  #token = ''
  readonly #paths = new Set<string>()
  /** Of the server, as its description has it. */
  version = ''
  /** Told of each request, whether somebody answered it. */
  onReached: (reached: boolean) => void = () => {}
  /** Told that the token is no longer in force. */
  onRefused: () => void = () => {}

  /** Looks what the server offers and what the token may do. Throws Problem when it may nothing. */
  async signIn(token: string): Promise<void> {
    this.#token = token
    const description = await this.get<{ info: { version: string }; paths: Record<string, unknown> }>('openapi.json')
    this.version = description.info.version
    this.#paths.clear()
    for (const path in description.paths) this.#paths.add(path.replace(/\{[^}]*\}/g, '{}'))
    await this.get('v1/projection').catch((error: unknown) => {
      if (!(error instanceof Problem) || error.status !== 403) throw error
    })
  }

  signOut(): void {
    this.#token = ''
  }

  get isSignedIn(): boolean {
    return this.#token !== ''
  }

  /** Whether the server has a route, written with {} for what varies in it. */
  offers(path: string): boolean {
    return this.#paths.has(path)
  }

  async get<Body>(path: string, options: Options = {}): Promise<Body> {
    return (await this.getTagged<Body>(path, options)).body
  }

  async getTagged<Body>(path: string, options: Options = {}): Promise<Answer<Body>> {
    return this.#json(await this.#send('GET', path, undefined, options))
  }

  async post<Body>(path: string, body: unknown, options: Options = {}): Promise<Answer<Body>> {
    return this.#json(await this.#send('POST', path, body, options))
  }

  async text(path: string, options: Options = {}): Promise<string> {
    return (await this.#send('GET', path, undefined, options)).text()
  }

  /** An answer that goes on: its body is read by the caller, for as long as the signal lets it. */
  async stream(path: string, signal: AbortSignal): Promise<Response> {
    return this.#refused(await this.#fetch('GET', path, undefined, { signal }, signal))
  }

  async #send(method: string, path: string, body: unknown, options: Options): Promise<Response> {
    const wait = new BoundedWait(answerWithin, options.signal)
    try {
      return await this.#refused(await this.#fetch(method, path, body, options, wait.signal))
    } finally {
      wait.end()
    }
  }

  async #fetch(method: string, path: string, body: unknown, options: Options, signal: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = {}
    if (this.#token) headers['Authorization'] = `Bearer ${this.#token}`
    if (body !== undefined) headers['Content-Type'] = 'application/json'
    if (options.ifMatch) headers['If-Match'] = options.ifMatch
    const init: RequestInit = { method, headers, signal, credentials: 'omit', redirect: 'error' }
    if (body !== undefined) init.body = JSON.stringify(body)
    try {
      const response = await fetch(new URL(path, document.baseURI), init)
      this.onReached(response.status !== 502 && response.status !== 504)
      return response
    } catch (error) {
      if (options.signal?.aborted) throw error
      this.onReached(false)
      throw new Unreachable('the server cannot be reached')
    }
  }

  async #refused(response: Response): Promise<Response> {
    if (response.ok) return response
    const body = (await response.json().catch(() => ({}))) as { code?: string; detail?: string; outcome?: unknown }
    // A command's own refusal is an outcome that its caller reads.
    if (body.outcome !== undefined) return new Response(JSON.stringify(body), { status: 200 })
    if (response.status === 401) this.onRefused()
    const scope = /scope="([^"]*)"/.exec(response.headers.get('WWW-Authenticate') ?? '')?.[1]
    throw new Problem(response.status, body.code ?? String(response.status), body.detail ?? response.statusText, scope)
  }

  async #json<Body>(response: Response): Promise<Answer<Body>> {
    return { body: (await response.json()) as Body, etag: response.headers.get('ETag') ?? undefined }
  }
}

/** "a=1&b=2" of what has a value. */
export function query(parameters: Record<string, string | undefined>): string {
  const kept = Object.entries(parameters).filter((pair): pair is [string, string] => Boolean(pair[1]))
  return new URLSearchParams(kept).toString()
}
