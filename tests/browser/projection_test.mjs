// The projection: how far it is, what differs, and what is done about it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { somebody } from './support/server.mjs'
import { world } from './support/browser.mjs'

let at
before(async () => { at = await world() })
after(() => at.close())

const section = (panel, name) => panel.page.locator('section').filter({ has: panel.page.getByRole('heading', { name, exact: true }) })
const form = (panel, name) => panel.page.getByRole('form', { name })
const differences = (panel, name) => panel.page.getByRole('region', { name }).getByRole('row')

/// A member who joined, and stands in the table as a banned one; and as what event that should be seen.
async function damaged(world) {
  const who = somebody()
  const { position } = await world.client.send(who, 'Join')
  await world.client.ask('GET', `/v1/members/${who.guild_id}/${who.user_id}?min_position=${position}`)
  damage(world, who)
  return { ...who, position }
}

const row = ({ guild_id, user_id }) => `WHERE guild_id = ${guild_id} AND user_id = ${user_id}`
const damage = (world, who) => world.server.sql(`UPDATE datadrop.membership SET state = 'Banned' ${row(who)}`)
const stateOf = (world, who) => world.server.sql(`SELECT state FROM datadrop.membership ${row(who)}`)
const told = (who) => `membership\tguild ${who.guild_id} user ${who.user_id}\tstate\tBanned\tInvitedOrJoined\t${who.position}`

test('it tells how far it is, by partition, and that nothing differs', async () => {
  await at.client.send(somebody(), 'Join')
  const panel = await at.open({ at: '#/projection' })
  await panel.shows('keeps up')
  const line = panel.page.getByRole('region', { name: 'Partitions' }).getByRole('row').nth(1)
  await line.getByRole('cell', { name: '0', exact: true }).first().waitFor()
  await section(panel, 'Sentinel').getByText('agrees').waitFor()
  await section(panel, 'Sentinel').getByText(/checked [\d,]+ times? since the server was started/).waitFor()
  await panel.shows('The projection is the tables that members are read from')
  await panel.isAccessible()
  await panel.close()
})

test('what the sentinel found is shown with the first event that differs', async () => {
  const who = await damaged(at)
  const panel = await at.open({ at: '#/projection' })
  assert.equal(await differences(panel, 'What the sentinel found last').nth(1).innerText(), told(who))
  await section(panel, 'Sentinel').getByText('differences').waitFor()
  await panel.isAccessible()
  at.server.run('projection', 'rebuild')
  await panel.close()
})

test('how far a rebuild is, how fast, and what is left; and what a killed one left', async () => {
  const { body } = await at.colleague.ask('GET', '/v1/projection')
  const rebuild = { done: 312_000, of: 1_000_000, rate: 41_000, seconds_left: 16, phase: 'folding', by: 'process 7 on <b>host</b>', started_at: '2026-11-27T12:00:00Z', partitions: [] }
  const panel = await at.open()
  let changes = { lag_events: 8, lag_seconds: 2.4, rebuild }
  await panel.page.route('**/v1/projection', (route) => route.fulfill({ json: { ...body, ...changes } }))
  await panel.go('projection')
  await panel.shows('folding · 312,000 of 1,000,000 events · 41,000 a second · 16 s left · by process 7 on <b>host</b>')
  assert.equal(await panel.page.getByRole('progressbar', { name: 'Rebuild' }).evaluate((bar) => bar.value), 312_000)
  await panel.shows('behind')
  await panel.isAccessible()
  changes = { rebuild: null, left_behind: [{ partition: 0, done: 312_000, of: 1_000_000, started_at: rebuild.started_at, by: rebuild.by }] }
  await panel.shows('A rebuild did not end: partition 0 at 312,000 of 1,000,000.')
  await panel.isAccessible()
  await panel.close()
})

test('a verification lists what differs, whole and of members at random, and mends nothing', async (t) => {
  const quiet = await world(['--sentinel-rate', '0'])
  t.after(() => quiet.close())
  const who = await damaged(quiet)
  const panel = await quiet.open({ at: '#/projection' })
  await section(panel, 'Sentinel').getByText('off').waitFor()
  await panel.press('Verify')
  await section(panel, 'Verify').getByText(/1 row is not as the log says; \d+ events? looked through/).waitFor()
  assert.equal(await differences(panel, 'Differences: Verification').nth(1).innerText(), told(who))
  await panel.isAccessible()
  await panel.page.setViewportSize({ width: 360, height: 740 })
  await differences(panel, 'Differences: Verification').getByRole('cell', { name: 'Banned' }).waitFor()
  await panel.fits()
  await panel.isAccessible()
  quiet.server.run('projection', 'rebuild')
  await form(panel, 'Verify').getByLabel('Members at random').fill('5')
  await panel.press('Verify')
  await section(panel, 'Verify').getByText(/every row is as the log says; \d+ members? looked through/).waitFor()
  await panel.text('A verification was begun').waitFor({ state: 'detached' })
  await form(panel, 'Verify').getByLabel('Members at random').fill('9000000')
  await panel.press('Verify')
  await panel.page.getByRole('alert').filter({ hasText: 'sample must be from 1 to 1000000' }).waitFor()
  await panel.close()
})

