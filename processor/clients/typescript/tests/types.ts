// Code that must not compile, and code that must: looked at by tsc, run by nobody. An error that is
// not there any more is itself an error, by @ts-expect-error.

import { Datadrop, comparePositions, type Command, type PlainCommand, type Submitted } from 'datadrop-client'

const datadrop = new Datadrop({ server: 'http://127.0.0.1:8132', token: 'secret' })
const member = { guild_id: '1', user_id: '2' }

/** A switch that has all outcomes. */
export function told(outcome: Submitted): string {
  switch (outcome.outcome) {
    case 'accepted': return outcome.position
    case 'rejected': return outcome.allowed?.join() ?? outcome.code
    case 'conflict': return outcome.state
    case 'dead_lettered': return outcome.dead_letter_id
    case 'invalid': return outcome.detail
    case 'undecided': return outcome.idempotency_key
  }
}

/** One that misses undecided. */
// @ts-expect-error: the function lacks an ending return statement
export function misses(outcome: Submitted): string {
  switch (outcome.outcome) {
    case 'accepted': return outcome.position
    case 'rejected':
    case 'conflict': return outcome.state
    case 'dead_lettered': return outcome.dead_letter_id
    case 'invalid': return outcome.detail
  }
}

export async function outcomes(): Promise<void> {
  const outcome = await datadrop.submit({ ...member, command: 'Join' })
  // @ts-expect-error: only an accepted command has a position
  outcome.position
  // @ts-expect-error: there is no such outcome
  if (outcome.outcome === 'overloaded') return
  if (outcome.outcome !== 'accepted') return
  // @ts-expect-error: a position is no number
  const next: number = outcome.position
  // @ts-expect-error: nor can it be reckoned with
  outcome.position - 1
  comparePositions(outcome.position, '1')
  // @ts-expect-error: nor compared with one
  comparePositions(outcome.position, 1)
  // @ts-expect-error: versions are numbers
  await datadrop.member(outcome.guild_id, outcome.user_id, { min_position: outcome.version })
  const { state } = await datadrop.readAfter(outcome)
  // @ts-expect-error: there is no such state
  if (state === 'Gone') return
  void next
}

export async function commands(): Promise<void> {
  // @ts-expect-error: an id is a text
  await datadrop.submit({ guild_id: 1, user_id: '2', command: 'Join' })
  // @ts-expect-error: a time is a text
  await datadrop.submit({ ...member, command: 'Join', occurred_at: new Date() })
  // @ts-expect-error: there is no such command
  await datadrop.submit({ ...member, command: 'join' })
  // @ts-expect-error: there is no such field
  await datadrop.submit({ ...member, command: 'Join', expectedVersion: 1 })
  // @ts-expect-error: there is no such state
  await datadrop.submit({ ...member, command: 'Join', expected_state: 'verified' })
  // @ts-expect-error: it needs its payload
  await datadrop.submit({ ...member, command: 'RecordEmail' })
  // @ts-expect-error: which is another one
  await datadrop.submit({ ...member, command: 'RecordEmail', payload: { campaign_id: '7' } })
  // @ts-expect-error: an expiry ends in one of two states
  await datadrop.submit({ ...member, command: 'ExpireVerification', payload: { outcome: 'Banned' } })
  await datadrop.submit({ ...member, command: 'ExpireVerification', payload: { outcome: 'Kicked' } })
  // @ts-expect-error: several go to submitAll
  await datadrop.submit([{ ...member, command: 'Join' }])
  // @ts-expect-error: and one does not
  datadrop.submitAll({ ...member, command: 'Join' } satisfies Command)
}

/** Any command without a payload, by its name. */
export const plain = (command: PlainCommand['command']): Command => ({ ...member, command })
// @ts-expect-error: this one has a payload
plain('RecordEmail')

export async function reads(): Promise<void> {
  const found = await datadrop.member('1', '2')
  // @ts-expect-error: there may be none
  found.state
  // @ts-expect-error: a cursor is a text
  datadrop.feed({ after: 41 })
  // @ts-expect-error: there is no such event
  datadrop.feed({ events: ['memberJoined'] })
  for await (const { cursor } of datadrop.feed()) {
    // @ts-expect-error: a cursor is no number
    cursor + 1 - 1
  }
  // @ts-expect-error: so does a run
  await datadrop.deadLetters.runs.preview({ act: 'discard' })
  // @ts-expect-error: what is closed is not run over
  await datadrop.deadLetters.runs.preview({ act: 'discard', reason: 'x', filter: { status: 'redriven' } })
  // @ts-expect-error: a discard needs its reason
  await datadrop.deadLetters.discard({ id: '7' }, {})
}

export function wrongServers(): void {
  // @ts-expect-error: a token is needed
  new Datadrop({ server: 'http://127.0.0.1:8132' })
  // An environment may lack it, which is told when the program runs.
  new Datadrop({ server: 'http://127.0.0.1:8132', token: process.env.DATADROP_TOKEN })
  // @ts-expect-error: it is no text
  new Datadrop({ server: 'http://127.0.0.1:8132', token: 7 })
}
