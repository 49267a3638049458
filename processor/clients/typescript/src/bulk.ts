// Many commands to their outcomes, in the order of the commands. `lanes` arrays are under way at
// once (batches.ts says which commands travel together). A lane sends what it could not get settled
// again after a while, and until then takes nothing else: a server in trouble has at most as many
// arrays to refuse.

import { errorOf, jsonOf, Passing, passingOf, problemOf } from './answers.js'
import { Batches, Slot, type Request } from './batches.js'
import { Bell } from './bell.js'
import type { Command, Submitted, Undecided } from './contract.js'
import { AbortedError, DatadropError, MisuseError, WrongServerError } from './errors.js'
import { invalid, outcomeOf, undecided, type Keyed } from './outcomes.js'
import { jitter, pause, timerMax } from './patience.js'
import { answerMax, answerOrPassing, commandsPath, refuseAborted } from './sending.js'
import type { Answer, Transport } from './transport.js'

/** Commands that are read ahead of the outcomes that were taken. */
const windowMax = 8_192

export interface BulkOptions {
  within: number
  lanes: number
  signal?: AbortSignal | undefined
  /** Makes of what is given what is sent; throws for what cannot be meant so. */
  complete: (command: Command) => Keyed
}

export class Bulk {
  readonly #transport: Transport
  readonly #options: BulkOptions
  readonly #batches = new Batches()
  readonly #order: Slot[] = []
  readonly #room = new Bell()
  readonly #news = new Bell()
  /** No more is sent. */
  readonly #halt = new AbortController()
  readonly #underWay = new Set<Request>()
  #source: Iterator<Command> | AsyncIterator<Command> | undefined
  #because: Undecided['because'] = 'error'
  #lanes = 0
  #kicked = false
  #inputEnded = false
  /** What ends it; whatever is thrown is one, even undefined. */
  #error: { error: unknown } | undefined

  constructor(transport: Transport, options: BulkOptions) {
    this.#transport = transport
    this.#options = options
  }

  async* run(commands: Iterable<Command> | AsyncIterable<Command>): AsyncGenerator<Submitted, void, undefined> {
    const { signal } = this.#options
    refuseAborted(signal)
    const abort = () => this.#abort(signal)
    signal?.addEventListener('abort', abort)
    void this.#read(commands)
    try {
      yield* this.#outcomes()
    } finally {
      signal?.removeEventListener('abort', abort)
      this.#leave()
    }
    if (this.#error) throw this.#error.error
  }

  // ---- The two ends

  async #read(commands: Iterable<Command> | AsyncIterable<Command>): Promise<void> {
    try {
      this.#source = iteratorOf(commands)
      for (let number = 0; this.#source; ++number) {
        const { done, value } = await this.#source.next()
        if (done) this.#source = undefined
        if (done || this.#halted) break
        this.#add(new Slot(this.#completed(await value, number)))
        while (this.#order.length >= windowMax && !this.#halted) await this.#room.wait()
      }
    } catch (error) {
      this.#fail(error)
    } finally {
      void this.#endSource()
      this.#inputEnded = true
      this.#news.ring()
    }
  }

  /**
   * By hand, and not by leaving a loop over it: a source that stalls would not hear of it before its
   * next command.
   */
  async #endSource(): Promise<void> {
    const source = this.#source
    this.#source = undefined
    try {
      await source?.return?.()
    } catch {
      // Whoever could be told has left, or is told of what came before.
    }
  }

  #fail(error: unknown): void {
    this.#error ??= { error }
  }

