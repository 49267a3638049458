// Dead letters: the list, one with what had won, and what operators do about it, one or two at once.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { somebody } from './support/server.mjs'
import { world } from './support/browser.mjs'

let at
before(async () => { at = await world() })
after(() => at.close())

const letter = async (id) => (await at.client.ask('GET', `/v1/dead-letters/${id}`)).body
const form = (panel, name) => panel.page.getByRole('form', { name })

test('the list shows who wanted what, and what was found', async () => {
  const panel = await at.open({ at: '#/dead-letters' })
  await panel.shows('No command waits for an operator.')
  await panel.isAccessible()
  const who = somebody()
  await at.client.send(who, 'Join')
  const id = await at.client.park(who)
  await panel.press('Read again')
  const row = panel.page.getByRole('row').filter({ hasText: 'ConfirmVerification' })
  for (const text of [id, who.user_id, who.guild_id, 'VerificationPending', 'InvitedOrJoined', 'retry budget spent', 'web-api', 'parked'])
    await row.getByText(text, { exact: false }).first().waitFor()
  await panel.isAccessible()
  await panel.close()
})

test('it says how many there are, and since when', async () => {
  const guild = '500000000000000003'
  await at.client.sendAll([somebody(guild), somebody(guild), somebody(guild)], 'Kick', { expected_state: 'Verified' })
  const panel = await at.open({ at: `#/dead-letters?guild_id=${guild}` })
  await panel.page.getByText(/^3 dead letters, the oldest for/).waitFor()
  await panel.close()
})

test('the list is narrowed by who it is and what was wanted', async () => {
  const guild = '500000000000000004'
  const [one, two] = [somebody(guild), somebody(guild)]
  await at.client.park(one)
  await at.client.park(two, { command: 'Kick', expected_state: 'Verified' })
  const panel = await at.open({ at: `#/dead-letters?guild_id=${guild}` })
  await panel.shows('2 dead letters on this page')
  await panel.page.getByRole('textbox', { name: 'Command' }).fill('Kick')
  await panel.press('Filter')
  await panel.shows('1 dead letter on this page')
  await panel.page.getByRole('row').filter({ hasText: two.user_id }).waitFor()
  await panel.page.getByRole('textbox', { name: 'User' }).fill(one.user_id)
  await panel.press('Filter')
  await panel.shows('No dead letter is like this.')
  await panel.press('Clear')
  await panel.page.getByRole('row').filter({ hasText: one.user_id }).waitFor()
  await panel.close()
})

test('filters stand in the address, and lead back', async () => {
  const other = somebody('500000000000000001')
  await at.client.park(other)
  await at.client.park(somebody())
  const panel = await at.open({ at: '#/dead-letters' })
  await panel.page.getByRole('textbox', { name: 'Guild' }).fill(other.guild_id)
  await panel.press('Filter')
  await panel.shows('1 dead letter on this page')
  assert.match(panel.page.url(), /guild_id=500000000000000001/)
  await panel.page.getByLabel('Status').selectOption('discarded')
  await panel.press('Filter')
  await panel.shows('No dead letter is like this.')
  await panel.page.goBack()
  await panel.shows('1 dead letter on this page')
  await panel.page.getByRole('textbox', { name: 'Guild' }).fill('not a guild')
  await panel.press('Filter')
  await panel.page.getByRole('alert').filter({ hasText: 'guild_id' }).waitFor()
  await panel.close()
})

test('each attempt stands beside the event that had won', async () => {
  const who = somebody()
  await at.client.walk(who, ['Join', { actor: 'gateway' }], ['Leave', { actor: 'Grace' }])
  const id = await at.client.park(who)
  const panel = await at.open({ at: `#/dead-letters/${id}` })
  const first = panel.page.getByRole('listitem').filter({ hasText: 'Attempt 1' })
  await first.getByText('VerificationPending').waitFor()
  await first.getByText('LeftGuild').waitFor()
  await first.getByText('MemberLeft').waitFor()
  await first.getByText('Grace').waitFor()
  await panel.shows('Nothing has happened to the member since')
  await at.client.send(who, 'Join')
  await panel.page.reload()
  await panel.signIn(at.token)
  const since = panel.page.locator('section').filter({ hasText: 'The member since then' })
  await since.getByText('MemberJoined').waitFor()
  await panel.isAccessible()
  await panel.close()
})

test('a preview tells what a redrive would do, and does nothing', async () => {
  const who = somebody()
  const id = await at.client.park(who, { command: 'Join', expected_state: 'Kicked' })
  const panel = await at.open({ at: `#/dead-letters/${id}` })
  const preview = form(panel, 'Redrive').getByRole('status')
  await panel.press('Preview', form(panel, 'Redrive'))
  await preview.getByText('dead_lettered').waitFor()
  await form(panel, 'Redrive').getByLabel('Expected state', { exact: true }).selectOption('drop')
  await panel.press('Preview', form(panel, 'Redrive'))
  await preview.getByText('MemberJoined').waitFor()
  for (const text of ['accepted', 'None', 'InvitedOrJoined', 'v1']) await preview.getByText(text).first().waitFor()
  assert.equal((await letter(id)).events.length, 0)
  await panel.isAccessible()
  await panel.close()
})

test('what changed since it was looked at is told before it is acted on', async () => {
  const id = await at.client.park(somebody(), { command: 'Join', expected_state: 'Kicked' })
  const panel = await at.open({ at: `#/dead-letters/${id}` })
  await form(panel, 'Discard').getByLabel('Reason').fill('not wanted')
  await at.client.ask('POST', `/v1/dead-letters/${id}/redrive`, {})
  await panel.press('Discard for good')
  await panel.shows('Somebody else was faster')
  await panel.shows('RedriveFailed')
  assert.equal((await letter(id)).status, 'parked')
  await panel.close()
})

