// One command until it is settled: sent again with the same key as long as what is heard passes, for
// the time that its sender gives.

import { errorOf, jsonOf, Passing, passingOf, problemOf } from './answers.js'
import type { Command, Submitted } from './contract.js'
import { AbortedError, DatadropError, ofCommand } from './errors.js'
import { makeKey } from './keys.js'
import { invalid, isOutcome, outcomeOf, undecided, type Keyed } from './outcomes.js'
import { Patience } from './patience.js'
import { NoAnswer, type Answer, type Transport } from './transport.js'

export const commandsPath = '/v1/commands'

/** A living server answers each command within its budget and 15 s; longer is a connection that died. */
export const answerMax = 30_000

/** Statuses by which the server says that it could not read a command. */
const unreadable = new Set([400, 413, 415, 422, 431])

/**
 * The command as it is sent: with a key, and with on_conflict said where something is expected. A
 * person's click on what is no longer there must be told to that person; the server's own default
 * would try it again and park it in the end.
 */
export function completed(command: Command): Keyed {
  const keyed = { ...command, idempotency_key: command.idempotency_key ?? makeKey(command.guild_id) }
  const expects = keyed.expected_state ?? keyed.expected_version ?? keyed.expected_lifecycle
  return expects == null ? keyed : { ...keyed, on_conflict: keyed.on_conflict ?? 'fail' }
}

export async function submitOne(transport: Transport, command: Keyed, within: number, signal?: AbortSignal): Promise<Submitted> {
  refuseAborted(signal)
  const patience = new Patience(within, signal)
  const body = JSON.stringify(command)
  let last: string | undefined
  for (let tries = 0; ; ++tries) {
    const told = await tried(transport, command, body, patience)
      .catch(error => fail(error instanceof DatadropError ? ofCommand(error, command.idempotency_key, tries > 0) : error))
    if (!(told instanceof Passing)) return told
    // That its own time cut a try off says less than what was heard before.
    if (patience.left > 0) last = told.why
    if (!await patience.again(told.retryAfter)) {
      return undecided(command, patience.aborted ? 'aborted' : 'deadline', last ?? told.why)
    }
  }
}

async function tried(transport: Transport, command: Keyed, body: string, { left, signal }: Patience) {
  const answer = await answerOrPassing(() =>
    transport.ask({ method: 'POST', path: commandsPath, body, within: Math.min(left, answerMax), signal }))
  return answer instanceof Passing ? answer : settledBy(answer, command, transport.urlOf(commandsPath))
}

/** An answer; or, where there was none, that this passes. */
export async function answerOrPassing(ask: () => Promise<Answer>): Promise<Answer | Passing> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof NoAnswer) return new Passing(`no answer: ${error.message}`)
    throw error
  }
}

function settledBy(answer: Answer, command: Keyed, url: string): Submitted | Passing {
  const body = jsonOf(answer)
  if (isOutcome(body)) return withRetryAfter(outcomeOf(command, body), answer)
  const problem = problemOf(body)
  if (problem && unreadable.has(answer.status)) return invalid(command, problem)
  return passingOf(answer, body) ?? fail(errorOf(answer, body, url))
}

function withRetryAfter(told: Submitted | Passing, answer: Answer): Submitted | Passing {
  return told instanceof Passing ? new Passing(told.why, passingOf(answer, undefined)?.retryAfter) : told
}

function fail(error: Error): never {
  throw error
}

/** Nothing is sent for a signal that has come already. */
export function refuseAborted(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return
  throw new AbortedError({
    what: 'the signal was aborted before anything was sent',
    remedy: 'make a new AbortController for each call',
    cause: signal.reason,
  })
}
