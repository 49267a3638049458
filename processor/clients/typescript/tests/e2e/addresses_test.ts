// Servers by other addresses than http://127.0.0.1: https with an authority of one's own, and IPv6.

import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { promisify } from 'node:util'

import { Datadrop } from 'datadrop-client'

import { newMember } from '../support/members.js'
import { Server } from '../support/server.js'
import { accepted, json } from '../support/stub.js'

async function answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  let text = ''
  for await (const part of request) text += part
  json(response, 200, accepted(JSON.parse(text)))
}

async function listening(test: TestContext, server: http.Server, host: string): Promise<number> {
  server.listen(0, host)
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject))
  test.after(() => { server.closeAllConnections(); server.close() })
  return (server.address() as AddressInfo).port
}

/** Of localhost and 127.0.0.1, its own authority. */
function certificate(test: TestContext): { key: string, cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'datadrop-tls-'))
  test.after(() => rmSync(folder, { recursive: true }))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
    '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', key, '-out', cert], { stdio: 'ignore' })
  return { key, cert }
}

test('https: an authority that Node.js is told of is trusted, another is named', async test => {
  const { key, cert } = certificate(test)
  const server = https.createServer({ key: readFileSync(key), cert: readFileSync(cert) }, answer)
  const url = `https://localhost:${await listening(test, server, 'localhost')}`
  const outcome = await new Datadrop({ server: url, token: 'secret' }).submit({ ...newMember(), command: 'Join' }, { within: 2_000 })
  assert.match(outcome.outcome === 'undecided' ? outcome.last : '', /self-signed certificate/)

  const program = `import { Datadrop } from 'datadrop-client'
    const datadrop = new Datadrop({ server: '${url}', token: 'secret' })
    console.log((await datadrop.submit({ guild_id: '1', user_id: '2', command: 'Join' })).outcome)`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program],
    { env: { ...process.env, NODE_EXTRA_CA_CERTS: cert } })
  assert.equal(stdout, 'accepted\n')
})

test('https: a server in TLS is sent commands, read, and followed', async test => {
  const { key, cert } = certificate(test)
  const server = new Server(['--tls-certificate', cert, '--tls-key', key])
  test.after(() => server.discard())
  await server.start()
  const program = `import { Datadrop } from 'datadrop-client'
    const datadrop = new Datadrop({ server: '${server.url}', token: '${server.token()}' })
    const outcome = await datadrop.submit({ guild_id: '1', user_id: '2', command: 'Join' })
    console.log((await datadrop.readAfter(outcome)).state)
    for await (const { event } of datadrop.feed()) { console.log(event); break }
    datadrop.close()`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program],
    { env: { ...process.env, NODE_EXTRA_CA_CERTS: cert } })
  assert.equal(stdout, 'InvitedOrJoined\nMemberJoined\n')

  const why = await new Promise<string>(resolve => {
    const end = new AbortController()
    const strange = new Datadrop({ server: server.url, token: 'secret' })
    const onCut = (told: string) => { end.abort(); resolve(told) }
    strange.feed({ onCut, signal: end.signal }).next().catch(() => {})
  })
  assert.match(why, /self-signed certificate/)
})

test('IPv6: an address in brackets', async test => {
  const port = await listening(test, http.createServer(answer), '::1').catch(() => undefined)
  if (port === undefined) return test.skip('the machine has no IPv6')
  const datadrop = new Datadrop({ server: `http://[::1]:${port}`, token: 'secret' })
  assert.equal((await datadrop.submit({ ...newMember(), command: 'Join' })).outcome, 'accepted')
})
