// Positions are 64-bit numbers as decimal text: JavaScript's own numbers stop at 2^53, and texts
// compare wrongly ('9' > '10'). Cursors of a feed are no positions: keep them, never look into them.

import { MisuseError } from './errors.js'
import { shown } from './misuse.js'

/**
 * A place in the log, as an outcome or an event tells it: decimal text. TypeScript lets texts be added to
 * and compared by `<`, and both are wrong here: `hasReached` and `comparePositions` do it as numbers.
 */
export type Position = string

/**
 * Which of two positions comes first: below 0, 0, or above 0, as for `Array.prototype.sort`.
 *
 * @example
 * events.sort((a, b) => comparePositions(a.position, b.position))
 */
export function comparePositions(a: Position, b: Position): number {
  const [left, right] = [numberOf(a), numberOf(b)]
  return left < right ? -1 : left > right ? 1 : 0
}

/**
 * The later of two positions, to have read up to both.
 *
 * @example
 * seen = laterPosition(seen, outcome.position)
 */
export function laterPosition(a: Position, b: Position): Position {
  return comparePositions(a, b) < 0 ? b : a
}

/**
 * Whether a reader that came to `position` has seen what is at `wanted`.
 *
 * @example
 * if (hasReached(member.position, outcome.position)) …
 */
export function hasReached(position: Position, wanted: Position): boolean {
  return comparePositions(position, wanted) >= 0
}

/** The position, or an error that says what stands in its place. */
export function checkPosition(position: unknown, name = 'a position'): Position {
  if (typeof position === 'string' && /^\d{1,19}$/.test(position)) return position
  throw new MisuseError({
    what: `${name} must be decimal text as an outcome has it, not ${shown(position)}`,
    remedy: isCursor(position)
      ? 'a cursor of the feed is only for its after'
      : 'pass the outcome\'s or the event\'s position on as it is',
    value: position,
  })
}

const isCursor = (text: unknown): boolean => typeof text === 'string' && /[,~]/.test(text)

function numberOf(position: Position): bigint {
  return BigInt(checkPosition(position))
}
