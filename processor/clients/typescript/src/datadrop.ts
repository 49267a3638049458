import { Bulk } from './bulk.js'
import { checkEvents, checkOptions, checkReadOptions, checkServer, checkSignal, checkState, checkToken, checkWithin } from './checks.js'
import { checkCommand } from './command_checks.js'
import type { Accepted, Command, FeedEvent, HistoryEvent, Member, Snowflake, State, Submitted } from './contract.js'
import { DeadLetters } from './dead_letters.js'
import { Feed, type FeedOptions } from './feed.js'
import { checkSnowflake, misuse } from './misuse.js'
import type { Keyed } from './outcomes.js'
import { foundIn, pages, withQuery } from './pages.js'
import { checkPosition, type Position } from './positions.js'
import { read, type ReadOptions } from './reading.js'
import { completed, refuseAborted, submitOne } from './sending.js'
import { Transport } from './transport.js'

/** Where the server is, and who asks. */
export interface Options {
  /**
   * The server's URL; a path in front of its routes is allowed.
   * @example { server: 'https://example.org/datadrop' }
   */
  server: string | URL
  /**
   * The token, as `datadrop token create` printed it. Undefined, as an environment may leave it, is a
   * MisuseError.
   * @example { token: process.env.DATADROP_TOKEN }
   */
  token: string | undefined
  /**
   * Milliseconds for a command where a call does not say otherwise; 60,000 unless told here.
   * @example { within: 10_000 }
   */
  within?: number
  /**
   * Connections at most, without the feeds'; 64 unless told otherwise. More requests wait their turn.
   * @example { connections: 8 }
   */
  connections?: number
}

/** For how long a command is tried. */
export interface SubmitOptions {
  /**
   * Milliseconds until a command that is not settled is told as `undecided`. In `submitAll` they run
   * for each command from when it is first sent.
   * @example { within: 2_500 } // of the 3 seconds that Discord gives an interaction
   */
  within?: number | undefined
  /**
   * Ends it: what was sent and not settled is told as `undecided`.
   * @example { signal: AbortSignal.timeout(2_500) }
   */
  signal?: AbortSignal | undefined
}

/** A read that waits until the read model has come so far. */
export interface FreshOptions extends ReadOptions {
  /**
   * The position of an outcome that is to be seen, or `'latest'` for all that is written by now.
   * @example { min_position: outcome.position }
   */
  min_position?: Position | 'latest' | undefined
}

/**
 * A datadrop server, for those who send it commands and read what came of them.
 *
 * @example
 * import { Datadrop } from 'datadrop-client'
 * const datadrop = new Datadrop({ server: 'http://127.0.0.1:8132', token: process.env.DATADROP_TOKEN })
 * const outcome = await datadrop.submit({ guild_id, user_id, command: 'Join' })
 * if (outcome.outcome === 'accepted') console.log(outcome.state)
 */
export class Datadrop {
  readonly #transport: Transport
  readonly #within: number
  /** Dead letters, for operators: list, show, preview, redrive, discard, one by one or in runs over many. */
  readonly deadLetters: DeadLetters

