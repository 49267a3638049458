// The surface, on a real server.

import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'

import { comparePositions, Datadrop, guildKey, HistoryChangedError, NotAuthorizedError, PositionUnknownError, type Command, type RefusedError } from 'datadrop-client'

import { collect, guild_id, newMember } from '../support/members.js'
import { Server } from '../support/server.js'

suite('on a real server', () => {
  const server = new Server()
  let datadrop: Datadrop

  before(async () => {
    await server.start()
    datadrop = new Datadrop({ server: server.url, token: server.token() })
  })
  after(() => server.discard())

  const upTo = async (member: { guild_id: string, user_id: string }, ...commands: string[]) => {
    const sent = commands.map(command => ({ ...member, command }) as Command)
    return collect(datadrop.submitAll(sent))
  }

  test('submit: a command without a key is accepted, and told with the key that was made', async () => {
    const member = newMember()
    const outcome = await datadrop.submit({ ...member, command: 'Join' })
    assert.equal(outcome.outcome, 'accepted')
    assert.match(outcome.idempotency_key, new RegExp(`^dd:${guild_id}:[0-9a-f]{32}$`))
    const [event] = await datadrop.history(member.guild_id, member.user_id)
    assert.equal(event?.idempotency_key, outcome.idempotency_key)
  })

  test('submit: the same key again has the same outcome, as a replay', async () => {
    const command = { ...newMember(), command: 'Join', idempotency_key: guildKey(guild_id, 'interaction', 1) } as const
    const first = await datadrop.submit(command)
    const second = await datadrop.submit(command)
    assert.deepEqual(second, { ...first, replayed: true })
  })

  test('submit: a rejection is an outcome with the commands that are allowed', async () => {
    const outcome = await datadrop.submit({ ...newMember(), command: 'AcceptRules' })
    assert.equal(outcome.outcome, 'rejected')
    assert.ok(outcome.outcome === 'rejected' && outcome.code === 'transition_not_allowed')
    assert.deepEqual(outcome.allowed, ['Join'])
  })

  test('submit: a stale expectation is told as conflict at once, unless retry is said', async () => {
    const member = newMember()
    await datadrop.submit({ ...member, command: 'Join' })
    const click = { ...member, command: 'ConfirmVerification', expected_state: 'VerificationPending' } as const
    const outcome = await datadrop.submit(click)
    assert.deepEqual([outcome.outcome, 'state' in outcome && outcome.state], ['conflict', 'InvitedOrJoined'])
    assert.equal((await datadrop.submit({ ...click, on_conflict: 'retry' })).outcome, 'dead_lettered')
  })

  test('submit: a value that the server cannot take is the outcome invalid, naming the field', async () => {
    const command = { ...newMember(), command: 'RecordEmail', payload: { email: 'nobody' }, idempotency_key: 'k' } as const
    const outcome = await datadrop.submit(command)
    assert.equal(outcome.outcome, 'invalid')
    assert.match(outcome.outcome === 'invalid' ? outcome.detail : '', /payload\.email/)
    assert.deepEqual(await collect(datadrop.submitAll([command])), [outcome])
  })

  test('submitAll: outcomes come in the order of the commands, those of a member decided in it', async () => {
    const members = Array.from({ length: 30 }, newMember)
    const stages = ['Join', 'BeginOnboarding', 'CompleteOnboarding', 'GrantEligibility', 'AcceptRules'] as const
    const commands = members.flatMap(member => stages.map(command => ({ ...member, command })))
    const outcomes = await collect(datadrop.submitAll(commands))
    assert.deepEqual(outcomes.map(({ outcome, user_id }) => ({ outcome, user_id })),
      commands.map(({ user_id }) => ({ outcome: 'accepted', user_id })))
  })

  test('submitAll: takes an async iterable, and an empty one', async () => {
    const commands = async function* () { for (let i = 0; i < 3; ++i) yield { ...newMember(), command: 'Join' } as const }
    assert.equal((await collect(datadrop.submitAll(commands()))).length, 3)
    assert.deepEqual(await collect(datadrop.submitAll([])), [])
  })

  test('readAfter: shows what was written', async () => {
    const outcome = await datadrop.submit({ ...newMember(), command: 'Join' })
    assert.ok(outcome.outcome === 'accepted')
    const member = await datadrop.readAfter(outcome)
    assert.deepEqual([member.state, member.version, member.position], ['InvitedOrJoined', 1, outcome.position])
  })

  test('member and history: nobody is undefined, and nothing', async () => {
    const { user_id } = newMember()
    assert.equal(await datadrop.member(guild_id, user_id), undefined)
    assert.deepEqual(await datadrop.history(guild_id, user_id), [])
  })

  test('member: a position that the log never gave is PositionUnknownError', async () => {
    const { user_id } = newMember()
    await assert.rejects(datadrop.member(guild_id, user_id, { min_position: '999999999' }), PositionUnknownError)
  })

  test('members: all pages of a guild, in one sequence, and by state', async () => {
    const guild = newMember().user_id
    const commands = Array.from({ length: 1_203 }, () => ({ ...newMember(), guild_id: guild, command: 'Join' }) as const)
    const outcomes = await collect(datadrop.submitAll(commands))
    const last = outcomes.flatMap(outcome => outcome.outcome === 'accepted' ? [outcome] : [])
      .sort((a, b) => comparePositions(a.position, b.position)).at(-1)!
    await datadrop.readAfter(last)
    const found = await collect(datadrop.members({ guild_id: guild }))
    assert.equal(new Set(found.map(({ user_id }) => user_id)).size, 1_203)
    assert.deepEqual(await collect(datadrop.members({ guild_id: guild, state: 'Banned' })), [])
  })

  test('dead letters: listed, shown, redriven with another expectation, discarded', async () => {
    const park = async () => {
      const member = newMember()
      await upTo(member, 'Join')
      const outcome = await datadrop.submit({ ...member, command: 'Leave', expected_state: 'Verified', on_conflict: 'retry' })
      assert.ok(outcome.outcome === 'dead_lettered')
      return (await datadrop.deadLetters.show(outcome.dead_letter_id))!
    }
    const [first, second] = [await park(), await park()]
    const listed = await collect(datadrop.deadLetters.list({ guild_id, status: 'parked' }))
    assert.ok([first, second].every(({ id }) => listed.some(letter => letter.id === id)))
    const filter = { user_id: first.user_id, command: 'Leave', parked_after: '2001-09-01T00:00:00Z' } as const
    assert.deepEqual((await collect(datadrop.deadLetters.list(filter))).map(({ id, etag }) => [id, etag]), [[first.id, first.etag]])
    assert.deepEqual((await datadrop.deadLetters.counts(filter)).by_code, [
      { code: 'retry_budget_spent', count: 1, oldest_parked_at: first.parked_at },
    ])
    const { outcome, status } = await datadrop.deadLetters.redrive(first, { reason: 'a test', expected_state: null })
    assert.deepEqual([status, outcome.outcome], ['redriven', 'accepted'])
    assert.equal((await datadrop.deadLetters.discard(second, { reason: 'a test' })).status, 'discarded')
    await assert.rejects(datadrop.deadLetters.redrive({ id: second.id }), (error: RefusedError) => error.problem.code === 'dead_letter_closed')
    assert.equal(await datadrop.deadLetters.show('1'), undefined)
  })

  test('dead letters: what a redrive would do, and only while nobody else did something', async () => {
    const member = newMember()
    await upTo(member, 'Join')
    const parked = await datadrop.submit({ ...member, command: 'Leave', expected_state: 'Verified', on_conflict: 'retry' })
    assert.ok(parked.outcome === 'dead_lettered')
    const letter = (await datadrop.deadLetters.show(parked.dead_letter_id))!
    const { would } = await datadrop.deadLetters.preview(letter, { expected_state: null })
    assert.deepEqual(would, { outcome: 'accepted', event: 'MemberLeft', from_state: 'InvitedOrJoined', to_state: 'LeftGuild', version: 2 })
    const { outcome } = await datadrop.deadLetters.redrive(letter)
    assert.equal(outcome.outcome, 'dead_lettered')
    const changed = { name: 'DeadLetterChangedError', message: /last event is RedriveFailed/ }
    await assert.rejects(datadrop.deadLetters.preview(letter), changed)
    await assert.rejects(datadrop.deadLetters.redrive(letter, { expected_state: null }), changed)
    await assert.rejects(datadrop.deadLetters.discard(letter, { reason: 'a test' }), changed)
    const again = (await datadrop.deadLetters.show(letter.id))!
    assert.deepEqual(again.since, [])
    assert.equal((await datadrop.deadLetters.discard(again, { reason: 'a test' })).status, 'discarded')
  })

  test('runs: previewed, started for as many as were selected, followed to the end', async () => {
    const guild_id = newMember().user_id
    const members = Array.from({ length: 30 }, () => ({ ...newMember(), guild_id }))
    await collect(datadrop.submitAll(members.map(member => ({ ...member, command: 'Join' }))))
    await collect(datadrop.submitAll(members.map(member => ({ ...member, command: 'Leave', expected_state: 'Verified', on_conflict: 'retry' }))))
    await collect(datadrop.submitAll(members.slice(0, 10).map(member => ({ ...member, command: 'Ban' }))))
    const { runs } = datadrop.deadLetters
    const run = await runs.preview({ act: 'redrive', reason: 'they did leave', filter: { guild_id }, expected_state: null })
    assert.deepEqual([run.status, run.selected, run.done], ['previewed', 30, 0])
    assert.deepEqual(run.histogram, [
      { outcome: 'accepted', code: null, event: 'MemberLeft', count: 20 },
      { outcome: 'rejected', code: 'transition_not_allowed', event: null, count: 10 },
    ])
    await assert.rejects(runs.start({ ...run, selected: 29 }), (error: RefusedError) => error.problem.code === 'run_changed')
    await runs.start(run)
    const looks = await collect(runs.follow(run, { every: 10 }))
    const last = looks.at(-1)!
    assert.deepEqual([last.status, last.done], ['done', 30])
    assert.deepEqual(last.results, [
      { outcome: 'accepted', code: null, count: 20 },
      { outcome: 'rejected', code: 'transition_not_allowed', count: 10 },
    ])
    assert.equal((await runs.start(run)).status, 'done') // once more is the same
    assert.deepEqual(await runs.show(run.id), last)
    assert.ok((await runs.list()).some(({ id }) => id === run.id))
    assert.equal(await runs.show('999999999'), undefined)
    const left = await collect(datadrop.deadLetters.list({ guild_id, status: 'parked' }))
    assert.equal(left.length, 10)
  })

  test('runs: one that is stopped is followed no more, and goes on when it is started again', async () => {
    const guild_id = newMember().user_id
    const members = Array.from({ length: 20 }, () => ({ ...newMember(), guild_id }))
    await collect(datadrop.submitAll(members.map(member => ({ ...member, command: 'Kick', expected_state: 'Verified', on_conflict: 'retry' }))))
    const { runs } = datadrop.deadLetters
    const run = await runs.preview({ act: 'discard', reason: 'nobody was there', filter: { guild_id }, rate: 1 })
    await runs.start(run)
    const seen: string[] = []
    for await (const { status, done } of runs.follow(run, { every: 10 })) {
      seen.push(status)
      if (status === 'running' && done > 0) await runs.stop(run)
    }
    assert.equal(seen.at(-1), 'stopped')
    assert.equal((await runs.start(run)).status, 'running')
    const signal = AbortSignal.timeout(1)
    await assert.rejects(collect(runs.follow(run, { signal })), { name: 'AbortedError' })
    assert.equal((await runs.stop(run)).status, 'stopped')
  })

  test('feed: from a cursor on, of the types that are wanted', async () => {
    const member = newMember()
    const [joined] = await upTo(member, 'Join', 'BeginOnboarding', 'Leave')
    assert.ok(joined?.outcome === 'accepted')
    const feed = datadrop.feed({ after: String(BigInt(joined.position) - 1n), events: ['MemberJoined', 'MemberLeft'], guild: guild_id })
    const [first, second] = await collect(feed, 2)
    assert.deepEqual([first?.event, second?.event, second?.user_id], ['MemberJoined', 'MemberLeft', member.user_id])
    const [again] = await collect(datadrop.feed({ after: first!.cursor }), 1)
    assert.deepEqual([again?.event, again?.version], ['OnboardingBegun', 2])
  })

  test('feed: of one guild among others, live', async () => {
    const mine = { ...newMember(), guild_id: newMember().user_id }
    const feed = datadrop.feed({ after: '0', guild: mine.guild_id, events: ['MemberLeft'] })
    const next = feed.next()
    for (const member of [newMember(), mine]) await upTo(member, 'Join', 'Leave')
    const { value } = await next
    assert.deepEqual([value?.event, value?.guild_id, value?.user_id], ['MemberLeft', mine.guild_id, mine.user_id])
    await feed.return()
  })

  test('feed: a cursor of another server is HistoryChangedError with the head', async () => {
    await upTo(newMember(), 'Join')
    await assert.rejects(collect(datadrop.feed({ after: '1~00000000' })), (error: HistoryChangedError) =>
      error instanceof HistoryChangedError && /^\d+~/.test(error.head))
  })

  test('a token without the scope, or of another server, is NotAuthorizedError', async () => {
    const reader = new Datadrop({ server: server.url, token: server.token({ scopes: 'read' }) })
    await assert.rejects(reader.submit({ ...newMember(), command: 'Join' }), NotAuthorizedError)
    await assert.rejects(collect(reader.submitAll([{ ...newMember(), command: 'Join' }])), NotAuthorizedError)
    const stranger = new Datadrop({ server: server.url, token: 'nobody' })
    await assert.rejects(stranger.member(guild_id, '1'), NotAuthorizedError)
    await assert.rejects(collect(stranger.feed()), NotAuthorizedError)
  })
})
