// Records what Discord tells: each member's facts one after another, different members' at once.

import type { Client, Guild } from 'discord.js'

import type { Command, Submitted } from '../contract.js'

import { catchUp, type CaughtUp, type CatchUpOptions } from './catch_up.js'
import { checkCatchUpOptions, checkClient, checkFact, checkGuild, checkRecorderOptions, checkRecords } from './checks.js'
import { decide } from './decide.js'
import { nameOf, type Fact } from './facts.js'
import { follow } from './follow.js'
import { HeldBans, type BanEvent } from './held_bans.js'
import { NotRecordedError } from './not_recorded.js'
import type { Recorded, RecorderOptions, Records } from './recorder_options.js'
import { Slots } from './slots.js'
import { Stays } from './stays.js'
import { Trail } from './trail.js'
import { Waiting, type Patience } from './waiting.js'

/** A member that changes faster than it can be looked at is given up, and said to be in conflict. */
const rounds_max = 10

/**
 * Records what a bot hears from Discord, so that the membership table ends as Discord shows it: whichever
 * event comes first, from however many shards and processes, and however often. The bot needs the intents
 * Guilds, Server Members and Moderation, and in a guild the permissions View Audit Log and Ban Members.
 * Without the audit log a kick is a removal like another, a ban has neither reason nor moderator, and
 * only one process at a time may listen to a guild: nothing tells an old ban from a new one then.
 *
 * @example
 * const recorder = new Recorder(datadrop, { onError: console.error })
 * recorder.follow(client)                                        // joins, removals, bans, kicks
 * client.on(Events.GuildAvailable, (guild) => recorder.catchUp(guild).catch(console.error)) // what was missed
 * await client.login(token)
 */
export class Recorder {
  private readonly tails = new Map<string, Promise<unknown>>()
  private readonly stays = new Stays()
  private readonly running = new Set<Promise<unknown>>()
  private readonly held: HeldBans
  private readonly slots: Slots
  private readonly waiting: Waiting

  constructor(private readonly datadrop: Records, private readonly options: RecorderOptions = {}) {
    checkRecords(datadrop)
    checkRecorderOptions(options)
    this.held = new HeldBans(options.entryWithin ?? 3_000)
    this.slots = new Slots(options.concurrency ?? 32)
    this.waiting = new Waiting(options)
  }

  /**
   * Follows a client from before its login on. It listens to the gateway's dispatches, since discord.js
   * swallows joins and removals that are told again after a resume, and removals of members that it has
   * not cached. Returns what ends it.
   *
   * @example
   * const unfollow = recorder.follow(client)
   */
  follow(client: Client): () => void {
    checkClient(client)
    return follow(client, (fact) => this.tell(fact))
  }

  /**
   * Hands over a fact; a ban's event waits for its entry. For listeners of your own; {@link follow} does it.
   *
   * @example
   * client.on('guildMemberAdd', (member) => recorder.tell(factOf.guildMemberAdd(member)))
   */
  tell(told: Fact | undefined): void {
    if (told === undefined) return
    checkFact(told)
    const fact = this.stays.complete(told)
    if (this.isHeld(fact)) return this.hold(fact)
    this.held.note(fact)
    this.recordOrFail(fact)
  }

  /**
   * Records one fact after all that were told before of the same member, but for a ban's event that waits
   * for its entry: `idle({ now: true })` before it lets that one go first.
   *
   * @example
   * const { outcomes } = await recorder.record({ fact: 'left', guild_id, user_id })
   */
  record(fact: Fact): Promise<Recorded> {
    checkFact(fact)
    const name = nameOf(fact)
    const before = this.tails.get(name) ?? Promise.resolve()
    const recorded = before.then(() => this.slots.run(() => this.settle(fact)))
    const tail = recorded.catch(() => undefined).then(() => {
      if (this.tails.get(name) === tail) this.tails.delete(name)
    })
    this.tails.set(name, tail)
    this.track(tail)
    return recorded
  }

