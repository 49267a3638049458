// What the client costs, beside plain undici on the same server in the same run: npm run bench, with
// the program as DATADROP_BIN. Figures are for one machine; the ratios are what counts.

import { Agent, request } from 'undici'

import { Datadrop, type Command } from 'datadrop-client'

import { newMember } from '../tests/support/members.js'
import { Server } from '../tests/support/server.js'

const inFlight = 64
const rounds = 20
const singles = 40_000
const bulk = 100_000
const feedEvents = 1_000_000

const server = new Server()
await server.start()
const token = server.token()
const datadrop = new Datadrop({ server: server.url, token })

try {
  await compare(`submit, ${inFlight} in flight`, singles, byClient, byUndici)
  await compare('submitAll', bulk, bulkByClient, bulkByUndici)
  await feeds()
} finally {
  await server.discard()
}

type Way = (count: number) => Promise<void>

/** Both ways in turn, in short rounds, so that what else the machine does falls on both. */
async function compare(name: string, count: number, client: Way, undici: Way): Promise<void> {
  const spent = [0, 0]
  for (let i = -1; i < rounds; ++i) {
    // In one order and in the other; the first round, in which all is compiled, is not counted.
    for (const which of i % 2 ? [0, 1] as const : [1, 0] as const) {
      const began = performance.now()
      await (which === 0 ? client : undici)(count / rounds)
      if (i >= 0) spent[which]! += performance.now() - began
    }
  }
  const [ours, theirs] = spent.map(ms => count / ms * 1_000) as [number, number]
  console.log(`${name}: ${show(ours)}/s, undici ${show(theirs)}/s: ${(ours / theirs).toFixed(2)} of it`)
}

function show(rate: number): string {
  return Math.round(rate).toLocaleString('en')
}

async function byClient(count: number): Promise<void> {
  await atOnce(count, async () => expectAccepted(await datadrop.submit({ ...newMember(), command: 'Join' })))
}

async function byUndici(count: number): Promise<void> {
  const agent = new Agent({ connections: inFlight, pipelining: 1 })
  await atOnce(count, async () => expectAccepted(await post(agent, { ...newMember(), command: 'Join', idempotency_key: 'bench' })))
  await agent.close()
}

async function atOnce(count: number, one: () => Promise<void>): Promise<void> {
  let left = count
  await Promise.all(Array.from({ length: inFlight }, async () => { while (left-- > 0) await one() }))
}

async function bulkByClient(count: number): Promise<void> {
  const commands = function* (): Generator<Command> { for (let i = 0; i < count; ++i) yield { ...newMember(), command: 'Join' } }
  for await (const outcome of datadrop.submitAll(commands())) expectAccepted(outcome)
}

async function bulkByUndici(count: number): Promise<void> {
  const agent = new Agent({ connections: 4, pipelining: 1 })
  let left = count / 1_000
  await Promise.all(Array.from({ length: 4 }, async () => {
    while (left-- > 0) {
      const array = Array.from({ length: 1_000 }, () => ({ ...newMember(), command: 'Join', idempotency_key: 'bench' }))
      for (const outcome of await post(agent, array) as { outcome: string }[]) expectAccepted(outcome)
    }
  }))
  await agent.close()
}

async function post(dispatcher: Agent, body: unknown): Promise<any> {
  const answer = await request(`${server.url}/v1/commands`, {
    method: 'POST', dispatcher, body: JSON.stringify(body),
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  })
  return answer.body.json()
}

function expectAccepted(outcome: { outcome: string }): void {
  if (outcome.outcome !== 'accepted') throw new Error(`unexpected: ${JSON.stringify(outcome)}`)
}

/** The log again and again, until a million events have passed. */
async function feeds(): Promise<void> {
  let seen = 0
  const heaps: number[] = []
  while (seen < feedEvents) {
    const began = performance.now()
    let count = 0
    for await (const _event of datadrop.feed()) if (++count === bulk) break
    seen += count
    globalThis.gc?.()
    heaps.push(process.memoryUsage().heapUsed / 2 ** 20)
    console.log(`feed: ${show(count / (performance.now() - began) * 1_000)} events/s, ${seen.toLocaleString('en')} so far, heap ${heaps.at(-1)!.toFixed(1)} MiB`)
  }
}
