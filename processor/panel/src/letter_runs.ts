// Many dead letters at once: what is filtered is looked at first, as a histogram of what would come of
// it, and begun by saying how many they are. A run is a record of the server: it goes on without this tab.

import { button, choice, facts, h, labelled, replace, said, type Child } from './dom'
import { expectationFields } from './expectations'
import { explain, to, type Context, type View } from './view'
import { repeat } from './waiting'
import { count, measured, moment, several, state } from './words'

export const manyRoute = '/v1/dead-letters/runs'
const path = manyRoute.slice(1)

interface Share {
  outcome: string
  code: string | null
  event?: string | null
  count: number
}

interface Run {
  id: string
  status: 'previewed' | 'running' | 'stopped' | 'done'
  act: 'redrive' | 'discard'
  reason: string | null
  by: string
  filter: Record<string, unknown>
  selected: number
  histogram: Share[]
  done: number
  results: Share[]
  created_at: string
  started_at: string | null
  ended_at: string | null
  rate: number | null
}

export function runs(context: Context): View | Promise<View> {
  const [, id] = context.place.rest
  return id === 'new' ? newRun(context) : id ? oneRun(context, id) : allRuns(context)
}

async function allRuns({ api, signal }: Context): Promise<View> {
  const { runs: all } = await api.get<{ runs: Run[] }>(path, { signal })
  const row = (run: Run) => h('tr', {},
    h('td', {}, h('a', { href: to('dead-letters', 'runs', run.id) }, `${run.act} ${count(run.selected)}`)),
    h('td', {}, state(run.status)), h('td', {}, said(run.by)), h('td', {}, moment(run.created_at)), h('td', {}, said(run.reason)))
  const head = ['Run', 'Status', 'By', 'When', 'Reason']
  return {
    title: 'Runs over dead letters',
    element: all.length === 0 ? h('p', { class: 'quiet' }, 'Nobody has remedied many at once yet.')
      : h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Runs' }, h('table', {},
        h('thead', {}, h('tr', {}, head.map(name => h('th', { scope: 'col' }, name)))), h('tbody', {}, all.map(row)))),
  }
}

/** The filter in words. */
function filterFacts(filter: Record<string, unknown>): HTMLElement {
  return facts(Object.entries(filter).filter(([, value]) => value !== null && value !== '').map(([name, value]) =>
    [name.replaceAll('_', ' '), said(String(value))] as const))
}

function newRun(context: Context): View {
  const filter = Object.fromEntries([...context.place.query].filter(([name]) => name !== 'status' && name !== 'after'))
  const act = choice([['redrive', 'redrive'], ['discard', 'discard']])
  const reason = h('textarea', { rows: 2, maxlength: 512 })
  const limit = h('input', { inputmode: 'numeric', pattern: '[0-9]*' })
  const rate = h('input', { inputmode: 'numeric', pattern: '[0-9]*' })
  const fields = expectationFields()
  const result = h('div', { class: 'result', role: 'status' })
  act.addEventListener('change', () => {
    fields.element.hidden = act.value !== 'redrive'
    reason.required = act.value === 'discard'
  })
  const number = (input: HTMLInputElement, name: string) => (input.value.trim() ? { [name]: Number(input.value) } : {})

  async function preview(): Promise<void> {
    const body = { act: act.value, filter, ...(reason.value.trim() ? { reason: reason.value } : {}), ...number(limit, 'limit'), ...number(rate, 'rate'), ...(act.value === 'redrive' ? fields.read() : {}) }
    try {
      replace(result, h('p', { class: 'quiet' }, 'Looking what would come of it …'))
      const { body: run } = await context.api.post<Run>(path, body, { signal: context.signal })
      location.hash = to('dead-letters', 'runs', run.id)
    } catch (error) {
      if (!context.signal.aborted) replace(result, explain(error))
    }
  }

  return {
    title: 'Many at once',
    element: h('form', { class: 'act narrow', on: { submit: event => { event.preventDefault(); void preview() } } },
      h('h2', {}, 'Parked dead letters with'), Object.keys(filter).length > 0 ? filterFacts(filter) : h('p', {}, 'no filter: all that are parked'),
      labelled('Act', act), fields.element,
      labelled('Reason', reason, 'Must be given for a discard; kept in the trail of each.'),
      labelled('At most', limit, 'So many of them, the oldest first; empty: all.'),
      labelled('A second', rate, 'Not faster than this; empty: as fast as it goes.'),
      h('div', { class: 'actions' }, h('button', { type: 'submit', class: 'primary' }, 'Preview')), result),
  }
}

