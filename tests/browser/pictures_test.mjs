// The pictures that the README shows: of a server that is busy, in light. They go to the build folder;
// DATADROP_PICTURES names another one, DATADROP_PICTURE_SECONDS how much the charts show.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'

import { Client, somebody } from './support/server.mjs'
import { world } from './support/browser.mjs'

const folder = process.env.DATADROP_PICTURES ?? 'pictures'
const seconds = Number(process.env.DATADROP_PICTURE_SECONDS ?? 3)
const guild = '288659194737983489'

let at
before(async () => {
  mkdirSync(folder, { recursive: true })
  at = await world()
})
after(() => at.close())

const picture = (panel, name) => panel.page.screenshot({ path: join(folder, `${name}.png`) })

/// A bot and an API on the same members, until the signal ends: some of it is refused, some conflicts.
async function race(clients, signal) {
  const members = Array.from({ length: 40 }, () => somebody(guild))
  const commands = ['Join', 'BeginOnboarding', 'CompleteOnboarding', 'GrantEligibility', 'AcceptRules', 'RequestVerification', 'Leave']
  await Promise.all(clients.map(async (client, turn) => {
    for (let round = turn; !signal.aborted; ++round) {
      const some = members.slice(0, 8 + Math.round(16 * (1 + Math.sin(round / 60))))
      await client.sendAll(some, commands[round % commands.length], round % 5 ? {} : { expected_state: 'InvitedOrJoined', on_conflict: 'fail' })
    }
  }))
}

test('the overview of a busy server', async () => {
  const bot = new Client(at.server, at.server.token('submit', { name: 'bot', source: 'bot' }))
  await Promise.all([1, 2, 3].map(() => at.client.park(somebody(guild))))
  const busy = new AbortController()
  const racing = race([bot, at.client], busy.signal)
  const panel = await at.open({ width: 1100, height: 760 })
  const samples = panel.page.waitForResponse.bind(panel.page)
  for (let seen = 0; seen < seconds + 2; ++seen) await samples((response) => response.url().endsWith('/metrics'), { timeout: 60_000 })
  await panel.page.getByRole('region', { name: 'Commands a second' }).getByText(/accepted [1-9]/).waitFor()
  await picture(panel, 'overview')
  busy.abort()
  await racing
  await panel.close()
})

test('a dead letter with what had won', async () => {
  const who = somebody(guild)
  await at.client.walk(who, ['Join', { actor: 'gateway' }], 'BeginOnboarding', 'CompleteOnboarding', 'GrantEligibility', 'AcceptRules', 'RequestVerification',
    ['Leave', { actor: 'web:settings', reason: 'left by the member' }])
  const bot = new Client(at.server, at.server.token('submit', { name: 'verify-bot', source: 'bot' }))
  const outcome = await bot.send(who, 'ConfirmVerification', { expected_state: 'VerificationPending', expected_version: 6, reason: 'code_verified', actor: 'Ada', idempotency_key: 'interaction:1187350482' })
  await at.client.send(who, 'Join', { actor: 'gateway' })
  const panel = await at.open({ at: `#/dead-letters/${outcome.dead_letter_id}`, width: 1100, height: 880 })
  await panel.page.locator('.attempt').first().waitFor()
  await picture(panel, 'dead_letter')
  await panel.go('dead-letters')
  await panel.page.getByRole('row').nth(1).waitFor()
  await picture(panel, 'dead_letters')
  await panel.go(`member/${who.guild_id}/${who.user_id}`)
  await panel.page.getByText('updates live', { exact: true }).waitFor()
  await picture(panel, 'member')
  await panel.close()
})

test('many dead letters at once', async () => {
  const other = '500000000000000001'
  const members = Array.from({ length: 240 }, () => somebody(other))
  await at.client.sendAll(members, 'Join')
  await at.client.sendAll(members, 'Leave', { expected_state: 'Verified' })
  await at.client.sendAll(members.slice(0, 50), 'Ban')
  await at.client.sendAll(members.slice(50, 70), 'Kick')
  const panel = await at.open({ as: at.server.token('read,operate', { name: 'grace' }), at: `#/dead-letters/runs/new?guild_id=${other}&command=Leave`, width: 1100, height: 640 })
  await panel.page.getByLabel('Expected state', { exact: true }).selectOption('any')
  await panel.page.getByLabel('Reason').fill('they did leave: the bot was behind')
  await panel.page.getByLabel('A second').fill('50')
  await panel.press('Preview')
  await panel.page.getByLabel(/say how many/).fill('240')
  await picture(panel, 'many_at_once')
  await panel.close()
})

test('the projection after a rebuild that had something to mend', async () => {
  const who = somebody(guild)
  await at.client.walk(who, 'Join', 'BeginOnboarding', 'CompleteOnboarding')
  const { position } = await at.client.send(who, 'Leave')
  await at.client.ask('GET', `/v1/members/${who.guild_id}/${who.user_id}?min_position=${position}`)
  at.server.sql(`UPDATE datadrop.membership SET state = 'Verified' WHERE user_id = ${who.user_id}`)
  const panel = await at.open({ at: '#/projection', width: 1100, height: 960 })
  await panel.press('Rebuild')
  await panel.shows('and mended')
  await panel.page.getByRole('form', { name: 'Switch back' }).waitFor()
  await picture(panel, 'projection')
  await panel.close()
})
