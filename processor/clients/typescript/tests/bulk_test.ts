// Many commands in arrays: what is sent again, in which order, and how it ends.

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import { AbortedError, Datadrop, MisuseError, NotAuthorizedError, type Command, type Submitted } from 'datadrop-client'

import { Bell } from '#dist/bell.js'

import { collect, newMember } from './support/members.js'
import { acceptAll, accepted, html, inTurn, json, passing, startStub, type Reply } from './support/stub.js'
import { until } from './support/wait.js'

const joins = (count: number): Command[] => Array.from({ length: count }, () => ({ ...newMember(), command: 'Join' }))

const against = async (test: TestContext, ...replies: Reply[]) => {
  const stub = await startStub(test, inTurn(...replies))
  const datadrop = new Datadrop({ server: stub.url, token: 'secret' })
  test.after(() => datadrop.close())
  return { stub, datadrop }
}

const usersOf = (items: { user_id: string }[]) => items.map(({ user_id }) => user_id)

/** All outcomes, and the error behind them. */
async function collectAll(outcomes: AsyncIterable<Submitted>) {
  const all: Submitted[] = []
  try {
    for await (const outcome of outcomes) all.push(outcome)
  } catch (error) {
    return { all, error }
  }
  return { all, error: undefined }
}

test('submitAll: an array has at most 1,000 commands', async test => {
  const { stub, datadrop } = await against(test, acceptAll)
  const commands = joins(2_500)
  assert.deepEqual(usersOf(await collect(datadrop.submitAll(commands))), usersOf(commands))
  assert.deepEqual(stub.seen.map(({ body }) => body.length).sort((a, b) => b - a), [1_000, 1_000, 500])
})

test('submitAll: an array has less than 1 MiB, whatever is in it', async test => {
  const { stub, datadrop } = await against(test, acceptAll)
  const commands = joins(1_000).map(command => ({ ...command, reason: '😀'.repeat(512) }))
  assert.equal((await collect(datadrop.submitAll(commands))).length, 1_000)
  const bytes = stub.seen.map(({ headers }) => Number(headers['content-length']))
  assert.ok(bytes.length > 1 && Math.max(...bytes) <= 1_000_000, String(bytes))
})

test('submitAll: a proxy takes less: what it refused goes in halves', async test => {
  const { stub, datadrop } = await against(test)
  stub.reply = (seen, response) => seen.body.length > 100 ? html(response, 413) : acceptAll(seen, response)
  assert.equal((await collect(datadrop.submitAll(joins(1_000)))).length, 1_000)
})

test('submitAll: an array that is refused as a whole is sent again as it was', async test => {
  const { stub, datadrop } = await against(test,
    ({ body }, response) => json(response, 429, body.map((each: any) => passing('overloaded', each)), { 'retry-after': '0' }),
    (_seen, response) => html(response, 502), (_seen, response) => response.destroy(), acceptAll)
  const outcomes = await collect(datadrop.submitAll(joins(3)))
  assert.ok(outcomes.every(({ outcome }) => outcome === 'accepted'))
  assert.equal(stub.seen.length, 4)
  assert.deepEqual(stub.seen[3]!.body, stub.seen[0]!.body)
})

test('submitAll: of an array only what was not settled is sent again', async test => {
  const { stub, datadrop } = await against(test,
    ({ body }, response) => json(response, 200, body.map((each: any, i: number) => i % 2 ? passing('unavailable', each) : accepted(each))), acceptAll)
  const commands = joins(5)
  const outcomes = await collect(datadrop.submitAll(commands))
  assert.deepEqual(usersOf(outcomes), usersOf(commands))
  assert.deepEqual(usersOf(stub.seen[1]!.body), [commands[1]!.user_id, commands[3]!.user_id])
})

test('submitAll: what was not settled is never overtaken by a later command of its member', async test => {
  const { stub, datadrop } = await against(test)
  const decided: string[] = []
  const refused = new Set<string>()
  stub.reply = ({ body }, response) => json(response, 200, body.map((each: any) => {
    const isFirst = !refused.has(each.idempotency_key)
    refused.add(each.idempotency_key)
    if (isFirst && Math.random() < 0.5) return passing('unavailable', each)
    decided.push(`${each.user_id} ${each.reason}`)
    return accepted(each)
  }))
  const members = Array.from({ length: 20 }, newMember)
  const commands = Array.from({ length: 10 }, (_, i) => members.map(member => ({ ...member, command: 'Join' as const, reason: String(i) }))).flat()
  const outcomes = await collect(datadrop.submitAll(commands))
  assert.deepEqual(usersOf(outcomes), usersOf(commands))
  for (const { user_id } of members) {
    assert.deepEqual(decided.filter(each => each.startsWith(`${user_id} `)), commands.filter(each => each.user_id === user_id).map(({ reason }) => `${user_id} ${reason}`))
  }
})

test('submitAll: reads no further ahead than some thousands', async test => {
  const { datadrop } = await against(test, acceptAll)
  let read = 0
  const endless = function* () { for (;;) { ++read; yield joins(1)[0]! } }
  await collect(datadrop.submitAll(endless()), 10)
  assert.ok(read < 20_000, String(read))
})

