// Values that are other than they must be, told by name: what they must be, what they are, and what to
// write instead.

import { MisuseError } from './errors.js'

/** An error about a value that is another than it must be. */
export function misuse(name: string, must: string, value: unknown, remedy: string): MisuseError {
  return new MisuseError({ what: `${name} must be ${must}, not ${shown(value)}`, remedy, value })
}

/** A value in a few words, whatever it is. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return String(value)
  if (value instanceof Date) return 'a Date'
  if (typeof value === 'string') return `'${value.length > 100 ? `${value.slice(0, 100)}…` : value}'`
  if (typeof value === 'object' || typeof value === 'function') return `a value of type ${kindOf(value)}`
  return `the ${typeof value} ${String(value)}`
}

const kindOf = (value: object): string => value.constructor?.name ?? typeof value

const snowflakeMax = '9223372036854775807'

const isInRange = (digits: string): boolean => digits.length < snowflakeMax.length || digits <= snowflakeMax

/** An id of Discord. */
export function checkSnowflake(name: string, value: unknown): void {
  if (typeof value === 'string' && /^[1-9]\d{0,18}$/.test(value) && isInRange(value)) return
  throw misuse(name, 'a snowflake as decimal text', value, remedyOf(value))
}

function remedyOf(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint') {
    return 'keep ids as the text that Discord sends; JavaScript\'s numbers stop at 2^53 and change it'
  }
  return `pass the id on as Discord sends it, 1 to ${snowflakeMax}`
}
