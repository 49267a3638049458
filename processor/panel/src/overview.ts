// How the server is, at a glance and over five minutes.

import { Chart } from './chart'
import { badge, h, replace, type Child, type Tone } from './dom'
import type { Sample } from './sampler'
import { to, type Context, type View } from './view'
import { count, measured, roughly, span } from './words'

const perSecond = (value: number | null) => measured(value, '/s')
const millis = (value: number | null) => (value === null ? '–' : measured(value * 1000, ' ms'))

function charts(signal: AbortSignal): Chart[] {
  return [
    new Chart('Commands a second', [
      { name: 'accepted', colour: '--line-1', of: s => s.accepted, words: perSecond },
      { name: 'rejected', colour: '--line-2', of: s => s.rejected, words: perSecond },
      { name: 'conflicts retried', colour: '--line-3', of: s => s.conflicts, words: perSecond },
      { name: 'dead-lettered', colour: '--line-4', of: s => s.deadLettered, words: perSecond },
    ], signal),
    new Chart('Time to the answer, in milliseconds', [
      { name: 'p50', colour: '--line-1', of: s => s.p50 === null ? null : s.p50 * 1000, words: value => measured(value, ' ms') },
      { name: 'p95', colour: '--line-3', of: s => s.p95 === null ? null : s.p95 * 1000, words: value => measured(value, ' ms') },
    ], signal, { value: 500, name: 'promised: 95 % below 500 ms' }),
    new Chart('Projection behind the log, in events', [
      { name: 'events', colour: '--line-1', of: s => s.lagEvents, words: count },
    ], signal),
    new Chart('Queue of commands', [
      { name: 'not answered yet', colour: '--line-1', of: s => s.queued, words: count },
    ], signal),
    new Chart('Parked dead letters', [
      { name: 'parked', colour: '--line-4', of: s => s.parked, words: count },
    ], signal),
    new Chart('Connections', [
      { name: 'connections', colour: '--line-1', of: s => s.connections, words: count },
      { name: 'feeds among them', colour: '--line-3', of: s => s.feeds, words: count },
    ], signal),
  ]
}

interface Tile {
  name: string
  value: string
  more?: Child
  tone: Tone
  /** What the colour says. */
  word: string
}

function ofLimit(name: string, value: number | null, limit: number | null): Tile {
  const full = value !== null && limit !== null ? value / limit : 0
  return {
    name, value: count(value),
    more: limit !== null && `of ${count(limit)}`,
    tone: full > 0.9 ? 'bad' : full > 0.6 ? 'warn' : 'good',
    word: full > 0.9 ? 'nearly full' : full > 0.6 ? 'filling' : 'room',
  }
}

function database({ databaseUp: up }: Sample): Tile {
  return up === null ? { name: 'Database', value: '–', tone: 'plain', word: 'not known' }
    : { name: 'Database', value: up ? 'up' : 'down', tone: up ? 'good' : 'bad', word: up ? 'answers' : 'does not answer' }
}

function latency(sample: Sample): Tile {
  const late = (sample.p95 ?? 0) > 0.5
  const idle = sample.p95 === null
  return { name: 'p95', value: millis(sample.p95), tone: idle ? 'plain' : late ? 'bad' : 'good', word: idle ? 'no commands' : late ? 'over 500 ms' : 'below 500 ms' }
}

function lag(sample: Sample): Tile {
  const seconds = sample.lagSeconds
  const tone = seconds === null ? 'plain' : seconds > 60 ? 'bad' : seconds > 5 ? 'warn' : 'good'
  const words: Record<string, string> = { plain: 'not told', bad: 'far behind', warn: 'behind', good: 'keeps up' }
  return { name: 'Projection lag', value: count(sample.lagEvents), more: seconds !== null && seconds > 0 && span(seconds), tone, word: words[tone]! }
}

function parked(sample: Sample): Tile {
  const waiting = sample.parked ?? 0
  const oldest = sample.oldestParkedAt
  return {
    name: 'Parked', value: count(sample.parked),
    more: waiting > 0 && oldest !== null && `oldest ${roughly(Date.now() / 1000 - oldest)}`,
    tone: waiting > 0 ? 'warn' : 'good',
    word: waiting === 0 ? 'none wait' : waiting === 1 ? 'waits for you' : 'wait for you',
  }
}

function sentinel({ differences: found }: Sample): Tile {
  const differences = found ?? 0
  return { name: 'Sentinel', value: count(differences), more: differences === 1 ? 'row differs' : 'rows differ', tone: differences > 0 ? 'bad' : 'good', word: differences > 0 ? 'look at them' : 'tables agree' }
}

function linked(tile: Tile, view: string): HTMLElement {
  return h('li', { class: 'tile' }, h('a', { href: to(view) }, ...tileElement(tile).childNodes))
}

function tileElement(tile: Tile): HTMLElement {
  return h('li', { class: 'tile' },
    h('span', { class: 'name' }, tile.name),
    h('span', { class: 'value' }, tile.value, tile.more && h('small', {}, ' ', tile.more)),
    badge(tile.word, tile.tone))
}

function tiles(sample: Sample | undefined): Child {
  if (!sample) return h('li', { class: 'quiet' }, 'Reading the figures …')
  const all = [
    database(sample), latency(sample), lag(sample),
    ofLimit('Queue', sample.queued, sample.queueLimit),
    ofLimit('Connections', sample.connections, sample.connectionLimit),
    ofLimit('Feeds', sample.feeds, sample.feedLimit),
  ]
  return [linked(parked(sample), 'dead-letters'), linked(sentinel(sample), 'projection'), all.map(tileElement)]
}

const terms = 'Parked: commands that could not be carried out and wait for an operator. Projection: the tables that members are read from, made from the log of events. '
  + 'Sentinel: compares some of their rows with the log all the time.'

export function overview({ sampler, signal }: Context): View {
  const top = h('ul', { class: 'tiles', 'aria-label': 'Now' })
  const all = charts(signal)
  const draw = () => {
    replace(top, tiles(sampler.last))
    for (const chart of all) chart.draw(sampler.samples)
  }
  sampler.onSample(draw, signal)
  // The charts take their width from the page, in which they are not yet.
  requestAnimationFrame(draw)
  return {
    title: 'Overview',
    element: h('div', {}, top, h('p', { class: 'quiet' }, terms), h('div', { class: 'charts' }, all.map(chart => chart.element))),
  }
}
