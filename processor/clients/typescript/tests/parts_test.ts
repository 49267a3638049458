// The parts that decide without a server.

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'

import { comparePositions, guildKey, hasReached, laterPosition, makeKey, MisuseError } from 'datadrop-client'

import { Batches, Slot } from '#dist/batches.js'
import { jitter, Patience, retryAfterOf } from '#dist/patience.js'
import { idleMax } from '#dist/transport.js'
import { Watchdog } from '#dist/watchdog.js'

suite('positions', () => {
  test('are compared as numbers beyond 2^53', () => {
    assert.deepEqual(['9', '10', '9223372036854775807', '9223372036854775806'].sort(comparePositions),
      ['9', '10', '9223372036854775806', '9223372036854775807'])
    assert.equal(laterPosition('9', '10'), '10')
    assert.deepEqual([hasReached('10', '9'), hasReached('9', '9'), hasReached('9', '10')], [true, true, false])
  })
  test('are no cursors', () => {
    assert.throws(() => comparePositions('1', '1,281474976710657'), MisuseError)
  })
})

suite('keys', () => {
  test('name their guild, and have a limit', () => {
    assert.equal(guildKey('1', 'interaction', 7), 'dd:1:interaction:7')
    assert.throws(() => guildKey('1', 'x'.repeat(60)), MisuseError)
    assert.match(makeKey('1'), /^dd:1:[0-9a-f]{32}$/)
    assert.notEqual(makeKey('1'), makeKey('1'))
  })
})

suite('waiting', () => {
  test('the bound doubles to 5 s, and Retry-After comes on top', () => {
    const bounds = [1, 2, 3, 6, 7, 100].map(tries => jitter(tries, 0, () => 1))
    assert.deepEqual(bounds, [100, 200, 400, 3_200, 5_000, 5_000])
    assert.deepEqual([jitter(3, 2_000, () => 0), jitter(3, 2_000, () => 0.5)], [2_000, 2_200])
  })
  test('Retry-After is seconds or a date', () => {
    const now = Date.parse('Fri, 27 Nov 2026 09:00:00 GMT')
    const read = (header?: string) => retryAfterOf(header, now)
    assert.deepEqual([read('2'), read('Fri, 27 Nov 2026 09:00:03 GMT'), read('Fri, 27 Nov 2026 08:00:00 GMT'), read('soon'), read()], [2_000, 3_000, 0, 0, 0])
    assert.equal(read('86400'), 60_000)
  })
  test('ends when the next try would come too late', async () => {
    assert.equal(await new Patience(1_000).again(2_000), false)
    assert.equal(await new Patience(1_000).again(0), true)
  })
})

suite('batches', () => {
  const slot = (user_id: string, reason = '') =>
    new Slot({ guild_id: '1', user_id, command: 'Join', reason, idempotency_key: 'k' })
  const users = (slots: Slot[]) => slots.map(({ command }) => command.user_id)

  test('hold one command of a member, the next when it is over', () => {
    const batches = new Batches()
    const slots = ['1', '2', '1', '3', '1'].map(user => slot(user))
    for (const each of slots) batches.add(each)
    assert.deepEqual(users(batches.cut()), ['1', '2', '3'])
    assert.deepEqual(batches.cut(), [])
    batches.over(slots[0]!)
    assert.deepEqual(batches.cut(), [slots[2]])
    batches.over(slots[2]!)
    assert.deepEqual(batches.cut(), [slots[4]])
  })
  test('are cut by count', () => {
    const batches = new Batches()
    for (let i = 1; i <= 1_001; ++i) batches.add(slot(String(i)))
    assert.deepEqual([batches.cut().length, batches.cut().length, batches.cut().length], [1_000, 1, 0])
  })
  test('are cut by bytes of UTF-8, one command at least', () => {
    const batches = new Batches()
    for (let i = 1; i <= 3; ++i) batches.add(slot(String(i), '😀'.repeat(120_000)))
    assert.deepEqual([batches.cut().length, batches.cut().length], [2, 1])
    batches.add(slot('4', 'x'.repeat(2_000_000)))
    assert.equal(batches.cut().length, 1)
  })
  test('what is sent again goes first', () => {
    const batches = new Batches()
    const [first, second] = [slot('1'), slot('2')]
    batches.add(second)
    batches.back([first])
    assert.deepEqual(batches.cut(), [first, second])
  })
})

suite('idle connections', () => {
  test('are given up a second before their server does, or after 4 s where it tells nothing', () => {
    assert.deepEqual(['timeout=60', 'timeout=1', 'max=100, timeout=5', undefined].map(idleMax), [59_000, 0, 4_000, 4_000])
  })
})

suite('watchdog', () => {
  test('ends what is silent, and nothing that gives a sign in time or is not waited for', async test => {
    test.mock.timers.enable({ apis: ['setTimeout'] })
    const watchdog = new Watchdog(1_000, new AbortController().signal)
    const signal = watchdog.begin()
    for (let sign = 0; sign < 3; ++sign) {
      let give = () => {}
      const waited = watchdog.watch(new Promise<void>(resolve => { give = resolve }))
      test.mock.timers.tick(999)
      give()
      await waited
      test.mock.timers.tick(5_000) // its reader is busy
    }
    assert.equal(signal.aborted, false)
    void watchdog.watch(new Promise(() => {}))
    test.mock.timers.tick(1_000)
    assert.equal(signal.aborted, true)
  })
})
