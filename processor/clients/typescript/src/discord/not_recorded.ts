import type { Submitted } from '../contract.js'
import { DatadropError } from '../errors.js'

import type { Fact } from './facts.js'

/**
 * A fact that was told is not on record, since a command of it was not accepted. `onError` is told of it;
 * whoever calls `record` sees the outcome there.
 *
 * @example
 * onError: (error, fact) => log.error({ fact, outcome: error instanceof NotRecordedError ? error.outcome : undefined, error })
 */
export class NotRecordedError extends DatadropError {
  readonly code = 'not_recorded'
  readonly outcome: Submitted

  constructor(fact: Fact, outcome: Submitted) {
    super({
      what: `that ${fact.user_id} ${inWords[fact.fact]} is not on record: its command is ${wordsOf(outcome)}`,
      remedy: 'call catchUp for the guild, which records it when it can be', value: fact,
    })
    this.outcome = outcome
  }
}

const inWords: Record<Fact['fact'], string> = {
  joined: 'joined', left: 'left', kicked: 'was kicked', banned: 'was banned', unbanned: 'is banned no more',
}

function wordsOf(outcome: Submitted): string {
  const more = 'detail' in outcome ? outcome.detail : 'code' in outcome ? outcome.code : outcome.idempotency_key
  return `${outcome.outcome} (${more})`
}
