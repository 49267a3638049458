// The feed: events in the log's order, over connections that may be cut at any time. The reader is
// asked for what comes behind its cursor each time, so that nothing is skipped or told twice.
//
// A chunk of the stream is read when the events of the one before were taken: a reader that is slow
// slows the server down, through TCP, and nothing gathers here.

import { createParser } from 'eventsource-parser'

import { errorOf, historyChanged, jsonOf, passingOf, problemOf } from './answers.js'
import type { EventName, FeedEvent, Snowflake } from './contract.js'
import { AbortedError, WrongServerError, type HistoryChangedError } from './errors.js'
import { withQuery } from './pages.js'
import { jitter, pause } from './patience.js'
import type { Transport } from './transport.js'
import { Watchdog } from './watchdog.js'

/** Where a feed begins, and what of it is wanted. */
export interface FeedOptions {
  /**
   * The cursor of the last event that was taken in; `'0'` for the log's beginning, which it is
   * without one, and `'latest'` for what comes from now on.
   * @example { after: await readFile('cursor', 'utf8') }
   */
  after?: string | undefined
  /**
   * Only events of this guild.
   * @example { guild: '288659194737983489' }
   */
  guild?: Snowflake | undefined
  /**
   * Only events of these types.
   * @example { events: ['MemberJoined', 'MemberLeft'] }
   */
  events?: readonly EventName[] | undefined
  /**
   * Ends the feed with an AbortedError; leaving the loop, and `return()` from outside of it, end it as well.
   * @example { signal: controller.signal }
   */
  signal?: AbortSignal | undefined
  /**
   * Milliseconds of silence after which a connection is given up and made anew: 40,000 unless told
   * otherwise. The server gives a sign every 15 s.
   * @example { silence: 60_000 }
   */
  silence?: number | undefined
  /**
   * Told each time a connection ends or could not be made; the feed comes back by itself.
   * @example { onCut: why => log.warn(`the feed was cut: ${why}`) }
   */
  onCut?: ((why: string) => void) | undefined
}

/** Until the server has said how long to stay away, in milliseconds. */
const retryUntold = 2_000

/** A connection ended, or there was none: it is made anew. */
class Cut extends Error {
  constructor(why: string, readonly retryAfter = 0) {
    super(why)
  }
}

type Ender = 'the signal' | 'close()' | 'its reader'

/** @internal */
export class Feed {
  readonly #transport: Transport
  readonly #options: FeedOptions
  readonly #watchdog: Watchdog
  readonly #found: FeedEvent[] = []
  #cursor: string
  #retry = retryUntold
  /** Something has come from datadrop: whatever answers later, it is worth coming back. */
  #known = false
  #changed: HistoryChangedError | undefined
  /** Its end by its reader's signal, by close(), or by whoever leaves. */
  readonly #end = new AbortController()
  #endedBy: Ender | undefined

  constructor(transport: Transport, options: FeedOptions) {
    this.#transport = transport
    this.#options = options
    this.#cursor = options.after ?? '0'
    this.#watchdog = new Watchdog(options.silence ?? 40_000, this.#end.signal)
  }

  /** The events; `return` ends it at once, where a generator's own would wait for the next event. */
  run(): AsyncGenerator<FeedEvent, void, undefined> {
    const events = this.#run()
    const leave = events.return.bind(events)
    events.return = value => {
      this.#endBy('its reader')
      return leave(value)
    }
    return events
  }