test('a redrive carries the command out, and says where the member stands', async () => {
  const who = somebody()
  const id = await at.client.park(who, { command: 'Join', expected_state: 'Kicked' })
  const panel = await at.open({ at: `#/dead-letters/${id}` })
  await form(panel, 'Redrive').getByLabel('Expected state', { exact: true }).selectOption('drop')
  await form(panel, 'Redrive').getByLabel('Reason').fill('checked by hand')
  await panel.press('Redrive', form(panel, 'Redrive'))
  await panel.shows('Redriven:')
  await panel.shows('It is redriven: nothing is left to do.')
  const now = await letter(id)
  assert.equal(now.status, 'redriven')
  assert.equal(now.events[0].reason, 'checked by hand')
  await panel.isAccessible()
  await panel.close()
})

test('a redrive that meets the same again stays parked, with the new attempts', async () => {
  const id = await at.client.park(somebody())
  const panel = await at.open({ at: `#/dead-letters/${id}` })
  await panel.press('Redrive', form(panel, 'Redrive'))
  await panel.shows('RedriveFailed')
  assert.equal((await letter(id)).status, 'parked')
  await panel.close()
})

test('an expectation can be replaced', async () => {
  const who = somebody()
  await at.client.send(who, 'Join')
  const id = await at.client.park(who, { command: 'BeginOnboarding' })
  const panel = await at.open({ at: `#/dead-letters/${id}` })
  await form(panel, 'Redrive').getByLabel('Expected state', { exact: true }).selectOption('replace')
  await form(panel, 'Redrive').getByLabel('New expected state').fill('InvitedOrJoined')
  await panel.press('Redrive', form(panel, 'Redrive'))
  await panel.shows('It is redriven: nothing is left to do.')
  await panel.close()
})

test('a discard needs a reason', async () => {
  const id = await at.client.park(somebody())
  const panel = await at.open({ at: `#/dead-letters/${id}` })
  await panel.press('Discard for good')
  assert.equal((await letter(id)).status, 'parked')
  await form(panel, 'Discard').getByLabel('Reason').fill('left long ago')
  await panel.press('Discard for good')
  await panel.shows('It is discarded: nothing is left to do.')
  assert.equal((await letter(id)).events[0].reason, 'left long ago')
  await panel.close()
})

test('two operators at once: one wins, the other is told and sees what became of it', async () => {
  const id = await at.client.park(somebody(), { command: 'Join', expected_state: 'Kicked' })
  const [one, two] = await Promise.all([at.open({ at: `#/dead-letters/${id}` }), at.open({ at: `#/dead-letters/${id}` })])
  await form(one, 'Discard').getByLabel('Reason').fill('not wanted')
  await form(two, 'Redrive').getByLabel('Expected state', { exact: true }).selectOption('drop')
  await one.press('Discard for good')
  await one.shows('It is discarded')
  await two.press('Redrive', form(two, 'Redrive'))
  await two.shows('Somebody else was faster')
  await two.shows('CommandDiscarded')
  assert.equal((await letter(id)).status, 'discarded')
  await one.close()
  await two.close()
})

test('a script in each free text is a text', async () => {
  const script = (name) => `<img src=x onerror=alert("${name}")><script>alert("${name}")</script>`
  const who = somebody()
  await at.client.send(who, 'Join', { actor: script('actor'), reason: script('reason'), correlation_id: script('correlation') })
  const id = await at.client.park(who, {
    actor: script('actor'), reason: script('reason'), correlation_id: script('correlation'), idempotency_key: '<img/src=x/onerror=alert("key")>',
  })
  const panel = await at.open({ at: `#/dead-letters/${id}` })
  for (const name of ['actor', 'reason', 'correlation']) await panel.page.getByText(script(name), { exact: true }).first().waitFor()
  await panel.page.getByText('<img/src=x/onerror=alert("key")>').first().waitFor()
  await form(panel, 'Redrive').getByLabel('Reason').fill(script('redrive'))
  await panel.press('Redrive', form(panel, 'Redrive'))
  await panel.page.getByText(script('redrive'), { exact: true }).waitFor()
  await form(panel, 'Discard').getByLabel('Reason').fill(script('discard'))
  await panel.press('Discard for good')
  await panel.page.getByText(script('discard'), { exact: true }).waitFor()
  assert.equal(await panel.page.locator('main img, main script').count(), 0)
  await panel.go(`member/${who.guild_id}/${who.user_id}`)
  await panel.page.getByText(script('reason'), { exact: true }).waitFor()
  await panel.go(`dead-letters?guild_id=${encodeURIComponent(script('filter'))}`)
  await panel.page.getByRole('alert').filter({ hasText: 'invalid_parameter' }).waitFor()
  assert.equal(await panel.page.locator('main img, main script').count(), 0)
  await panel.close()
})

test('of 10,000 that are parked the list shows a page', async () => {
  const guild = '500000000000000002'
  for (let sent = 0; sent < 10_000; sent += 1_000)
    await at.client.sendAll(Array.from({ length: 1_000 }, () => somebody(guild)), 'Kick', { expected_state: 'Verified' })
  const panel = await at.open({ at: `#/dead-letters?guild_id=${guild}` })
  await panel.shows('50 dead letters on this page')
  assert.equal(await panel.page.getByRole('row').count(), 51)
  const first = await panel.page.getByRole('row').nth(1).innerText()
  await panel.press('Next page')
  await panel.page.getByRole('button', { name: 'First page' }).waitFor()
  assert.notEqual(await panel.page.getByRole('row').nth(1).innerText(), first)
  await panel.isAccessible()
  await panel.close()
})
