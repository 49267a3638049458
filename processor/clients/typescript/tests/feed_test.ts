// The feed over connections that do not hold.

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { getEventListeners } from 'node:events'
import type { ServerResponse } from 'node:http'

import { AbortedError, Datadrop, HistoryChangedError, MisuseError, NotAuthorizedError, WrongServerError, type FeedOptions } from 'datadrop-client'

import { collect } from './support/members.js'
import { html, inTurn, json, startStub, type Reply } from './support/stub.js'
import { until } from './support/wait.js'

const against = async (test: TestContext, ...replies: Reply[]) => {
  const stub = await startStub(test, inTurn(...replies))
  return { stub, datadrop: new Datadrop({ server: stub.url, token: 'secret' }) }
}

const event = (position: number, name = 'MemberJoined', guild_id = '1') =>
  `id: ${position}~0a\nevent: ${name}\ndata: ${JSON.stringify({ position: String(position), event: name, guild_id, user_id: '2' })}\n\n`

/** A feed that says this and stays open, or ends. */
const open = (...texts: string[]): Reply => (_seen, response) => begin(response).write(`retry: 10\n\n${texts.join('')}`)
const cut = (...texts: string[]): Reply => (_seen, response) =>
  begin(response).write(`retry: 10\n\n${texts.join('')}`, () => response.destroy())
const begin = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/event-stream' })

const positions = (events: { position: string }[]) => events.map(({ position }) => Number(position))
const afterOf = (seen: { url: string }[]) => seen.map(({ url }) => new URL(url, 'http://x').searchParams.get('after'))

test('feed: comes back with its cursor, and tells each event once', async test => {
  const { stub, datadrop } = await against(test,
    cut(event(1), event(2)), cut(event(3), event(4).slice(0, 30)), open(event(4), event(5)))
  const cuts: string[] = []
  assert.deepEqual(positions(await collect(datadrop.feed({ onCut: why => cuts.push(why) }), 5)), [1, 2, 3, 4, 5])
  assert.deepEqual(afterOf(stub.seen), ['0', '2~0a', '3~0a'])
  assert.equal(cuts.length, 2)
})

test('feed: comes back after a full house, pages of a proxy, 429 and a status of nobody', async test => {
  const full: Reply = (_seen, response) => begin(response).end(': too many feeds are open\nretry: 10\n\n')
  const { stub, datadrop } = await against(test, cut(event(1)), full, (_seen, response) => html(response, 502),
    (_seen, response) => html(response, 404), (_seen, response) => html(response, 429), (_seen, response) => response.destroy(), open(event(2)))
  assert.deepEqual(positions(await collect(datadrop.feed(), 2)), [1, 2])
  assert.equal(stub.seen.length, 7)
})

test('feed: a connection that is silent for too long is made anew', async test => {
  const { stub, datadrop } = await against(test)
  stub.reply = (seen, response) => open(event(Number.parseInt(afterOf([seen])[0]!) + 1))(seen, response)
  assert.deepEqual(positions(await collect(datadrop.feed({ silence: 200 }), 3)), [1, 2, 3])
})

test('feed: latest, cut off before the first event, comes back to where latest was', async test => {
  const { stub, datadrop } = await against(test, cut('id: 41~0a\n\n'), open(event(42)))
  assert.deepEqual(positions(await collect(datadrop.feed({ after: 'latest' }), 1)), [42])
  assert.deepEqual(afterOf(stub.seen), ['latest', '41~0a'])
})

test('feed: another history is thrown with its head, behind the events before it', async test => {
  const changed = { code: 'history_changed', detail: 'the database was restored', head: '7~0b' }
  const { datadrop } = await against(test, open(event(1), `event: history_changed\ndata: ${JSON.stringify(changed)}\n\n`))
  const seen: number[] = []
  await assert.rejects(async () => {
    for await (const { position } of datadrop.feed()) seen.push(Number(position))
  }, (error: HistoryChangedError) => error instanceof HistoryChangedError && error.head === '7~0b')
  assert.deepEqual(seen, [1])
})

test('feed: another history is thrown when it is the answer, and so is a cursor that is none', async test => {
  const { datadrop } = await against(test,
    (_seen, response) => json(response, 409, { code: 'history_changed', detail: 'restored', head: '7~0b' }),
    (_seen, response) => json(response, 400, { code: 'invalid_parameter', detail: 'after must be the id of an event of this log, 0 or latest' }))
  await assert.rejects(collect(datadrop.feed({ after: '9~0a' })), { code: 'history_changed', head: '7~0b', value: '9~0a', message: /the cursor 9~0a / })
  await assert.rejects(collect(datadrop.feed({ after: '1,2' })), (error: Error) => error instanceof MisuseError && error.value === '1,2')
})

