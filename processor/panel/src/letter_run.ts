// One run over many dead letters: what would come of it, begun by saying how many they are, how far it
// is, and what came of it. It is a record of the server: it goes on without this tab, and another
// operator's is looked at in the same way.

import { query } from './api'
import { button, facts, h, labelled, replace, said, type Child } from './dom'
import { Parts, tick } from './parts'
import { filterFacts, runPath, type Run, type Share } from './run_records'
import { explain, to, type Context, type View } from './view'
import { repeat } from './waiting'
import { count, measured, moment, several, span, state } from './words'

export async function oneRun(context: Context, id: string): Promise<View> {
  const { api, signal } = context
  const path = `${runPath}/${encodeURIComponent(id)}`
  const read = () => api.get<Run>(path, { signal })
  const shown = new RunView((verb, body) => void post(verb, body))

  async function post(verb: string, body: unknown): Promise<void> {
    try {
      shown.draw((await api.post<Run>(`${path}/${verb}`, body, { signal })).body)
      shown.tell()
    } catch (error) {
      if (!signal.aborted) shown.tell(explain(error))
    }
  }

  shown.draw(await read())
  void repeat(1000, signal, () => read().then(run => shown.draw(run), () => {})) // the banner tells of a server that is away
  return { title: `Run ${id}`, element: shown.element }
}

type Post = (verb: 'start' | 'stop', body: unknown) => void

class RunView {
  readonly #post: Post
  readonly #speed = new Speed()
  readonly #parts = new Parts<Run>()
  readonly #result = h('div', { role: 'status' })
  readonly element: HTMLElement

  constructor(post: Post) {
    this.#post = post
    const parts = this.#parts
    this.element = h('div', {},
      parts.add(run => run.status, lead),
      parts.add(run => [run.status, tick()], about),
      parts.add(run => [run.status, run.done], run => progress(run, this.#speed)),
      parts.add(run => run.results, run => run.results.length > 0 && h('section', {}, h('h2', {}, 'What came of it'), histogram(run.results, run.selected), changedNote(run))),
      parts.add(run => run.started_at, run => h('section', {}, h('h2', {}, run.started_at ? 'What was to be expected' : 'What would come of it now'), histogram(run.histogram, run.selected))),
      parts.add(run => run.status, run => this.#acts(run)),
      this.#result)
  }

  draw(run: Run): void {
    this.#speed.see(run)
    this.#parts.show(run)
  }

  tell(...what: Child[]): void {
    replace(this.#result, ...what)
  }

  #acts(run: Run): Child {
    const one = (element: HTMLElement) => h('div', { class: 'actions' }, element)
    if (run.status === 'previewed') return run.selected > 0 ? startForm(run, this.#post) : one(again(run, 'Filter otherwise'))
    if (run.status === 'stopped') return one(button('Go on', () => this.#post('start', { count: run.selected }), { class: 'primary' }))
    if (run.status === 'running') return one(button('Stop', () => this.#post('stop', {}), { class: 'danger' }))
    return one(again(run, 'What is parked still'))
  }
}

function lead(run: Run): Child {
  return h('p', { class: 'lead' }, state(run.status), ` ${run.act} of ${several(run.selected, 'dead letter')}, by `, said(run.by))
}

const expected = (value: string | number | null) => (value === null ? 'not checked' : String(value))

function about(run: Run): Child {
  return [
    facts([
      ['Reason', said(run.reason)], ['Looked at', moment(run.created_at)],
      run.started_at !== null && ['Started', moment(run.started_at)], run.ended_at !== null && ['Ended', moment(run.ended_at)],
      run.rate !== null && ['At most', measured(run.rate, ' a second')],
      run.expected_state !== undefined && ['Expected state', expected(run.expected_state)],
      run.expected_version !== undefined && ['Expected version', expected(run.expected_version)],
      run.expected_lifecycle !== undefined && ['Expected lifecycle', expected(run.expected_lifecycle)],
    ]),
    Object.keys(run.filter).length > 0 && h('section', {}, h('h2', {}, 'Filter'), filterFacts(run.filter)),
  ]
}

/** How fast it goes, as seen from here. */
class Speed {
  #first: { done: number; at: number } | undefined
  #rate = 0

  see({ status, done }: Run): void {
    const at = performance.now()
    if (status !== 'running') this.#first = undefined
    else if (!this.#first) this.#first = { done, at }
    else if (at - this.#first.at >= 500) this.#rate = (1000 * (done - this.#first.done)) / (at - this.#first.at)
  }

  words({ status, selected, done }: Run): string {
    if (status !== 'running' || !this.#first || this.#rate <= 0) return ''
    return ` · ${measured(this.#rate, ' a second')} · ${span((selected - done) / this.#rate)} left`
  }
}

function progress(run: Run, speed: Speed): Child {
  if (run.status === 'previewed') return null
  const bar = h('progress', { 'aria-label': 'Run', max: Math.max(1, run.selected) })
  bar.value = run.done
  return h('div', { class: 'progress narrow' }, bar, h('p', {}, `${count(run.done)} of ${count(run.selected)}${speed.words(run)}`))
}

/** A bar a kind of outcome, with its number and its word. */
function histogram(shares: Share[], of: number): HTMLElement {
  if (shares.length === 0) return h('p', { class: 'notice' }, 'No parked dead letter is like this.')
  const bar = (share: Share) => {
    const filled = h('i', { class: 'bar-filled', 'aria-hidden': 'true' })
    filled.style.setProperty('width', `${(100 * share.count) / Math.max(1, of)}%`)
    return h('li', {}, h('span', {}, state(share.outcome), ' ', share.event ?? share.code?.replaceAll('_', ' ')), h('strong', { class: 'number' }, count(share.count)), h('span', { class: 'bar-back' }, filled))
  }
  return h('ul', { class: 'histogram' }, [...shares].sort((a, b) => b.count - a.count).map(bar))
}

function changedNote({ results }: Run): Child {
  return results.some(share => share.outcome === 'changed')
    && h('p', { class: 'quiet' }, 'Changed: somebody else had done something about it after the preview, and it was left alone.')
}

/** The list of what is parked and as this run was to find it. */
function again({ filter }: Run, words: string): HTMLElement {
  return h('a', { href: `${to('dead-letters')}?${query({ ...filter, status: 'parked' })}` }, words)
}

/** Whoever says how many they are has read it. */
function startForm(run: Run, post: Post): HTMLElement {
  const number = h('input', { inputmode: 'numeric', required: true, autocomplete: 'off' })
  const typed = () => Number(number.value.replace(/[\s,.']/g, ''))
  const start = () => {
    const isNumber = Number.isSafeInteger(typed())
    number.setCustomValidity(isNumber ? '' : `A number, such as ${run.selected}`)
    if (number.reportValidity()) post('start', { count: typed() })
  }
  number.addEventListener('input', () => number.setCustomValidity(''))
  return h('form', { class: 'act narrow', 'aria-label': 'Start', on: { submit: event => { event.preventDefault(); start() } } },
    labelled(`To ${run.act} all ${count(run.selected)}, say how many they are`, number),
    h('div', { class: 'actions' }, h('button', { type: 'submit', class: run.act === 'discard' ? 'danger' : 'primary' }, `Start to ${run.act}`)))
}
