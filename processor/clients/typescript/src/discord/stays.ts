// Which stay a removal ends: Discord tells only that somebody is gone. A bot that has the member cached
// knows, and one that heard them join; for others it is the last stay on record. That one is wrong when
// the removal is told late (after a resume, by the slower of two bots) and another bot has recorded the
// member's return already. The join of that stay, which is told later, shows it and undoes the Leave.

import { nameOf, type Fact, type Joined } from './facts.js'
import type { Recorded } from './recorder_options.js'

/** Whoever comes back does so within so many others' removals, or is found by a comparison. */
const guesses_max = 10_000

export class Stays {
  private readonly heard = new Map<string, number>()
  private readonly guesses = new WeakSet<Fact>()
  /** Keys of the Leaves that were written for a stay that was guessed. */
  private readonly guessed = new Map<string, string>()

  /** Who joined is remembered as long as they stay, since a bot may cache no members. */
  complete<Told extends Fact>(fact: Told): Told {
    const name = nameOf(fact)
    const joined_ms = fact.joined_ms ?? this.heard.get(name)
    if (fact.fact === 'left') this.heard.delete(name)
    if (fact.fact === 'joined') this.heard.set(name, fact.joined_ms)
    if (joined_ms === fact.joined_ms) return fact
    const completed = { ...fact, joined_ms }
    this.guesses.add(completed)
    return completed
  }

  /** Somebody may have left and come back unheard. */
  refresh(fact: Joined): void {
    const known_ms = this.heard.get(nameOf(fact))
    if (known_ms !== undefined && known_ms < fact.joined_ms) this.heard.set(nameOf(fact), fact.joined_ms)
  }

  /** Takes in what was recorded, to know a Leave that may have been of an earlier stay. */
  note({ fact, outcomes, nothing }: Recorded): void {
    const name = nameOf(fact)
    if (fact.fact === 'joined' && nothing !== 'superseded') this.guessed.delete(name)
    const last = outcomes.at(-1)
    if (fact.fact !== 'left' || !this.isGuess(fact) || last?.outcome !== 'accepted') return
    this.guessed.delete(name)
    this.guessed.set(name, last.idempotency_key)
    if (this.guessed.size > guesses_max) this.guessed.delete(this.guessed.keys().next().value!)
  }

  /** The key of the Leave that a join undoes when it ended that very stay. */
  guessedLeave(fact: Fact): string | undefined {
    return fact.fact === 'joined' ? this.guessed.get(nameOf(fact)) : undefined
  }

  /** A comparison is guarded by the version that it saw. */
  private isGuess(fact: Fact): boolean {
    return fact.seen_version === undefined && (fact.joined_ms === undefined || this.guesses.has(fact))
  }
}