test('feed: a token that ends is NotAuthorizedError, also later', async test => {
  const { datadrop } = await against(test, cut(event(1)), (_seen, response) => json(response, 401, { code: 'unauthenticated', detail: 'revoked' }))
  await assert.rejects(collect(datadrop.feed()), NotAuthorizedError)
})

test('feed: a wrong server is told at once', async test => {
  const { datadrop } = await against(test, (_seen, response) => html(response, 200))
  await assert.rejects(collect(datadrop.feed()), WrongServerError)
})

test('feed: the signal ends it, while it waits for an event and while it waits to come back', async test => {
  const { stub, datadrop } = await against(test, open())
  const endedBy = async (options: FeedOptions) => {
    const controller = new AbortController()
    setImmediate(() => controller.abort())
    await assert.rejects(collect(datadrop.feed({ ...options, signal: controller.signal })), AbortedError)
  }
  await endedBy({})
  stub.reply = (_seen, response) => html(response, 503, { 'retry-after': '60' })
  await endedBy({})
})

test('feed: the signal ends it within a chunk, too', async test => {
  const { datadrop } = await against(test, open(event(1), event(2), event(3)))
  const controller = new AbortController()
  const seen: number[] = []
  await assert.rejects(async () => {
    for await (const { position } of datadrop.feed({ signal: controller.signal })) {
      seen.push(Number(position))
      controller.abort()
    }
  }, { code: 'aborted', value: '1~0a' })
  assert.deepEqual(seen, [1])
})

test('feed: whoever waits for an event can leave, and close() ends it', async test => {
  const { stub, datadrop } = await against(test, open())
  const left = datadrop.feed()
  const next = left.next()
  await until('it waits', () => stub.seen.length === 1)
  assert.deepEqual(await left.return(), { done: true, value: undefined })
  assert.deepEqual(await next, { done: true, value: undefined })
  const closed = datadrop.feed().next()
  await until('it waits', () => stub.seen.length === 2)
  datadrop.close()
  await assert.rejects(closed, { code: 'aborted', message: /close\(\) ended the feed behind 0/ })
})

test('feed: silence without an end is none', async test => {
  const { stub, datadrop } = await against(test)
  stub.reply = (_seen, response) => { begin(response).write('retry: 10\n\n'); setTimeout(() => response.write(event(1)), 100) }
  assert.deepEqual(positions(await collect(datadrop.feed({ silence: Infinity }), 1)), [1])
  assert.equal(stub.seen.length, 1)
})

test('feed: one that is never begun keeps no listener', async test => {
  const { datadrop } = await against(test, open())
  const { signal } = new AbortController()
  datadrop.feed({ signal })
  assert.equal(getEventListeners(signal, 'abort').length, 0)
})

test('feed: asks for what is wanted, and comes back to where the server was past the rest', async test => {
  const { stub, datadrop } = await against(test, cut('id: 0\n\n', event(1), ': alive\nid: 4~0a\n\n'),
    cut(': alive\nid: 7', '~0a\n\n', event(8).slice(0, 20)), open(event(8)))
  const events = await collect(datadrop.feed({ guild: '1', events: ['MemberJoined', 'MemberLeft'] }), 2)
  assert.deepEqual(positions(events), [1, 8])
  assert.deepEqual(afterOf(stub.seen), ['0', '4~0a', '7~0a'])
  assert.ok(stub.seen.every(({ url }) => url.endsWith('&guild_id=1&event=MemberJoined%2CMemberLeft')))
})

test('feed: a reader that takes nothing is sent no more than the connection holds', async test => {
  let sent = 0
  const { datadrop } = await against(test, (_seen, response) => {
    begin(response).write('retry: 10\n\n')
    const more = () => { while (!response.destroyed && response.write(event(++sent).repeat(100))); }
    response.on('drain', more)
    more()
  })
  const feed = datadrop.feed()
  await feed.next()
  // Until the server has not been asked for more for a while.
  for (let before = -1; before !== sent;) {
    before = sent
    await new Promise(resolve => setTimeout(resolve, 200))
  }
  const held = sent
  await collect(feed, 100_000)
  assert.ok(sent > held, `${held} and then ${sent}`)
})
