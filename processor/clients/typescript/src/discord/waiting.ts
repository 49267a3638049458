// A server that is away is waited for, since what Discord told once is not told again; whoever runs the
// bot hears of it, once for each trouble.

import { setMaxListeners } from 'node:events'

import type { Submitted } from '../contract.js'
import { UnavailableError } from '../errors.js'

import type { RecorderOptions } from './recorder_options.js'

/** How long one try may take, and what ends it. */
export interface Patience { within: number, signal: AbortSignal | undefined }

/** So long nobody answers before it is told. */
const try_ms = 10_000

export class Waiting {
  /** Ends it, as the signal that was given does; as many may listen as are at work. */
  readonly signal: AbortSignal | undefined
  private told = false

  constructor(private readonly options: RecorderOptions) {
    this.signal = options.signal && forMany(options.signal)
  }

  /** Tries until there is an answer, or the signal ends it. */
  async for<Answer extends object>(ask: (patience: Patience) => Promise<Answer>): Promise<Answer> {
    for (;;) {
      const answer = await ask({ within: try_ms, signal: this.signal }).catch(unavailable)
      const why = answer instanceof UnavailableError ? answer.message : whyOpen(answer)
      if (why === undefined) {
        this.told = false
        return answer as Answer
      }
      if (!this.told) this.options.onWaiting?.(why)
      this.told = true
    }
  }
}

function forMany(given: AbortSignal): AbortSignal {
  const own = new AbortController()
  setMaxListeners(0, own.signal)
  const end = () => own.abort(given.reason)
  if (given.aborted) end()
  else given.addEventListener('abort', end, { once: true })
  return own.signal
}

function unavailable(error: unknown): UnavailableError {
  if (error instanceof UnavailableError) return error
  throw error
}

/** Why a command is not settled; sent again, it has the same key. */
function whyOpen(answer: object): string | undefined {
  const told = answer as Partial<Submitted>
  if (told.outcome !== 'undecided') return undefined
  return `a command was not answered in time${'last' in told && told.last ? `, at last for ${told.last}` : ''}`
}
