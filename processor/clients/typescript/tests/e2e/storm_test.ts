// 10,000 commands while everything fails: the server is killed and restarted, its database stands
// still for 10 s, nginx answers for those who are not there. Each is decided once, and none is lost.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Datadrop, type Command, type FeedEvent, type Submitted } from 'datadrop-client'

import { guild_id, newMember } from '../support/members.js'
import { startNginx } from '../support/proxy.js'
import { startServer, type Server } from '../support/server.js'
import { until } from '../support/wait.js'

const stages = ['Join', 'BeginOnboarding', 'CompleteOnboarding', 'GrantEligibility', 'AcceptRules'] as const
/** Members whose commands go one by one, and by arrays. */
const singles = 400
const arrays = 1_600
const total = (singles + arrays) * stages.length

/** What was settled, and up to where commands may be sent: each trouble comes in the midst of a load. */
class Run {
  readonly outcomes: Submitted[] = []
  #mayBegin = 0
  #begun = 0

  allow(share: number): void {
    this.#mayBegin = share * (singles + arrays)
  }

  async begin(): Promise<{ guild_id: string, user_id: string }> {
    const number = this.#begun++
    await until('the next member may begin', () => number < this.#mayBegin, 120_000)
    return newMember()
  }
}

test('10,000 commands under kill -9, restarts and a database that stands still: each is decided once', { timeout: 300_000 }, async test => {
  const server = await startServer(test)
  const datadrop = new Datadrop({ server: await startNginx(test, server.port), token: server.token(), within: 120_000 })
  const run = new Run()
  const end = new AbortController()
  test.after(() => end.abort())
  const events = followed(datadrop, end.signal)

  await Promise.all([trouble(server, run), oneByOne(datadrop, run), inArrays(datadrop, run)])

  assert.equal(run.outcomes.length, total)
  assert.deepEqual(run.outcomes.filter(({ outcome }) => outcome !== 'accepted'), [])
  assert.equal(new Set(run.outcomes.map(({ idempotency_key }) => idempotency_key)).size, total)
  check(await events, run.outcomes)
})

/** Each member's next command when the one before is settled, many members at once. */
async function oneByOne(datadrop: Datadrop, run: Run): Promise<void> {
  let left = singles
  const next = async () => {
    while (left-- > 0) {
      const member = await run.begin()
      for (const command of stages) run.outcomes.push(await datadrop.submit({ ...member, command }))
    }
  }
  await Promise.all(Array.from({ length: 32 }, next))
}

async function inArrays(datadrop: Datadrop, run: Run): Promise<void> {
  const commands = async function* (): AsyncGenerator<Command> {
    for (let i = 0; i < arrays; ++i) {
      const member = await run.begin()
      for (const command of stages) yield { ...member, command }
    }
  }
  for await (const outcome of datadrop.submitAll(commands())) run.outcomes.push(outcome)
}

/** Each in the midst of a sixth of the load. */
async function trouble(server: Server, run: Run): Promise<void> {
  const restart = async (how: 'kill' | 'stop') => { await server[how](); await server.start() }
  const troubles = [() => restart('kill'), () => restart('kill'), () => restart('stop'), () => restart('kill'), () => freeze(server)]
  for (const [i, make] of troubles.entries()) {
    run.allow((i + 1) / (troubles.length + 1))
    await until(`load ${i} is under way`, () => run.outcomes.length > total * (i + 0.5) / (troubles.length + 1))
    await make()
  }
  run.allow(1)
}

async function freeze(server: Server): Promise<void> {
  const database = server.freezeDatabase()
  await new Promise(resolve => setTimeout(resolve, 10_000))
  database.resume()
}

/** The log as its reader sees it through all of this. */
async function followed(datadrop: Datadrop, signal: AbortSignal): Promise<FeedEvent[]> {
  const events: FeedEvent[] = []
  for await (const event of datadrop.feed({ guild: guild_id, signal })) if (events.push(event) === total) break
  return events
}

/** Each command has one event, under its key and where it was told; each member's came in order. */
function check(events: FeedEvent[], outcomes: Submitted[]): void {
  assert.deepEqual(events.map(({ position }) => Number(position)), events.map((_, i) => i + 1))
  const byKey = new Map(events.map(event => [event.idempotency_key, event]))
  assert.equal(byKey.size, events.length)
  for (const outcome of outcomes) {
    assert.ok(outcome.outcome === 'accepted')
    const event = byKey.get(outcome.idempotency_key)
    assert.deepEqual([event?.user_id, event?.position, event?.version], [outcome.user_id, outcome.position, outcome.version])
  }
}
