// Waiting that ends.

/** A signal that ends after so many milliseconds, or with another signal. */
export class BoundedWait {
  readonly #controller = new AbortController()
  readonly #timer: number
  readonly #outer: AbortSignal | undefined
  readonly #abort = () => this.#controller.abort()

  constructor(milliseconds: number, outer: AbortSignal | undefined) {
    this.#timer = window.setTimeout(this.#abort, milliseconds)
    this.#outer = outer
    if (outer?.aborted) this.#abort()
    outer?.addEventListener('abort', this.#abort)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#outer?.removeEventListener('abort', this.#abort)
  }
}

export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal?.aborted) return resolve()
    const timer = window.setTimeout(resolve, milliseconds)
    signal?.addEventListener('abort', () => { clearTimeout(timer); resolve() }, { once: true })
  })
}

/** Does something at once and then again and again, each time so long after the last one has ended. */
export async function repeat(milliseconds: number, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await work()
    await pause(milliseconds, signal)
  }
}