test('a rebuild is tried, done, and taken back', async (t) => {
  const quiet = await world(['--sentinel-rate', '0'])
  t.after(() => quiet.close())
  const who = await damaged(quiet)
  const panel = await quiet.open({ at: '#/projection' })
  await form(panel, 'Rebuild').getByLabel('Compare only').check()
  await panel.press('Compare')
  await section(panel, 'Rebuild').getByText('Comparison: 1 row is not as the log says').waitFor()
  await panel.text('A comparison was begun').waitFor({ state: 'detached' })
  assert.equal(await differences(panel, 'Differences: Comparison').nth(1).innerText(), told(who))
  assert.equal(stateOf(quiet, who), 'Banned')
  await form(panel, 'Rebuild').getByLabel('Compare only').uncheck()
  await form(panel, 'Rebuild').getByLabel('Pace').fill('1000')
  await panel.press('Rebuild')
  await section(panel, 'Rebuild').getByText('1 row was not as the log says, and mended').waitFor()
  assert.equal(await differences(panel, 'Differences: Rebuild').nth(1).innerText(), told(who))
  assert.equal(stateOf(quiet, who), 'InvitedOrJoined')
  await form(panel, 'Switch back').getByText('are kept').waitFor()
  await panel.isAccessible()
  await panel.press('Switch back')
  await panel.shows('The tables that were kept are in service again.')
  assert.equal(stateOf(quiet, who), 'Banned')
  await panel.press('Switch back') // and forth
  for (let seen = 'Banned'; seen === 'Banned';) seen = stateOf(quiet, who)
  await form(panel, 'Rebuild').getByLabel('Keep the previous tables').uncheck()
  await panel.press('Rebuild')
  await form(panel, 'Switch back').waitFor({ state: 'detached' })
  await panel.close()
})

test('tables that are gone meanwhile are not switched back to', async (t) => {
  const quiet = await world(['--sentinel-rate', '0'])
  t.after(() => quiet.close())
  quiet.server.run('projection', 'rebuild', '--keep-previous')
  const panel = await quiet.open({ at: '#/projection' })
  await form(panel, 'Switch back').waitFor()
  await panel.page.route('**/v1/projection', () => {}) // it shows what was
  quiet.server.run('projection', 'rebuild', '--discard')
  await panel.press('Switch back')
  await panel.page.getByRole('alert').filter({ hasText: 'rebuild_refused' }).waitFor()
  await panel.close()
})

test('who is at work already is told, and seen at work', async (t) => {
  const quiet = await world(['--sentinel-rate', '0'])
  t.after(() => quiet.close())
  await damaged(quiet)
  const panel = await quiet.open({ at: '#/projection' })
  const reader = await quiet.server.hold('SELECT count(*) FROM datadrop.membership') // the switch waits for it
  const rebuild = await quiet.server.runBeside('projection', 'rebuild')
  await panel.shows(new RegExp(`switching · .* · by process ${rebuild.pid} on `))
  await panel.isAccessible()
  await panel.press('Rebuild')
  await panel.page.getByRole('alert').filter({ hasText: 'rebuild_under_way' }).filter({ hasText: `process ${rebuild.pid}` }).waitFor()
  await panel.press('Verify')
  await reader.close()
  assert.equal((await rebuild.ended).code, 0)
  await panel.page.getByRole('progressbar', { name: 'Rebuild' }).waitFor({ state: 'detached' })
  await panel.close()
})

test('it fits a phone, and all is reached by the keyboard', async () => {
  const panel = await at.open({ at: '#/projection', width: 360, height: 740 })
  await panel.shows('keeps up')
  await panel.fits()
  await panel.isAccessible()
  const names = ['Pace, in milliseconds', 'Keep the previous tables', 'Compare only', 'Rebuild', 'Members at random', 'Verify']
  const reached = []
  for (let steps = 0; steps < 40; ++steps) {
    await panel.page.keyboard.press('Tab')
    reached.push(await panel.page.evaluate(() => document.activeElement.labels?.[0]?.textContent || document.activeElement.textContent))
  }
  assert.deepEqual(reached.filter((name) => names.includes(name)).slice(0, names.length), names)
  await panel.close()
})
