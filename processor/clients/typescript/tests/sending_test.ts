// What one command is told under everything that passes, and what does not.

import assert from 'node:assert/strict'
import net from 'node:net'
import { test, type TestContext } from 'node:test'

import { AbortedError, Datadrop, NotAuthorizedError, WrongServerError } from 'datadrop-client'

import { newMember } from './support/members.js'
import { acceptAll, accepted, html, inTurn, json, passing, startStub, type Reply } from './support/stub.js'

const join = () => ({ ...newMember(), command: 'Join' }) as const

const against = async (test: TestContext, ...replies: Reply[]) => {
  const stub = await startStub(test, inTurn(...replies))
  const datadrop = new Datadrop({ server: stub.url, token: 'secret' })
  test.after(() => datadrop.close())
  return { stub, datadrop }
}

const cases: [string, Reply][] = [
  ['a connection that is cut before the answer', (_seen, response) => response.destroy()],
  ['an answer that breaks off', (_seen, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1_000 })
    response.write('{"outcome":', () => response.destroy())
  }],
  ['408', (_seen, response) => json(response, 408, { code: 'request_timeout', detail: 'slow' })],
  ['429 of a full queue', ({ body }, response) => json(response, 429, passing('overloaded', body), { 'retry-after': '0' })],
  ['502 with a page of a proxy', (_seen, response) => html(response, 502)],
  ['503 of a database that is away', ({ body }, response) => json(response, 503, passing('unavailable', body), { 'retry-after': '0' })],
  ['503 of too many connections', (_seen, response) => json(response, 503, { code: 'too_many_connections', detail: 'full' })],
  ['504 with a page of a proxy', (_seen, response) => html(response, 504)],
  ['500, whose command may be written or not', (_seen, response) => json(response, 500, { code: 'internal_error', detail: '?' })],
]

for (const [name, refusal] of cases) {
  test(`submit: ${name}: sent again with the same key`, async test => {
    const { stub, datadrop } = await against(test, refusal, acceptAll)
    const outcome = await datadrop.submit(join())
    assert.equal(outcome.outcome, 'accepted')
    assert.equal(stub.seen.length, 2)
    assert.deepEqual(stub.seen[1]!.body, stub.seen[0]!.body)
    assert.equal(outcome.idempotency_key, stub.seen[0]!.body.idempotency_key)
  })
}

test('submit: Retry-After is waited for', async test => {
  const { datadrop } = await against(test, (_seen, response) => html(response, 429, { 'retry-after': '1' }), acceptAll)
  const began = performance.now()
  await datadrop.submit(join())
  assert.ok(performance.now() - began >= 990) // timers may be early by a little
})

test('submit: a Retry-After beyond the time that is left ends it at once, undecided', async test => {
  const { stub, datadrop } = await against(test, (_seen, response) => html(response, 503, { 'retry-after': '30' }))
  const outcome = await datadrop.submit(join(), { within: 10_000 })
  assert.ok(outcome.outcome === 'undecided' && outcome.because === 'deadline')
  assert.match(outcome.last, /503/)
  assert.equal(outcome.idempotency_key, stub.seen[0]!.body.idempotency_key)
})

test('submit: nobody answers within its time: undecided, with its key', async test => {
  const { datadrop } = await against(test, () => {})
  const outcome = await datadrop.submit({ ...join(), idempotency_key: 'mine' }, { within: 50 })
  assert.deepEqual([outcome.outcome, outcome.idempotency_key], ['undecided', 'mine'])
})

test('submit: the signal comes while it is under way: undecided', async test => {
  const controller = new AbortController()
  const { datadrop } = await against(test, () => controller.abort())
  const outcome = await datadrop.submit(join(), { signal: controller.signal })
  assert.ok(outcome.outcome === 'undecided' && outcome.because === 'aborted')
})

test('submit: the signal had come before: AbortedError, and nothing is sent', async test => {
  const { stub, datadrop } = await against(test, acceptAll)
  await assert.rejects(datadrop.submit(join(), { signal: AbortSignal.abort() }), AbortedError)
  assert.throws(() => datadrop.submitAll([join()], { signal: AbortSignal.abort() }), AbortedError)
  assert.equal(stub.seen.length, 0)
})

test('a signal that more than ten calls share is no leak', async test => {
  const { datadrop } = await against(test, acceptAll)
  const warned = test.mock.method(process, 'emitWarning', () => {})
  const { signal } = new AbortController()
  await Promise.all(Array.from({ length: 30 }, () => datadrop.submit(join(), { signal })))
  assert.deepEqual(warned.mock.calls.map(({ arguments: [warning] }) => String(warning)), [])
})

