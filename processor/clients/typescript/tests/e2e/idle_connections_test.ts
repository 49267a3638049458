// Connections that are used again at the very moment at which their server may close them. Everything
// takes 20 ms each way, so that a request can cross the end of its connection.

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'

import { Transport } from '#dist/transport.js'

import { startLine, startNginx } from '../support/proxy.js'
import { startServer, type Server } from '../support/server.js'

const connections = 500
const latency = 20

/** Until when an answer must be there, so that the machine's own slowness does not count as the line's. */
const prompt = 300

/** A request, idleness, and a request on the same connection; how often the second found it broken. */
async function usedAgain(url: string, server: Server, idleFrom: number, idleTo: number): Promise<{ broken: string[], made: number }> {
  const broken: string[] = []
  let made = 0
  const token = server.token()
  const inTurn = turns(20)
  await Promise.all(Array.from({ length: connections }, async (_, i) => {
    // One connection each: nobody else takes the idle one.
    const transport = new Transport(new URL(url), token, 1)
    const ask = () => transport.ask({ method: 'GET', path: '/readyz', within: 30_000 })
    await inTurn(() => promptly(ask))
    await new Promise(resolve => setTimeout(resolve, idleFrom + (idleTo - idleFrom) * i / connections))
    await ask().then(() => ++made, (error: Error) => broken.push(error.message))
    transport.close()
  }))
  return { broken, made }
}

async function promptly(ask: () => Promise<unknown>): Promise<void> {
  for (let took = Infinity; took > prompt;) {
    const began = performance.now()
    await ask()
    took = performance.now() - began
  }
}

/** At most so many at once. */
function turns(places: number): (act: () => Promise<void>) => Promise<void> {
  const lines = Array.from({ length: places }, () => Promise.resolve())
  let next = 0
  return act => {
    const line = next++ % places
    return lines[line] = lines[line]!.then(act)
  }
}

suite('idle connections', { concurrency: true }, () => {
  test('nginx that tells 3 s and means it: none of 500 is broken', async test => {
    const server = await startServer(test)
    const nginx = await startNginx(test, server.port, 'keepalive_timeout 3s 3s;')
    const line = await startLine(test, Number(new URL(nginx).port), latency)
    assert.deepEqual(await usedAgain(line, server, 1_500, 3_500), { broken: [], made: connections })
  })

  test('datadrop, which tells 60 s: none of 500 is broken around it', async test => {
    const server = await startServer(test)
    const line = await startLine(test, server.port, latency)
    assert.deepEqual(await usedAgain(line, server, 58_000, 61_000), { broken: [], made: connections })
  })
})
