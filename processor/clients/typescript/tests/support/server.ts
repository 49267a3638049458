// Real servers, each on a private PostgreSQL of its own in a folder that goes with the test.

import { spawn, execFileSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'

const binary = process.env.DATADROP_BIN ?? 'datadrop'

export interface TokenOptions {
  source?: 'bot' | 'api' | 'operator'
  scopes?: string
}

export class Server {
  readonly folder = mkdtempSync(join(tmpdir(), 'datadrop-client-'))
  readonly #flags: string[]
  #process: ChildProcess | undefined
  #scheme = 'http'
  #port = 0
  #tokens = 0

  constructor(flags: string[] = []) {
    this.#flags = flags
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.#port}`
  }

  get port(): number {
    return this.#port
  }

  /** On the port that it had before, if it was started before. */
  async start(): Promise<void> {
    const arguments_ = ['serve', '--data-dir', this.folder, '--listen', `127.0.0.1:${this.#port}`, ...this.#flags]
    const child = spawn(binary, arguments_, { stdio: ['ignore', 'inherit', 'pipe'] })
    this.#process = child
    this.#port = await new Promise<number>((resolve, reject) => {
      const said: string[] = []
      child.once('error', reject)
      child.once('exit', code => reject(new Error(`serve ended with ${code}:\n${said.join('\n')}`)))
      createInterface({ input: child.stderr! }).on('line', line => {
        said.push(line)
        const [, scheme, port] = /listening on (https?):\/\/127\.0\.0\.1:(\d+)/.exec(line) ?? []
        if (scheme) this.#scheme = scheme
        if (port) resolve(Number(port))
      })
    })
  }

  /** Of an operator, unless told otherwise: only a person may operate. */
  token({ source = 'operator', scopes = source === 'operator' ? 'submit,read,operate' : 'submit,read' }: TokenOptions = {}): string {
    const name = `token-${++this.#tokens}`
    return this.run('token', 'create', '--name', name, '--source', source, '--scopes', scopes).trim()
  }

  /** A command of the program that works on this server's database. */
  run(...arguments_: string[]): string {
    return execFileSync(binary, [...arguments_, '--data-dir', this.folder], { encoding: 'utf8' })
  }

  async kill(): Promise<void> {
    await this.#ended('SIGKILL')
  }

  async stop(): Promise<void> {
    await this.#ended('SIGTERM')
  }

  /** Every process of its PostgreSQL, stopped in its tracks until `resume`. */
  freezeDatabase(): { resume: () => void } {
    const all = databaseProcesses(this.#postmaster)
    for (const pid of all) process.kill(pid, 'SIGSTOP')
    return { resume: () => { for (const pid of all) tryKill(pid, 'SIGCONT') } }
  }

  /** Ends everything, and leaves nothing. */
  async discard(): Promise<void> {
    await this.stop()
    if (existsSync(this.#pidFile)) tryKill(this.#postmaster, 'SIGQUIT')
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 })
  }

  async #ended(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exit = new Promise(resolve => child.once('exit', resolve))
    child.kill(signal)
    await exit
  }

  get #pidFile(): string {
    const found = readdirSync(this.folder, { recursive: true }).map(String).find(name => name.endsWith('postmaster.pid'))
    return join(this.folder, found ?? 'postmaster.pid')
  }

  get #postmaster(): number {
    return Number(readFileSync(this.#pidFile, 'utf8').split('\n')[0])
  }
}

/** A server that runs until its test is over. */
export async function startServer(test: TestContext | { after: TestContext['after'] }, flags: string[] = []): Promise<Server> {
  const server = new Server(flags)
  test.after(() => server.discard())
  await server.start()
  return server
}

function databaseProcesses(postmaster: number): number[] {
  const children = readdirSync('/proc').filter(name => /^\d+$/.test(name)).map(Number)
  return [postmaster, ...children.filter(pid => parentOf(pid) === postmaster)]
}

function parentOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1])
  } catch {
    return 0
  }
}

function tryKill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It is over already.
  }
}