test('submit: nobody listens: undecided, and says so', async () => {
  const server = net.createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const { port } = server.address() as net.AddressInfo
  await new Promise(resolve => server.close(resolve))
  const outcome = await new Datadrop({ server: `http://127.0.0.1:${port}`, token: 'secret' }).submit(join(), { within: 1_000 })
  assert.ok(outcome.outcome === 'undecided')
  assert.match(outcome.last, /ECONNREFUSED/)
})

for (const [name, reply] of [
  ['a web page', (_seen, response) => html(response, 200)],
  ['a page that is not found', (_seen, response) => html(response, 404)],
  ['a redirect, which would show the token to somebody else', (_seen, response) => html(response, 301, { location: 'https://example.org/' })],
  ['JSON of something else', (_seen, response) => json(response, 200, { hello: 'world' })],
  ['an outcome of the future', ({ body }, response) => json(response, 200, { ...accepted(body), outcome: 'postponed' })],
] satisfies [string, Reply][]) {
  test(`submit: ${name}: WrongServerError`, async test => {
    const { stub, datadrop } = await against(test, reply)
    await assert.rejects(datadrop.submit(join()), WrongServerError)
    assert.equal(stub.seen.length, 1)
  })
}

test('submit: 401 and 403 are NotAuthorizedError, without the token', async test => {
  const problem = { code: 'unauthenticated', detail: 'no token in force' }
  const { datadrop } = await against(test,
    (_seen, response) => json(response, 401, problem), (_seen, response) => json(response, 403, { ...problem, code: 'forbidden' }))
  for (let i = 0; i < 2; ++i) {
    await assert.rejects(datadrop.submit(join()), (error: Error) => error instanceof NotAuthorizedError && !error.message.includes('secret'))
  }
})

test('submit: who is told that a person is needed is told which token', async test => {
  const { datadrop } = await against(test, (_seen, response) => json(response, 403, { code: 'operator_needed', detail: 'done under the name of a person' }))
  await assert.rejects(datadrop.submit(join()), (error: Error) => error instanceof NotAuthorizedError && error.message.includes('--source operator'))
})

test('submit: an error behind a try without an answer has the key, and says that it may be written', async test => {
  const { stub, datadrop } = await against(test, (_seen, response) => response.destroy(),
    (_seen, response) => json(response, 401, { code: 'unauthenticated', detail: 'no token in force' }))
  await assert.rejects(datadrop.submit(join()), (error: unknown) => {
    assert.ok(error instanceof NotAuthorizedError)
    const { idempotency_key } = stub.seen[0]!.body
    assert.equal(error.idempotency_key, idempotency_key)
    return error.message.includes(`may be written by an earlier try: send it again with its key ${idempotency_key}`)
  })
})

test('close: what is under way is answered', async test => {
  const { datadrop } = await against(test, (seen, response) => {
    datadrop.close()
    acceptAll(seen, response)
  })
  assert.equal((await datadrop.submit(join())).outcome, 'accepted')
})

test('errors of the server name the value', async test => {
  const { datadrop } = await against(test,
    (_seen, response) => json(response, 400, { code: 'position_unknown', detail: 'never given' }),
    (_seen, response) => json(response, 400, { code: 'invalid_parameter', detail: 'limit must be less' }))
  await assert.rejects(datadrop.member('1', '2', { min_position: '999' }), { code: 'position_unknown', value: '999' })
  await assert.rejects(datadrop.member('1', '2'), { code: 'misuse', value: /\/v1\/members\/1\/2$/ } as never)
})

test('a server with /v1 behind it is told', async test => {
  const { stub } = await against(test, (_seen, response) => html(response, 404))
  await assert.rejects(new Datadrop({ server: `${stub.url}/v1/`, token: 'secret' }).submit(join()), /leave \/v1 out of server/)
})

test('submit: expectations go with fail, unless another on_conflict is said', async test => {
  const { stub, datadrop } = await against(test, acceptAll)
  await datadrop.submit({ ...join(), expected_version: 0 })
  await datadrop.submit({ ...join(), expected_state: 'None', on_conflict: 'retry' })
  await datadrop.submit(join())
  assert.deepEqual(stub.seen.map(({ body }) => body.on_conflict), ['fail', 'retry', undefined])
})

test('reads: sent again while it passes, and UnavailableError when their time is over', async test => {
  const { stub, datadrop } = await against(test, (_seen, response) => html(response, 502), (_seen, response) => json(response, 404, { code: 'member_not_found', detail: 'nobody' }))
  assert.equal(await datadrop.member('1', '2'), undefined)
  assert.equal(stub.seen.length, 2)
  stub.reply = (_seen, response) => html(response, 503)
  await assert.rejects(datadrop.member('1', '2', { within: 1_000 }), { code: 'unavailable', message: /503/ })
})

test('a path in front of the routes is kept', async test => {
  const { stub } = await against(test, acceptAll)
  await new Datadrop({ server: `${stub.url}/members/`, token: 'secret' }).submit(join())
  assert.equal(stub.seen[0]!.url, '/members/v1/commands')
})
