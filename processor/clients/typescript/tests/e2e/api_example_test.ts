// The example of a web API, on a real server.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Datadrop } from 'datadrop-client'

import { buildApi } from '../../examples/api/api.js'
import { collect, guild_id, newMember } from '../support/members.js'
import { startServer } from '../support/server.js'

test('the example API: approvals, an edit, its double click, a stale page, and what was written', async test => {
  const server = await startServer(test)
  const datadrop = new Datadrop({ server: server.url, token: server.token({ source: 'api' }) })
  const api = buildApi(datadrop)
  test.after(() => api.close())
  const url = await api.listen({ port: 0, host: '127.0.0.1' })
  const ask = async (path: string, body?: object) => {
    const answer = await fetch(url + path, body ? { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {})
    return { status: answer.status, body: await answer.json() as any }
  }

  const member = newMember()
  const outcomes = await collect(datadrop.submitAll((['Join', 'BeginOnboarding', 'CompleteOnboarding', 'GrantEligibility', 'AcceptRules'] as const)
    .map(command => ({ ...member, command }))))
  assert.ok(outcomes.every(({ outcome }) => outcome === 'accepted'))
  const pending = await datadrop.submit({ ...member, command: 'RequestVerification', payload: { email: 'ada@example.org' } })
  assert.ok(pending.outcome === 'accepted')
  await datadrop.readAfter(pending)

  const { waiting } = (await ask(`/guilds/${guild_id}/approvals`)).body
  assert.deepEqual(waiting.map(({ user_id, version }: any) => [user_id, version]), [[member.user_id, 6]])

  const path = `/guilds/${guild_id}/members/${member.user_id}`
  const edit = { command: 'OverrideVerification', expected_version: 6, actor: 'ada', edit_id: 'e1' }
  const done = await ask(`${path}/edits`, edit)
  assert.deepEqual([done.status, done.body.member.state, done.body.member.version], [200, 'Verified', 7])
  assert.deepEqual(await ask(`${path}/edits`, edit), done)
  assert.equal((await ask(path)).body.state, 'Verified')

  const stale = await ask(`${path}/edits`, { ...edit, command: 'Kick', edit_id: 'e2' })
  assert.deepEqual([stale.status, stale.body.message], [409, 'Somebody was faster: the member is Verified by now (version 7). Look again before you decide.'])
  assert.equal((await ask(`/guilds/${guild_id}/members/7`)).status, 404)
  assert.equal((await ask(`/guilds/ada/members/7`)).status, 400)
})
