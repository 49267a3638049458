// How long to wait before something is sent again, and for how long it is worth it.
//
// The wait is drawn evenly from 0 to a bound that doubles each time (full jitter), so that many who
// were refused together do not come back together. What the server asks for by Retry-After comes on
// top, since a bound below it would only be refused again.

/** The first bound and the last, in milliseconds. */
const boundFirst = 100
const boundMax = 5_000

/** Milliseconds until the next try, after `tries` that failed. */
export function jitter(tries: number, retryAfter = 0, random: () => number = Math.random): number {
  const bound = Math.min(boundMax, boundFirst * 2 ** Math.max(tries - 1, 0))
  return retryAfter + random() * bound
}

/** Retry-After in milliseconds, which is whole seconds or a date; 0 where there is none. */
export function retryAfterOf(header: string | undefined, now = Date.now()): number {
  if (header === undefined) return 0
  const after = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now
  return Number.isFinite(after) ? Math.min(Math.max(after, 0), retryAfterMax) : 0
}
/** A server that asks for more is asked again all the same; the caller's own time ends it. */
const retryAfterMax = 60_000

/** Waits, at most until the signal ends it. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal?.aborted) return resolve()
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, Math.min(ms, timerMax))
    signal?.addEventListener('abort', end)
  })
}
/** Node fires a timer beyond this at once. */
export const timerMax = 2 ** 31 - 1

/** The time that a caller has given. */
export class Patience {
  readonly #until: number
  readonly signal: AbortSignal | undefined
  #tries = 0

  constructor(within: number, signal?: AbortSignal) {
    this.#until = performance.now() + within
    this.signal = signal
  }

  get left(): number {
    return this.#until - performance.now()
  }

  get aborted(): boolean {
    return this.signal?.aborted ?? false
  }

  /** Waits for the next try. False when it would come too late, or the signal ended it. */
  async again(retryAfter: number): Promise<boolean> {
    const wait = jitter(++this.#tries, retryAfter)
    if (this.aborted || wait >= this.left) return false
    await pause(wait, this.signal)
    return !this.aborted && this.left > 0
  }
}
