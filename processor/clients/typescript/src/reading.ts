// Requests that read, or that may come twice: asked again while what is heard passes, for a time.
// Unlike a command, which is told as undecided then, a read that is not answered is an error.

import { errorOf, jsonOf, Passing, passingOf, problemOf, wrongServer, type Problem } from './answers.js'
import { checkReadOptions } from './checks.js'
import { AbortedError, UnavailableError } from './errors.js'
import { Patience } from './patience.js'
import { answerMax, answerOrPassing, refuseAborted } from './sending.js'
import type { Asked, Transport } from './transport.js'

/** How long a read may take, and what ends it. */
export interface ReadOptions {
  /**
   * Milliseconds for the answer, all tries together; 30,000 unless told otherwise.
   * @example { within: 2_500 }
   */
  within?: number | undefined
  /**
   * Ends the read with an AbortedError.
   * @example { signal: AbortSignal.timeout(2_500) }
   */
  signal?: AbortSignal | undefined
}

/**
 * JSON of what was done; or the problem of a refusal, when `expected` says that it is an answer, too.
 * @internal
 */
export async function read(transport: Transport, asked: Pick<Asked, 'method' | 'path' | 'body' | 'headers'>, options: ReadOptions, expected: (problem: Problem) => boolean = () => false): Promise<{ found: unknown } | { problem: Problem }> {
  checkReadOptions(options)
  const { within = 30_000, signal } = options
  refuseAborted(signal)
  const patience = new Patience(within, signal)
  let last: Passing | undefined
  for (;;) {
    const told = await once(transport, { ...asked, within: Math.min(patience.left, answerMax), signal }, expected)
    if (!(told instanceof Passing)) return told
    if (patience.left > 0) last = told
    if (!await patience.again(told.retryAfter)) throw given(patience, last ?? told, transport.urlOf(asked.path))
  }
}

/** Found; made, as it was asked for; begun. */
const done = [200, 201, 202]

async function once(transport: Transport, asked: Asked, expected: (problem: Problem) => boolean) {
  const answer = await answerOrPassing(() => transport.ask(asked))
  if (answer instanceof Passing) return answer
  const body = jsonOf(answer)
  const url = transport.urlOf(asked.path)
  if (done.includes(answer.status)) {
    if (typeof body !== 'object' || body === null) throw wrongServer(answer, url)
    return { found: body }
  }
  const problem = problemOf(body)
  if (problem && expected(problem)) return { problem }
  const passing = passingOf(answer, body)
  if (passing) return passing
  throw errorOf(answer, body, url)
}

function given(patience: Patience, { why }: Passing, url: string) {
  if (patience.aborted) {
    return new AbortedError({ what: `the signal ended the read of ${url}`, remedy: 'read again when there is time', cause: patience.signal?.reason })
  }
  return new UnavailableError({ what: `${url} was not answered in time, at last for ${why}`, remedy: 'look whether the server runs (GET /readyz), or give it more time by within', value: url })
}
