// A member's life on Discord, drawn by chance, and the facts that a bot is told of it in gateway order:
// each change's events in any order, its entry of the audit log up to some changes late.

import type { State } from 'datadrop-client'
import type { Fact } from 'datadrop-client/discord'

import { moment, snowflakeOf } from './snowflakes.js'

type Chance = (below: number) => number
type Change = 'join' | 'leave' | 'kick' | 'ban' | 'unban'

/** One life: the facts in the order in which they are told, and how it ends; `begins` is where each change's facts do. */
export interface Life { facts: Fact[], ends: State, changes: Change[], begins: number[] }

export interface LifeChoices {
  changes: number
  /** By how many changes an entry may be late; undefined for a bot that may not see the audit log. */
  latest: number | undefined
}

export function lifeOf(chance: Chance, choices: LifeChoices): Life {
  const life = new Drawn(chance, choices.latest)
  life.change('join')
  for (let i = 0; i < choices.changes; ++i) life.change(life.possible())
  return { facts: life.inOrder(), ends: life.state, changes: life.changes, begins: life.begins() }
}

const who = { guild_id: '5', user_id: '7' }
const outside: readonly Change[] = ['join', 'ban']
const ends: Record<Change, State> = { join: 'InvitedOrJoined', leave: 'LeftGuild', kick: 'Kicked', ban: 'Banned', unban: 'LeftGuild' }

class Drawn {
  state: State = 'None'
  readonly changes: Change[] = []
  private readonly told: { at: number, fact: Fact }[] = []
  private joined_ms: number | undefined

  constructor(private readonly chance: Chance, private readonly latest: number | undefined) {}

  possible(): Change {
    const inside: readonly Change[] = this.latest === undefined ? ['leave', 'ban'] : ['leave', 'kick', 'ban']
    const all = this.state === 'Banned' ? ['unban'] as const : this.state === 'InvitedOrJoined' ? inside : outside
    return all[this.chance(all.length)]!
  }

  change(change: Change): void {
    this.changes.push(change)
    this.state = ends[change]
    const entry = { id: snowflakeOf(moment()), actor: '9', reason: change }
    if (change === 'join') return this.join()
    this.remove()
    if (change === 'kick') this.tellLate({ fact: 'kicked', ...who, entry })
    if (change === 'ban') this.tellTwice({ fact: 'banned', ...who }, entry)
    if (change === 'unban') this.tellTwice({ fact: 'unbanned', ...who }, entry)
  }

  inOrder(): Fact[] {
    return this.told.sort((a, b) => a.at - b.at).map(({ fact }) => fact)
  }

  begins(): number[] {
    return this.changes.map((_, i) => this.told.filter(({ at }) => at < (i + 1) * 10).length)
  }

  private join(): void {
    this.joined_ms = moment()
    this.told.push({ at: this.now, fact: { fact: 'joined', ...who, joined_ms: this.joined_ms } })
  }

  /** One in four is of a member whom discord.js has not cached. */
  private remove(): void {
    if (this.joined_ms === undefined) return
    const cached = this.chance(4) > 0 ? { joined_ms: this.joined_ms } : {}
    this.joined_ms = undefined
    this.tellSoon({ fact: 'left', ...who, ...cached })
  }

  private tellTwice(fact: Fact & { fact: 'banned' | 'unbanned' }, entry: { id: string }): void {
    this.tellSoon({ ...fact, entry_expected: this.latest !== undefined })
    if (this.latest !== undefined) this.tellLate({ ...fact, entry })
  }

  private get now(): number { return this.changes.length * 10 }

  private tellSoon(fact: Fact): void {
    this.told.push({ at: this.now + this.chance(5), fact })
  }

  private tellLate(fact: Fact): void {
    this.told.push({ at: this.now + this.chance((this.latest ?? 0) * 10 + 5), fact })
  }
}
