// Who comes in, what the page may do, and what it says while the server is away.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { Client, somebody } from './support/server.mjs'
import { world } from './support/browser.mjs'

let at
before(async () => { at = await world() })
after(() => at.close())

test('a token that is none is told so, and one that is opens the panel', async () => {
  const panel = await at.open({ as: '' })
  await panel.isAccessible()
  await panel.page.getByLabel('Token', { exact: true }).fill('no-such-token')
  await panel.press('Sign in')
  await panel.shows('No token like this is in force')
  await panel.isAccessible()
  await panel.signIn(at.token)
  await panel.page.getByRole('heading', { name: 'Overview' }).waitFor()
  await panel.close()
})

test('at the door a stranger is told what this is, and how to come in', async () => {
  const panel = await at.open({ as: '', width: 360, height: 740 })
  await panel.shows('datadrop carries out the membership commands of a community')
  await panel.page.locator('summary', { hasText: 'How to get a token' }).click()
  const isWhole = await panel.page.locator('pre').evaluate((box) => box.scrollWidth <= box.clientWidth)
  assert.ok(isWhole, 'the command is not cut off')
  await panel.isAccessible()
  await panel.close()
})

test('the token is in the memory of the tab only', async () => {
  const panel = await at.open()
  const kept = await panel.page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]))
  assert.ok(!kept.includes(at.token))
  await panel.page.reload()
  await panel.page.getByRole('button', { name: 'Sign in' }).waitFor()
  await panel.close()
})

test('the first view is whole with at most 300 kB, all of it from the server, and asks for nothing else', async () => {
  const context = await at.browser.newContext()
  const page = await context.newPage()
  const sizes = new Map()
  page.on('response', async (response) => sizes.set(response.url(), (await response.body().catch(() => '')).length))
  await page.goto(at.server.url, { waitUntil: 'networkidle' })
  await page.getByLabel('Token', { exact: true }).waitFor()
  const names = [...sizes.keys()].map((url) => url.replace(at.server.url, '')).sort()
  assert.deepEqual(names.filter((name) => name !== '/panel/icon.svg'), ['/', '/panel/app.js', '/panel/style.css'])
  const all = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  assert.ok(all > 10_000 && all <= 300_000, `${all} bytes`)
  await context.close()
})

test('a script that is not of the server does not run, nor does a style in an attribute', async () => {
  const panel = await at.open()
  const ran = await panel.page.evaluate(() => new Promise((resolve) => {
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => resolve(effectiveDirective))
    const script = document.createElement('script')
    script.src = 'data:text/javascript,window.intruded=1'
    document.body.append(script)
  }).catch((error) => error.message))
  // The page may not even name the script's address.
  assert.match(ran, /TrustedScriptURL|script-src/)
  const style = await panel.page.evaluate(() => new Promise((resolve) => {
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => resolve(effectiveDirective))
    document.body.setAttribute('style', 'color: red')
  }))
  assert.equal(style, 'style-src-attr')
  assert.equal(await panel.page.evaluate(() => window.intruded), undefined)
  await panel.page.context().close()
})

test('who lacks a scope is told which, and how to get it', async () => {
  const reader = await at.open({ as: at.server.token('read') })
  for (const view of ['dead-letters', 'projection']) {
    await reader.go(view)
    await reader.shows('Your token lacks the scope operate')
    await reader.shows('datadrop token create --name NAME --source operator --scopes read,operate')
    await reader.isAccessible()
  }
  await reader.close()
  const who = somebody()
  await at.client.send(who, 'Join')
  const operator = await at.open({ as: at.server.token('operate') })
  await operator.go(`member/${who.guild_id}/${who.user_id}`)
  await operator.shows('Your token lacks the scope read')
  await operator.close()
})

test('a revoked token leads to the door, with the reason', async () => {
  const name = 'leaver'
  const panel = await at.open({ as: at.server.token('read,operate', { name }) })
  await panel.go('projection')
  await panel.shows('keeps up')
  at.server.run('token', 'revoke', '--name', name)
  await panel.shows('The token is no longer in force')
  await panel.close()
})

test('signing out forgets the token', async () => {
  const panel = await at.open()
  await panel.press('Sign out')
  await panel.page.getByRole('button', { name: 'Sign in' }).waitFor()
  await panel.go('projection')
  assert.equal(await panel.page.getByRole('heading', { name: 'Projection' }).count(), 0)
  await panel.close()
})

test('a lost connection is told plainly, and taken up again by itself', async () => {
  const panel = await at.open()
  const who = somebody()
  await at.client.send(who, 'Join')
  await panel.go(`member/${who.guild_id}/${who.user_id}`)
  await panel.page.getByText('updates live', { exact: true }).waitFor()
  await at.server.kill()
  await panel.page.getByRole('alert').filter({ hasText: 'The connection to the server is lost' }).waitFor()
  await panel.shows('Connection lost')
  await panel.isAccessible()
  await at.server.start()
  await panel.page.getByText('Connected', { exact: true }).waitFor()
  await panel.page.getByRole('alert').filter({ hasText: 'lost' }).waitFor({ state: 'detached' })
  await panel.page.getByText('updates live', { exact: true }).waitFor()
  await at.client.send(who, 'BeginOnboarding')
  await panel.shows('OnboardingBegun')
  await panel.close()
})

test('keyboard alone is enough', async () => {
  const id = await at.client.park(somebody())
  const panel = await at.open({ as: '' })
  const { keyboard } = panel.page
  await keyboard.type(at.token)
  await keyboard.press('Enter')
  await panel.page.getByRole('heading', { name: 'Overview' }).waitFor()
  const reach = async (role, name) => {
    const wanted = panel.page.getByRole(role, { name }).first()
    await wanted.waitFor()
    for (let steps = 0; steps < 60; ++steps) {
      if (await wanted.evaluate((element) => element === document.activeElement)) return
      await keyboard.press('Tab')
    }
    assert.fail(`${role} ${name} cannot be reached by Tab`)
  }
  await panel.page.evaluate(() => document.activeElement.blur())
  await reach('link', 'Skip to the content')
  await reach('link', 'Dead letters')
  await keyboard.press('Enter')
  await reach('link', 'ConfirmVerification')
  await keyboard.press('Enter')
  await panel.page.getByRole('heading', { name: `Dead letter ${id}` }).waitFor()
  const discard = panel.page.getByRole('form', { name: 'Discard' })
  for (let steps = 0; steps < 60 && !(await discard.getByLabel('Reason').evaluate((element) => element === document.activeElement)); ++steps)
    await keyboard.press('Tab')
  await keyboard.type('no longer wanted')
  await reach('button', 'Discard for good')
  await keyboard.press('Enter')
  await panel.shows('Discarded: the command will not be carried out.')
  assert.equal((await new Client(at.server, at.token).ask('GET', `/v1/dead-letters/${id}`)).body.status, 'discarded')
  await panel.close()
})
