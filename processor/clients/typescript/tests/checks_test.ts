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
  ['a key that is a number', { idempotency_key: 7 }, /idempotency_key .* not the number 7/],
  ['another guild\'s key', { idempotency_key: guildKey('1', 'interaction', 7) }, /was made for guild 1, and the command is for guild 288659194737983489/],
  ['a reason that is no text', { reason: ['spam'] }, /reason must be a text, not a value of type Array/],
  ['an id that no snowflake can be', { user_id: '9223372036854775808' }, /user_id .* not '9223372036854775808': .* 1 to 9223372036854775807/],
  ['a time without its zone', { occurred_at: '2026-09-01T10:11:12' }, /occurred_at must be an RFC 3339 text .* not '2026-09-01T10:11:12'/],
  ['a day that there is not', { occurred_at: '2026-02-30T10:11:12Z' }, /occurred_at .* not '2026-02-30T10:11:12Z'/],
  ['a reason that is too long', { reason: '😀'.repeat(513) }, /reason must be at most 512 characters and not 513/],
  ['half a character', { actor: '😀'.slice(0, 1) }, /actor must be a whole text/],
  ['no payload of a command that needs one', { command: 'RecordEmail' }, /payload\.email must be there for RecordEmail/],
  ['a BigInt in the payload', { command: 'RecordEmail', payload: { email: 7n } }, /payload\.email must be a text, not the bigint 7/],
  ['an object as a key', { idempotency_key: Object.create(null) }, /idempotency_key must be .* not a value of type object/],
  ['fields of a prototype', Object.create(command), /a command must have its fields itself, and guild_id is its prototype's/],
  ['a text as a command', 'Join', /a command must be an object .* not 'Join'/],
]

for (const [what, wrong, told] of commands) {
  test(`submit: ${what} is told by name, and nothing is sent`, async test => {
    const stub = await startStub(test, acceptAll)
    const datadrop = new Datadrop({ server: stub.url, token: 'secret' })
    const sent = (typeof wrong === 'string' || Object.keys(wrong).length === 0 ? wrong : { ...command, ...wrong }) as never
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
  ['a number as min_position', () => datadrop.member('1', '2', { min_position: anything(41) }), /min_position must be decimal text .* not the number 41/],
  ['a letter\'s number', () => datadrop.deadLetters.show(anything(7)), /a dead letter's id must be decimal text, not the number 7/],
  ['no signal of a dead letter', () => datadrop.deadLetters.show('7', { signal: anything({}) }), /signal must be an AbortSignal, not a value of type Object/],
  ['a time below 0 for a dead letter', () => datadrop.deadLetters.redrive({ id: '7' }, {}, { within: -1 }), /within must be .* not the number -1/],
  ['an option of a list that there is not', () => datadrop.deadLetters.list({}, anything({ page: 2 })), /no option page here/],
  ['no filter of a list', () => datadrop.deadLetters.list(anything(null)), /the filter of list must be an object with guild_id, user_id, .* not null/],
  ['a status that there is not', () => datadrop.deadLetters.list({ status: anything('open') }), /status must be one of parked, .* not 'open'/],
  ['nothing of a redrive', () => datadrop.deadLetters.redrive({ id: '7' }, anything(null)), /the second argument of redrive must be an object .* not null/],
  ['a command of a filter that there is not', () => datadrop.deadLetters.counts({ command: anything('Jion') }), /command must be one of Join, .* not 'Jion'/],
  ['a day for a time of a filter', () => datadrop.deadLetters.list({ parked_before: '2026-09-01' }), /parked_before must be an RFC 3339 text .* not '2026-09-01'/],
  ['nothing of a preview', () => datadrop.deadLetters.preview({ id: '7' }, anything(null)), /the second argument of preview must be an object .* not null/],
  ['a misspelt discard', () => datadrop.deadLetters.discard({ id: '7' }, anything({ reason: 'x', why: 'x' })), /no option why here/],
  ['an etag that is none', () => datadrop.deadLetters.discard({ id: '7', etag: anything(7) }, { reason: 'x' }), /etag must be a text, not the number 7/],
  ['a time where the options belong', () => datadrop.submit(command as never, anything(2500)), /the options must be an object with within, signal, not the number 2500/],
  ['no options of submit', () => datadrop.submit(command as never, anything(null)), /the options must be .* not null/],
  ['no options of submitAll', () => datadrop.submitAll([], anything(null)), /the options must be .* not null/],
  ['no options of a read', () => datadrop.member('1', '2', anything(null)), /the options must be .* not null/],
  ['no options of the feed', () => datadrop.feed(anything(null)), /the options must be .* not null/],
  ['no events for the feed', () => datadrop.feed({ events: [] }), /events is empty, .*: leave it out/],
  ['a text to call at a cut', () => datadrop.feed({ onCut: anything('log') }), /onCut must be a function, not 'log'/],
  ['no filter of members', () => datadrop.members(anything(undefined)), /the filter of members must be an object with guild_id, state, not undefined/],
  ['no outcome to read after', () => datadrop.readAfter(anything(undefined)), /the argument of readAfter must be an outcome, not undefined/],
  ['no guild of a key', () => guildKey(anything(undefined), 'a'), /guild_id of a key must be a snowflake/],
  ['a key of nothing', () => (guildKey as (...all: unknown[]) => string)('1'), /the parts of a key must be one at least/],
  ...[undefined, null, NaN, '', 'a:b'].map((part): typeof calls[number] =>
    [`${part || String(part) || 'an empty text'} in a key`, () => guildKey('1', 'a', anything(part)), /part 2 of a key must be a text .* not /]),
  ['a run without a reason', () => datadrop.deadLetters.runs.preview(anything({ act: 'discard' })), /reason must be a text, not undefined: say why/],
  ['a run\'s reason that is too long', () => datadrop.deadLetters.runs.preview({ act: 'discard', reason: 'é'.repeat(241) }), /reason must be at most 480 bytes and not 482/],
  ['an act that there is not', () => datadrop.deadLetters.runs.preview(anything({ act: 'Redrive', reason: 'x' })), /act must be one of redrive, discard, not 'Redrive'/],
  ['a run without a filter\'s name', () => datadrop.deadLetters.runs.preview({ act: 'discard', reason: 'x', filter: anything({ guild: '1' }) }), /no option guild here/],
  ['a run at no rate', () => datadrop.deadLetters.runs.preview({ act: 'discard', reason: 'x', rate: 0 }), /rate must be a whole number from 1 to 100,000, not the number 0/],
  ['a run\'s state that there is not', () => datadrop.deadLetters.runs.preview({ act: 'redrive', reason: 'x', expected_state: anything('Gone') }), /expected_state must be one of/],
  ['a run without its number', () => datadrop.deadLetters.runs.start(anything({ id: '7' })), /selected must be a whole number from 0, not undefined/],
  ['a number as a run', () => datadrop.deadLetters.runs.stop(anything(7)), /a run's id must be decimal text, not undefined/],
  ['a run that is followed at no pace', () => datadrop.deadLetters.runs.follow({ id: '7' }, { every: 0 }).next(), /every must be a number of milliseconds above 0/],
  ['a discard without a reason', () => datadrop.deadLetters.discard({ id: '7' }, anything({})), /reason must be a text, not undefined: say why/],
]

for (const [what, call, told] of calls) {
  test(`${what} is told by name`, async () => {
    await assert.rejects(async () => call(), (error: unknown) =>
      error instanceof MisuseError && told.test(error.message) && error.remedy !== '' || assert.fail(String(error)))
  })
}
