// What goes over the wire, by its names there.

/** A snowflake: an id of Discord as decimal text, since JavaScript's numbers stop at 2^53. */
export type Snowflake = string

export type State =
  | 'None' | 'InvitedOrJoined' | 'OnboardingInProgress' | 'OnboardingCompleted' | 'RoleEligible'
  | 'RulesAccepted' | 'VerificationPending' | 'Verified' | 'RejectedNotEligible' | 'Kicked'
  | 'LeftGuild' | 'Banned'

export type CommandName =
  | 'Join' | 'BeginOnboarding' | 'CompleteOnboarding' | 'GrantEligibility' | 'RejectEligibility'
  | 'AcceptRules' | 'RequestVerification' | 'RecordEmail' | 'ConfirmVerification'
  | 'OverrideVerification' | 'RequireReverification' | 'ExpireVerification' | 'Kick' | 'Leave'
  | 'Ban' | 'LiftBan'

export interface Command {
  guild_id: Snowflake
  user_id: Snowflake
  command: CommandName
  payload?: Record<string, unknown>
  idempotency_key?: string
  expected_version?: number
  expected_state?: State
  expected_lifecycle?: number
  on_conflict?: 'retry' | 'fail'
  reason?: string
  actor?: string
  correlation_id?: string
  occurred_at?: string
}

interface Settled {
  guild_id: Snowflake
  user_id: Snowflake
  idempotency_key: string
  state: State
  version: number
  attempts: number
}
export interface Accepted extends Settled { outcome: 'accepted', lifecycle: number, position: string, replayed: boolean }
export interface Rejected extends Settled { outcome: 'rejected', code: string, allowed?: CommandName[] }
export interface Conflict extends Settled { outcome: 'conflict', code: string }
export interface DeadLettered extends Settled { outcome: 'dead_lettered', code: string, dead_letter_id: string, replayed: boolean }
export interface Invalid { outcome: 'invalid', guild_id?: Snowflake, user_id?: Snowflake, idempotency_key: string, code: string, detail: string }
export interface Undecided { outcome: 'undecided', guild_id: Snowflake, user_id: Snowflake, idempotency_key: string, because: 'deadline' | 'aborted', last: string }
export type Submitted = Accepted | Rejected | Conflict | DeadLettered | Invalid | Undecided

export interface Member {
  guild_id: Snowflake
  user_id: Snowflake
  state: State
  version: number
  lifecycle: number
  has_email: boolean
  updated_at: string
  position: string
}
