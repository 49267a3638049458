// A log of several partitions: cursors are texts nobody looks into, positions still numbers.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Datadrop, type FeedEvent } from 'datadrop-client'

import { collect, newMember } from '../support/members.js'
import { startServer } from '../support/server.js'

test('a feed of several partitions goes on behind any of its cursors, each event once', async test => {
  const server = await startServer(test, ['--partitions', '4'])
  const datadrop = new Datadrop({ server: server.url, token: server.token() })
  const commands = Array.from({ length: 40 }, () => ({ ...newMember(), guild_id: newMember().user_id, command: 'Join' as const }))
  const outcomes = await collect(datadrop.submitAll(commands))
  assert.ok(outcomes.every(({ outcome }) => outcome === 'accepted'))

  const all = await collect(datadrop.feed(), commands.length)
  const positions = outcomes.map(outcome => outcome.outcome === 'accepted' ? outcome.position : '')
  assert.deepEqual(positionsOf(all).sort(), positions.sort())
  // However many events of one partition come first.
  const split = all.findIndex(({ cursor }) => cursor.includes(','))
  assert.ok(split > 0)
  const rest = await collect(datadrop.feed({ after: all[split]!.cursor }), all.length - split - 1)
  assert.deepEqual(positionsOf(rest).sort(), positionsOf(all.slice(split + 1)).sort())
  const last = outcomes.at(-1)!
  assert.equal((await datadrop.readAfter(last))?.state, 'InvitedOrJoined')
})

const positionsOf = (events: FeedEvent[]) => events.map(({ position }) => position)
