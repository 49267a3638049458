// What operators see and do.

import { checkOptions, checkReadOptions } from './checks.js'
import { checkLetterFilter, checkReason, checkRedrive } from './command_checks.js'
import type {
  DeadLetter, DeadLetterCounts, DeadLetterFilter, RedrivePreview, RedrivenDeadLetter, RedriveRequest, SeenDeadLetter,
  ShownDeadLetter,
} from './contract.js'
import { LetterRuns } from './letter_runs.js'
import { misuse } from './misuse.js'
import { foundIn, pages, withQuery } from './pages.js'
import { read, type ReadOptions } from './reading.js'
import type { Transport } from './transport.js'

const path = '/v1/dead-letters'

/** The dead letters; the token needs the scope `operate`. */
export class DeadLetters {
  readonly #transport: Transport
  /** Many at once: preview, start, follow, stop. */
  readonly runs: LetterRuns

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport
    this.runs = new LetterRuns(transport)
  }

  /**
   * All that fit, the oldest first.
   *
   * @example
   * for await (const letter of datadrop.deadLetters.list({ status: 'parked' })) console.log(letter.id)
   */
  list(filter: DeadLetterFilter = {}, options: ReadOptions = {}): AsyncGenerator<DeadLetter, void, undefined> {
    checkLetterFilter(filter, 'the filter of list')
    checkReadOptions(options)
    return pages(this.#transport, path, 'dead_letters', { ...filter }, options)
  }

  /**
   * How many fit, by code, and since when the oldest is parked; of the parked ones unless a status is named.
   *
   * @example
   * const { count, oldest_parked_at } = await datadrop.deadLetters.counts()
   */
  async counts(filter: DeadLetterFilter = {}, options: ReadOptions = {}): Promise<DeadLetterCounts> {
    checkLetterFilter(filter, 'the filter of counts')
    return foundIn(await read(this.#transport, {
      method: 'GET',
      path: withQuery(`${path}/counts`, { ...filter }),
    }, options)) as DeadLetterCounts
  }

  /**
   * The whole record, or undefined where there is none of this id.
   *
   * @example
   * const letter = await datadrop.deadLetters.show(outcome.dead_letter_id)
   */
  async show(id: string, options: ReadOptions = {}): Promise<ShownDeadLetter | undefined> {
    const told = await read(this.#transport, { method: 'GET', path: pathOf(id) }, options,
      ({ code }) => code === 'dead_letter_not_found')
    return foundIn(told) as ShownDeadLetter | undefined
  }

  /**
   * What `redrive` would come to with the same request, and what happened since it was parked. Nothing is done.
   *
   * @example
   * const { would } = await datadrop.deadLetters.preview(letter, { expected_state: null })
   * if (would.outcome === 'accepted') console.log(would.event, would.to_state)
   */
  async preview(letter: SeenDeadLetter, request: RedriveRequest = {}, options: ReadOptions = {}): Promise<RedrivePreview> {
    checkRedrive(request, 'preview')
    return await this.#do(letter, 'preview', request, options) as RedrivePreview
  }

  /**
   * Sends its command again, under the operator's name; `outcome` of the answer is what came of it.
   * An expectation of the command may be replaced, or dropped with null. Only of a letter that has its
   * etag it is made sure that nobody did something to it since it was looked at (If-Match); a call that
   * had to be sent again because its answer was lost may find its own act so.
   *
   * @example
   * const { outcome } = await datadrop.deadLetters.redrive(letter, { reason: 'state was mended', expected_state: null })
   */
  async redrive(letter: SeenDeadLetter, request: RedriveRequest = {}, options: ReadOptions = {}): Promise<RedrivenDeadLetter> {
    checkRedrive(request, 'redrive')
    return await this.#do(letter, 'redrive', request, options) as RedrivenDeadLetter
  }

  /**
   * Gives it up, for a reason. A letter's etag is heeded as by `redrive`.
   *
   * @example
   * await datadrop.deadLetters.discard(letter, { reason: 'the member is gone' })
   */
  async discard(letter: SeenDeadLetter, request: { reason: string }, options: ReadOptions = {}): Promise<DeadLetter> {
    checkOptions(request, ['reason'], 'the argument of discard')
    if (typeof request.reason !== 'string' || request.reason.trim() === '') {
      throw misuse('reason', 'a text', request.reason, 'say why the command is given up, for the audit trail')
    }
    checkReason('reason', request.reason)
    return await this.#do(letter, 'discard', request, options) as DeadLetter
  }

  async #do(letter: SeenDeadLetter, what: string, request: object, options: ReadOptions): Promise<unknown> {
    return foundIn(await read(this.#transport, {
      method: 'POST',
      path: `${pathOf(letter?.id)}/${what}`,
      body: JSON.stringify(request),
      headers: etagOf(letter),
    }, options))
  }
}

function etagOf({ etag }: { etag?: unknown }): Record<string, string> {
  if (etag === undefined) return {}
  if (typeof etag === 'string') return { 'if-match': etag }
  throw misuse('etag', 'a text', etag, 'pass the letter on as show gave it')
}

function pathOf(id: unknown): string {
  if (typeof id === 'string' && /^\d{1,19}$/.test(id)) return `${path}/${id}`
  throw misuse('a dead letter\'s id', 'decimal text', id, 'pass on the dead_letter_id of the outcome, or the letter that show gave')
}
