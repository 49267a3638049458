// A real server on a private PostgreSQL of its own, in a folder that goes with it.
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const binary = process.env.DATADROP_BIN

/// A private PostgreSQL that root has started belongs to the user postgres, who alone may reach it.
function asOwner() {
  if (process.getuid() !== 0) return {}
  const [uid, gid] = ['-u', '-g'].map((which) => Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8' })))
  return { uid, gid, cwd: '/' }
}

export class Server {
  #folder = mkdtempSync(join(tmpdir(), 'datadrop-panel-'))
  #flags
  #process
  #port = 0
  #names = 0

  constructor(flags = []) {
    this.#flags = flags
    chmodSync(this.#folder, 0o755)
  }

  get url() {
    return `http://127.0.0.1:${this.#port}`
  }

  /// On the port that it had before, if it ran before.
  async start() {
    const child = spawn(binary, ['serve', '--data-dir', this.#folder, '--listen', `127.0.0.1:${this.#port}`, ...this.#flags], { stdio: ['ignore', 'ignore', 'pipe'] })
    this.#process = child
    const said = []
    this.#port = await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (code) => reject(new Error(`serve ended with ${code}:\n${said.join('\n')}`)))
      createInterface({ input: child.stderr }).on('line', (line) => {
        said.push(line)
        const port = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1]
        if (port) resolve(Number(port))
      })
    })
    return this
  }

  token(scopes = 'submit,read,operate', { name = `token-${++this.#names}`, source = 'operator' } = {}) {
    return this.run('token', 'create', '--name', name, '--source', source, '--scopes', scopes).trim()
  }

  /// A command of the program that works on this server's database.
  run(...words) {
    return execFileSync(binary, [...words, '--data-dir', this.#folder], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  }

  get #address() {
    return `host='${join(this.#folder, 'run')}' user=datadrop dbname=datadrop`
  }

  /// A statement on the database itself, past the program.
  sql(statement) {
    return execFileSync('psql', [this.#address, '-qtAXc', statement], { encoding: 'utf8', ...asOwner() }).trim()
  }

  /// A session of the database that has done these statements and stays in its transaction, until it is closed.
  async hold(statements) {
    const session = spawn('psql', [this.#address, '-qtAX'], { stdio: ['pipe', 'pipe', 'ignore'], ...asOwner() })
    session.stdin.write(`BEGIN; ${statements}; SELECT 'held';\n`)
    for await (const line of createInterface({ input: session.stdout })) if (line === 'held') break
    return { close: () => new Promise((resolve) => { session.once('exit', resolve); session.stdin.end() }) }
  }

  /// The same while something else goes on: its exit code and what it said.
  async runBeside(...words) {
    const child = spawn(binary, [...words, '--data-dir', this.#folder], { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => { said += text })
    return { pid: child.pid, ended: new Promise((resolve) => child.once('close', (code) => resolve({ code, said }))) }
  }

  async kill() {
    await this.#end('SIGKILL')
  }

  async discard() {
    await this.#end('SIGTERM')
    const pids = readdirSync(this.#folder, { recursive: true }).map(String).find((name) => name.endsWith('postmaster.pid'))
    const file = join(this.#folder, pids ?? 'postmaster.pid')
    if (existsSync(file)) process.kill(Number(readFileSync(file, 'utf8').split('\n')[0]), 'SIGQUIT')
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10 })
  }

  async #end(signal) {
    const child = this.#process
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exit = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await exit
  }
}

/// What clients send, and what another operator does.
export class Client {
  #server
  #token
  #keys = 0

  constructor(server, token) {
    this.#server = server
    this.#token = token
  }

  async ask(method, path, body) {
    const response = await fetch(this.#server.url + path, {
      method,
      headers: { Authorization: `Bearer ${this.#token}`, 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    return { status: response.status, body: await response.json() }
  }

  /// The outcome of a command of a member.
  async send(who, command, more = {}) {
    return (await this.ask('POST', '/v1/commands', this.#command(who, command, more))).body
  }

  /// The outcomes of the same command of many.
  async sendAll(members, command, more = {}) {
    return (await this.ask('POST', '/v1/commands', members.map((who) => this.#command(who, command, more)))).body
  }

  /// A member's way through several commands.
  async walk(who, ...commands) {
    for (const [command, more] of commands.map((each) => [each].flat())) await this.send(who, command, more)
  }

  /// The id of a dead letter: a command whose expectation never comes true.
  async park(who, more = {}) {
    const outcome = await this.send(who, 'ConfirmVerification', { expected_state: 'VerificationPending', ...more })
    if (outcome.outcome !== 'dead_lettered') throw new Error(JSON.stringify(outcome))
    return outcome.dead_letter_id
  }

  #command(who, command, more) {
    return { ...who, command, idempotency_key: `key-${process.pid}-${++this.#keys}`, ...more }
  }
}

let users = 80351110224678000n
/// Somebody of whom nothing is on record.
export function somebody(guild_id = '288659194737983489') {
  return { guild_id, user_id: String(++users) }
}
