// Many dead letters at once: a preview as a histogram, a start by saying how many, how far it is, a stop,
// and what came of it; also of a run that is somebody else's, or whose server was killed.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { somebody } from './support/server.mjs'
import { world } from './support/browser.mjs'

let at
before(async () => { at = await world() })
after(() => at.close())

let guilds = 600000000000000000n
/// A guild with so many that wanted to leave as Verified and were not; of them `banned` are banned by now.
async function parked(number, banned = 0) {
  const guild = String(++guilds)
  for (let sent = 0; sent < number; sent += 1_000) {
    const members = Array.from({ length: Math.min(1_000, number - sent) }, () => somebody(guild))
    await at.client.sendAll(members, 'Join')
    await at.client.sendAll(members, 'Leave', { expected_state: 'Verified' })
    await at.client.sendAll(members.slice(0, Math.max(0, banned - sent)), 'Ban')
  }
  return guild
}

const bar = (panel, section, text) => panel.page.locator('section').filter({ hasText: section }).getByRole('listitem').filter({ hasText: text })
const number = (panel) => panel.page.getByLabel(/say how many they are/)
const shownDone = async (panel) => Number(/^[\d,]+/.exec(await panel.page.getByText(/^[\d,]+ of [\d,]+/).innerText())[0].replaceAll(',', ''))

/// From the list to what would come of all that it shows.
async function preview(panel, guild, { act = 'redrive', rate, drop = true } = {}) {
  await panel.go(`dead-letters?guild_id=${guild}`)
  await panel.page.getByRole('link', { name: 'All of these at once' }).click()
  await panel.page.getByLabel('Act', { exact: true }).selectOption(act)
  if (act === 'redrive' && drop) await panel.page.getByLabel('Expected state', { exact: true }).selectOption('any')
  await panel.page.getByLabel('Reason').fill('after the incident')
  if (rate) await panel.page.getByLabel('A second').fill(String(rate))
  await panel.press('Preview')
  await panel.shows('What would come of it now')
}

/// A run that goes on for as long as the test does, by its address.
async function slowRun(panel) {
  await preview(panel, await parked(500), { rate: 1 })
  await number(panel).fill('500')
  await panel.press('Start to redrive')
  await panel.page.getByText(/^[1-9]\d* of 500/).waitFor()
  return new URL(panel.page.url()).hash.slice(2)
}

test('what is filtered is previewed, started by its number, and told', async () => {
  const guild = await parked(12, 4)
  const panel = await at.open()
  await preview(panel, guild)
  await bar(panel, 'What would come', 'MemberLeft').getByText('8', { exact: true }).waitFor()
  await bar(panel, 'What would come', 'transition not allowed').getByText('4', { exact: true }).waitFor()
  await panel.page.getByRole('definition').filter({ hasText: 'not checked' }).waitFor()
  await panel.isAccessible()
  await number(panel).fill('11')
  await panel.press('Start to redrive')
  await panel.page.getByRole('alert').filter({ hasText: 'run_changed' }).waitFor()
  assert.equal(at.server.sql(`SELECT count(*) FROM datadrop.dead_letters WHERE guild_id = ${guild} AND status <> 'parked'`), '0')
  await number(panel).fill('12')
  await panel.press('Start to redrive')
  await panel.shows('12 of 12')
  await bar(panel, 'What came of it', 'accepted').getByText('8', { exact: true }).waitFor()
  await bar(panel, 'What came of it', 'rejected').getByText('4', { exact: true }).waitFor()
  await panel.isAccessible()
  await panel.page.getByRole('link', { name: 'What is parked still' }).click()
  await panel.shows('4 dead letters on this page')
  const { body } = await at.colleague.ask('GET', `/v1/dead-letters?guild_id=${guild}&status=redriven`)
  assert.equal(body.dead_letters.length, 8)
  assert.match(body.dead_letters[0].events[0].reason, /^after the incident \(run \d+\)$/)
  await panel.close()
})

test('a discard of many, and what somebody else did meanwhile is left alone', async () => {
  const guild = await parked(3)
  const panel = await at.open()
  await preview(panel, guild, { act: 'discard' })
  const { body } = await at.colleague.ask('GET', `/v1/dead-letters?guild_id=${guild}`)
  await at.colleague.ask('POST', `/v1/dead-letters/${body.dead_letters[0].id}/redrive`, {})
  await number(panel).fill('3')
  await panel.press('Start to discard')
  await bar(panel, 'What came of it', 'discarded').getByText('2', { exact: true }).waitFor()
  await panel.shows('was left alone')
  await panel.close()
})

test('without a reason, or when nothing is like it, nothing can be started', async () => {
  const panel = await at.open({ at: '#/dead-letters/runs/new?guild_id=7' })
  await panel.press('Preview')
  assert.ok(await panel.page.getByLabel('Reason').evaluate((field) => field.matches(':invalid')))
  await panel.page.getByLabel('Reason').fill('nobody')
  await panel.press('Preview')
  await panel.shows('No parked dead letter is like this.')
  assert.equal(await panel.page.getByRole('button', { name: /Start/ }).count(), 0)
  await panel.isAccessible()
  await panel.go('dead-letters/runs/new?command=nothing')
  await panel.page.getByLabel('Reason').fill('a command that there is not')
  await panel.press('Preview')
  await panel.page.getByRole('alert').filter({ hasText: 'filter.command' }).waitFor()
  await panel.close()
})

