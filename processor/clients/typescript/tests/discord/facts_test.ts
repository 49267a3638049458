// What a fact means for a member, by what is on record: single cases, without a server.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { UnavailableError } from 'datadrop-client'
import { NotRecordedError, Recorder, type Fact } from 'datadrop-client/discord'

import { MemoryRecords } from './support/memory_records.js'
import { moment, snowflakeOf } from './support/snowflakes.js'

const who = { guild_id: '5', user_id: '7' }
const entryAt = (at_ms: number) => ({ id: snowflakeOf(at_ms), actor: '9', reason: 'spam' })
const [t0, t1, t2, t3, t4] = [moment(), moment(), moment(), moment(), moment()]

/** Tells the facts one after another, and what waits for an entry in the end. */
async function told(...facts: Fact[]) {
  const records = new MemoryRecords(() => 0)
  const nothing: string[] = []
  const recorder = new Recorder(records, { entryWithin: 60_000, onRecorded: (recorded) => recorded.nothing && nothing.push(recorded.nothing) })
  for (const fact of facts) recorder.tell(fact)
  await recorder.idle({ now: true })
  return { events: records.events.map(({ event }) => event), nothing, records }
}

const joined = (joined_ms: number): Fact => ({ fact: 'joined', ...who, joined_ms })
const left = (joined_ms?: number): Fact => ({ fact: 'left', ...who, ...(joined_ms ? { joined_ms } : {}) })

test('a removal brings the Join along that is not on record', async () => {
  assert.deepEqual((await told(left(t0))).events, ['MemberJoined', 'MemberLeft'])
  assert.deepEqual((await told(left(t0), joined(t0))).events, ['MemberJoined', 'MemberLeft'])
})

test('a ban or a kick of a member who is not on record does so, too', async () => {
  const banned: Fact = { fact: 'banned', ...who, entry: entryAt(t1), joined_ms: t0 }
  const kicked: Fact = { fact: 'kicked', ...who, entry: entryAt(t1), joined_ms: t0 }
  assert.deepEqual((await told(banned)).events, ['MemberJoined', 'MemberBanned'])
  assert.deepEqual((await told(kicked, left(t0))).events, ['MemberJoined', 'MemberKicked'])
})

test('an entry that is older than the stay that discord.js knows of does not begin that stay', async () => {
  const { events, nothing } = await told({ fact: 'kicked', ...who, entry: entryAt(t0), joined_ms: t1 })
  assert.deepEqual([events, nothing], [[], ['never_joined']])
})

test('a ban by a bot that missed the return of its member is of the stay on record', async () => {
  const { events } = await told(joined(t0), joined(t1), { fact: 'banned', ...who, entry: entryAt(t2), joined_ms: t0 })
  assert.deepEqual(events, ['MemberJoined', 'MemberLeft', 'MemberJoined', 'MemberBanned'])
})

test('a removal of nobody, of an earlier stay, and told twice means nothing', async () => {
  assert.deepEqual((await told(left())).nothing, ['never_joined'])
  assert.deepEqual((await told(joined(t0), joined(t1), left(t0))).nothing, ['superseded'])
  assert.deepEqual((await told(joined(t0), left(t0), left(t0))).nothing, ['ended'])
})

test('a Join in the middle of a stay ends it first: the removal was not heard', async () => {
  assert.deepEqual((await told(joined(t0), joined(t1))).events, ['MemberJoined', 'MemberLeft', 'MemberJoined'])
})

test('a Join of somebody who is banned lifts the ban first: its end was not heard', async () => {
  const { events } = await told(joined(t0), { fact: 'banned', ...who, entry: entryAt(t1) }, joined(t2))
  assert.deepEqual(events, ['MemberJoined', 'MemberBanned', 'BanLifted', 'MemberJoined'])
})

test('a late entry of a ban that is on record by its event is not taken for the next ban', async () => {
  const event = (fact: 'banned' | 'unbanned'): Fact => ({ fact, ...who })
  const { events, records } = await told(
    joined(t0), event('banned'), event('unbanned'), joined(t3),
    { fact: 'banned', ...who, entry: entryAt(t1) }, { fact: 'unbanned', ...who, entry: entryAt(t2) }, // late
    event('banned'),
  )
  assert.equal(records.state, 'Banned')
  assert.deepEqual(events, ['MemberJoined', 'MemberBanned', 'BanLifted', 'MemberJoined', 'MemberBanned'])
})