test('submitAll: a command whose time is over is undecided with its key, and its member goes on', async test => {
  const { stub, datadrop } = await against(test)
  const member = newMember()
  stub.reply = ({ body }, response) => body[0].idempotency_key === 'stuck' || acceptAll({ body } as any, response)
  const outcomes = await collect(datadrop.submitAll([
    { ...member, command: 'Join', idempotency_key: 'stuck' }, { ...member, command: 'Leave', idempotency_key: 'next' },
  ], { within: 1_000 }))
  assert.deepEqual(outcomes.map(({ outcome, idempotency_key }) => [outcome, idempotency_key]), [['undecided', 'stuck'], ['accepted', 'next']])
})

test('submitAll: the signal: undecided for all that was read, then AbortedError', async test => {
  const controller = new AbortController()
  const { stub, datadrop } = await against(test, acceptAll, () => controller.abort())
  const commands = joins(1_500)
  const { all, error } = await collectAll(datadrop.submitAll(commands, { signal: controller.signal, lanes: 1 }))
  assert.ok(error instanceof AbortedError)
  assert.deepEqual(usersOf(all), usersOf(commands))
  assert.deepEqual(all.map(({ outcome }) => outcome), commands.map((_, i) => i < 1_000 ? 'accepted' : 'undecided'))
  assert.equal(stub.seen.length, 2)
})

test('submitAll: a token that ends: what is known, then undecided, then NotAuthorizedError', async test => {
  const { datadrop } = await against(test, acceptAll,
    (_seen, response) => json(response, 401, { code: 'unauthenticated', detail: 'no token in force' }))
  const { all, error } = await collectAll(datadrop.submitAll(joins(1_500), { lanes: 1 }))
  assert.ok(error instanceof NotAuthorizedError)
  assert.deepEqual([all.length, all[999]!.outcome, all[1_000]!.outcome], [1_500, 'accepted', 'undecided'])
})

test('submitAll: a command that cannot be meant so: those before it first, then its number', async test => {
  const { datadrop } = await against(test, acceptAll)
  const commands = [...joins(2), { ...newMember(), command: 'join' } as unknown as Command, ...joins(1)]
  const { all, error } = await collectAll(datadrop.submitAll(commands))
  assert.equal(all.length, 2)
  assert.ok(error instanceof MisuseError)
  assert.match(error.message, /command number 2.*'join'/)
})

test('submitAll: an error of the iterable comes behind the outcomes of what it gave', async test => {
  const { datadrop } = await against(test, acceptAll)
  const broken = function* () { yield* joins(2); throw new Error('the file ends here') }
  const { all, error } = await collectAll(datadrop.submitAll(broken()))
  assert.deepEqual([all.length, (error as Error).message], [2, 'the file ends here'])
})

test('submitAll: whatever the iterable throws is thrown, undefined too', async test => {
  const { datadrop } = await against(test, acceptAll)
  const broken = function* () { yield* joins(1); throw undefined }
  const all: Submitted[] = []
  const ended = (async () => { for await (const outcome of datadrop.submitAll(broken())) all.push(outcome) })()
  assert.equal(await ended.then(() => 'ended', error => error), undefined)
  assert.equal(all.length, 1)
})

test('submitAll: a signal that comes before the first outcome is asked for sends nothing', async test => {
  const { stub, datadrop } = await against(test, acceptAll)
  const controller = new AbortController()
  const outcomes = datadrop.submitAll(joins(3), { signal: controller.signal })
  controller.abort()
  await assert.rejects(outcomes.next(), AbortedError)
  assert.equal(stub.seen.length, 0)
})

test('submitAll: an array of which nothing is open keeps no lane', async test => {
  const { stub, datadrop } = await against(test)
  // The first array hangs for ever; the source gives the second command when the first is told.
  stub.reply = ({ body }, response) => body[0].idempotency_key === 'stuck' || acceptAll({ body } as any, response)
  const told = new Bell()
  const commands = async function* (): AsyncGenerator<Command> {
    yield { ...newMember(), command: 'Join', idempotency_key: 'stuck' }
    await told.wait()
    yield* joins(1)
  }
  const outcomes: Submitted[] = []
  for await (const outcome of datadrop.submitAll(commands(), { within: 500, lanes: 1 })) {
    outcomes.push(outcome)
    told.ring()
  }
  assert.deepEqual(outcomes.map(({ outcome }) => outcome), ['undecided', 'accepted'])
  assert.ok(outcomes[0]?.outcome === 'undecided')
  assert.equal(outcomes[0].last, 'it was sent, and nobody answered yet')
})

test('submitAll: whoever leaves ends a source that stalls, too', async test => {
  const { datadrop } = await against(test, acceptAll)
  let ended = false
  const given = joins(1)
  const stalling: AsyncIterableIterator<Command> = {
    [Symbol.asyncIterator]() { return this },
    next: () => given.length > 0 ? Promise.resolve({ done: false, value: given.pop()! }) : new Promise(() => {}),
    return: async () => { ended = true; return { done: true, value: undefined } },
  }
  await collect(datadrop.submitAll(stalling), 1)
  assert.ok(ended)
})

test('submitAll: whoever leaves the loop ends the iterable, and nothing more is sent', async test => {
  const { stub, datadrop } = await against(test, acceptAll)
  let ended = false
  const endless = function* () { try { for (;;) yield joins(1)[0]! } finally { ended = true } }
  await collect(datadrop.submitAll(endless(), { lanes: 1 }), 1)
  await until('the iterable has ended', () => ended)
  // What was read by then would go on for some arrays more.
  await new Promise(resolve => setTimeout(resolve, 100))
  assert.ok(stub.seen.length <= 3, String(stub.seen.length))
})
