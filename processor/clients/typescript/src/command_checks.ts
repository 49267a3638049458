// What a command is looked over for before it is sent. Only what can be told without the server: types,
// names and shapes. Each error names the field, what stands there, and what to write instead.

import { checkOptions, checkState, oneOf, type Check } from './checks.js'
import { commandNames, statusNames, type Command, type DeadLetterFilter } from './contract.js'
import { MisuseError } from './errors.js'
import { checkKey, checkKeyOfGuild } from './keys.js'
import { checkSnowflake, misuse } from './misuse.js'

/** What is wrong with a command, thrown. */
export function checkCommand(command: unknown): asserts command is Command {
  if (typeof command !== 'object' || command === null || Array.isArray(command)) {
    throw misuse('a command', 'an object with guild_id, user_id and command', command,
      Array.isArray(command) ? 'pass several commands to submitAll' : 'see the type Command')
  }
  const fields = command as Record<string, unknown>
  for (const name of ['guild_id', 'user_id', 'command'] as const) fieldChecks[name](name, fields[name])
  checkOwn(fields)
  for (const [name, value] of Object.entries(fields)) checkField(name, value)
  checkNeeded(fields)
  if (typeof fields.idempotency_key === 'string') {
    checkKeyOfGuild(fields.idempotency_key, fields.guild_id as string)
  }
}

function checkField(name: string, value: unknown): void {
  if (!Object.hasOwn(fieldChecks, name)) {
    throw new MisuseError({
      what: `a command has no field ${name}`,
      remedy: `its fields are ${Object.keys(fieldChecks).join(', ')}`,
      value: name,
    })
  }
  if (value !== undefined && value !== null) fieldChecks[name as keyof typeof fieldChecks](name, value)
}

const count: Check = (name, value) => {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return
  throw misuse(name, 'a whole number from 0', value, 'pass on the number that the outcome or the member has')
}

const text: Check = (name, value) => {
  if (typeof value !== 'string') throw misuse(name, 'a text', value, 'write it as a string')
  if (/\p{Surrogate}/u.test(value)) {
    throw misuse(name, 'a whole text', value, 'cut texts between characters, as by [...text].slice(0, 100).join(\'\'): half of one is in it')
  }
}

const reasonMax = 512

/** Why something is done, for the audit trail. */
export const checkReason: Check = (name, value) => {
  text(name, value)
  const { length } = [...value as string]
  if (length <= reasonMax) return
  throw misuse(name, `at most ${reasonMax} characters and not ${length}`, value, 'shorten it by [...reason].slice(0, 512).join(\'\')')
}

const time: Check = (name, value) => {
  if (value instanceof Date) throw misuse(name, 'an RFC 3339 text', value, 'write date.toISOString()')
  if (typeof value === 'string' && isTime(value)) return
  throw misuse(name, 'an RFC 3339 text like 2026-09-01T10:11:12.345Z', value, 'write new Date(…).toISOString()')
}

/** With its zone, and of a day and an hour that there are. */
function isTime(value: string): boolean {
  const told = /^(\d{4})-(\d\d)-(\d\d)[Tt]([01]\d|2[0-3])(:[0-5]\d){2}(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/.exec(value)
  if (!told) return false
  const [year, month, day] = told.slice(1, 4).map(Number) as [number, number, number]
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

const payload: Check = (name, value) => {
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw misuse(name, 'an object', value, 'write the fields of the command\'s payload, or leave it out')
  }
  for (const [field, each] of Object.entries(value as object)) if (each != null) text(`${name}.${field}`, each)
}

/** What a command cannot do without. */
const needed: Partial<Record<string, string>> = {
  RecordEmail: 'email', RequireReverification: 'campaign_id', ExpireVerification: 'outcome',
}

function checkNeeded({ command, payload }: Record<string, unknown>): void {
  const field = needed[command as string]
  if (field === undefined) return
  const given = (payload as Record<string, unknown> | undefined | null)?.[field]
  if (given === undefined || given === null) {
    throw misuse(`payload.${field}`, `there for ${command}`, given, `write payload: { ${field}: '…' }`)
  }
}

/** What is sent is a copy of the fields that the command has itself. */
function checkOwn(fields: object): void {
  if (Object.getPrototypeOf(fields) === Object.prototype) return
  const inherited = Object.keys(fieldChecks).find(name => name in fields && !Object.hasOwn(fields, name))
  if (inherited === undefined) return
  throw new MisuseError({
    what: `a command must have its fields itself, and ${inherited} is its prototype's`,
    remedy: 'pass a plain object, { guild_id: it.guild_id, … }',
    value: inherited,
  })
}

const fieldChecks = {
  guild_id: checkSnowflake,
  user_id: checkSnowflake,
  command: oneOf(commandNames),
  payload,
  idempotency_key: ((_name, value) => void checkKey(value)) as Check,
  expected_version: count,
  expected_state: checkState,
  expected_lifecycle: count,
  on_conflict: oneOf(['retry', 'fail']),
  reason: checkReason,
  actor: text,
  correlation_id: text,
  occurred_at: time,
} satisfies Record<keyof Command, Check>

const redriveFields = ['reason', 'expected_state', 'expected_version', 'expected_lifecycle'] as const

/** What is wrong with a redrive, or a preview of one, thrown; null drops an expectation. */
export function checkRedrive(request: unknown, of: string): void {
  checkOptions(request, redriveFields, `the second argument of ${of}`)
  for (const [name, value] of Object.entries(request)) checkField(name, value)
}

const runReasonMax = 480 // bytes, since each act's has the run's id behind it

const runFields = ['act', 'reason', 'filter', 'limit', 'rate', ...redriveFields.slice(1)] as const

/** What is wrong with a run over many dead letters, thrown. */
export function checkRun(request: unknown): void {
  checkOptions(request, runFields, 'the argument of preview')
  const { act, reason, filter, limit, rate, ...expectations } = request as Record<string, unknown>
  oneOf(['redrive', 'discard'])('act', act)
  checkReasonOfRun(reason)
  if (filter !== undefined && filter !== null) checkLetterFilter(filter, 'the filter of a run')
  for (const [name, value] of Object.entries({ limit, rate })) if (value !== undefined && value !== null) atMostSoMany(name, value)
  for (const [name, value] of Object.entries(expectations)) checkField(name, value)
}

function checkReasonOfRun(reason: unknown): void {
  if (typeof reason !== 'string' || reason.trim() === '') {
    throw misuse('reason', 'a text', reason, 'say why, for the audit trail of each')
  }
  checkReason('reason', reason)
  const bytes = Buffer.byteLength(reason)
  if (bytes > runReasonMax) throw misuse('reason', `at most ${runReasonMax} bytes and not ${bytes}`, reason, 'say it shorter')
}

const atMostSoMany: Check = (name, value) => {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 100_000) return
  throw misuse(name, 'a whole number from 1 to 100,000', value, 'leave it out for all of them, as fast as it goes')
}

const filterChecks = {
  guild_id: checkSnowflake,
  user_id: checkSnowflake,
  command: oneOf(commandNames),
  code: text,
  status: oneOf(statusNames),
  parked_before: time,
  parked_after: time,
} satisfies Record<keyof DeadLetterFilter, Check>

/** What is wrong with a filter of dead letters, thrown. */
export function checkLetterFilter(filter: unknown, name: string): void {
  checkOptions(filter, Object.keys(filterChecks), name)
  for (const [field, check] of Object.entries(filterChecks)) {
    const value = (filter as Record<string, unknown>)[field]
    if (value !== undefined) check(field, value)
  }
}
