// What the server answers with, as far as the panel shows it.

export interface Attempt {
  number: number
  expected_state: string | null
  expected_version: number | null
  stated: string[] | null
  found_state: string | null
  found_version: number | null
  why: string | null
  winner: Winner | null
  at: string
}

export interface Winner {
  version: number
  event: string
  source: string
  actor: string | null
  at: string
}

export interface Act {
  type: string
  by: string
  reason: string | null
  code?: string
  attempts?: Attempt[]
  at: string
}

export interface Command {
  command: string
  idempotency_key: string
  payload: Record<string, unknown>
  expected_state?: string
  expected_version?: number
  expected_lifecycle?: number
  on_conflict?: string
  reason?: string
  actor?: string
  correlation_id?: string
  occurred_at?: string
}

export interface Letter {
  id: string
  etag: string
  summary: string
  guild_id: string
  user_id: string
  status: 'parked' | 'redriven' | 'discarded'
  code: string
  parked_at: string
  source: string
  submitted_by: string
  command: Command
  attempts: Attempt[]
  events: Act[]
  member: { state: string; version: number; lifecycle: number }
}

export interface Outcome {
  outcome: string
  code?: string
  event?: string
  from_state?: string
  to_state?: string
  state?: string
  version?: number
  allowed?: string[]
  detail?: string
  position?: string
}

export interface MemberEvent {
  version: number
  position: string
  event: string
  from_state?: string
  to_state: string
  source: string
  actor: string | null
  reason?: string | null
  idempotency_key?: string
  correlation_id?: string | null
  occurred_at?: string | null
  recorded_at: string
}

export interface Member {
  guild_id: string
  user_id: string
  state: string
  version: number
  lifecycle: number
  has_email: boolean
  updated_at: string
  position: string
}

export interface TransitionTable {
  states: { state: string; terminal: boolean }[]
  transitions: Transition[]
}

export interface Transition {
  command: string
  event: string
  from_state: string
  to_state: string
}