test('a run is seen, stopped and gone on with by another operator', async () => {
  const [one, two] = [await at.open(), await at.open({ as: at.server.token('read,operate', { name: 'grace' }) })]
  const place = await slowRun(one)
  await two.go('dead-letters/runs')
  const row = two.page.getByRole('row').filter({ hasText: 'redrive 500' })
  await row.getByText('running').waitFor()
  await two.isAccessible()
  await row.getByRole('link').click()
  await two.shows(/ a second · .* left/)
  await two.isAccessible()
  await two.press('Stop')
  await one.page.getByRole('button', { name: 'Go on' }).waitFor()
  const before = await shownDone(one)
  await one.press('Go on')
  await two.page.getByRole('button', { name: 'Stop' }).waitFor()
  await two.page.waitForFunction((least) => Number(/^(\d+) of 500/.exec(document.querySelector('.progress p').textContent)[1]) > least, before)
  await two.press('Stop')
  await two.page.getByRole('button', { name: 'Go on' }).waitFor()
  assert.equal(new URL(two.page.url()).hash.slice(2), place)
  await one.close()
  await two.close()
})

test('a run whose server is killed goes on when it is back', async () => {
  const panel = await at.open()
  await slowRun(panel)
  await at.server.kill()
  await panel.shows('The connection to the server is lost')
  const before = await shownDone(panel)
  await at.server.start()
  await panel.page.waitForFunction((least) => Number(/^(\d+) of 500/.exec(document.querySelector('.progress p').textContent)[1]) > least, before)
  await panel.press('Stop')
  await panel.page.getByRole('button', { name: 'Go on' }).waitFor()
  await panel.close()
})

test('with the keyboard alone, from the list to the end of a run', async () => {
  const guild = await parked(2)
  const panel = await at.open({ at: `#/dead-letters?guild_id=${guild}` })
  const { keyboard } = panel.page
  /// Tab until it is reached, as somebody would who sees where the focus is.
  const reach = async (locator) => {
    await locator.waitFor()
    for (let steps = 0; steps < 60; ++steps) {
      if (await locator.evaluate((element) => element === document.activeElement)) return
      await keyboard.press('Tab')
    }
    assert.fail(`not reached by Tab: ${locator}`)
  }
  await reach(panel.page.getByRole('link', { name: 'All of these at once' }))
  await keyboard.press('Enter')
  await reach(panel.page.getByLabel('Act', { exact: true }))
  await keyboard.press('ArrowDown') // discard
  await reach(panel.page.getByLabel('Reason'))
  await keyboard.type('they came back')
  await reach(panel.page.getByRole('button', { name: 'Preview' }))
  await keyboard.press('Enter')
  await reach(number(panel))
  await keyboard.type('2')
  await keyboard.press('Enter')
  await panel.shows('2 of 2')
  await reach(panel.page.getByRole('link', { name: 'What is parked still' }))
  await panel.close()
})

test('a button that is gone leaves the focus at the one in its place', async () => {
  const panel = await at.open()
  await slowRun(panel)
  await panel.page.getByRole('button', { name: 'Stop' }).focus()
  const seen = await shownDone(panel)
  await panel.page.waitForFunction((least) => Number(/^(\d+) of 500/.exec(document.querySelector('.progress p').textContent)[1]) > least, seen)
  await panel.page.keyboard.press('Enter') // the button is the same while the numbers grow
  await panel.page.getByRole('button', { name: 'Go on' }).waitFor()
  await panel.page.waitForFunction(() => document.activeElement.textContent === 'Go on')
  await panel.close()
})

test('it fits a phone, in light and dark', async () => {
  const guild = await parked(5)
  const panel = await at.open({ width: 360, height: 740 })
  await panel.go(`dead-letters/runs/new?guild_id=${guild}&command=Leave`)
  await panel.page.getByLabel('Reason').waitFor()
  await panel.fits()
  await panel.isAccessible()
  await preview(panel, guild)
  await panel.fits()
  await panel.isAccessible()
  await panel.go('dead-letters/runs')
  await panel.page.getByRole('row').nth(1).waitFor()
  await panel.fits()
  await panel.isAccessible()
  await panel.close()
})

test('10,000 at once: previewed, gone through, and the panel goes on meanwhile', async () => {
  const guild = await parked(10_000, 3_000)
  const panel = await at.open()
  await preview(panel, guild)
  await bar(panel, 'What would come', 'MemberLeft').getByText('7,000', { exact: true }).waitFor()
  await bar(panel, 'What would come', 'transition not allowed').getByText('3,000', { exact: true }).waitFor()
  const place = new URL(panel.page.url()).hash.slice(2)
  await number(panel).fill('10,000')
  await panel.press('Start to redrive')
  await panel.page.getByRole('progressbar', { name: 'Run' }).waitFor()
  await panel.go(`dead-letters?guild_id=${guild}`)
  await panel.page.getByRole('button', { name: 'Next page' }).waitFor()
  await panel.go(place)
  await panel.page.getByText('10,000 of 10,000').waitFor({ timeout: 120_000 })
  await bar(panel, 'What came of it', 'accepted').getByText('7,000', { exact: true }).waitFor()
  await panel.isAccessible()
  await panel.close()
})
