// The example of a web API, on a real server.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Datadrop, UnavailableError } from 'datadrop-client'

import { buildApi } from '../../examples/api/api.js'
import { collect, guild_id, newMember } from '../support/members.js'
import { startServer } from '../support/server.js'

test('the example API: approvals, an edit, its double click, a stale page, and what was written', async test => {
  const server = await startServer(test)
  const datadrop = new Datadrop({ server: server.url, token: server.token({ source: 'api' }) })
  let unread = false
  const seen = new Proxy(datadrop, { get: (real, name) => {
    if (name === 'readAfter' && unread) return async () => { throw new UnavailableError({ what: 'nobody answers', remedy: 'wait' }) }
    const found = Reflect.get(real, name, real)
    return typeof found === 'function' ? found.bind(real) : found
  } })
  const api = buildApi({ datadrop: seen, adminOf: ({ headers }) => headers['x-admin'] as string | undefined })
  test.after(() => api.close())
  const url = await api.listen({ port: 0, host: '127.0.0.1' })
  const ask = async (path: string, body?: object) => {
    const headers = { 'x-admin': 'ada' }
    const answer = await fetch(url + path, body
      ? { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) } : { headers })
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
  const edit = { command: 'OverrideVerification', expected_version: 6, edit_id: 'e1' }
  const done = await ask(`${path}/edits`, edit)
  assert.deepEqual([done.status, done.body.member.state, done.body.member.version], [200, 'Verified', 7])
  assert.deepEqual(await ask(`${path}/edits`, edit), done)
  assert.equal((await ask(path)).body.state, 'Verified')
  assert.equal((await datadrop.history(guild_id, member.user_id)).at(-1)!.actor, 'ada')

  const other = newMember()
  await datadrop.submit({ ...other, command: 'Join' })
  const { expected_version: _, ...unguarded } = edit
  const refused: [body: object, says: RegExp][] = [
    [{ ...edit, user_id: other.user_id }, /additional properties/], [{ ...edit, actor: 'eve' }, /additional properties/],
    [{ ...edit, on_conflict: 'retry' }, /additional properties/], [unguarded, /expected_version/],
    [{ ...edit, expected_version: '7' }, /integer/], [{ ...edit, command: 'Leave' }, /allowed values/], [{}, /required property/],
  ]
  for (const [body, says] of refused) {
    const told = await ask(`${path}/edits`, { edit_id: 'e0', ...body })
    assert.equal(told.status, 400)
    assert.match(told.body.message, says)
  }
  assert.equal((await fetch(`${url}${path}/edits`, { method: 'POST', headers: { 'x-admin': 'ada' } })).status, 400)
  assert.equal((await fetch(url + path)).status, 401)
  assert.equal((await datadrop.history(guild_id, other.user_id)).length, 1)
  assert.equal((await datadrop.history(guild_id, member.user_id)).length, 7)

  unread = true
  const others = `/guilds/${guild_id}/members/${other.user_id}`
  const kicked = await ask(`${others}/edits`, { command: 'Kick', expected_version: 1, edit_id: 'e3' })
  assert.deepEqual([kicked.status, kicked.body], [200, { message: 'Done.' }], 'what is done is said, though it cannot be read')
  unread = false

  const stale = await ask(`${path}/edits`, { ...edit, command: 'Kick', edit_id: 'e2' })
  assert.deepEqual([stale.status, stale.body.message], [409, 'Somebody was faster: the member is Verified by now (version 7). Look again before you decide.'])
  assert.equal((await ask(`/guilds/${guild_id}/members/7`)).status, 404)
  assert.equal((await ask(`/guilds/ada/members/7`)).status, 400)
})
