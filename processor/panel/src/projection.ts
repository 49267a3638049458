// Whether the tables are what the log says: how far behind, and whether anything differs.

import { badge, button, facts, h, replace, said, type Child } from './dom'
import { explain, notOffered, type Context, type View } from './view'
import { repeat } from './waiting'
import { count, measured, moment, several, span } from './words'

interface Difference {
  table: string
  row: string
  column: string
  was: string | null
  is: string | null
  first_event: string | null
}

interface Progress {
  done: number
  of: number
  started_at: string
  rate?: number | null
  seconds_left?: number | null
  by?: string
  phase?: string
}

interface Verification extends Omit<Progress, 'started_at'> {
  status: 'running' | 'done'
  started_at: string
  ended_at: string | null
  differences: Difference[]
}

interface Projection {
  position: string
  head: string
  lag_events: number
  lag_seconds: number
  rebuild: Progress | null
  partitions?: { partition: number; position: string; head: string; lag_events: number; lag_seconds: number }[]
  sentinel?: { checked: number; differences: number; last_difference: Difference | null; rate: number } | null
  previous?: { switched_at: string } | null
  verification?: Verification | null
}

const routes = { rebuild: '/v1/projection/rebuild', verify: '/v1/projection/verify', back: '/v1/projection/switch-back' }

export function projection(context: Context): View {
  const { api, signal } = context
  const state = h('div', {}, h('p', { class: 'quiet' }, 'Reading …'))
  const acts = new Acts(context, () => void read())

  async function read(): Promise<void> {
    try {
      const now = await api.get<Projection>('v1/projection', { signal })
      replace(state, lag(now), partitions(now), sentinel(now))
      acts.show(now)
    } catch (error) {
      if (!signal.aborted) replace(state, explain(error))
    }
  }

  void repeat(1000, signal, read)
  return { title: 'Projection', element: h('div', { class: 'projection' }, state, acts.element) }
}

function lag(now: Projection): HTMLElement {
  const behind = now.lag_events > 0
  return h('section', {}, h('h2', {}, 'Behind the log'),
    h('p', { class: 'lead' }, badge(behind ? 'behind' : 'keeps up', behind ? 'warn' : 'good'), ` ${several(now.lag_events, 'event')}`, behind && `, ${span(now.lag_seconds)}`),
    !now.partitions && facts([['Position', h('span', { class: 'id' }, now.position)], ['End of the log', h('span', { class: 'id' }, now.head)]]))
}

function partitions(now: Projection): Child {
  if (!now.partitions) return null
  const cells = (texts: string[]) => texts.map(text => h('td', { class: 'number' }, text))
  return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Partitions' }, h('table', {},
    h('thead', {}, h('tr', {}, ['Partition', 'Position', 'End of the log', 'Events behind', 'Time behind'].map(name => h('th', { scope: 'col', class: 'number' }, name)))),
    h('tbody', {}, now.partitions.map(each => h('tr', {}, cells([String(each.partition), each.position, each.head, count(each.lag_events), span(each.lag_seconds)]))))))
}

function sentinel({ sentinel: found }: Projection): Child {
  if (!found) return null
  return h('section', {}, h('h2', {}, 'Sentinel'),
    h('p', {}, badge(found.differences > 0 ? 'differences' : 'agrees', found.differences > 0 ? 'bad' : 'good'),
      ` ${several(found.checked, 'member')} folded afresh, ${several(found.differences, 'difference')}; ${measured(found.rate, ' a second')}`),
    found.last_difference && differences([found.last_difference]))
}

function differences(all: Difference[]): HTMLElement {
  const head = ['Table', 'Row', 'Column', 'Was', 'Is by the log', 'First event that differs']
  return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Differences' }, h('table', {},
    h('thead', {}, h('tr', {}, head.map(name => h('th', { scope: 'col' }, name)))),
    h('tbody', {}, all.map(({ table, row, column, was, is, first_event }) =>
      h('tr', {}, [table, row, column, was, is, first_event].map(text => h('td', {}, said(text === null ? null : String(text)))))))))
}

function progress(name: string, now: Pick<Progress, 'done' | 'of' | 'rate' | 'seconds_left' | 'phase' | 'by'>): HTMLElement {
  const words = [
    now.phase, `${count(now.done)} of ${count(now.of)}`,
    now.rate !== null && now.rate !== undefined && measured(now.rate, ' a second'),
    now.seconds_left !== null && now.seconds_left !== undefined && `${span(now.seconds_left)} left`,
  ]
  const bar = h('progress', { 'aria-label': name, max: Math.max(1, now.of) })
  bar.value = now.done
  return h('div', { class: 'progress' }, bar, h('p', {}, words.filter(Boolean).join(' · '), now.by && [' · by ', said(now.by)]))
}

/** Rebuild and verification: what runs, what came of it, and what may be begun. */
class Acts {
  readonly element = h('div', {})
  readonly #context: Context
  readonly #changed: () => void
  readonly #rebuild = h('div', {})
  readonly #verification = h('div', {})
  readonly #result = h('div', { role: 'status' })
  readonly #buttons: { rebuild: HTMLButtonElement; verify: HTMLButtonElement; back: HTMLButtonElement }

  constructor(context: Context, changed: () => void) {
    this.#context = context
    this.#changed = changed
    const { api } = context
    this.#buttons = {
      rebuild: button('Rebuild', () => void this.#begin(routes.rebuild, { keep_previous: true }, 'The rebuild has begun.')),
      verify: button('Verify', () => void this.#begin(routes.verify, {}, 'The verification has begun.')),
      back: button('Switch back', () => void this.#begin(routes.back, {}, 'The previous tables are in service again.')),
    }
    replace(this.element,
      h('section', {}, h('h2', {}, 'Rebuild'),
        h('p', { class: 'quiet' }, 'Makes the tables anew beside those in service, compares the two, and switches at once. Readers and writers go on.'),
        this.#rebuild,
        api.offers(routes.rebuild) ? h('div', { class: 'actions' }, this.#buttons.rebuild, api.offers(routes.back) && this.#buttons.back)
          : notOffered('to begin one', 'datadrop projection rebuild')),
      h('section', {}, h('h2', {}, 'Verify'),
        h('p', { class: 'quiet' }, 'Folds the log afresh and compares every row; changes nothing.'),
        this.#verification,
        api.offers(routes.verify) ? h('div', { class: 'actions' }, this.#buttons.verify) : notOffered('it', 'datadrop projection verify')),
      this.#result)
  }

  show(now: Projection): void {
    replace(this.#rebuild, now.rebuild ? progress('Rebuild', now.rebuild) : null)
    replace(this.#verification, now.verification ? verification(now.verification) : null)
    this.#buttons.rebuild.disabled = now.rebuild !== null
    this.#buttons.verify.disabled = now.verification?.status === 'running'
    this.#buttons.back.hidden = !now.previous
  }

  async #begin(route: string, body: unknown, done: string): Promise<void> {
    try {
      await this.#context.api.post(route.slice(1), body, { signal: this.#context.signal })
      replace(this.#result, h('p', { class: 'notice accent' }, done))
      this.#changed()
    } catch (error) {
      if (!this.#context.signal.aborted) replace(this.#result, explain(error))
    }
  }
}

function verification(now: Verification): Child {
  if (now.status === 'running') return progress('Verification', now)
  const differ = now.differences.length
  return [
    h('p', {}, badge(differ > 0 ? 'differs' : 'agrees', differ > 0 ? 'bad' : 'good'), ` ${several(differ, 'difference')} in ${several(now.of, 'row')}, `, moment(now.ended_at)),
    differ > 0 && differences(now.differences),
  ]
}
