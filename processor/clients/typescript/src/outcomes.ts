// From what the server says of a command to what its sender is told.

import { Passing, type Problem } from './answers.js'
import type { Command, Invalid, Submitted, Undecided } from './contract.js'
import { WrongServerError } from './errors.js'

/** A command that has its key. */
export type Keyed = Command & { idempotency_key: string }

/** Outcomes that stay, by the names they have on the wire. */
const settled = new Set(['accepted', 'rejected', 'conflict', 'dead_lettered', 'invalid'])
const passing = new Set(['overloaded', 'unavailable'])

/** What came of a command: its outcome, or that it passes. An outcome that nobody knows is an error. */
export function outcomeOf(command: Keyed, body: unknown): Submitted | Passing {
  const said = body as Partial<Keyed> & { outcome?: unknown, code?: unknown, detail?: unknown }
  if (typeof said?.outcome === 'string') {
    if (settled.has(said.outcome)) {
      // Its own object is told on: a copy of each would be a good part of all that many commands cost.
      // The names of an item that is invalid are told as far as they could be read.
      said.guild_id ??= command.guild_id
      said.user_id ??= command.user_id
      said.idempotency_key = command.idempotency_key
      return said as unknown as Submitted
    }
    if (passing.has(said.outcome)) return new Passing(`${said.outcome}: ${String(said.detail ?? said.code)}`)
  }
  throw new WrongServerError({
    what: `the outcome ${JSON.stringify(said?.outcome)} is none that this version of datadrop-client knows`,
    remedy: 'look whether the server is datadrop, and for a newer datadrop-client',
    value: said?.outcome,
  })
}

/** A command that the server could not read, told by a problem. */
export function invalid(command: Keyed, problem: Problem): Invalid {
  return { outcome: 'invalid', ...nameOf(command), code: problem.code, detail: problem.detail }
}

/** A command whose fate is not known when its time is over. */
export function undecided(command: Keyed, because: Undecided['because'], last: string): Undecided {
  return { outcome: 'undecided', ...nameOf(command), because, last }
}

/** Whether a body is an outcome; a problem has none. */
export const isOutcome = (body: unknown): boolean =>
  typeof (body as { outcome?: unknown } | null | undefined)?.outcome === 'string'

const nameOf = ({ guild_id, user_id, idempotency_key }: Keyed) => ({ guild_id, user_id, idempotency_key })
