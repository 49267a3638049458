// What a TypeScript author can get wrong: each is told by name, with what to do, before anything is
// sent. The types forbid nearly all of it; these calls come from JavaScript, `any` and JSON.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Datadrop, guildKey, MisuseError } from 'datadrop-client'

import { collect } from './support/members.js'
import { acceptAll, startStub } from './support/stub.js'

const command = { guild_id: '288659194737983489', user_id: '80351110224678912', command: 'Join' }

const commands: [what: string, wrong: object | string, told: RegExp][] = [
  ['a number as an id', { user_id: 80351110224678912 }, /user_id must be a snowflake as decimal text, not the number 80351110224678910: .*2\^53/],
  ['a BigInt as an id', { user_id: 80351110224678912n }, /user_id .* not the bigint 80351110224678912/],
  ['a mention as an id', { user_id: '<@80351110224678912>' }, /user_id .* not '<@80351110224678912>'/],
  ['no guild', { guild_id: undefined }, /guild_id .* not undefined/],
  ['a Date as occurred_at', { occurred_at: new Date(0) }, /occurred_at .* not a Date: write date\.toISOString\(\)/],
  ['a number as occurred_at', { occurred_at: 1_700_000_000_000 }, /occurred_at .* not the number 1700000000000/],
  ['a command in small letters', { command: 'join' }, /command must be one of Join, .* not 'join'/],
  ['no command', { command: undefined }, /command must be one of .* not undefined/],
  ['a state that is none', { expected_state: 'verified' }, /expected_state must be one of .* not 'verified'/],
  ['a position as a version', { expected_version: '7' }, /expected_version must be a whole number from 0, not '7'/],
  ['a version below 0', { expected_version: -1 }, /expected_version .* not the number -1/],
  ['a lifecycle that is no number', { expected_lifecycle: NaN }, /expected_lifecycle .* not the number NaN/],
  ['another on_conflict', { on_conflict: 'ignore' }, /on_conflict must be one of retry, fail, not 'ignore'/],
  ['a field that there is not', { expectedState: 'Verified' }, /no field expectedState: .* expected_state/],
  ['a payload that is no object', { payload: 'ada@example.org' }, /payload must be an object, not 'ada@example\.org'/],
  ['a key with a blank', { idempotency_key: 'my key' }, /idempotency_key .* not 'my key'/],
  ['a key that is too long', { idempotency_key: 'k'.repeat(65) }, /idempotency_key must be 1 to 64 .* \(65 characters\)/],
  ['a key that is a number', { idempotency_key: 7 }, /idempotency_key .* not number 7/],
  ['another guild\'s key', { idempotency_key: guildKey('1', 'interaction', 7) }, /was made for guild 1, and the command is for guild 288659194737983489/],
  ['a reason that is no text', { reason: ['spam'] }, /reason must be a text, not a value of type Array/],
  ['a text as a command', 'Join', /a command must be an object .* not 'Join'/],
]

for (const [what, wrong, told] of commands) {
  test(`submit: ${what} is told by name, and nothing is sent`, async test => {
    const stub = await startStub(test, acceptAll)
    const datadrop = new Datadrop({ server: stub.url, token: 'secret' })
    const sent = (typeof wrong === 'string' ? wrong : { ...command, ...wrong }) as never
    const isTold = (error: unknown) => error instanceof MisuseError && told.test(error.message) || assert.fail(String(error))
    await assert.rejects(datadrop.submit(sent), isTold)
    await assert.rejects(collect(datadrop.submitAll([sent])), isTold)
    assert.equal(stub.seen.length, 0)
  })
}

const make = (options: object) => () => new Datadrop(options as never)
const datadrop = new Datadrop({ server: 'http://127.0.0.1:1', token: 'secret' })
const anything = <T>(value: unknown) => value as T

const calls: [what: string, call: () => unknown, told: RegExp][] = [
  ['no options', make(undefined as never), /an object with server and token, not undefined/],
  ['a missing token', make({ server: 'http://x' }), /the token is missing: .*datadrop token create/],
  ['a token from a file, with its line break', make({ server: 'http://x', token: 'secret\n' }), /without a line break at its end/],
  ['a URL without a scheme', make({ server: 'localhost:8132', token: 't' }), /server must be a URL with its scheme, .* not 'localhost:8132'/],
  ['a server that is missing', make({ token: 't' }), /server must be a URL .* not undefined/],
  ['a database\'s URL', make({ server: 'postgresql://localhost/datadrop', token: 't' }), /server must be a URL .* not 'postgresql:/],
  ['a password in the URL', make({ server: 'http://ada:secret@localhost', token: 't' }), /not 'http:\/\/localhost\/': give the token as token/],
  ['an option that there is not', make({ server: 'http://x', token: 't', timeout: 5 }), /no option timeout here: the options are server, token, within, connections/],
  ['a time in words', make({ server: 'http://x', token: 't', within: '2s' }), /within must be a number of milliseconds above 0, not '2s'/],
  ['no connections', make({ server: 'http://x', token: 't', connections: 0 }), /connections must be a whole number from 1, not the number 0/],
  ['a controller as a signal', () => datadrop.feed({ signal: anything(new AbortController()) }), /signal must be an AbortSignal, not a value of type AbortController/],
  ['a number as a cursor', () => datadrop.feed({ after: anything(41) }), /after must be a cursor .* not the number 41/],
  ['an event as a cursor', () => datadrop.feed({ after: anything({ cursor: '1' }) }), /after must be a cursor .* not a value of type Object/],
  ['an event that there is not', () => datadrop.feed({ events: anything(['memberJoined']) }), /an item of events must be one of .* not 'memberJoined'/],
  ['events that are a text', () => datadrop.feed({ events: anything('MemberJoined') }), /events must be an array .* not 'MemberJoined'/],
  ['a misspelt option of the feed', () => datadrop.feed(anything({ from: '1' })), /no option from here: .* after/],
  ['one command to submitAll', () => datadrop.submitAll(anything(command)), /an iterable .*: pass one command to submit/],
  ['a state that is none', () => datadrop.members({ guild_id: '1', state: anything('Gone') }), /state must be one of .* not 'Gone'/],
  ['no guild for members', () => datadrop.members(anything({})), /guild_id must be a snowflake as decimal text, not undefined/],
  ['a number as a member', () => datadrop.member('1', anything(2)), /user_id .* not the number 2/],
  ['a cursor as min_position', () => datadrop.member('1', '2', { min_position: '41~9f3c21ab' }), /min_position .*: a cursor of the feed is only for its after/],
  ['a number as min_position', () => datadrop.member('1', '2', { min_position: anything(41) }), /min_position must be decimal text .* not number 41/],
  ['a letter\'s number', () => datadrop.deadLetters.show(anything(7)), /a dead letter's id must be decimal text, not the number 7/],
  ['a discard without a reason', () => datadrop.deadLetters.discard({ id: '7' }, anything({})), /reason must be a text, not undefined: say why/],
]

for (const [what, call, told] of calls) {
  test(`${what} is told by name`, async () => {
    await assert.rejects(async () => call(), (error: unknown) =>
      error instanceof MisuseError && told.test(error.message) && error.remedy !== '' || assert.fail(String(error)))
  })
}
