import { timerMax } from './patience.js'

/**
 * Ends a connection that has gone silent, and with its owner's signal. Time runs only while somebody
 * waits for the connection: a reader that is busy with what came is no silence.
 */
export class Watchdog {
  readonly #silence: number
  readonly #signal: AbortSignal
  #connection = new AbortController()

  constructor(silence: number, signal: AbortSignal) {
    this.#silence = silence
    this.#signal = signal
    signal.addEventListener('abort', () => this.cut())
  }

  /** The signal of a new connection. */
  begin(): AbortSignal {
    this.#connection = new AbortController()
    if (this.#signal.aborted) this.#connection.abort()
    return this.#connection.signal
  }

  /** What the connection gives; when it is silent for too long, its end. */
  async watch<Given>(given: Promise<Given>): Promise<Given> {
    const timer = setTimeout(() => this.#connection.abort(new Error(`silent for ${this.#silence} ms`)), Math.min(this.#silence, timerMax))
    try {
      return await given
    } finally {
      clearTimeout(timer)
    }
  }

  cut(): void {
    this.#connection.abort()
  }
}