  async* #run(): AsyncGenerator<FeedEvent, void, undefined> {
    const { signal } = this.#options
    const abort = () => this.#endBy('the signal')
    signal?.addEventListener('abort', abort)
    if (signal?.aborted) abort()
    const stay = this.#transport.whenClosed(() => this.#endBy('close()'))
    try {
      yield* this.#connections()
    } finally {
      stay()
      signal?.removeEventListener('abort', abort)
    }
  }

  #endBy(who: Ender): void {
    this.#endedBy ??= who
    this.#end.abort()
  }

  async* #connections(): AsyncGenerator<FeedEvent, void, undefined> {
    for (let tries = 0; !this.#isOver();) {
      const before = this.#cursor
      const cut = yield* this.#connection()
      if (this.#isOver()) return
      this.#options.onCut?.(cut.message)
      tries = this.#cursor === before ? tries + 1 : 0
      await pause(this.#retry * (0.5 + Math.random()) + jitter(tries, cut.retryAfter), this.#end.signal)
    }
  }

  /** One connection until it ends, for whatever reason that passes. */
  async* #connection(): AsyncGenerator<FeedEvent, Cut, undefined> {
    try {
      return yield* this.#events(await this.#opened())
    } catch (error) {
      if (error instanceof Cut) return error
      throw error
    } finally {
      this.#watchdog.cut()
    }
  }

  async #opened(): Promise<ReadableStreamDefaultReader<Uint8Array>> {
    const { guild, events } = this.#options
    const asked = withQuery(path, { after: this.#cursor, guild_id: guild, event: events?.join(',') })
    const response = await this.#heard(fetch(this.#transport.urlOf(asked), {
      headers: { ...this.#transport.headers, accept: 'text/event-stream, application/problem+json' },
      redirect: 'manual',
      signal: this.#watchdog.begin(),
    }))
    const type = response.headers.get('content-type') ?? ''
    if (response.status !== 200 || !type.startsWith('text/event-stream') || !response.body) throw await this.#refusal(response)
    return response.body.getReader()
  }

  /** A Cut when it is worth coming back. */
  async #refusal(response: Response): Promise<Error> {
    const { status, headers } = response
    const answer = { status, headers: Object.fromEntries(headers), text: await this.#heard(response.text()) }
    const body = jsonOf(answer)
    const passes = passingOf(answer, body)
    if (passes) return new Cut(passes.why, passes.retryAfter)
    const stays = status === 401 || status === 403 || problemOf(body) !== undefined || !this.#known
    return stays ? errorOf(answer, body, this.#transport.urlOf(path), this.#cursor) : new Cut(`status ${status}`)
  }

  async* #events(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<FeedEvent, Cut, undefined> {
    const parser = createParser({
      onEvent: ({ id, event, data }) => this.#take(id, event, data),
      onRetry: retry => { this.#retry = retry },
    })
    const decoder = new TextDecoder()
    let rest = '' // of a block that is not whole yet
    for (;;) {
      const { done, value } = await this.#heard(reader.read())
      if (done) return new Cut('the server ended it')
      this.#known = true
      const text = decoder.decode(value, { stream: true })
      parser.feed(text)
      const [place, begun] = placeIn(rest + text)
      rest = begun
      yield* this.#taken()
      this.#cursor = place ?? this.#cursor
    }
  }

  /** The events of a chunk, and then the end of this history, if it was told there. */
  * #taken(): Generator<FeedEvent, void, undefined> {
    for (const event of this.#found) {
      if (this.#isOver()) return
      this.#cursor = event.cursor
      yield event
    }
    this.#found.length = 0
    if (this.#changed) throw this.#changed
  }

  #take(id: string | undefined, name: string | undefined, data: string): void {
    const told = parsed(data)
    if (name === 'history_changed') {
      this.#changed = historyChanged(told, this.#cursor)
    } else {
      told.cursor = id
      this.#found.push(told)
    }
  }

  /** What the connection gives; that it gives nothing more is a Cut. */
  async #heard<Given>(given: Promise<Given>): Promise<Given> {
    try {
      return await this.#watchdog.watch(given)
    } catch (error) {
      throw new Cut(reasonOf(error))
    }
  }

  /** True when its reader left; throws when something else ended it. */
  #isOver(): boolean {
    if (this.#endedBy === undefined || this.#endedBy === 'its reader') return this.#endedBy !== undefined
    throw new AbortedError({
      what: `${this.#endedBy} ended the feed behind ${this.#cursor}`,
      remedy: 'begin again with after: the cursor of the last event that was taken in',
      value: this.#cursor,
      cause: this.#options.signal?.reason,
    })
  }
}

const path = '/v1/events'

/**
 * The cursor of the last whole block, when that has an id and no event, and what stands behind it. So
 * the server tells where `latest` was, and how far it came past events that are not wanted. A parser of
 * events passes over such an id; a reader that is cut off comes back with it.
 */
function placeIn(text: string): [string | undefined, string] {
  const end = text.lastIndexOf('\n\n')
  if (end < 0) return [undefined, text]
  const block = text.slice(text.lastIndexOf('\n\n', end - 1) + 1, end + 1)
  const place = block.includes('\ndata:') ? undefined : /^id: (.+)$/m.exec(block)?.[1]
  return [place, text.slice(end + 2)]
}

function parsed(data: string) {
  try {
    return JSON.parse(data)
  } catch (cause) {
    throw new WrongServerError({
      what: 'the data of an event in the feed is no JSON',
      remedy: 'look for what stands between here and datadrop',
      value: data.slice(0, 100),
      cause,
    })
  }
}

/** fetch says only that it failed, and its cause why. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as { message?: string, cause?: { message?: string, code?: string } }
  return cause?.message || cause?.code || message || String(error)
}
