// Discord's gateway: hello, heartbeats, identify and ready, dispatches with a sequence, resume with what
// was missed, reconnect and invalid sessions.

import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'

import { WebSocketServer, type WebSocket } from 'ws'

import { snowflake } from './snowflakes.js'

const op = { dispatch: 0, heartbeat: 1, identify: 2, resume: 6, reconnect: 7, request_members: 8, invalid_session: 9, hello: 10, ack: 11 }

/** The intents that a session must have asked for to hear of something. */
export const intents = { guilds: 1 << 0, members: 1 << 1, moderation: 1 << 2 }

export interface Dispatch { t: string, d: unknown, intent?: number }
interface Packet { op: number, d: any, s?: number, t?: string }

/** What a client keeps across connections; a resumed one hears what it missed. */
export interface Session {
  id: string
  shard: [number, number]
  intents: number
  sequence: number
  told: Packet[]
  socket: WebSocket | undefined
  /** Called with the sequence of each heartbeat. */
  beats: ((sequence: number) => void)[]
}

export interface GatewayWorld {
  token: string
  /** What a session that identifies is told first; the gateway adds what is of the session. */
  ready(shard: [number, number]): { ready: Record<string, unknown>, then: Dispatch[] }
  /** The chunks of members that were asked for. */
  chunks(asked: { guild_id: string, nonce?: string }): Dispatch[]
}

export class GatewayStub {
  readonly sessions = new Map<string, Session>()
  url = ''
  private readonly sockets = new WebSocketServer({ noServer: true })
  private readonly arrivals: (() => void)[] = []

  constructor(server: Server, private readonly world: GatewayWorld) {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.sockets.handleUpgrade(request, socket, head, (open) => this.greet(open)))
  }

  /** Tells the sessions of a guild's shard something. */
  dispatch(guild_id: string, what: Dispatch): void {
    for (const session of this.sessions.values()) {
      const [shard, shards] = session.shard
      if (Number((BigInt(guild_id) >> 22n) % BigInt(shards)) === shard) this.tell(session, what)
    }
  }

  /** Cuts every connection, as a network does. What happens meanwhile is told on resume. */
  cut(): void {
    for (const session of this.sessions.values()) {
      session.socket?.terminate()
      session.socket = undefined
    }
  }

  /** Asks every client to reconnect; nothing is told on the old connections any more. */
  askToReconnect(): void {
    for (const session of this.sessions.values()) {
      session.socket?.send(JSON.stringify({ op: op.reconnect, d: null }))
      session.socket = undefined
    }
  }

  /** Forgets every session: clients have to identify again, and are told nothing that they missed. */
  invalidate(): void {
    const sockets = [...this.sessions.values()].map(({ socket }) => socket)
    this.sessions.clear()
    for (const socket of sockets) socket?.send(JSON.stringify({ op: op.invalid_session, d: false }))
  }

  /** Resolves when every session is connected and has taken in all that it was told. */
  async heard(sessions: number): Promise<void> {
    for (;;) {
      const connected = [...this.sessions.values()].filter(({ socket }) => socket)
      if (connected.length >= sessions && connected.length === this.sessions.size)
        return void await Promise.all(connected.map((session) => this.beat(session)))
      await new Promise<void>((arrived) => this.arrivals.push(arrived))
    }
  }

  /** Drops the sessions of clients that are gone for good. */
  forgetClosed(): void {
    for (const [id, { socket }] of this.sessions) if (!socket || socket.readyState > socket.OPEN) this.sessions.delete(id)
  }

  stop(): void {
    for (const client of this.sockets.clients) client.terminate()
    this.sockets.close()
  }

  /** A heartbeat that is asked for comes back with the sequence that the client has taken in. */
  private async beat(session: Session): Promise<void> {
    const wanted = session.sequence
    for (;;) {
      const sequence = new Promise<number>((beat) => session.beats.push(beat))
      session.socket?.send(JSON.stringify({ op: op.heartbeat, d: null }))
      if (await sequence >= wanted) return
    }
  }

  private greet(socket: WebSocket): void {
    let session: Session | undefined
    socket.send(JSON.stringify({ op: op.hello, d: { heartbeat_interval: 41_250 } }))
    socket.on('message', (data) => {
      const packet = JSON.parse(String(data)) as Packet
      if (packet.op === op.identify) session = this.identify(socket, packet.d)
      else if (packet.op === op.resume) session = this.resume(socket, packet.d)
      else if (packet.op === op.heartbeat) this.acknowledge(socket, session, packet.d)
      else if (packet.op === op.request_members && session) for (const chunk of this.world.chunks(packet.d)) this.tell(session, chunk)
    })
    socket.on('close', () => { if (session?.socket === socket) session.socket = undefined })
  }

  private acknowledge(socket: WebSocket, session: Session | undefined, sequence: number | null): void {
    socket.send(JSON.stringify({ op: op.ack, d: null }))
    for (const beat of session?.beats.splice(0) ?? []) beat(sequence ?? 0)
  }

  private identify(socket: WebSocket, asked: { token: string, shard?: [number, number], intents: number }): Session | undefined {
    if (asked.token !== this.world.token) return void socket.close(4004, 'Authentication failed.')
    const session: Session = {
      id: snowflake(), shard: asked.shard ?? [0, 1], intents: asked.intents, sequence: 0, told: [], socket, beats: [],
    }
    this.sessions.set(session.id, session)
    const { ready, then } = this.world.ready(session.shard)
    this.tell(session, { t: 'READY', d: { v: 10, session_id: session.id, resume_gateway_url: this.url, shard: session.shard, ...ready } })
    for (const what of then) this.tell(session, what)
    this.arrived()
    return session
  }

  private resume(socket: WebSocket, asked: { token: string, session_id: string, seq: number }): Session | undefined {
    const session = this.sessions.get(asked.session_id)
    if (!session || asked.token !== this.world.token) {
      socket.send(JSON.stringify({ op: op.invalid_session, d: false }))
      return undefined
    }
    session.socket = socket
    for (const packet of session.told) if (packet.s! > asked.seq) socket.send(JSON.stringify(packet))
    this.tell(session, { t: 'RESUMED', d: {} })
    this.arrived()
    return session
  }

  private arrived(): void {
    for (const arrived of this.arrivals.splice(0)) arrived()
  }

  private tell(session: Session, { t, d, intent = 0 }: Dispatch): void {
    if ((session.intents & intent) !== intent) return
    const packet: Packet = { op: op.dispatch, t, d, s: ++session.sequence }
    session.told.push(packet)
    session.socket?.send(JSON.stringify(packet))
  }
}
