// The way of somebody who has read nothing, from the sign-in to a parked command put right, by what the
// page itself offers. A step is a name; each begins where the one before has ended.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { somebody } from './support/server.mjs'
import { world } from './support/browser.mjs'

let at
before(async () => { at = await world() })
after(() => at.close())

test('a stranger puts a parked command right', async (t) => {
  const who = somebody()
  await at.client.walk(who, 'Join', 'BeginOnboarding')
  const id = await at.client.park(who, { command: 'Leave', expected_state: 'Verified' })
  const panel = await at.open({ as: '' })
  const { page } = panel
  const redrive = page.getByRole('form', { name: 'Redrive' })

  await t.test('signs in', async () => {
    await page.getByLabel('Token').fill(at.token)
    await page.getByRole('button', { name: 'Sign in' }).click()
  })
  await t.test('sees on the overview that a command waits, and follows the tile', async () => {
    const tile = page.getByRole('link', { name: /^Parked/ })
    await tile.getByText('waits for you').waitFor()
    await tile.click()
  })
  await t.test('opens the command', async () => {
    await page.getByRole('link', { name: 'Leave' }).click()
  })
  await t.test('reads in the first line who asked, what was wanted, what was found, and who had won', async () => {
    await page.locator('.lead').waitFor()
    const line = await page.locator('.lead').innerText()
    for (const part of ['parked', 'Leave from api (web-api)', 'wanted Verified', 'found OnboardingInProgress', 'moved it there'])
      assert.ok(line.includes(part), `${part}: ${line}`)
  })
  await t.test('sees each attempt beside the event that had won', async () => {
    const attempt = page.getByRole('listitem').filter({ hasText: /[Aa]ttempt/ }).first()
    for (const part of ['Verified', 'OnboardingInProgress', 'OnboardingBegun']) await attempt.getByText(part).first().waitFor()
  })
  await t.test('asks what would come of it, and is told what stands in its way', async () => {
    await redrive.getByRole('button', { name: 'Preview' }).click()
    await redrive.getByText('Expected Verified but the member is OnboardingInProgress v2.').waitFor()
  })
  await t.test('expects what the member is now, as is offered', async () => {
    await redrive.getByRole('button', { name: 'Expect OnboardingInProgress' }).click()
    const would = redrive.getByRole('status')
    for (const part of ['accepted', 'MemberLeft', 'LeftGuild']) await would.getByText(part).first().waitFor()
  })
  await t.test('says why, and does it', async () => {
    await redrive.getByLabel('Reason').fill('they did leave')
    await redrive.getByRole('button', { name: 'Redrive' }).click()
    await panel.shows('It is redriven: nothing is left to do.')
  })
  await t.test('sees that nothing waits any more', async () => {
    await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Overview' }).click()
    await page.getByRole('link', { name: /^Parked/ }).getByText('none wait').waitFor()
  })

  const { body } = await at.colleague.ask('GET', `/v1/dead-letters/${id}`)
  assert.deepEqual([body.status, body.member.state, body.events[0].reason], ['redriven', 'LeftGuild', 'they did leave'])
  await panel.close()
})
