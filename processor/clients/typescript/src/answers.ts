// What an answer means: JSON of datadrop, something that passes, or an error with its cause.

import type { Problem as Told } from './contract.js'
import type { Answer } from './transport.js'
import {
  DeadLetterChangedError, HistoryChangedError, MisuseError, NotAuthorizedError, PositionUnknownError,
  RefusedError, WrongServerError, type DatadropError,
} from './errors.js'
import { retryAfterOf } from './patience.js'

/** What passes: the same request may be sent again after a while. */
export class Passing {
  constructor(
    /** What was seen, for people. */
    readonly why: string,
    /** What the server asked for, in milliseconds. */
    readonly retryAfter = 0,
  ) {}
}

export type Problem = Pick<Told, 'code' | 'detail' | 'head'>

/** Statuses that pass. A 500 is among them since nobody knows what became of its request. */
const passes = (status: number): boolean => status === 408 || status === 429 || status >= 500

/** The JSON of an answer, or nothing where it is none. */
export function jsonOf(answer: Answer): unknown {
  if (!/json/i.test(answer.headers['content-type'] ?? '')) return undefined
  try {
    return JSON.parse(answer.text)
  } catch {
    return undefined
  }
}

/** The problem (RFC 9457) that a body is, if it is one of datadrop's. */
export function problemOf(body: unknown): Problem | undefined {
  const problem = body as Partial<Problem> | undefined | null
  return typeof problem?.code === 'string' && typeof problem.detail === 'string' ? problem as Problem : undefined
}

/** A refusal that passes; undefined for one that stays. */
export function passingOf(answer: Answer, body: unknown): Passing | undefined {
  if (!passes(answer.status)) return undefined
  const detail = problemOf(body)?.detail ?? `it is no answer of datadrop but ${seen(answer)}`
  return new Passing(`status ${answer.status}: ${detail}`, retryAfterOf(answer.headers['retry-after']))
}

/** The error of a refusal that stays; `asked` is the value that it is about, where the URL is not. */
export function errorOf(answer: Answer, body: unknown, url: string, asked: string = url): DatadropError {
  const problem = problemOf(body)
  if (answer.status === 401 || answer.status === 403) return notAuthorized(answer, problem)
  if (!problem || problem.code === 'route_not_found') return wrongServer(answer, url)
  if (answer.status === 412) return deadLetterChanged(problem, asked)
  return errorOfProblem(problem, answer.status, asked)
}

function errorOfProblem(problem: Problem, status: number, asked: string): DatadropError {
  const what = problem.detail
  switch (problem.code) {
    case 'history_changed':
      return historyChanged(problem, asked)
    case 'position_unknown':
      return new PositionUnknownError({ what, remedy: 'take the position from an outcome or an event of this server', value: positionIn(asked) })
    case 'invalid_parameter':
    case 'invalid_field':
    case 'missing_field':
    case 'unknown_field':
      return new MisuseError({ what: `the server refused ${asked}: ${what}`, remedy: 'mend that value in the call; GET /openapi.json has what it may be', value: asked })
    default:
      return new RefusedError({ what: `the server refused it (${problem.code}): ${what}`, remedy: remedyOf(problem.code), value: asked, status, problem })
  }
}

/** The only thing with an If-Match. */
function deadLetterChanged({ detail }: Problem, asked: string): DeadLetterChangedError {
  return new DeadLetterChangedError({ what: detail, remedy: 'show it again and decide on what it is now', value: asked })
}

/** The position that a read waited for. */
const positionIn = (url: string): string => /[?&]min_position=(\w+)/.exec(url)?.[1] ?? url

export function historyChanged(problem: Problem, cursor: string): HistoryChangedError {
  return new HistoryChangedError({
    what: `the cursor ${cursor} is not of this log's history`,
    value: cursor,
    remedy: `${problem.detail}; a cursor of another server is told the same`,
    head: problem.head ?? '',
  })
}

const remedyOf = (code: string): string => code === 'dead_letter_closed'
  ? 'show it to see what was done'
  : 'see what the code asks for in the server\'s description, GET /openapi.json'

function tokenWanted(status: number, code: string | undefined): string {
  if (code === 'operator_needed') return 'pass the token of a person, `datadrop token create --source operator …`'
  if (status === 401) return 'look at `datadrop token list`, and pass a token in force'
  return 'make a token with the scope that is missing, `datadrop token create --scopes …`'
}

function notAuthorized(answer: Answer, problem: Problem | undefined): NotAuthorizedError {
  return new NotAuthorizedError({
    what: problem?.detail ?? `status ${answer.status}, not by datadrop but ${seen(answer)}`,
    remedy: tokenWanted(answer.status, problem?.code),
    value: answer.status,
  })
}

export function wrongServer(answer: Answer, url: string): WrongServerError {
  const to = answer.headers.location
  return new WrongServerError({
    what: `${url} is no datadrop: it answered ${answer.status}${to ? ` and sends on to ${to}` : ` with ${seen(answer)}`}`,
    remedy: url.includes('/v1/v1/')
      ? 'leave /v1 out of server: each route has it'
      : 'pass as server the URL that `datadrop serve` tells, or the proxy\'s with its path',
    value: url,
  })
}

/** What an answer looks like, in a few words. */
function seen(answer: Answer): string {
  const type = answer.headers['content-type'] ?? 'no type'
  const start = answer.text.replace(/\s+/g, ' ').trim().slice(0, 60)
  return start ? `${type}: ${start}` : type
}
