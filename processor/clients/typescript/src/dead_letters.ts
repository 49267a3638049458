// What operators see and do.

import { checkOptions, checkReadOptions, oneOf } from './checks.js'
import { checkReason, checkRedrive } from './command_checks.js'
import { statusNames, type DeadLetter, type DeadLetterStatus, type RedrivenDeadLetter, type RedriveRequest, type Snowflake } from './contract.js'
import { checkSnowflake, misuse } from './misuse.js'
import { foundIn, pages } from './pages.js'
import { read, type ReadOptions } from './reading.js'
import type { Transport } from './transport.js'

const path = '/v1/dead-letters'

/** The dead letters; the token needs the scope `operate`. */
export class DeadLetters {
  readonly #transport: Transport

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport
  }

  /**
   * All that fit, the oldest first.
   *
   * @example
   * for await (const letter of datadrop.deadLetters.list({ status: 'parked' })) console.log(letter.id)
   */
  list(filter: { guild_id?: Snowflake, status?: DeadLetterStatus } = {}, options: ReadOptions = {}): AsyncGenerator<DeadLetter, void, undefined> {
    checkOptions(filter, ['guild_id', 'status'], 'the filter of list')
    checkReadOptions(options)
    if (filter.guild_id !== undefined) checkSnowflake('guild_id', filter.guild_id)
    if (filter.status !== undefined) oneOf(statusNames)('status', filter.status)
    return pages(this.#transport, path, 'dead_letters', { ...filter }, options)
  }

  /**
   * The whole record, or undefined where there is none of this id.
   *
   * @example
   * const letter = await datadrop.deadLetters.show(outcome.dead_letter_id)
   */
  async show(id: string, options: ReadOptions = {}): Promise<DeadLetter | undefined> {
    const told = await read(this.#transport, { method: 'GET', path: pathOf(id) }, options,
      ({ code }) => code === 'dead_letter_not_found')
    return foundIn(told) as DeadLetter | undefined
  }

  /**
   * Sends its command again, under the operator's name; `outcome` of the answer is what came of it.
   * An expectation of the command may be replaced, or dropped with null. Only of a letter that has its
   * etag it is made sure that nobody did something to it since it was looked at (If-Match).
   *
   * @example
   * const { outcome } = await datadrop.deadLetters.redrive(letter, { reason: 'state was mended', expected_state: null })
   */
  async redrive(letter: Pick<DeadLetter, 'id' | 'etag'>, request: RedriveRequest = {}, options: ReadOptions = {}): Promise<RedrivenDeadLetter> {
    checkRedrive(request)
    return await this.#do(letter, 'redrive', request, options) as RedrivenDeadLetter
  }

  /**
   * Gives it up, for a reason. A letter's etag is heeded as by `redrive`.
   *
   * @example
   * await datadrop.deadLetters.discard(letter, { reason: 'the member is gone' })
   */
  async discard(letter: Pick<DeadLetter, 'id' | 'etag'>, request: { reason: string }, options: ReadOptions = {}): Promise<DeadLetter> {
    checkOptions(request, ['reason'], 'the argument of discard')
    if (typeof request.reason !== 'string' || request.reason.trim() === '') {
      throw misuse('reason', 'a text', request.reason, 'say why the command is given up, for the audit trail')
    }
    checkReason('reason', request.reason)
    return await this.#do(letter, 'discard', request, options) as DeadLetter
  }

  async #do(letter: Pick<DeadLetter, 'id' | 'etag'>, what: string, request: object, options: ReadOptions): Promise<unknown> {
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
