// The projection: how far it is, what differs, and what is done about it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { somebody } from './support/server.mjs'
import { world } from './support/browser.mjs'

let at
before(async () => { at = await world() })
after(() => at.close())

const difference = { table: 'membership', row: 'guild 1, user 2', column: 'state', was: 'Verified', is: 'LeftGuild', first_event: '41', what: 'state is Verified', at: '2026-11-27T12:00:00.000000Z' }

/// The view with what a server in this condition would tell.
async function told(changes) {
  const { body } = await at.client.ask('GET', '/v1/projection')
  const panel = await at.open()
  await panel.page.route('**/v1/projection', (route) => route.fulfill({ json: { ...body, ...changes } }))
  await panel.go('projection')
  return panel
}

test('it tells how far it is, by partition, and that nothing differs', async () => {
  await at.client.send(somebody(), 'Join')
  const panel = await at.open({ at: '#/projection' })
  await panel.shows('keeps up')
  const row = panel.page.getByRole('region', { name: 'Partitions' }).getByRole('row').nth(1)
  await row.getByRole('cell', { name: '0', exact: true }).first().waitFor()
  await panel.page.locator('section').filter({ hasText: 'Sentinel' }).getByText('agrees').waitFor()
  await panel.isAccessible()
  await panel.close()
})

test('what the sentinel found is shown with the first event that differs', async () => {
  const panel = await told({ sentinel: { rate: 5, checked: 1200, differences: 1, last_difference: difference } })
  const row = panel.page.getByRole('region', { name: 'What the sentinel found last' }).getByRole('row').nth(1)
  assert.equal(await row.innerText(), 'membership\tguild 1, user 2\tstate\tVerified\tLeftGuild\t41')
  await panel.shows('differences')
  await panel.isAccessible()
  await panel.close()
})

test('a rebuild shows how far it is', async () => {
  const panel = await told({ lag_events: 8, lag_seconds: 2.4, rebuild: { done: 312_000, of: 1_000_000, started_at: '2026-11-27T12:00:00Z', partitions: [] } })
  await panel.shows('312,000 of 1,000,000')
  assert.equal(await panel.page.getByRole('progressbar', { name: 'Rebuild' }).evaluate((bar) => bar.value), 312_000)
  await panel.shows('behind')
  await panel.isAccessible()
  await panel.close()
})
