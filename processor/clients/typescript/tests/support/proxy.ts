// What stands between a client and its server: nginx, and a line with a latency.

import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { until } from './wait.js'

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const { port } = server.address() as net.AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

type After = { after: (end: () => void | Promise<void>) => void }

export type ProxyName = 'nginx' | 'haproxy' | 'caddy'

/**
 * A proxy of its own, by settings that listen on 127.0.0.1:8080 and go to 127.0.0.1:8132: both ports
 * become the test's. Gives its URL.
 */
export async function startProxy(test: After, name: ProxyName, settings: string, upstream: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), `datadrop-${name}-`))
  const port = await freePort()
  const file = join(folder, name === 'caddy' ? 'Caddyfile' : 'settings')
  const own = settings.replaceAll('127.0.0.1:8080', `127.0.0.1:${port}`).replaceAll('127.0.0.1:8132', `127.0.0.1:${upstream}`)
  writeFileSync(file, name === 'nginx' ? nginxAround(folder, own) : name === 'caddy' ? `{\n    admin off\n}\n${own}` : own)
  const [program, ...flags] = commandOf(name, folder, file)
  const proxy = spawn(program!, flags, { stdio: 'ignore', env: { ...process.env, HOME: folder } })
  proxy.on('error', () => {}) // told below, as what does not listen
  test.after(async () => {
    await ended(proxy)
    rmSync(folder, { recursive: true, force: true })
  })
  await until(`${name} listens`, () => listens(port))
  return `http://127.0.0.1:${port}`
}

function commandOf(name: ProxyName, folder: string, file: string): string[] {
  switch (name) {
    case 'nginx': return ['/usr/sbin/nginx', '-p', folder, '-c', file, '-e', 'error.log']
    case 'haproxy': return ['/usr/sbin/haproxy', '-db', '-f', file]
    case 'caddy': return ['caddy', 'run', '--config', file, '--adapter', 'caddyfile']
  }
}

/** An nginx; `settings` go into its server block. Gives its URL. */
export function startNginx(test: After, upstream: number, settings = ''): Promise<string> {
  return startProxy(test, 'nginx', `
    upstream datadrop { server 127.0.0.1:8132; keepalive 64; }
    server {
      listen 127.0.0.1:8080;
      ${settings}
      location / {
        proxy_pass http://datadrop;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
      }
    }`, upstream)
}

/** What is the machine's and not the site's. */
const nginxAround = (folder: string, site: string) => `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off; pid ${folder}/pid; worker_processes 1; error_log ${folder}/error.log;
events { worker_connections 2048; }
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  ${site}
}`

async function ended(process: ChildProcess): Promise<void> {
  if (process.pid === undefined || process.exitCode !== null) return
  const exit = new Promise(resolve => process.once('exit', resolve))
  process.kill('SIGTERM')
  await exit
}

export function listens(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = net.connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true) })
    socket.on('error', () => resolve(false))
  })
}

/** A line to a port on which everything takes `latency` milliseconds, each way. Gives its URL. */
export async function startLine(test: After, to: number, latency: number): Promise<string> {
  const server = net.createServer(near => {
    const far = net.connect(to, '127.0.0.1')
    delayed(near, far, latency)
    delayed(far, near, latency)
  })
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 })
  await new Promise(resolve => server.once('listening', resolve))
  test.after(() => { server.close() })
  return `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`
}

/** What one says reaches the other later, its end and its death, too. */
function delayed(from: net.Socket, to: net.Socket, latency: number): void {
  const later = (act: () => void) => setTimeout(act, latency)
  from.setNoDelay(true)
  from.on('data', part => later(() => to.destroyed || to.write(part)))
  from.on('end', () => later(() => to.end()))
  from.on('error', () => later(() => to.resetAndDestroy()))
  from.on('close', () => later(() => to.destroy()))
}
