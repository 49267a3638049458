// What operators do to many dead letters at once, as a record of the server.

import { checkReadOptions, checkWithin } from './checks.js'
import { checkRun } from './command_checks.js'
import type { LetterRun, RunRequest } from './contract.js'
import { misuse } from './misuse.js'
import { foundIn } from './pages.js'
import { pause } from './patience.js'
import { read, type ReadOptions } from './reading.js'
import type { Transport } from './transport.js'

const path = '/v1/dead-letter-runs'

/** A run to act on: as it was told, or its id and how many dead letters it is about. */
export type SeenRun = Pick<LetterRun, 'id' | 'selected'>

/** How a run is followed. */
export interface FollowOptions extends ReadOptions {
  /**
   * Milliseconds between two looks at it; 500 unless told otherwise.
   * @example { every: 5_000 }
   */
  every?: number | undefined
}

/** Runs over many dead letters; the token needs the scope `operate`. */
export class LetterRuns {
  readonly #transport: Transport

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport
  }

  /**
   * Selects the parked ones that fit the filter, and tells by `histogram` what would come of how many.
   * Nothing is done until it is started. Where the answer was lost it is made again: another one of the
   * same is left behind then, which does nothing.
   *
   * @example
   * const run = await datadrop.deadLetters.runs.preview({
   *   act: 'redrive', reason: 'the roles are back', filter: { guild_id, command: 'AcceptRules' }, rate: 500,
   * })
   */
  async preview(request: RunRequest, options: ReadOptions = {}): Promise<LetterRun> {
    checkRun(request)
    return await this.#found('POST', '', options, request)
  }

  /**
   * The last 100, the newest first.
   *
   * @example
   * const mine = (await datadrop.deadLetters.runs.list()).filter(run => run.by === 'olga')
   */
  async list(options: ReadOptions = {}): Promise<LetterRun[]> {
    const { runs } = foundIn(await read(this.#transport, { method: 'GET', path }, options)) as { runs: LetterRun[] }
    return runs
  }

  /**
   * How far it is, and what has come of it; undefined where there is none of this id.
   *
   * @example
   * const { status, done, selected } = await datadrop.deadLetters.runs.show('7')
   */
  async show(id: string, options: ReadOptions = {}): Promise<LetterRun | undefined> {
    const told = await read(this.#transport, { method: 'GET', path: pathOf(id) }, options, ({ code }) => code === 'run_not_found')
    return foundIn(told) as LetterRun | undefined
  }

  /**
   * Carries out one that was previewed, as `selected` says for how many, or goes on with one that was
   * stopped. The server is at it in the background and goes on after a cut of its own; started twice it
   * is the same.
   *
   * @example
   * if (run.selected < 1_000) await datadrop.deadLetters.runs.start(run)
   */
  async start(run: SeenRun, options: ReadOptions = {}): Promise<LetterRun> {
    const { selected } = run
    if (!Number.isSafeInteger(selected) || selected < 0) {
      throw misuse('selected', 'a whole number from 0', selected, 'pass the run on as preview or show gave it')
    }
    return await this.#found('POST', `/${idOf(run)}/start`, options, { count: selected })
  }

  /**
   * Stops it; what is done is done, and `start` goes on with the rest.
   *
   * @example
   * await datadrop.deadLetters.runs.stop(run)
   */
  async stop(run: Pick<SeenRun, 'id'>, options: ReadOptions = {}): Promise<LetterRun> {
    return await this.#found('POST', `/${idOf(run)}/stop`, options, {})
  }

  /**
   * How far it is, again and again while it is under way: each time that something is done, and last as
   * it ended or was stopped. `within` is for each look.
   *
   * @example
   * for await (const { done, selected } of datadrop.deadLetters.runs.follow(run)) console.log(`${done} of ${selected}`)
   */
  async *follow(run: Pick<SeenRun, 'id'>, options: FollowOptions = {}): AsyncGenerator<LetterRun, void, undefined> {
    const { every = 500, ...rest } = options
    checkWithin(every, 'every')
    checkReadOptions(rest)
    let told = ''
    for (;;) {
      const now = await this.#found('GET', `/${idOf(run)}`, rest)
      const seen = `${now.status} ${now.done}`
      if (seen !== told) yield now
      told = seen
      if (now.status !== 'running') return
      await pause(every, rest.signal)
    }
  }

  async #found(method: 'GET' | 'POST', below: string, options: ReadOptions, body?: object): Promise<LetterRun> {
    const asked = { method, path: path + below, ...(body ? { body: JSON.stringify(body) } : {}) }
    return foundIn(await read(this.#transport, asked, options)) as LetterRun
  }
}

function pathOf(id: unknown): string {
  return `${path}/${idOf({ id })}`
}

function idOf(run: { id?: unknown } | undefined): string {
  if (typeof run?.id === 'string' && /^\d{1,19}$/.test(run.id)) return run.id
  throw misuse('a run\'s id', 'decimal text', run?.id, 'pass the run on as preview, list or show gave it')
}
