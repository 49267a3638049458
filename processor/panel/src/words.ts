// Numbers, times and outcomes in words.

import { badge, h, type Child, type Tone } from './dom'

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const short = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })

export function count(value: number | null | undefined): string {
  return value === null || value === undefined || Number.isNaN(value) ? '–' : grouped.format(value)
}

/** To three digits, for what is measured and not counted. */
export function measured(value: number | null | undefined, unit = ''): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–'
  return (value >= 1000 ? grouped : short).format(value) + unit
}

export function several(number: number, one: string, many = one + 's'): string {
  return `${count(number)} ${number === 1 ? one : many}`
}

const units: [seconds: number, name: string][] = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']]

/** "3 min", "2 d 4 h"; below a second "0.24 s". */
export function span(seconds: number): string {
  if (seconds < 1) return `${Math.max(0, Math.round(seconds * 1000))} ms`
  const first = units.findIndex(([length]) => seconds >= length)
  const [length, name] = units[first]!
  const next = units[first + 1]
  const whole = Math.floor(seconds / length)
  const rest = next ? Math.floor((seconds - whole * length) / next[0]) : 0
  return rest > 0 && whole < 10 && next ? `${whole} ${name} ${rest} ${next[1]}` : `${whole} ${name}`
}

/** "3 d": the first unit alone, where there is little room. */
export function roughly(seconds: number): string {
  return span(seconds).split(' ').slice(0, 2).join(' ')
}

export function secondsSince(time: string): number {
  return (Date.now() - Date.parse(time)) / 1000
}

/** To the second, or to the millisecond. */
export function clock(time: string, digits: 'seconds' | 'millis' = 'seconds'): string {
  const text = new Date(time).toISOString()
  return text.slice(0, 10) + ' ' + text.slice(11, digits === 'seconds' ? 19 : 23)
}

/** A moment, as it is and how long ago. */
export function moment(time: string | null | undefined): Child {
  if (!time) return '–'
  const seconds = secondsSince(time)
  return h('time', { datetime: time }, `${clock(time)} UTC`, h('span', { class: 'quiet' }, ` · ${seconds < 1 ? 'just now' : `${span(seconds)} ago`}`))
}

export function age(time: string): HTMLElement {
  return h('time', { datetime: time, title: `${clock(time)} UTC` }, span(secondsSince(time)))
}

const tones: Record<string, Tone> = {
  Verified: 'good', Kicked: 'bad', Banned: 'bad', RejectedNotEligible: 'bad', LeftGuild: 'warn', None: 'plain',
  parked: 'warn', redriven: 'good', discarded: 'plain',
  accepted: 'good', rejected: 'bad', conflict: 'warn', dead_lettered: 'warn', invalid: 'bad', overloaded: 'warn', unavailable: 'bad',
  running: 'accent', previewed: 'accent', stopped: 'warn', done: 'good',
}

/** Where the wire's word says little to who has not read about it. */
const plainly: Record<string, string> = { dead_lettered: 'stays parked' }

/** A state of a member or of a dead letter, or an outcome. */
export function state(name: string | null | undefined): Child {
  return name ? badge(plainly[name] ?? name, tones[name] ?? 'accent') : h('span', { class: 'quiet' }, 'nothing')
}

/** A state and a version, each of which may be missing. */
export function standing(name: string | null | undefined, version: number | null | undefined): Child {
  return [state(name), version === null || version === undefined ? '' : ` v${version}`]
}
