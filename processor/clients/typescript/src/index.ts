export { Datadrop, type FreshOptions, type Options, type SubmitOptions } from './datadrop.js'
export type { FeedOptions } from './feed.js'
export type { ReadOptions } from './reading.js'
export type { DeadLetters } from './dead_letters.js'
export type { FollowOptions, LetterRuns, SeenRun } from './letter_runs.js'
export type {
  Accepted, Command, CommandName, Conflict, DeadLetter, DeadLetterCounts, DeadLetterFilter, DeadLetterStatus,
  DeadLettered, EventName, FeedEvent, HistoryEvent, Invalid, LetterRun, Member, PlainCommand, RedrivenDeadLetter, RedrivePreview,
  RedriveRequest, Rejected, RunRequest, SeenDeadLetter, ShownDeadLetter, Snowflake, State, Submitted, Undecided,
} from './contract.js'
export {
  AbortedError, DatadropError, DeadLetterChangedError, HistoryChangedError, MisuseError,
  NotAuthorizedError, PositionUnknownError, RefusedError, UnavailableError, WrongServerError,
} from './errors.js'
export { guildKey, makeKey } from './keys.js'
export { comparePositions, hasReached, laterPosition, type Position } from './positions.js'