  /**
   * Compares a guild's members and bans with those on record, and records what was missed while the bot
   * was away. A second run changes nothing. Call it whenever a guild becomes available: at the start,
   * after a session that could not be resumed, and after an outage of Discord.
   *
   * What cannot be known: who came and left again meanwhile; bans of people who never were members (they
   * have no record to stand in); whether somebody who was kicked came back and left by themselves; who
   * was kicked by a prune, or longer ago than the audit log is read; who came back, if something was
   * recorded for them more than a day after. `unknown` says what else was not readable this time.
   * It rejects when Discord or datadrop cannot be read: catch it, and call it again.
   *
   * @example
   * client.on(Events.GuildAvailable, (guild) => recorder.catchUp(guild).then(
   *   ({ written, unknown }) => console.log(`${guild.name}: ${written} changes were missed`, ...unknown),
   *   (error) => console.error(`${guild.name}: what was missed is still to be found`, error)))
   */
  catchUp(guild: Guild, options: CatchUpOptions = {}): Promise<CaughtUp> {
    checkGuild(guild)
    checkCatchUpOptions(options)
    const caught = catchUp(guild, {
      datadrop: this.datadrop,
      record: (fact) => this.record(fact),
      seen: (fact) => this.stays.refresh(fact),
    }, { signal: this.waiting.signal, ...options })
    this.track(caught.catch(() => undefined))
    return caught
  }

  /**
   * Resolves when all that was told is on record. Call it before the process ends; `now` lets bans go
   * that still wait for their entries.
   *
   * @example
   * await client.destroy()
   * await recorder.idle({ now: true })
   */
  async idle({ now = false } = {}): Promise<void> {
    if (now) this.held.releaseAll()
    while (this.running.size > 0) await Promise.all(this.running)
  }

  private isHeld(fact: Fact): fact is BanEvent {
    const isBan = fact.fact === 'banned' || fact.fact === 'unbanned'
    return isBan && fact.entry === undefined && fact.entry_expected !== false && this.options.entryWithin !== 0
  }

  private hold(ban: BanEvent): void {
    this.track(new Promise<void>((settled) => this.held.hold(ban, (told) => {
      if (told !== 'by its entry') this.recordOrFail(told)
      settled()
    })))
  }

  private recordOrFail(fact: Fact): void {
    this.record(fact).then(({ outcomes }) => {
      const refused = outcomes.find(({ outcome }) => outcome !== 'accepted')
      if (refused) throw new NotRecordedError(fact, refused)
    }).catch((error: unknown) => this.failed(error, fact))
  }

  private async settle(fact: Fact): Promise<Recorded> {
    for (let round = 1; ; ++round) {
      const recorded = await this.tryOnce(fact)
      const lost = recorded.outcomes.some(({ outcome }) => outcome === 'conflict')
      if (lost && round < rounds_max) continue
      this.stays.note(recorded)
      this.options.onRecorded?.(recorded)
      return recorded
    }
  }

  /** Looks, decides, and writes if nobody wrote meanwhile. */
  private async tryOnce(fact: Fact): Promise<Recorded> {
    const history = await this.waiting.for((patience) => this.datadrop.history(fact.guild_id, fact.user_id, patience))
    const decision = decide(fact, Trail.ofHistory(history), this.stays.guessedLeave(fact))
    if ('nothing' in decision) return { fact, outcomes: [], nothing: decision.nothing }
    const outcomes: Submitted[] = []
    for (const command of decision.commands) {
      const outcome = await this.waiting.for((patience) => this.send(command, patience))
      outcomes.push(outcome)
      // Behind one that was lost, the next one's version would be somebody else's.
      if (outcome.outcome !== 'accepted') break
    }
    return { fact, outcomes }
  }

  private async send(command: Command, patience: Patience): Promise<Submitted> {
    let told: Submitted | undefined
    for await (const outcome of this.datadrop.submitAll([command], patience)) told = outcome
    return told!
  }

  private failed(error: unknown, fact: Fact): void {
    if (!this.options.onError) throw error
    this.options.onError(error, fact)
  }

  private track(work: Promise<unknown>): void {
    const done = work.finally(() => this.running.delete(done))
    this.running.add(done)
  }
}
