// Many dead letters at once: a preview as a histogram, a start by saying how many, and how far it is.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { somebody } from './support/server.mjs'
import { world } from './support/browser.mjs'

let at
before(async () => { at = await world() })
after(() => at.close())

const now = '2026-11-27T12:00:00.000000Z'
const share = (outcome, count, more = {}) => ({ outcome, code: null, event: null, count, ...more })
const previewed = {
  id: '7', status: 'previewed', act: 'redrive', reason: 'after the incident', by: 'grace', filter: { command: 'ConfirmVerification' }, selected: 10_000, done: 0, results: [],
  histogram: [share('accepted', 6_120, { event: 'VerificationConfirmed' }), share('rejected', 3_880, { code: 'transition_not_allowed' })],
  created_at: now, started_at: null, ended_at: null, rate: null,
}

/// A panel on a server that answers so about runs, and what was posted.
async function withRuns() {
  const panel = await at.open({ as: '' })
  const posted = []
  let run = previewed
  await panel.page.route('**/openapi.json', async (route) => {
    const description = await (await route.fetch()).json()
    await route.fulfill({ json: { ...description, paths: { ...description.paths, '/v1/dead-letters/runs': {} } } })
  })
  await panel.page.route('**/v1/dead-letters/runs**', (route) => {
    const request = route.request()
    if (request.method() === 'POST') {
      posted.push([new URL(request.url()).pathname, request.postDataJSON()])
      if (request.url().endsWith('/start')) run = { ...run, status: 'running', done: 3_700, started_at: now, results: [share('accepted', 3_700)] }
      if (request.url().endsWith('/stop')) run = { ...run, status: 'stopped' }
    }
    return route.fulfill({ json: request.url().endsWith('/runs') && request.method() === 'GET' ? { runs: [run] } : run })
  })
  await panel.signIn(at.token)
  return { panel, posted }
}

test('what is filtered is previewed, started by its number, and stopped', async () => {
  await at.client.park(somebody())
  const { panel, posted } = await withRuns()
  await panel.go('dead-letters?command=ConfirmVerification')
  await panel.page.getByRole('link', { name: 'All of these at once' }).click()
  await panel.page.getByLabel('Reason').fill('after the incident')
  await panel.page.getByLabel('A second').fill('2000')
  await panel.isAccessible()
  await panel.press('Preview')
  await panel.page.getByRole('listitem').filter({ hasText: 'VerificationConfirmed' }).getByText('6,120').waitFor()
  await panel.page.getByRole('listitem').filter({ hasText: 'transition not allowed' }).getByText('3,880').waitFor()
  await panel.isAccessible()
  await panel.page.getByLabel('To redrive all 10,000').fill('10,000')
  await panel.press('Start to redrive')
  await panel.shows('3,700 of 10,000')
  await panel.isAccessible()
  await panel.press('Stop')
  await panel.page.getByRole('button', { name: 'Go on' }).waitFor()
  assert.deepEqual(posted, [
    ['/v1/dead-letters/runs', { act: 'redrive', filter: { command: 'ConfirmVerification' }, reason: 'after the incident', rate: 2_000 }],
    ['/v1/dead-letters/runs/7/start', { count: 10_000 }],
    ['/v1/dead-letters/runs/7/stop', {}],
  ])
  await panel.go('dead-letters/runs')
  await panel.page.getByRole('row').filter({ hasText: 'grace' }).getByText('stopped').waitFor()
  await panel.isAccessible()
  await panel.close()
})
