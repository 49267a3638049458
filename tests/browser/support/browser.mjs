// Debian's Chromium, and the panel in it. Whatever a page does that it must not is told at its end:
// an error, a request to elsewhere, a breach of its policy, a dialog that a script opened.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'

import { Client, Server } from './server.mjs'

const executablePath = execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim()
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/// A server and a browser, until they are closed.
export async function world(flags) {
  const server = await new Server(flags).start()
  const browser = await chromium.launch({ executablePath })
  const token = server.token()
  const client = new Client(server, server.token('submit,read', { name: 'web-api', source: 'api' }))
  const colleague = new Client(server, server.token())
  return { server, browser, token, client, colleague, open: (options) => Panel.open(server, browser, token, options), close: () => Promise.all([browser.close(), server.discard()]) }
}

export class Panel {
  /// A tab of its own, signed in unless the token is empty.
  static async open(server, browser, token, { as = token, at = '', width = 1200, height = 800, colorScheme = 'light' } = {}) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce' })
    const panel = new Panel(await context.newPage(), server)
    await panel.page.goto(`${server.url}/${at}`)
    if (as) await panel.signIn(as)
    return panel
  }

  constructor(page, server) {
    this.page = page
    this.faults = []
    page.on('pageerror', (error) => this.faults.push(`error: ${error.message}`))
    page.on('console', (line) => { if (/Content Security|Trusted/i.test(line.text())) this.faults.push(line.text()) })
    page.on('dialog', (dialog) => { this.faults.push(`dialog: ${dialog.message()}`); void dialog.dismiss() })
    page.on('request', (request) => { if (!request.url().startsWith(server.url)) this.faults.push(`request: ${request.url()}`) })
  }

  async signIn(token) {
    await this.page.getByLabel('Token', { exact: true }).fill(token)
    await this.page.getByRole('button', { name: 'Sign in' }).click()
    await this.page.getByRole('navigation', { name: 'Views' }).waitFor()
  }

  /// By the address, as a link would.
  async go(view) {
    await this.page.evaluate((hash) => { location.hash = hash }, `#/${view}`)
  }

  text(text) {
    return this.page.getByText(text)
  }

  /// Waits until the page shows it.
  async shows(text) {
    await this.page.getByText(text).first().waitFor()
  }

  async press(name, within = this.page) {
    await within.getByRole('button', { name, exact: true }).click()
  }

  /// No violation of axe's rules, in light and in dark.
  async isAccessible() {
    for (const colorScheme of ['dark', 'light']) {
      await this.page.emulateMedia({ colorScheme })
      const found = await this.page.evaluate(`${axe}; axe.run(document, { resultTypes: ['violations'] })`)
      const faults = found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html.slice(0, 200)} ${node.failureSummary}`).join('; ')}`)
      assert.deepEqual(faults, [], `in ${colorScheme}`)
    }
  }

  /// Nothing sticks out to the side.
  async fits() {
    const [whole, seen] = await this.page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth])
    assert.ok(whole <= seen, `${whole} wide in ${seen}`)
  }

  async close() {
    await this.page.context().close()
    assert.deepEqual(this.faults, [])
  }
}
