// Whether the server is there: a light that is always seen, and a banner while it is not. While it is
// away it is asked again and again, and the views are told when it is back.

import { Unreachable, type Api } from './api'
import { h, replace } from './dom'
import { pause } from './waiting'
import { clock } from './words'

type Standing = 'connected' | 'no database' | 'lost'

const askedEvery = 1000

export class Connection {
  readonly light = h('span', { class: 'light' })
  readonly banner = h('div', { class: 'banner', role: 'alert' })
  readonly #api: Api
  #standing: Standing = 'connected'
  #since = ''
  #running = new AbortController()
  #waiting = new Set<() => void>()

  constructor(api: Api) {
    this.#api = api
  }

  start(): void {
    this.#running = new AbortController()
    this.#api.onReached = reached => this.#heard(reached)
    this.#become('connected')
    void this.#watch(this.#running.signal)
  }

  stop(): void {
    this.#running.abort()
    this.#api.onReached = () => {}
    this.#waiting.clear()
  }

  onRegained(act: () => void, signal: AbortSignal): void {
    this.#waiting.add(act)
    signal.addEventListener('abort', () => this.#waiting.delete(act))
  }

  #heard(reached: boolean): void {
    if (!reached) this.#become('lost')
    else if (this.#standing === 'lost') this.#become('connected')
  }

  async #watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const ready = await this.#ask(signal)
      if (signal.aborted) return
      if (ready !== undefined) this.#become(ready ? 'connected' : 'no database')
      await pause(this.#standing === 'connected' ? 5 * askedEvery : askedEvery, signal)
    }
  }

  /** Whether it can process commands; nothing when nobody answers. */
  async #ask(signal: AbortSignal): Promise<boolean | undefined> {
    try {
      await this.#api.text('readyz', { signal })
      return true
    } catch (error) {
      return error instanceof Unreachable || signal.aborted ? undefined : false
    }
  }

  #become(standing: Standing): void {
    const before = this.#standing
    this.#standing = standing
    this.light.className = `light ${standing === 'connected' ? 'good' : 'bad'}`
    replace(this.light, standing === 'connected' ? 'Connected' : standing === 'lost' ? 'Connection lost' : 'No database')
    if (standing === before && this.banner.isConnected) return
    if (standing !== 'connected' && standing !== before) this.#since = clock(new Date().toISOString()).slice(11)
    replace(this.banner, this.#words(standing))
    if (standing === 'connected' && before !== 'connected') for (const act of [...this.#waiting]) act()
  }

  #words(standing: Standing): string | null {
    if (standing === 'connected') return null
    return standing === 'lost'
      ? `The connection to the server is lost since ${this.#since} UTC. What is shown may be old. Trying again every second.`
      : `The server is there, but its database is not, since ${this.#since} UTC: nothing can be changed until it is.`
  }
}
