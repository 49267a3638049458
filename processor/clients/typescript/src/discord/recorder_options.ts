// What a recorder works with, and what it tells.

import type { Submitted } from '../contract.js'
import type { Datadrop } from '../datadrop.js'

import type { Nothing } from './decide.js'
import type { Fact } from './facts.js'

/** The part of {@link Datadrop} that a recorder uses. */
export type Records = Pick<Datadrop, 'submitAll' | 'history' | 'members'>

/** What came of a fact: the outcomes of its commands, or why it meant none. */
export interface Recorded { fact: Fact, outcomes: Submitted[], nothing?: Nothing }

/** How a recorder works; each can be left out. */
export interface RecorderOptions {
  /**
   * Is told what came of each fact: the outcomes of its commands, which may be other than accepted, or
   * why it meant none.
   *
   * @example
   * onRecorded: ({ fact, outcomes, nothing }) => log.info({ fact, outcomes, nothing })
   */
  onRecorded?: (recorded: Recorded) => void
  /**
   * Is told of a fact that is not on record: with what was thrown, or with a `NotRecordedError` when a
   * command of it was not accepted. `Recorder.catchUp` finds what was missed. Without it the error is an unhandled rejection, which ends a Node process.
   *
   * @example
   * onError: (error, fact) => log.error({ error, fact })
   */
  onError?: (error: unknown, fact: Fact) => void
  /**
   * Is told why nothing is recorded at the moment, once until something is again: datadrop does not
   * answer, and is waited for.
   *
   * @example
   * onWaiting: (why) => log.warn(`datadrop is waited for: ${why}`)
   */
  onWaiting?: (why: string) => void
  /**
   * How long the event of a ban waits for its entry in the audit log, which has reason and person, in
   * milliseconds (3,000). With 0 the event speaks for itself, and the reason of a ban is on record only
   * when its entry comes first.
   *
   * @example
   * entryWithin: 10_000
   */
  entryWithin?: number
  /**
   * So many members are worked on at once (32).
   *
   * @example
   * concurrency: 8
   */
  concurrency?: number
  /**
   * Ends the waiting for a server that is away.
   *
   * @example
   * signal: AbortSignal.timeout(60_000)
   */
  signal?: AbortSignal
}
