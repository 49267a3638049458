// What the other values of a call are looked over for before anything is sent.

import { setMaxListeners } from 'node:events'

import { eventNames, stateNames } from './contract.js'
import { MisuseError } from './errors.js'
import { misuse } from './misuse.js'
import type { ReadOptions } from './reading.js'

export type Check = (name: string, value: unknown) => void

/** One of these names. */
export const oneOf = (names: readonly string[]): Check => (name, value) => {
  if (typeof value !== 'string' || !names.includes(value)) {
    throw misuse(name, `one of ${names.join(', ')}`, value, 'write it as it stands there')
  }
}

export const checkState = oneOf(stateNames)

export const checkEvents: Check = (name, value) => {
  if (!Array.isArray(value)) throw misuse(name, 'an array of names of events', value, 'write [\'MemberJoined\']')
  if (value.length === 0) {
    throw new MisuseError({ what: `${name} is empty, and nothing would ever be told`, remedy: 'leave it out for events of all types', value })
  }
  for (const each of value) oneOf(eventNames)(`an item of ${name}`, each)
}

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
  if (signal === undefined) return signal
  if (signal instanceof AbortSignal) {
    // Many calls may share one, each with its listener: that is no leak to be warned of.
    setMaxListeners(0, signal)
    return signal
  }
  throw misuse('signal', 'an AbortSignal', signal, 'pass controller.signal, not the controller')
}

/** Only options that there are: a misspelt one would be silent. */
export function checkOptions(options: unknown, known: readonly string[], name = 'the options'): asserts options is object {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw misuse(name, `an object with ${known.join(', ')}`, options, 'write { … } with those that are wanted, or leave it out')
  }
  const strange = Object.keys(options).find(name => !known.includes(name))
  if (strange === undefined) return
  throw new MisuseError({
    what: `there is no option ${strange} here`,
    remedy: `the options are ${known.join(', ')}`,
    value: strange,
  })
}

/** For how long a read may take, and what ends it. */
export function checkReadOptions(options: unknown): void {
  checkOptions(options, ['within', 'signal'])
  const { within, signal } = options as ReadOptions
  if (within !== undefined) checkWithin(within)
  checkSignal(signal)
}
