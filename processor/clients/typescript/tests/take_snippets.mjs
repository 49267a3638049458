// Makes a program of each piece of code in README.md, for tests/e2e/readme_test.ts to run: below
// tests/snippets, named as the piece is. The server's address is the test's.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'

rmSync('tests/snippets', { recursive: true, force: true })
mkdirSync('tests/snippets')
for (const [, name, code] of readFileSync('README.md', 'utf8').matchAll(/^```ts (\S+)\n(.*?)^```$/gms)) {
  const program = code.replace(`'http://127.0.0.1:8132'`, 'process.env.DATADROP_SERVER!')
  writeFileSync(`tests/snippets/${name}.ts`, `${program}\nexport {}\n`)
}
