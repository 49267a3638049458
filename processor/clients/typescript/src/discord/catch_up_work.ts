// Carries out what a comparison found: what a row is enough to judge goes in arrays, the rest is judged
// by the member's history.

import type { Command, Snowflake, Submitted } from '../contract.js'

import type { CatchUpTools } from './catch_up.js'
import type { Difference } from './compare.js'
import { decide } from './decide.js'
import type { Fact } from './facts.js'
import { keyOf } from './keys.js'
import type { Recorded } from './recorder_options.js'
import { isActive, Trail } from './trail.js'

export class CatchUpWork {
  written = 0
  readonly unsettled = new Set<Snowflake>()
  private readonly by_history: Fact[] = []

  private readonly written_to = new Set<Snowflake>()

  constructor(private readonly tools: CatchUpTools, private readonly signal: AbortSignal | undefined) {}

  async carryOut(differences: readonly Difference[]): Promise<void> {
    await this.sendAll(differences.flatMap((each) => this.asCommand(each)))
    await Promise.all(this.by_history.map(async (fact) => this.takeRecorded(await this.tools.record(fact))))
  }

  /** What can go in an array: one command for each member. The rest is kept for its history. */
  private asCommand({ fact, row, by_row }: Difference): { fact: Fact, command: Command }[] {
    if (!by_row && fact.fact === 'joined' && row && isActive(row.state)) return [{ fact, command: ifKnown(fact) }]
    const decision = by_row ? decide(fact, Trail.ofRow(row)) : { nothing: 'changed' }
    if ('commands' in decision) return decision.commands.map((command) => ({ fact, command }))
    if (!by_row) this.by_history.push(fact)
    return []
  }

  private async sendAll(sent: readonly { fact: Fact, command: Command }[]): Promise<void> {
    let next = 0
    const outcomes = this.tools.datadrop.submitAll(sent.map(({ command }) => command), { within: Infinity, signal: this.signal })
    for await (const outcome of outcomes) this.take(sent[next++]!.fact, outcome)
  }

  private take(fact: Fact, told: Submitted): void {
    if (told.outcome === 'accepted') this.written += told.replayed ? 0 : 1
    else if (told.outcome === 'rejected' && fact.fact === 'joined') this.by_history.push(fact)
    else this.unsettled.add(fact.user_id)
  }

  private takeRecorded({ fact, outcomes, nothing }: Recorded): void {
    // A member's second fact finds the version changed, by the first one.
    const changed = nothing === 'changed' && !this.written_to.has(fact.user_id)
    if (changed || outcomes.some(({ outcome }) => outcome !== 'accepted')) this.unsettled.add(fact.user_id)
    const fresh = outcomes.filter((told) => told.outcome === 'accepted' && !told.replayed).length
    if (fresh > 0) this.written_to.add(fact.user_id)
    this.written += fresh
  }
}

/**
 * The Join of a stay that should be on record: answered again when it is. When it is not, the member is
 * on record for another stay, and the Join is rejected.
 */
function ifKnown(fact: Fact & { fact: 'joined' }): Command {
  const { guild_id, user_id, joined_ms, seen_version } = fact
  return {
    guild_id, user_id, command: 'Join', idempotency_key: keyOf.guildMemberAdd({ guild: { id: guild_id }, joinedTimestamp: joined_ms }),
    expected_version: seen_version!, on_conflict: 'fail',
  }
}
