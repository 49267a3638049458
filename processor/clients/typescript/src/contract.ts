// The words of the contract, as types: those of the wire are made of the server's description
// (description.ts, at build time); what this package adds to them stands here.

import type { components } from './description.js'

type Schemas = components['schemas']

/** An id of Discord as decimal text, since JavaScript's numbers stop at 2^53. */
export type Snowflake = Schemas['Snowflake']
/** Where a member stands in its lifecycle; four of them are its end. */
export type State = Schemas['State']
/** What can be done to a member. */
export type CommandName = Schemas['CommandName']
/** What happened to a member. */
export type EventName = Schemas['EventName']
/** A member as the read model has it. */
export type Member = Schemas['Member']
/** An event of a member, with who caused it and why. */
export type HistoryEvent = Schemas['HistoryEvent']
/** Whether a dead letter still waits for an operator. */
export type DeadLetterStatus = Schemas['DeadLetterStatus']

// A union's members each, where Omit alone would melt them into one.
type WithOptionalKey<T> = T extends unknown
  ? Omit<T, 'idempotency_key'> & { idempotency_key?: string | undefined }
  : never

/**
 * What to do to a member. Without `idempotency_key` one is made, and told with the outcome; with an
 * `expected_…` and without `on_conflict` it is sent with `fail`.
 *
 * @example
 * const command: Command = {
 *   guild_id: '288659194737983489', user_id: '80351110224678912',
 *   command: 'RecordEmail', payload: { email: 'ada@example.org' }, expected_version: 6,
 * }
 */
export type Command = WithOptionalKey<Schemas['Command']>

/**
 * A command without a payload: all but RequestVerification, RecordEmail, RequireReverification and
 * ExpireVerification. Its `command` may be any of their names, as a choice of a person is.
 *
 * @example
 * const edit = (user_id: Snowflake, command: PlainCommand['command']): PlainCommand => ({ guild_id, user_id, command })
 */
export type PlainCommand = WithOptionalKey<Schemas['PlainCommand']>

type Keyed<T> = T & {
  /** The command's key: its own, or the one that was made. The same command is safe to send again with it. */
  idempotency_key: string
}

/** Committed and durable. */
export type Accepted = Keyed<Schemas['Accepted']>
/** A rule of the domain said no; sending it again does not help until the member is in another state. */
export type Rejected = Keyed<Schemas['Rejected']>
/** What the sender saw of the member is not so any more; nothing was written. */
export type Conflict = Keyed<Schemas['Conflict']>
/** Parked with all its attempts for an operator. */
export type DeadLettered = Keyed<Schemas['DeadLettered']>
/** The server could not read it as a command; `detail` names the field. */
export interface Invalid {
  outcome: 'invalid'
  guild_id: Snowflake
  user_id: Snowflake
  idempotency_key: string
  code: Schemas['ProblemCode']
  /** The field, and what is wrong with it. */
  detail: string
}

/** Not known when its time was over. It may be written or not; the same key settles it later. */
export interface Undecided {
  outcome: 'undecided'
  guild_id: Snowflake
  user_id: Snowflake
  idempotency_key: string
  /** Its time was over; its sender's signal came; or an error, which is thrown behind it, ended all. */
  because: 'deadline' | 'aborted' | 'error'
  /** What was heard last, for people. */
  last: string
}

/**
 * What came of a command: a union that a `switch` over `outcome` takes apart.
 *
 * @example
 * switch (outcome.outcome) {
 *   case 'accepted': return `done, version ${outcome.version}`
 *   case 'rejected': return `not now: ${outcome.code}`
 *   case 'conflict': return `it is ${outcome.state} by now`
 *   case 'dead_lettered': return `an operator looks at ${outcome.dead_letter_id}`
 *   case 'invalid': return `a mistake in the program: ${outcome.detail}`
 *   case 'undecided': return `ask again with ${outcome.idempotency_key}`
 * }
 */
export type Submitted = Accepted | Rejected | Conflict | DeadLettered | Invalid | Undecided

/** An event of the feed, with the cursor behind it. */
export type FeedEvent = Schemas['MembershipEvent'] & {
  /** Where to go on from when this event was taken in: opaque, to be kept as it is. */
  cursor: string
}

/** A parked command, with all that is known of it; `etag` says which look this is. */
export type DeadLetter = Schemas['DeadLetter']
/** The same, with what became of its member since it was parked. */
export type ShownDeadLetter = Schemas['ShownDeadLetter']
/** A dead letter after a redrive, with what came of its command. */
export type RedrivenDeadLetter = Schemas['RedrivenDeadLetter']
/** What a redrive would come to. */
export type RedrivePreview = Schemas['RedrivePreview']
/** How many dead letters there are, by code. */
export type DeadLetterCounts = Schemas['DeadLetterCounts']
/** What is done to many dead letters at once, how far it is, and what came of it. */
export type LetterRun = Schemas['Run']
/** What to do to the parked dead letters that fit a filter, and why. */
export type RunRequest = Schemas['RunRequest']
/** A letter to act on; with its etag only while it is as it was looked at. */
export interface SeenDeadLetter {
  id: string
  etag?: string | undefined
}
/** Which dead letters; all of them without. */
export interface DeadLetterFilter {
  guild_id?: Snowflake
  user_id?: Snowflake
  command?: CommandName
  /** Why they were parked. */
  code?: string
  status?: DeadLetterStatus
  /** RFC 3339. */
  parked_before?: string
  parked_after?: string
}
/** Why a request was refused (RFC 9457). */
export type Problem = Schemas['Problem']
/** What an operator says of a redrive, and which expectations it replaces or drops. */
export type RedriveRequest = Schemas['RedriveRequest']

// ---- The names that are looked for in what callers give, complete by their types

const namesOf = <Name extends string>(all: Record<Name, true>): readonly Name[] => Object.keys(all) as Name[]

export const stateNames = namesOf<State>({
  None: true, InvitedOrJoined: true, OnboardingInProgress: true, OnboardingCompleted: true,
  RoleEligible: true, RulesAccepted: true, VerificationPending: true, Verified: true,
  RejectedNotEligible: true, Kicked: true, LeftGuild: true, Banned: true,
})

export const statusNames = namesOf<DeadLetterStatus>({ parked: true, redriven: true, discarded: true })

export const commandNames = namesOf<CommandName>({
  Join: true, BeginOnboarding: true, CompleteOnboarding: true, GrantEligibility: true,
  RejectEligibility: true, AcceptRules: true, RequestVerification: true, RecordEmail: true,
  ConfirmVerification: true, OverrideVerification: true, RequireReverification: true,
  ExpireVerification: true, Kick: true, Leave: true, Ban: true, LiftBan: true,
})

export const eventNames = namesOf<EventName>({
  MemberJoined: true, OnboardingBegun: true, OnboardingCompleted: true, EligibilityGranted: true,
  EligibilityRejected: true, RulesAccepted: true, VerificationRequested: true, EmailRecorded: true,
  VerificationConfirmed: true, VerificationOverridden: true, ReverificationRequired: true,
  VerificationExpired: true, MemberKicked: true, MemberLeft: true, MemberBanned: true, BanLifted: true,
})
