// Which commands travel together. Of each member one command is under way at a time, and the next is
// ready when its outcome is there: what the server could not settle of an array is sent again, and
// whatever followed it in the array for the same member would have overtaken it. So an array has
// commands of different members only.

import type { Submitted } from './contract.js'
import type { Keyed } from './outcomes.js'

/** What an array may hold: the server's limits, the second with room to spare below its 1 MiB. */
export const arrayItemsMax = 1_000
export const arrayBytesMax = 1_000_000

/** A command on its way to its outcome. */
export class Slot {
  readonly body: string
  readonly bytes: number
  readonly member: string
  outcome: Submitted | undefined
  /** What was heard of it last. */
  last = 'it was not sent'
  /** Those whose time began with its own. */
  cohort: Cohort | undefined
  /** The array that it is under way in. */
  request: Request | undefined

  constructor(readonly command: Keyed) {
    this.body = JSON.stringify(command)
    this.bytes = Buffer.byteLength(this.body)
    this.member = `${command.guild_id}/${command.user_id}`
  }
}

/** Commands that were first sent together; one timer ends the time of all. */
export interface Cohort {
  open: number
  timer: NodeJS.Timeout | undefined
}

/** An array under way, of which nothing is waited for when none of its commands is open. */
export interface Request {
  open: number
  readonly cut: AbortController
}

export class Batches {
  #ready: Slot[] = []
  /** Of each member that has a command ready or under way: those behind it. */
  readonly #behind = new Map<string, Slot[] | undefined>()
  #bytesMax = arrayBytesMax

  get hasReady(): boolean {
    return this.#ready.length > 0
  }

  /** The next command of its member. */
  add(slot: Slot): void {
    if (!this.#behind.has(slot.member)) {
      this.#behind.set(slot.member, undefined)
      this.#ready.push(slot)
      return
    }
    const behind = this.#behind.get(slot.member)
    if (behind) behind.push(slot)
    else this.#behind.set(slot.member, [slot])
  }

  /** The commands of the next array, in the order they became ready; none when none is. */
  cut(): Slot[] {
    let [count, bytes] = [0, '[]'.length]
    while (count < Math.min(this.#ready.length, arrayItemsMax)) {
      bytes += this.#ready[count]!.bytes + ','.length
      if (count > 0 && bytes > this.#bytesMax) break
      ++count
    }
    return this.#ready.splice(0, count)
  }

  /** Commands that are to be sent again go before all others. */
  back(slots: Slot[]): void {
    this.#ready = [...slots, ...this.#ready]
  }

  /** A command has its outcome: its member's next one is ready. */
  over(slot: Slot): void {
    const behind = this.#behind.get(slot.member)
    const next = behind?.shift()
    if (next) this.#ready.push(next)
    else this.#behind.delete(slot.member)
  }

  /** A proxy takes less than the server does: the next arrays are half of what it refused. */
  shrink(refused: Slot[]): void {
    const bytes = refused.reduce((sum, { bytes }) => sum + bytes, 0)
    this.#bytesMax = Math.min(this.#bytesMax, Math.ceil(bytes / 2))
  }
}
