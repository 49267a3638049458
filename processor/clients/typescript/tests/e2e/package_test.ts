// What `npm pack` makes is what somebody can install and use.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))

test('npm pack: the tarball has the two entries with their types, and works and compiles where it is installed', test => {
  const folder = mkdtempSync(join(tmpdir(), 'datadrop-package-'))
  test.after(() => rmSync(folder, { recursive: true }))
  const run = (program: string, ...flags: string[]) => execFileSync(program, flags, { cwd: folder, encoding: 'utf8' })
  const [{ filename, files }] = JSON.parse(execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], { cwd: root, encoding: 'utf8' }))
  const names: string[] = files.map(({ path }: { path: string }) => path)
  assert.deepEqual(names.filter(name => !/^(dist|examples)\//.test(name)).sort(), ['README.md', 'package.json'])
  for (const [, path] of readFileSync(join(root, 'README.md'), 'utf8').matchAll(/\]\((examples[^)]*)\)/g)) {
    assert.ok(names.some(name => name === path || name.startsWith(`${path}/`)), path)
  }
  for (const name of ['index', 'discord/index']) assert.ok(names.includes(`dist/${name}.js`) && names.includes(`dist/${name}.d.ts`))

  // As npm would, but for the registry.
  const installed = join(folder, 'node_modules', 'datadrop-client')
  mkdirSync(installed, { recursive: true })
  run('tar', '-xzf', filename, '-C', installed, '--strip-components=1')
  const link = (name: string) => {
    mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  }
  // Its types need none of Node's: of what they name, the DOM's have all.
  for (const name of ['eventsource-parser', 'typescript']) link(name)
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'use.ts'), `import { Datadrop, MisuseError } from 'datadrop-client'
    try { new Datadrop({ server: 'localhost', token: undefined }) } catch (error) { console.log(error instanceof MisuseError) }`)
  run(process.execPath, 'node_modules/typescript/bin/tsc', '--strict', '--module', 'nodenext', '--target', 'es2022', 'use.ts')
  assert.equal(run(process.execPath, 'use.js'), 'true\n')
})
