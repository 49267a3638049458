// Many dead letters at once: the runs that there were, and a new one. What is filtered is looked at
// first, as a histogram of what would come of it.

import { choice, h, labelled, replace, said } from './dom'
import { manyExpectations } from './expectations'
import { oneRun } from './letter_run'
import { stateNames } from './rule_book'
import { filterFacts, runPath, type Run } from './run_records'
import { table } from './table'
import { explain, to, type Context, type View } from './view'
import { count, moment, state } from './words'

export function runs(context: Context): View | Promise<View> {
  const [, id] = context.place.rest
  return id === 'new' ? newRun(context) : id ? oneRun(context, id) : allRuns(context)
}

async function allRuns({ api, signal }: Context): Promise<View> {
  const { runs: all } = await api.get<{ runs: Run[] }>(runPath, { signal })
  const columns = ['Run', 'Status', 'Done', 'By', 'When', 'Reason'].map(name => ({ name, isNumber: name === 'Done' }))
  const row = (run: Run) => [
    h('a', { href: to('dead-letters', 'runs', run.id) }, `${run.act} ${count(run.selected)}`),
    state(run.status), count(run.done), said(run.by), moment(run.created_at), said(run.reason),
  ]
  return {
    title: 'Runs over dead letters',
    element: all.length === 0 ? h('p', { class: 'quiet' }, 'Nobody has remedied many at once yet.') : table('Runs', columns, all.map(row)),
  }
}

/** What is remedied are parked ones; a page of them has no part in it. */
function filterOf({ place }: Context): Record<string, string> {
  return Object.fromEntries([...place.query].filter(([name, value]) => value && name !== 'status' && name !== 'after'))
}

async function newRun(context: Context): Promise<View> {
  const filter = filterOf(context)
  const act = choice([['redrive', 'redrive: send them again'], ['discard', 'discard: give them up']])
  const reason = h('textarea', { rows: 2, maxlength: 480, required: true })
  const number = () => h('input', { inputmode: 'numeric', pattern: '[0-9]*', title: 'A whole number', autocomplete: 'off' })
  const [limit, rate] = [number(), number()]
  const fields = manyExpectations(await stateNames(context))
  const result = h('div', { class: 'result', role: 'status' })
  const looking = h('button', { type: 'submit', class: 'primary' }, 'Preview')
  act.addEventListener('change', () => { fields.element.hidden = act.value !== 'redrive' })

  const given = (input: HTMLInputElement, name: string) => (input.value.trim() ? { [name]: Number(input.value) } : {})
  const body = () => ({
    act: act.value, filter, reason: reason.value, ...given(limit, 'limit'), ...given(rate, 'rate'),
    ...(act.value === 'redrive' ? fields.read() : {}),
  })

  async function preview(): Promise<void> {
    looking.disabled = true
    try {
      replace(result, h('p', { class: 'quiet' }, 'Looking what would come of it …'))
      const { body: run } = await context.api.post<Run>(runPath, body(), { signal: context.signal })
      location.hash = to('dead-letters', 'runs', run.id)
    } catch (error) {
      if (!context.signal.aborted) replace(result, explain(error))
    }
    looking.disabled = false
  }

  return {
    title: 'Many at once',
    element: h('form', { class: 'act narrow', on: { submit: event => { event.preventDefault(); void preview() } } },
      h('h2', {}, 'Parked dead letters with'), Object.keys(filter).length > 0 ? filterFacts(filter) : h('p', {}, 'no filter: all that are parked'),
      labelled('Act', act), fields.element,
      labelled('Reason', reason, 'Must be given; kept in the trail of each.'),
      labelled('At most', limit, 'So many of them, the oldest first; empty: all, of 100,000 at most.'),
      labelled('A second', rate, 'Not faster than this; empty: as fast as it goes.'),
      h('p', { class: 'quiet' }, 'A preview does nothing: it is started on the next page.'),
      h('div', { class: 'actions' }, looking), result),
  }
}
