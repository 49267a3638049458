// The overview and a member, and every view on a phone.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { somebody } from './support/server.mjs'
import { world } from './support/browser.mjs'

let at
before(async () => { at = await world() })
after(() => at.close())

test('the overview follows what the server does', async () => {
  const panel = await at.open()
  const commands = panel.page.getByRole('region', { name: 'Commands a second' })
  await commands.getByText('accepted 0/s').waitFor()
  const sending = new AbortController()
  const load = (async () => {
    while (!sending.signal.aborted) await at.client.sendAll(Array.from({ length: 20 }, () => somebody()), 'Join')
  })()
  await commands.getByText(/accepted [1-9]/).waitFor()
  await panel.page.getByRole('region', { name: 'Time to the answer' }).getByText(/p95 [\d.]+ ms/).waitFor()
  sending.abort()
  await load
  await commands.locator('canvas').waitFor()
  await panel.isAccessible()
  await panel.close()
})

test('the overview says what waits for an operator, and how full the server is', async () => {
  const panel = await at.open()
  const tile = (name) => panel.page.getByRole('list', { name: 'Now' }).getByRole('listitem').filter({ hasText: name })
  await tile('Parked').getByText('none wait').waitFor()
  for (const [name, text] of [['Database', 'answers'], ['Queue', 'of 20,000'], ['Feeds', 'of 1,000'], ['Sentinel', 'tables agree'], ['Projection lag', 'keeps up']])
    await tile(name).getByText(text).waitFor()
  await tile('Connections').locator('small', { hasText: /of \d+/ }).waitFor()
  await at.client.park(somebody())
  await tile('Parked').getByText('waits for you').waitFor()
  await panel.page.getByRole('link', { name: /^Parked 1 oldest/ }).click()
  await panel.shows('1 dead letter on this page')
  await panel.close()
})

test('the overview goes on in another theme, and comes back whole', async () => {
  const panel = await at.open({ colorScheme: 'dark' })
  await panel.page.locator('canvas').first().waitFor()
  await panel.page.emulateMedia({ colorScheme: 'light' })
  await panel.go('projection')
  await panel.shows('keeps up')
  await panel.go('overview')
  await panel.page.locator('canvas').first().waitFor()
  assert.equal(await panel.page.locator('canvas').count(), await panel.page.locator('.chart').count())
  await panel.close()
})

test('a member is looked up, and followed as things happen', async () => {
  const who = somebody()
  await at.client.walk(who, ['Join', { actor: 'gateway' }], 'Leave', 'Join', 'BeginOnboarding')
  const panel = await at.open({ at: '#/member' })
  await panel.isAccessible()
  await panel.page.getByRole('textbox', { name: 'Guild' }).fill(who.guild_id)
  await panel.page.getByLabel('User').fill(who.user_id)
  await panel.press('Look up')
  await panel.page.getByText('updates live', { exact: true }).waitFor()
  await panel.shows('Lifecycle 2')
  const machine = panel.page.getByRole('img', { name: 'The member is in the state OnboardingInProgress. CompleteOnboarding leads to OnboardingCompleted' })
  await machine.waitFor()
  await panel.isAccessible()
  await at.client.send(who, 'CompleteOnboarding', { actor: 'Ada' })
  await panel.page.getByRole('img', { name: 'The member is in the state OnboardingCompleted.' }).waitFor()
  await panel.page.getByRole('listitem').filter({ hasText: 'OnboardingCompleted' }).getByText('Ada').waitFor()
  await panel.close()
})

test('who looks a member up by a name is told what belongs there', async () => {
  const panel = await at.open({ at: '#/member' })
  await panel.page.getByRole('textbox', { name: 'Guild' }).fill('7')
  await panel.page.getByLabel('User').fill('@ada')
  await panel.press('Look up')
  assert.equal(await panel.page.getByLabel('User').evaluate((field) => field.validationMessage), "Digits only: the Discord user's id")
  await panel.page.getByLabel('User').fill(' 80351110224678912 ')
  await panel.press('Look up')
  await panel.page.getByRole('heading', { name: 'Member 80351110224678912' }).waitFor()
  await panel.close()
})

