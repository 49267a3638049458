// What a call is looked over for before anything is sent. Only what can be told without the server:
// types, names and shapes. Each error names the field, what stands there, and what to write instead.

import { commandNames, eventNames, stateNames, type Command } from './contract.js'
import { MisuseError } from './errors.js'
import { checkKey, checkKeyOfGuild } from './keys.js'

type Check = (name: string, value: unknown) => void

/** What is wrong with a command, thrown. */
export function checkCommand(command: unknown): asserts command is Command {
  if (typeof command !== 'object' || command === null || Array.isArray(command)) {
    throw misuse('a command', 'an object with guild_id, user_id and command', command,
      Array.isArray(command) ? 'pass several commands to submitAll' : 'see the type Command')
  }
  const fields = command as Record<string, unknown>
  for (const name of ['guild_id', 'user_id', 'command'] as const) fieldChecks[name](name, fields[name])
  for (const [name, value] of Object.entries(fields)) checkField(name, value)
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

/** An id of Discord. */
export const checkSnowflake: Check = (name, value) => {
  if (typeof value === 'string' && /^[1-9]\d{0,18}$/.test(value)) return
  const remedy = typeof value === 'number' || typeof value === 'bigint'
    ? 'keep ids as the text that Discord sends; JavaScript\'s numbers stop at 2^53 and change it'
    : 'pass the id on as Discord sends it'
  throw misuse(name, 'a snowflake as decimal text', value, remedy)
}

const oneOf = (names: readonly string[]): Check => (name, value) => {
  if (typeof value !== 'string' || !names.includes(value)) {
    throw misuse(name, `one of ${names.join(', ')}`, value, 'write it as it stands there')
  }
}

export const checkState = oneOf(stateNames)

export const checkEvents: Check = (name, value) => {
  if (!Array.isArray(value)) throw misuse(name, 'an array of names of events', value, 'write [\'MemberJoined\']')
  for (const each of value) oneOf(eventNames)(`an item of ${name}`, each)
}

const count: Check = (name, value) => {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return
  throw misuse(name, 'a whole number from 0', value, 'pass on the number that the outcome or the member has')
}

const text: Check = (name, value) => {
  if (typeof value !== 'string') throw misuse(name, 'a text', value, 'write it as a string')
}

const time: Check = (name, value) => {
  if (value instanceof Date) throw misuse(name, 'an RFC 3339 text', value, 'write date.toISOString()')
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d[Tt ]/.test(value)) {
    throw misuse(name, 'an RFC 3339 text like 2026-09-01T10:11:12.345Z', value, 'write new Date(…).toISOString()')
  }
}

const payload: Check = (name, value) => {
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw misuse(name, 'an object', value, 'write the fields of the command\'s payload, or leave it out')
  }
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
  reason: text,
  actor: text,
  correlation_id: text,
  occurred_at: time,
} satisfies Record<keyof Command, Check>

/** Where the server is, with the path in front of its routes and without a slash at the end. */
export function checkServer(server: unknown): URL {
  const url = typeof server === 'string' || server instanceof URL ? parsed(String(server)) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw misuse('server', 'a URL with its scheme, http:// or https://', server, 'write for instance http://127.0.0.1:8132')
  }
  if (url.search || url.hash || url.username) {
    throw misuse('server', 'a URL without a user, a query or a fragment', redacted(url), 'give the token as token')
  }
  return url
}

function parsed(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

function redacted(url: URL): string {
  const copy = new URL(url)
  copy.username = copy.password = ''
  return copy.href
}

/** The token; an error tells nothing of it but what it lacks. */
export function checkToken(token: unknown): string {
  if (typeof token === 'string' && /^[!-~]+$/.test(token)) return token
  throw new MisuseError({
    what: token === undefined || token === ''
      ? 'the token is missing'
      : 'the token must be a text of visible ASCII characters, without a line break at its end',
    remedy: 'make one with `datadrop token create --name NAME --source bot --scopes submit,read` and pass it as token',
  })
}

/** A time in milliseconds, for as long as something may take. */
export function checkWithin(within: unknown, name = 'within'): number {
  if (typeof within === 'number' && within > 0) return within
  throw misuse(name, 'a number of milliseconds above 0', within, 'for Discord\'s 3 seconds write { within: 2500 }')
}

/** A signal that can still end something. */
export function checkSignal(signal: unknown): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal
  throw misuse('signal', 'an AbortSignal', signal, 'pass controller.signal, not the controller')
}

/** Only options that there are: a misspelt one would be silent. */
export function checkOptions(options: object, known: readonly string[]): void {
  const strange = Object.keys(options).find(name => !known.includes(name))
  if (strange === undefined) return
  throw new MisuseError({
    what: `there is no option ${strange} here`,
    remedy: `the options are ${known.join(', ')}`,
    value: strange,
  })
}

/** An error about a value that is another than it must be. */
export function misuse(name: string, must: string, value: unknown, remedy: string): MisuseError {
  return new MisuseError({ what: `${name} must be ${must}, not ${shown(value)}`, remedy, value })
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return String(value)
  if (value instanceof Date) return 'a Date'
  if (typeof value === 'string') return `'${value.length > 100 ? `${value.slice(0, 100)}…` : value}'`
  if (typeof value === 'object' || typeof value === 'function') return `a value of type ${kindOf(value)}`
  return `the ${typeof value} ${String(value)}`
}

const kindOf = (value: object): string => value.constructor?.name ?? typeof value