async function oneRun(context: Context, id: string): Promise<View> {
  const { api, signal } = context
  const read = () => api.get<Run>(`${path}/${encodeURIComponent(id)}`, { signal })
  const shown = h('div', {})
  const result = h('div', { role: 'status' })
  let text = ''
  const draw = (run: Run) => {
    if (JSON.stringify(run) === text) return
    text = JSON.stringify(run)
    replace(shown, runElement(run, post))
  }

  async function post(verb: string, body: unknown): Promise<void> {
    try {
      draw((await api.post<Run>(`${path}/${encodeURIComponent(id)}/${verb}`, body, { signal })).body)
      replace(result)
    } catch (error) {
      if (!signal.aborted) replace(result, explain(error))
    }
  }

  draw(await read())
  void repeat(1000, signal, () => read().then(draw, () => {})) // the banner tells of a server that is away
  return { title: `Run ${id}`, element: h('div', {}, shown, result) }
}

function runElement(run: Run, post: (verb: string, body: unknown) => Promise<void>): Child {
  const started = run.status !== 'previewed'
  return [
    h('p', { class: 'lead' }, state(run.status), ` ${run.act} of ${several(run.selected, 'dead letter')}, by `, said(run.by)),
    facts([
      ['Reason', said(run.reason)], ['Looked at', moment(run.created_at)],
      run.started_at !== null && ['Started', moment(run.started_at)], run.ended_at !== null && ['Ended', moment(run.ended_at)],
      run.rate !== null && ['At most', measured(run.rate, ' a second')],
    ]),
    Object.keys(run.filter).length > 0 && h('section', {}, h('h2', {}, 'Filter'), filterFacts(run.filter)),
    started && progressOf(run),
    h('section', {}, h('h2', {}, started ? 'What was to be expected' : 'What would come of it now'), histogram(run.histogram, run.selected)),
    run.results.length > 0 && h('section', {}, h('h2', {}, 'What came of it'), histogram(run.results, run.selected)),
    run.status === 'previewed' && startForm(run, post),
    run.status === 'stopped' && h('div', { class: 'actions' }, button('Go on', () => void post('start', { count: run.selected }))),
    run.status === 'running' && h('div', { class: 'actions' }, button('Stop', () => void post('stop', {}), { class: 'danger' })),
  ]
}

function progressOf(run: Run): HTMLElement {
  const bar = h('progress', { 'aria-label': 'Run', max: Math.max(1, run.selected) })
  bar.value = run.done
  return h('div', { class: 'progress' }, bar, h('p', {}, `${count(run.done)} of ${count(run.selected)}`))
}

/** A bar a kind of outcome, with its number and its word. */
function histogram(shares: Share[], of: number): HTMLElement {
  const bar = (share: Share) => {
    const filled = h('i', { class: 'bar-filled', 'aria-hidden': 'true' })
    filled.style.setProperty('width', `${(100 * share.count) / Math.max(1, of)}%`)
    return h('li', {}, h('span', {}, state(share.outcome), ' ', share.event ?? share.code?.replaceAll('_', ' ')), h('strong', { class: 'number' }, count(share.count)), h('span', { class: 'bar-back' }, filled))
  }
  return h('ul', { class: 'histogram' }, [...shares].sort((a, b) => b.count - a.count).map(bar))
}

/** Whoever says how many they are has read it. */
function startForm(run: Run, post: (verb: string, body: unknown) => Promise<void>): HTMLElement {
  const number = h('input', { inputmode: 'numeric', required: true, autocomplete: 'off' })
  const typed = () => Number(number.value.replace(/[\s,.']/g, ''))
  return h('form', { class: 'act narrow', 'aria-label': 'Start', on: { submit: event => { event.preventDefault(); void post('start', { count: typed() }) } } },
    labelled(`To ${run.act} all ${count(run.selected)}, say how many they are`, number),
    h('div', { class: 'actions' }, h('button', { type: 'submit', class: run.act === 'discard' ? 'danger' : 'primary' }, `Start to ${run.act}`)))
}
