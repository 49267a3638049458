// The panel's files: made the same again, of sources that the compiler has nothing against; and what
// stands in for them where they cannot be made.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

const panel = process.env.DATADROP_PANEL
const source = join(process.env.DATADROP_SOURCE, 'processor/panel')

/// What the build makes in a folder, with these programs.
function make(t, node, npm) {
  const folder = mkdtempSync(join(tmpdir(), 'datadrop-bundle-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const done = spawnSync(process.env.CMAKE, [`-DFROM=${source}`, `-DTO=${folder}`, `-DNODE=${node}`, `-DNPM=${npm}`, '-P', join(source, 'make_panel.cmake')], { encoding: 'utf8' })
  assert.equal(done.status, 0, done.stderr)
  const files = Object.fromEntries(readdirSync(join(folder, 'files')).map((name) => [name, readFileSync(join(folder, 'files', name), 'utf8')]))
  return { files, said: done.stderr, isWhole: existsSync(join(folder, 'whole.stamp')) }
}

test('made again elsewhere, the bundle is the same to the byte', (t) => {
  const again = make(t, process.execPath, 'npm')
  assert.ok(again.isWhole, again.said)
  for (const name in again.files) assert.equal(again.files[name], readFileSync(join(panel, 'files', name), 'utf8'), name)
})

test('the licences of what it holds of others are told whole', () => {
  const licences = readFileSync(join(panel, 'files/licences.txt'), 'utf8')
  for (const text of ['---- uplot 1.6.32', 'Leon Sorokin', '---- eventsource-parser 3.1.1', 'Espen Hovlandsdal', 'The above copyright notice and this permission notice'])
    assert.ok(licences.includes(text), text)
})

test('without Node.js, and without the network, a page says how to get it', (t) => {
  for (const npm of ['', 'false']) {
    const { files, said, isWhole } = make(t, npm && process.execPath, npm)
    assert.equal(isWhole, false)
    assert.match(said, /this build has no operators' panel/)
    assert.match(files['index.html'], /sudo apt-get install nodejs npm/)
    assert.deepEqual(Object.keys(files).sort(), ['app.js', 'icon.svg', 'index.html', 'licences.txt', 'style.css'])
  }
})

test('the compiler has nothing against the sources', () => {
  const done = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.'], { cwd: panel, encoding: 'utf8' })
  assert.equal(done.stdout, '')
  assert.equal(done.status, 0)
})