  #completed(command: Command, number: number): Keyed {
    try {
      return this.#options.complete(command)
    } catch (error) {
      if (!(error instanceof MisuseError)) throw error
      throw new MisuseError({ what: `command number ${number}, from 0: ${error.what}`, remedy: error.remedy, value: error.value })
    }
  }

  #add(slot: Slot): void {
    this.#order.push(slot)
    this.#batches.add(slot)
    this.#kick()
  }

  /** In the order of the commands, whichever was settled first. */
  async* #outcomes(): AsyncGenerator<Submitted, void, undefined> {
    for (;;) {
      const settled = this.#order.findIndex(({ outcome }) => outcome === undefined)
      const batch = this.#order.splice(0, settled < 0 ? this.#order.length : settled)
      this.#room.ring()
      for (const { outcome } of batch) yield outcome!
      if (batch.length > 0) continue
      if (this.#inputEnded && this.#order.length === 0) return
      await this.#news.wait()
    }
  }

  // ---- The lanes

  get #halted(): boolean {
    return this.#halt.signal.aborted
  }

  /** Lets all that is given in this turn of the event loop travel together. */
  #kick(): void {
    if (this.#kicked) return
    this.#kicked = true
    setImmediate(() => {
      this.#kicked = false
      while (this.#lanes < this.#options.lanes && this.#batches.hasReady && !this.#halted) void this.#lane()
    })
  }

  async #lane(): Promise<void> {
    ++this.#lanes
    let tries = 0
    while (this.#batches.hasReady && !this.#halted) {
      const slots = this.#batches.cut().filter(({ outcome }) => outcome === undefined)
      if (slots.length === 0) continue
      this.#begin(slots)
      const passing = await this.#sent(slots)
      const open = slots.filter(({ outcome }) => outcome === undefined)
      // Where some are settled, it goes forward.
      tries = open.length < slots.length ? 1 : tries + 1
      if (passing) await pause(jitter(tries, passing.retryAfter), this.#halt.signal)
      this.#batches.back(open.filter(({ outcome }) => outcome === undefined))
    }
    if (--this.#lanes === 0 && this.#halted) this.#settleRest()
  }

  /** What of it passes, if anything does. An error ends all. */
  async #sent(slots: Slot[]): Promise<Passing | undefined> {
    const request = { open: slots.length, cut: new AbortController() }
    for (const slot of slots) slot.request = request
    this.#underWay.add(request)
    try {
      const body = `[${slots.map(slot => slot.body).join(',')}]`
      const answer = await answerOrPassing(() => this.#transport.ask(
        { method: 'POST', path: commandsPath, body, within: answerMax, signal: request.cut.signal }))
      return answer instanceof Passing ? noted(slots, answer) : this.#told(slots, answer)
    } catch (error) {
      this.#fail(error)
      this.#halt.abort()
      return noted(slots, new Passing(error instanceof DatadropError ? error.what : String(error)))
    } finally {
      this.#underWay.delete(request)
    }
  }

  #told(slots: Slot[], answer: Answer): Passing | undefined {
    const body = jsonOf(answer)
    if (Array.isArray(body)) return this.#toldEach(slots, body, passingOf(answer, undefined)?.retryAfter)
    if (answer.status === 413) return this.#tooLarge(slots, body)
    const passing = passingOf(answer, body)
    if (passing) return noted(slots, passing)
    throw errorOf(answer, body, this.#transport.urlOf(commandsPath))
  }

  #toldEach(slots: Slot[], outcomes: unknown[], retryAfter: number | undefined): Passing | undefined {
    if (outcomes.length !== slots.length) {
      throw new WrongServerError({ what: `${slots.length} commands were answered with ${outcomes.length} outcomes`, remedy: 'look for what stands between here and datadrop' })
    }
    let passing: Passing | undefined
    slots.forEach((slot, i) => {
      const told = outcomeOf(slot.command, outcomes[i])
      if (told instanceof Passing) passing = noted([slot], new Passing(told.why, retryAfter))
      else this.#settle(slot, told)
    })
    return passing
  }

  #tooLarge(slots: Slot[], body: unknown): Passing {
    this.#batches.shrink(slots)
    const problem = problemOf(body) ?? { code: 'body_too_large', detail: 'a proxy takes no command of this size' }
    if (slots.length === 1) this.#settle(slots[0]!, invalid(slots[0]!.command, problem))
    return noted(slots, new Passing('the array was too large'))
  }

  // ---- The ends of commands

  /** The time of commands runs from when they are first sent. */
  #begin(slots: Slot[]): void {
    const fresh = slots.filter(slot => slot.cohort === undefined)
    const cohort = { open: fresh.length, timer: undefined as NodeJS.Timeout | undefined }
    for (const slot of fresh) {
      slot.cohort = cohort
      slot.last = 'it was sent, and nobody answered yet'
    }
    if (fresh.length === 0 || this.#options.within > timerMax) return
    cohort.timer = setTimeout(() => {
      for (const slot of fresh) this.#settle(slot, undecided(slot.command, 'deadline', slot.last))
    }, this.#options.within)
  }

  /** The first outcome stays; one that comes after its command's time is over is not looked at. */
  #settle(slot: Slot, outcome: Submitted): void {
    if (slot.outcome) return
    slot.outcome = outcome
    if (slot.cohort && --slot.cohort.open === 0) clearTimeout(slot.cohort.timer)
    if (slot.request && --slot.request.open === 0) slot.request.cut.abort()
    this.#batches.over(slot)
    this.#kick()
    this.#news.ring()
  }

  #abort(signal: AbortSignal | undefined): void {
    this.#because = 'aborted'
    this.#fail(new AbortedError({
      what: 'the signal ended it: what was sent and not answered is undecided, and the commands behind were not read',
      remedy: 'send the undecided ones again with their keys, and go on with the commands behind them',
      cause: signal?.reason,
    }))
    this.#stop()
    if (this.#lanes === 0) this.#settleRest()
  }

  #stop(): void {
    this.#halt.abort()
    for (const { cut } of this.#underWay) cut.abort()
  }

  /** Nothing more is sent and nothing is under way. */
  #settleRest(): void {
    for (const slot of this.#order) this.#settle(slot, undecided(slot.command, this.#because, slot.last))
    this.#inputEnded = true
    this.#room.ring()
    this.#news.ring()
  }

  /** Whoever takes no more outcomes gets nothing more sent either. */
  #leave(): void {
    this.#stop()
    void this.#endSource()
    this.#settleRest()
  }
}

const iteratorOf = (commands: Iterable<Command> | AsyncIterable<Command>): Iterator<Command> | AsyncIterator<Command> =>
  Symbol.asyncIterator in commands ? commands[Symbol.asyncIterator]() : commands[Symbol.iterator]()

function noted(slots: Slot[], passing: Passing): Passing {
  for (const slot of slots) slot.last = passing.why
  return passing
}