  constructor(options: Options) {
    if (typeof options !== 'object' || options === null) {
      throw misuse('the argument of Datadrop', 'an object with server and token', options, 'write new Datadrop({ server, token })')
    }
    checkOptions(options, ['server', 'token', 'within', 'connections'])
    const { server, token, within = 60_000, connections = 64 } = options
    this.#within = checkWithin(within)
    this.#transport = new Transport(checkServer(server), checkToken(token), checkCount('connections', connections))
    this.deadLetters = new DeadLetters(this.#transport)
  }

  /**
   * One command to its outcome. It is sent again with the same key while nobody answers, or what is
   * answered passes; what is not known when its time is over is `undecided`. Answers of the domain
   * are never thrown. Commands of one member that must keep their order are awaited one by one, or
   * go to `submitAll`.
   *
   * Throws MisuseError for what cannot be meant so, AbortedError for a signal that had come before,
   * NotAuthorizedError and WrongServerError.
   *
   * @example
   * const outcome = await datadrop.submit(
   *   { guild_id, user_id, command: 'ConfirmVerification', idempotency_key: guildKey(guild_id, 'interaction', interaction.id) },
   *   { within: 2_500 },
   * )
   */
  async submit(command: Command, options: SubmitOptions = {}): Promise<Submitted> {
    const { within, signal } = this.#submitOptions(options)
    return submitOne(this.#transport, this.#completed(command), within, signal)
  }

  /**
   * Many commands, in arrays as large as the server takes. Outcomes come in the order of the
   * commands, one each; commands of one member are decided in that order, each when the one before
   * has its outcome. The commands are read as the outcomes are taken, some thousands ahead.
   *
   * When an error or the signal ends it, the outcomes of all commands that were read come first, as
   * far as they are known and `undecided` otherwise; then it is thrown.
   *
   * @example
   * for await (const outcome of datadrop.submitAll(commands)) {
   *   if (outcome.outcome !== 'accepted') console.log(outcome.user_id, outcome.outcome)
   * }
   */
  submitAll(commands: Iterable<Command> | AsyncIterable<Command>, options: SubmitOptions & {
    /**
     * Arrays under way at once; 4 unless told otherwise.
     * @example { lanes: 1 }
     */
    lanes?: number
  } = {}): AsyncGenerator<Submitted, void, undefined> {
    checkOptions(options, ['within', 'signal', 'lanes'])
    const { lanes = 4, ...rest } = options
    const { within, signal } = this.#submitOptions(rest)
    if (!isIterable(commands)) {
      throw misuse('the argument of submitAll', 'an iterable or async iterable of commands', commands, 'pass one command to submit')
    }
    refuseAborted(signal)
    return new Bulk(this.#transport, {
      within, signal, lanes: checkCount('lanes', lanes), complete: command => this.#completed(command),
    }).run(commands)
  }

  /**
   * A member, or undefined where there is none. With `min_position`, as it is when what was told at
   * that position can be seen.
   *
   * @example
   * const member = await datadrop.member(guild_id, user_id)
   * if (member?.state === 'Verified') …
   */
  async member(guild_id: Snowflake, user_id: Snowflake, options: FreshOptions = {}): Promise<Member | undefined> {
    const { min_position, ...rest } = checkedFresh(options)
    const path = withQuery(memberPath(guild_id, user_id), { min_position })
    return await this.#found(path, rest) as Member | undefined
  }

  /**
   * The member as it is once this outcome can be seen, in whichever process it was written.
   *
   * @example
   * const member = await datadrop.readAfter(outcome)
   */
  async readAfter(outcome: Accepted, options?: ReadOptions): Promise<Member>
  async readAfter(outcome: Submitted, options?: ReadOptions): Promise<Member | undefined>
  async readAfter(outcome: Submitted, options: ReadOptions = {}): Promise<Member | undefined> {
    checkOutcome(outcome)
    checkOptions(options, ['within', 'signal'])
    const min_position = outcome.outcome === 'accepted' ? outcome.position : undefined
    return this.member(outcome.guild_id, outcome.user_id, { ...options, min_position })
  }

  /**
   * A member's events in the order of their versions; none for a member who never was.
   *
   * @example
   * for (const { event, reason, actor } of await datadrop.history(guild_id, user_id)) …
   */
  async history(guild_id: Snowflake, user_id: Snowflake, options: ReadOptions = {}): Promise<HistoryEvent[]> {
    const found = await this.#found(`${memberPath(guild_id, user_id)}/history`, options)
    return (found as { events: HistoryEvent[] } | undefined)?.events ?? []
  }

  /**
   * The members of a guild, all or those in a state, page by page as they are taken.
   *
   * @example
   * for await (const member of datadrop.members({ guild_id, state: 'VerificationPending' })) …
   */
  members(filter: { guild_id: Snowflake, state?: State | undefined }, options: FreshOptions = {}): AsyncGenerator<Member, void, undefined> {
    const { min_position, ...rest } = checkedFresh(options)
    checkReadOptions(rest)
    checkOptions(filter, ['guild_id', 'state'], 'the filter of members')
    checkSnowflake('guild_id', filter.guild_id)
    if (filter.state !== undefined) checkState('state', filter.state)
    return pages(this.#transport, '/v1/members', 'members', { ...filter, min_position }, rest)
  }

  /**
   * The events of the log in their order: first those behind `after`, then each as it is written. It
   * goes on over cuts and restarts by itself, each event once. Keep the cursor of the last event that
   * was taken in, and begin there after a restart of your own.
   *
   * Throws HistoryChangedError, with where the log ends now, when what was read is not of the log's
   * history any more.
   *
   * @example
   * for await (const event of datadrop.feed({ after: await kept.cursor(), events: ['MemberBanned'] })) {
   *   await takeIn(event)
   *   await kept.put(event.cursor)
   * }
   */
  feed(options: FeedOptions = {}): AsyncGenerator<FeedEvent, void, undefined> {
    checkOptions(options, ['after', 'guild', 'events', 'signal', 'silence', 'onCut'])
    const { after, guild, events, signal, silence, onCut } = options
    if (after !== undefined && (typeof after !== 'string' || !/^[\w,~]+$/.test(after))) {
      throw misuse('after', 'a cursor as an event has it, \'0\' or \'latest\'', after, 'keep cursors as texts and pass them on as they are')
    }
    if (guild !== undefined) checkSnowflake('guild', guild)
    if (events !== undefined) checkEvents('events', events)
    if (silence !== undefined) checkWithin(silence, 'silence')
    if (onCut !== undefined && typeof onCut !== 'function') {
      throw misuse('onCut', 'a function', onCut, 'write { onCut: why => console.warn(why) }')
    }
    refuseAborted(checkSignal(signal))
    return new Feed(this.#transport, options).run()
  }

  /**
   * Ends the feeds, by an AbortedError, and closes the connections: those that are idle at once, those
   * that wait for an answer with it. A program that ends without feeds needs no close.
   *
   * @example
   * datadrop.close()
   */
  close(): void {
    this.#transport.close()
  }

  #completed(command: Command): Keyed {
    checkCommand(command)
    return completed(command)
  }

  #submitOptions(options: SubmitOptions): { within: number, signal: AbortSignal | undefined } {
    checkOptions(options, ['within', 'signal'])
    return { within: checkWithin(options.within ?? this.#within), signal: checkSignal(options.signal) }
  }

  async #found(path: string, options: ReadOptions): Promise<unknown> {
    return foundIn(await read(this.#transport, { method: 'GET', path }, options,
      ({ code }) => code === 'member_not_found'))
  }
}

function memberPath(guild_id: Snowflake, user_id: Snowflake): string {
  checkSnowflake('guild_id', guild_id)
  checkSnowflake('user_id', user_id)
  return `/v1/members/${guild_id}/${user_id}`
}

function checkedFresh(options: FreshOptions): FreshOptions {
  checkOptions(options, ['within', 'signal', 'min_position'])
  const { min_position } = options
  if (min_position !== undefined && min_position !== 'latest') checkPosition(min_position, 'min_position')
  return options
}

function checkOutcome(outcome: unknown): asserts outcome is Submitted {
  if (typeof (outcome as Partial<Submitted> | undefined | null)?.outcome === 'string') return
  throw misuse('the argument of readAfter', 'an outcome', outcome, 'pass what submit or submitAll gave, awaited')
}

function checkCount(name: string, count: unknown): number {
  if (Number.isSafeInteger(count) && (count as number) > 0) return count as number
  throw misuse(name, 'a whole number from 1', count, 'leave it out for what is usual')
}

const isIterable = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value)