test('what is parked of a member is said, with the way there and back', async () => {
  const who = somebody()
  await at.client.send(who, 'Join')
  const panel = await at.open({ at: `#/member/${who.guild_id}/${who.user_id}` })
  await panel.shows('updates live')
  const id = await at.client.park(who)
  await at.client.send(who, 'BeginOnboarding') // each event has it looked for again
  await panel.page.getByRole('link', { name: `ConfirmVerification, dead letter ${id}` }).click()
  await panel.page.getByRole('link', { name: 'Look at the member' }).click()
  await panel.page.getByRole('link', { name: `← Dead letter ${id}` }).waitFor()
  await panel.isAccessible()
  await at.client.park(who)
  await panel.page.reload()
  await panel.signIn(at.token)
  await panel.page.getByRole('link', { name: 'Commands of this member are parked' }).click()
  await panel.shows('2 dead letters on this page')
  await panel.close()
  const reader = await at.open({ as: at.server.token('read'), at: `#/member/${who.guild_id}/${who.user_id}` })
  await reader.shows('updates live')
  assert.equal(await reader.text('parked').count(), 0)
  await reader.close()
})

test('on a phone the drawing is at the state that the member is in', async () => {
  const who = somebody()
  await at.client.walk(who, 'Join', 'Leave')
  const panel = await at.open({ at: `#/member/${who.guild_id}/${who.user_id}`, width: 360, height: 740 })
  await panel.page.getByRole('heading', { name: 'Where it can go from LeftGuild' }).waitFor()
  await panel.page.waitForFunction(() => {
    const [frame, now] = ['.scroll:has(.machine)', '.machine .now rect'].map((each) => document.querySelector(each).getBoundingClientRect())
    return now.left >= frame.left && now.right <= frame.right
  })
  await panel.close()
})

test('the drawing has every way of the rule book', async () => {
  const { body } = await at.client.ask('GET', '/v1/transitions')
  const who = somebody()
  await at.client.send(who, 'Join')
  const panel = await at.open({ at: `#/member/${who.guild_id}/${who.user_id}` })
  await panel.page.locator('svg.machine').waitFor()
  const drawn = await panel.page.locator('svg.machine path.way title').allTextContents()
  const ways = new Map()
  for (const { command, from_state, to_state } of body.transitions) {
    const way = `${from_state} → ${to_state}`
    ways.set(way, [...(ways.get(way) ?? []), command])
  }
  assert.deepEqual(drawn.sort(), [...ways].map(([way, commands]) => `${way}: ${commands.join(', ')}`).sort())
  assert.equal(await panel.page.locator('svg.machine g.state').count(), body.states.length)
  await panel.close()
})

test('a member of whom nothing is on record is told of so', async () => {
  const { guild_id, user_id } = somebody()
  const panel = await at.open({ at: `#/member/${guild_id}/${user_id}` })
  await panel.shows('Nothing is on record of this member in this guild.')
  await panel.go('member/x/y')
  await panel.page.getByRole('alert').filter({ hasText: 'invalid_parameter' }).waitFor()
  await panel.close()
})

test('every view fits a phone', async () => {
  const who = somebody()
  await at.client.walk(who, ['Join', { reason: 'a-word-without-any-blank'.repeat(12) }], 'BeginOnboarding')
  const id = await at.client.park(who, { reason: 'another-word-without-blank'.repeat(12) })
  const panel = await at.open({ width: 360, height: 740 })
  const menus = new Set()
  for (const [view, heading] of [['overview', 'Overview'], ['dead-letters', 'Dead letters'], [`dead-letters/${id}`, `Dead letter ${id}`],
    [`member/${who.guild_id}/${who.user_id}`, `Member ${who.user_id}`], ['projection', 'Projection']]) {
    await panel.go(view)
    await panel.page.getByRole('heading', { name: heading, exact: true }).waitFor()
    await panel.page.waitForLoadState('networkidle').catch(() => {})
    await panel.fits()
    await panel.isAccessible()
    menus.add((await panel.page.getByRole('banner').boundingBox()).height)
  }
  assert.equal(menus.size, 1, 'the menu stays as high as it is')
  await panel.close()
})
