// The pieces of code in README.md do what it says, and its settings of proxies pass the feed.

import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { after, before, suite, test, type TestContext } from 'node:test'

import { AbortedError, comparePositions, Datadrop, type Command, type FeedEvent, type Submitted } from 'datadrop-client'

import { collect, newMember } from '../support/members.js'
import { startProxy, type ProxyName } from '../support/proxy.js'
import { Server } from '../support/server.js'
import type { World } from '../support/snippet_world.js'
import { until } from '../support/wait.js'

const run = new Set<string>()
let runs = 0

suite('README', () => {
  const server = new Server()

  before(async () => {
    await server.start()
    process.env.DATADROP_SERVER = server.url
    process.env.DATADROP_TOKEN = server.token()
    globalThis.datadrop = new Datadrop({ server: server.url, token: process.env.DATADROP_TOKEN })
  })
  after(() => server.discard())

  /** What a piece of code prints for a member that nobody else has. */
  async function printed(test: TestContext, name: string, world: World = {}): Promise<string[]> {
    run.add(name)
    Object.assign(globalThis, newMember(), world)
    const log = test.mock.method(console, 'log', () => {})
    await import(new URL(`../snippets/${name}.js?${++runs}`, import.meta.url).href)
    const lines = log.mock.calls.map(call => call.arguments.join(' '))
    log.mock.restore()
    return lines
  }

  test('five lines send a command', async test => {
    const [line] = await printed(test, 'five-lines')
    assert.match(line!, /^accepted dd:288659194737983489:[0-9a-f]{32}$/)
  })

  test('outcomes are told in words', async test => {
    await printed(test, 'outcomes')
    const { told } = await import(new URL('../snippets/outcomes.js', import.meta.url).href) as { told: (outcome: Submitted) => string }
    assert.equal(told(await datadrop.submit({ ...newMember(), command: 'Join' })), 'Done: InvitedOrJoined.')
    assert.equal(told(await datadrop.submit({ ...newMember(), command: 'LiftBan' })), 'Not now (transition_not_allowed): None allows Join.')
  })

  test('the same fact has the same key', async test => {
    const joined = { guild: { id: guild_id }, joinedTimestamp: 1_700_000_000_000 }
    assert.deepEqual(await printed(test, 'keys', { member: joined }), ['accepted true', `dd:${guild_id}:invoice:7`])
  })

  test('a late click is told, and parks nothing', async test => {
    const member = newMember()
    const joined = await datadrop.submit({ ...member, command: 'Join' })
    assert.ok(joined.outcome === 'accepted')
    await datadrop.readAfter(joined)
    assert.deepEqual(await printed(test, 'expectations', member), ['It is LeftGuild by now, version 2.'])
    assert.deepEqual((await collect(datadrop.deadLetters.list())).filter(({ user_id }) => user_id === member.user_id), [])
  })

  /** As discord.js has it: an answer is given once, and edited then. */
  const interactionOf = (shown: string[]) => {
    let deferred = false
    return {
      id: newMember().user_id, guildId: guild_id,
      deferReply: async () => { assert.ok(!deferred, 'InteractionAlreadyReplied'); deferred = true },
      editReply: async (text: string) => { assert.ok(deferred, 'InteractionNotReplied'); shown.push(text) },
    }
  }

  test('an interaction is answered', async test => {
    const shown: string[] = []
    await printed(test, 'three-seconds', { interaction: interactionOf(shown) })
    assert.deepEqual(shown, ['accepted'])
  })

  test('an interaction is answered a second time when the first try is undecided', async test => {
    const shown: string[] = []
    const keys: unknown[] = []
    const slow = { submit: async (command: Command) => {
      keys.push(command.idempotency_key)
      return keys.length === 1 ? { outcome: 'undecided' } : await real.submit(command)
    } } as Datadrop
    const real = globalThis.datadrop
    test.after(() => { globalThis.datadrop = real })
    await printed(test, 'three-seconds', { interaction: interactionOf(shown), datadrop: slow })
    assert.deepEqual(shown, ['This takes longer than usual.', 'accepted'])
    assert.equal(keys[0], keys[1])
  })

  test('many commands go by submitAll', async test => {
    const newcomers = Array.from({ length: 100 }, () => newMember().user_id)
    assert.deepEqual(await printed(test, 'many', { newcomers }), [])
    assert.equal((await datadrop.history(guild_id, newcomers[99]!)).length, 2)
  })

  test('what was written is read', async test => {
    const guild = newMember().user_id
    const lines = await printed(test, 'reading', { guild_id: guild })
    assert.deepEqual(lines, ['InvitedOrJoined true', '1 MemberJoined ', user_id])
  })

  test('the feed goes on behind what was kept, and a changed history is rebuilt', async test => {
    const rebuilt: string[] = []
    const seen: FeedEvent[] = []
    const takeIn = async (event: FeedEvent) => {
      if (seen.push(event) === 3) throw new Error('enough')
    }
    const world = { kept: { cursor: '0' }, takeIn, rebuildFrom: async (cursor: string) => { rebuilt.push(cursor) } }
    await assert.rejects(printed(test, 'feed', world), /enough/)
    assert.deepEqual(seen.map(({ position }) => position), seen.map(({ position }) => position).sort(comparePositions))
    assert.equal(world.kept.cursor, seen[1]!.cursor)
    assert.deepEqual(rebuilt, [])
    await printed(test, 'feed', { ...world, kept: { cursor: '1~00000000' } })
    assert.deepEqual(rebuilt, ['0'])
  })

  test('dead letters are listed and shown, and redriven or discarded', async test => {
    const guild = newMember().user_id
    const park = async (command: 'Leave' | 'Kick') => {
      const member = { guild_id: guild, user_id: newMember().user_id }
      await datadrop.submit({ ...member, command: 'Join' })
      const outcome = await datadrop.submit({ ...member, command, expected_state: 'Verified', on_conflict: 'retry' })
      assert.ok(outcome.outcome === 'dead_lettered')
      return outcome.dead_letter_id
    }
    const [first, second] = [await park('Leave'), await park('Kick')]
    assert.deepEqual(await printed(test, 'dead-letters', { guild_id: guild }), [`${first} accepted`, `${second} discarded`])
  })

  test('many dead letters are previewed, and redriven once all would be accepted', async test => {
    const guild = newMember().user_id
    for (let i = 0; i < 3; ++i) {
      const member = { guild_id: guild, user_id: newMember().user_id }
      await datadrop.submit({ ...member, command: 'Join' })
      await datadrop.submit({ ...member, command: 'Leave', expected_state: 'Verified', on_conflict: 'retry' })
    }
    const lines = await printed(test, 'runs', { guild_id: guild })
    assert.equal(lines[0], '3 accepted MemberLeft')
    assert.equal(lines.at(-1), 'done: 3 of 3')
  })

  for (const proxy of ['nginx', 'haproxy', 'caddy'] as ProxyName[]) {
    test(`the feed and commands pass ${proxy} as the page sets it up, also after a restart of the server`, async test => {
      const url = await startProxy(test, proxy, piece(proxy), server.port)
      const through = new Datadrop({ server: url, token: process.env.DATADROP_TOKEN })
      const [seen, cuts] = [new Set<string>(), [] as string[]]
      const end = new AbortController()
      test.after(() => end.abort())
      const reader = follow(through, end.signal, seen, cuts)
      await comesThrough(through, seen)
      await server.stop()
      await server.start()
      await comesThrough(through, seen)
      end.abort()
      await assert.rejects(reader, AbortedError)
      assert.ok(cuts.length > 0)
    })
  }

  test('no piece of code is left out', () => {
    const all = readdirSync(new URL('../snippets/', import.meta.url)).filter(name => name.endsWith('.js'))
    assert.deepEqual([...run].sort(), all.map(name => name.slice(0, -'.js'.length)).sort())
  })
})

async function follow(datadrop: Datadrop, signal: AbortSignal, seen: Set<string>, cuts: string[]): Promise<void> {
  const feed = datadrop.feed({ signal, onCut: why => cuts.push(why) })
  for await (const { user_id } of feed) seen.add(user_id)
}

async function comesThrough(datadrop: Datadrop, seen: Set<string>): Promise<void> {
  const member = newMember()
  assert.equal((await datadrop.submit({ ...member, command: 'Join' })).outcome, 'accepted')
  await until('the event comes through', () => seen.has(member.user_id))
}

/** A block of README.md in a language. */
function piece(language: string): string {
  const text = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')
  return new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'ms').exec(text)![1]!
}
