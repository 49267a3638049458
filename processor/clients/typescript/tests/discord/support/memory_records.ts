// What a recorder writes to, in memory and with the domain's rules for what Discord tells. Its answers
// take as many turns as chance wants, so that two recorders get in each other's way.

import type { Accepted, Command, HistoryEvent, Member, State, Submitted } from 'datadrop-client'

type Rule = [event: HistoryEvent['event'], from: readonly State[], to: State]

const active: State[] = ['InvitedOrJoined', 'VerificationPending', 'Verified']
const rules: Record<string, Rule> = {
  Join: ['MemberJoined', ['None', 'LeftGuild', 'Kicked', 'RejectedNotEligible'], 'InvitedOrJoined'],
  Leave: ['MemberLeft', active, 'LeftGuild'],
  Kick: ['MemberKicked', [...active, 'LeftGuild'], 'Kicked'],
  Ban: ['MemberBanned', [...active, 'LeftGuild', 'Kicked', 'RejectedNotEligible'], 'Banned'],
  LiftBan: ['BanLifted', ['Banned'], 'LeftGuild'],
}

export class MemoryRecords {
  readonly events: HistoryEvent[] = []

  constructor(private readonly chance: (below: number) => number) {}

  get state(): State { return this.events.at(-1)?.to_state ?? 'None' }

  async history(): Promise<HistoryEvent[]> {
    await this.turns()
    return [...this.events]
  }

  async* submitAll(commands: Iterable<Command> | AsyncIterable<Command>): AsyncGenerator<Submitted, void, undefined> {
    await this.turns()
    for await (const command of commands) yield this.decide(command)
    await this.turns()
  }

  /** A single member is looked at by their history. */
  async* members(): AsyncGenerator<Member, void, undefined> {}

  private decide(command: Command): Submitted {
    const { guild_id, user_id, idempotency_key } = command
    const told = { guild_id, user_id, idempotency_key: idempotency_key!, state: this.state, version: this.events.length, attempts: 1 }
    const known = this.events.find((event) => event.idempotency_key === idempotency_key)
    if (known) return this.accepted(told, known, true)
    if (command.expected_version !== this.events.length) return { ...told, outcome: 'conflict', code: 'stale_expectation' } as Submitted
    const [event, from, to] = rules[command.command]!
    if (!from.includes(this.state)) throw new Error(`${command.command} from ${this.state} is no transition`)
    return this.accepted(told, this.write(command, event, to), false)
  }

  private write(command: Command, event: HistoryEvent['event'], to_state: State): HistoryEvent {
    const written = {
      event, from_state: this.state, to_state, version: this.events.length + 1, position: String(this.events.length + 1),
      idempotency_key: command.idempotency_key!, source: 'bot', actor: command.actor ?? null, reason: command.reason ?? null,
      correlation_id: null, occurred_at: command.occurred_at ?? null, recorded_at: new Date().toISOString(),
    } as HistoryEvent
    this.events.push(written)
    return written
  }

  private accepted(told: object, { to_state, version, position }: HistoryEvent, replayed: boolean): Accepted {
    return { ...told, outcome: 'accepted', state: to_state, version, position, lifecycle: 1, replayed } as Accepted
  }

  private async turns(): Promise<void> {
    for (let turns = this.chance(6); turns > 0; --turns) await Promise.resolve()
  }
}
