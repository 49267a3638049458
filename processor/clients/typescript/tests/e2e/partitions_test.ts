// A log of several partitions: cursors are texts nobody looks into, positions still numbers.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Datadrop } from 'datadrop-client'

import { collect, newMember } from '../support/members.js'
import { startServer } from '../support/server.js'

test('a feed of several partitions goes on behind any of its cursors, each event once', async test => {
  const server = await startServer(test, ['--partitions', '4'])
  const datadrop = new Datadrop({ server: server.url, token: server.token() })
  const commands = Array.from({ length: 40 }, () => ({ ...newMember(), guild_id: newMember().user_id, command: 'Join' as const }))
  const outcomes = await collect(datadrop.submitAll(commands))
  assert.ok(outcomes.every(({ outcome }) => outcome === 'accepted'))

  const first = await collect(datadrop.feed(), 15)
  assert.match(first.at(-1)!.cursor, /,/)
  const rest = await collect(datadrop.feed({ after: first.at(-1)!.cursor }), 25)
  const positions = outcomes.map(outcome => outcome.outcome === 'accepted' ? outcome.position : '')
  assert.deepEqual([...first, ...rest].map(({ position }) => position).sort(), positions.sort())
  const last = outcomes.at(-1)!
  assert.equal((await datadrop.readAfter(last))?.state, 'InvitedOrJoined')
})