test('a second ban whose pardon is late is a ban of its own, and the pardon is superseded', async () => {
  const { records, nothing } = await told(
    joined(t0), { fact: 'banned', ...who, entry: entryAt(t1) }, { fact: 'banned', ...who, entry: entryAt(t3) },
    { fact: 'unbanned', ...who, entry: entryAt(t2) },
  )
  assert.equal(records.state, 'Banned')
  assert.deepEqual(nothing, ['superseded'])
})

test('a reason is recorded as Discord delivers it, without what no text may have', async () => {
  const reason = `line\nline\tand\u0000${'x'.repeat(600)}`
  const { records } = await told(joined(t0), { fact: 'banned', ...who, entry: { id: snowflakeOf(t4), reason } })
  assert.equal(records.events.at(-1)!.reason, `line\nline\tand ${'x'.repeat(498)}`)
})

test('a late removal that ended the next stay is undone by the join that follows it', async () => {
  const [records, told] = [new MemoryRecords(() => 0), [left(), joined(t2)]]
  const [before, successor] = [new Recorder(records), new Recorder(records)]
  for (const fact of [joined(t1), ...told]) before.tell(fact)
  await before.idle()
  for (const bot of [successor, before]) { // the successor late, and whoever is told all of it again
    for (const fact of told) bot.tell(fact)
    await bot.idle()
    assert.equal(records.state, 'InvitedOrJoined')
  }
  successor.tell(joined(t2)) // once more: it is known
  successor.tell(left(t2))
  successor.tell(joined(t2)) // a removal whose stay is known is none to undo
  await successor.idle()
  assert.equal(records.state, 'LeftGuild')
})

test('a kick that was told before the join of the stay that it ended stays the end of it', async () => {
  const { records, nothing } = await told(joined(t0), { fact: 'kicked', ...who, entry: entryAt(t2) }, joined(t1), left(t1))
  assert.deepEqual([records.state, nothing], ['Kicked', ['superseded', 'ended']])
})

test('a reason with half a character is recorded without it', async () => {
  const { records } = await told(joined(t0), { fact: 'banned', ...who, entry: { id: snowflakeOf(t1), reason: 'a\ud800b' } })
  assert.equal(records.events.at(-1)!.reason, 'a\ufffdb')
})

test('a fact whose command is refused is told as an error, too', async () => {
  const records = new MemoryRecords(() => 0)
  const refused = { outcome: 'invalid', code: 'reason_invalid', detail: 'reason is strange', ...who, idempotency_key: 'k' } as const
  const errors: unknown[] = []
  const recorder = new Recorder({
    history: () => records.history(), members: () => records.members(),
    submitAll: async function* () { yield refused as never },
  }, { onError: (error, { fact }) => errors.push(fact, error) })
  recorder.tell(joined(t0))
  await recorder.idle()
  assert.equal(errors[0], 'joined')
  assert.ok(errors[1] instanceof NotRecordedError && errors[1].outcome.outcome === 'invalid')
  assert.match(errors[1].message, /7 joined is not on record.*invalid \(reason is strange\): call catchUp/)
  assert.equal((await recorder.record(joined(t0))).outcomes[0]!.outcome, 'invalid')
  assert.equal(errors.length, 2, 'who asks for the outcome has it')
})

test('a server that is away is waited for, and told once for each trouble', async () => {
  const records = new MemoryRecords(() => 0)
  const waits: string[] = []
  let away = 0
  const unanswered = () => (away-- > 0 ? new UnavailableError({ what: 'nobody answers', remedy: 'wait' }) : undefined)
  const recorder = new Recorder({
    members: () => records.members(),
    history: async () => { const error = unanswered(); if (error) throw error; return records.history() },
    submitAll: async function* (commands) {
      if (unanswered()) yield { outcome: 'undecided', last: 'a cut' } as never
      else yield* records.submitAll(commands)
    },
  }, { onWaiting: (why) => waits.push(why) })
  away = 3
  await recorder.record(joined(t0))
  assert.deepEqual(waits, ['nobody answers: wait'])
  const asked = recorder.record(left(t0))
  await Promise.resolve()
  away = 2
  await asked
  assert.equal(waits.length, 2)
  assert.deepEqual(records.events.map(({ event }) => event), ['MemberJoined', 'MemberLeft'])
})
