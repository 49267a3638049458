// What is thrown: a class a cause. Answers of the domain (a rejection, a conflict …) are outcomes and
// never thrown.

/** What an error has to say. */
interface Telling {
  /** What was wrong, as a sentence without its end. */
  what: string
  /** What to do about it. */
  remedy: string
  /** The value that was wrong, where there is one. */
  value?: unknown
  cause?: unknown
}

/**
 * The base of all that this package throws.
 *
 * @example
 * try {
 *   await datadrop.member(guild_id, user_id)
 * } catch (error) {
 *   if (error instanceof DatadropError) log(error.code, error.value, error.remedy)
 *   else throw error
 * }
 */
export abstract class DatadropError extends Error {
  /** The cause as a word, for logs and switches. */
  abstract readonly code: string
  /** What was wrong; with the remedy it makes the message. */
  readonly what: string
  /** What to do about it. */
  readonly remedy: string
  /** The value that was wrong, where there is one; never a token. */
  readonly value: unknown
  /** The key of the command that was sent before the error came; `remedy` says whether it may be written. */
  readonly idempotency_key: string | undefined

  constructor({ what, remedy, value, cause }: Telling) {
    super(`${what}: ${remedy}`, cause === undefined ? undefined : { cause })
    this.name = new.target.name
    this.what = what
    this.remedy = remedy
    this.value = value
  }
}

/** The error of a command that was sent, with its key: where an earlier try was not answered, it may be written. */
export function ofCommand(error: DatadropError, idempotency_key: string, mayBeWritten: boolean): DatadropError {
  const remedy = mayBeWritten
    ? `${error.remedy}; the command may be written by an earlier try: send it again with its key ${idempotency_key}`
    : error.remedy
  return Object.assign(error, { idempotency_key, remedy, message: `${error.what}: ${remedy}` })
}

/**
 * A call that cannot be meant so: a number where an id belongs, an unknown field, a token that is
 * missing. Found before anything is sent wherever that is possible.
 *
 * @example
 * datadrop.submit({ guild_id: 288659194737983489, … }) // guild_id must be …, not the number …
 */
export class MisuseError extends DatadropError {
  readonly code = 'misuse'
}

/**
 * The token is not in force, or lacks the scope of what was asked for.
 *
 * @example
 * if (error instanceof NotAuthorizedError) await alarm('a new token is needed', error.message)
 */
export class NotAuthorizedError extends DatadropError {
  readonly code = 'not_authorized'
}

/**
 * Something answered, but not datadrop: a redirect, a web page, an outcome that nobody knows.
 *
 * @example
 * new Datadrop({ server: 'https://example.org/the-wrong-path', token })
 */
export class WrongServerError extends DatadropError {
  readonly code = 'wrong_server'
}

/**
 * A read found nobody who answers within its time. Commands are never told so: what is open of them
 * is the outcome `undecided`.
 *
 * @example
 * if (error instanceof UnavailableError) return reply('Try again in a minute, please.')
 */
export class UnavailableError extends DatadropError {
  readonly code = 'unavailable'
}

/**
 * The caller's signal ended it. For commands: before anything was sent, or for the rest of
 * `submitAll` behind what was told as `undecided`.
 *
 * @example
 * if (error instanceof AbortedError) return // the process is being stopped
 */
export class AbortedError extends DatadropError {
  readonly code = 'aborted'
}

/**
 * What the reader of a feed saw is not what the log holds: the database was restored to an earlier
 * moment, or the cursor is another server's. Never skipped over in silence.
 *
 * @example
 * if (error instanceof HistoryChangedError) {
 *   await rebuildMyTables()                 // what they hold may be of events that are no more
 *   feed = datadrop.feed({ after: '0' })    // or behind the log's end: { after: error.head }
 * }
 */
export class HistoryChangedError extends DatadropError {
  readonly code = 'history_changed'
  /** The cursor of the log's end, to go on behind it. */
  readonly head: string

  constructor(telling: Telling & { head: string }) {
    super(telling)
    this.head = telling.head
  }
}

/**
 * A position that the log has never given, such as one of another server, or of a history that a
 * restore took back.
 *
 * @example
 * await datadrop.member(guild_id, user_id, { min_position: '999999' })
 */
export class PositionUnknownError extends DatadropError {
  readonly code = 'position_unknown'
}

/**
 * The dead letter is not what was looked at: another operator did something meanwhile.
 *
 * @example
 * if (error instanceof DeadLetterChangedError) letter = await datadrop.deadLetters.show(letter.id)
 */
export class DeadLetterChangedError extends DatadropError {
  readonly code = 'dead_letter_changed'
}

/**
 * The server refused a request for another reason, which `problem` has.
 *
 * @example
 * if (error instanceof RefusedError && error.problem.code === 'dead_letter_closed') …
 */
export class RefusedError extends DatadropError {
  readonly code = 'refused'
  readonly status: number
  readonly problem: { code: string, detail: string }

  constructor(telling: Telling & { status: number, problem: { code: string, detail: string } }) {
    super(telling)
    this.status = telling.status
    this.problem = telling.problem
  }
}
