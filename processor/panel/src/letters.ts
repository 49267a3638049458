// The list of dead letters: filters that stand in the address, and pages.

import { query } from './api'
import { button, choice, h, labelled, replace, said, type Child } from './dom'
import { letterDetail } from './letter_detail'
import { runs } from './letter_runs'
import { manyRoute } from './run_records'
import type { Letter } from './records'
import { explain, to, type Context, type View } from './view'
import { age, count, several, state } from './words'

interface Page {
  dead_letters: Letter[]
  next: string | null
}

interface Counts {
  count: number
  oldest_parked_at: string | null
  by_code: { code: string; count: number }[]
}

const pageLength = '50'
const filterNames = ['status', 'guild_id', 'user_id', 'command', 'code', 'parked_after', 'parked_before']

/** Where the list was left, with its filters. */
let left = to('dead-letters')
const back = (words = 'Dead letters', place = left) => h('p', {}, h('a', { href: place }, `← ${words}`))

export async function deadLetters(context: Context): Promise<View> {
  const [id, run] = context.place.rest
  if (!id) return list(context)
  const isRuns = id === 'runs' && context.api.offers(manyRoute)
  const view = await Promise.resolve(isRuns ? runs(context) : letterDetail(context, id))
    .catch((error: unknown) => ({ title: isRuns ? 'Runs over dead letters' : 'Dead letter', element: explain(error) }))
  const above = isRuns && run && run !== 'new' ? back('Runs', to('dead-letters', 'runs')) : back()
  return { ...view, element: h('div', {}, above, view.element) }
}

/** The filters as the address has them; parked ones are what an operator is here for. */
function filtersOf(context: Context): Record<string, string> {
  const given = filterNames.map(name => [name, context.place.query.get(name)] as const).filter(pair => pair[1])
  return { status: 'parked', ...Object.fromEntries(given) } as Record<string, string>
}

/** The address with these in the place of its filters. */
function addressOf(filters: Record<string, string>, after = ''): string {
  return `${to('dead-letters')}?${query({ ...filters, after })}`
}

function go(filters: Record<string, string>, after = ''): void {
  location.hash = addressOf(filters, after)
}

/** Of a moment what a field for one takes, in UTC as all times here are; and back. */
const ofMoment = (time = '') => (Number.isNaN(Date.parse(time)) ? '' : new Date(time).toISOString().slice(0, 16))
const toMoment = (value: string) => (value ? new Date(`${value}Z`).toISOString() : '')

/** The fields and what is done with what they hold; folded away where there is little room. */
function filterForm(filters: Record<string, string>, signal: AbortSignal, apply: (filters: Record<string, string>) => void): HTMLElement {
  const text = (name: string) => h('input', { name, value: filters[name] ?? '', spellcheck: 'false', autocomplete: 'off' })
  const time = (name: string) => h('input', { name, type: 'datetime-local', value: ofMoment(filters[name]), max: '9999-12-31T23:59' })
  const status = choice([['parked', 'parked'], ['redriven', 'redriven'], ['discarded', 'discarded'], ['all', 'all']], filters['status'])
  status.name = 'status'
  status.addEventListener('change', () => apply(read()))
  const form = h('form', { class: 'filters', 'aria-label': 'Filters', on: { submit: event => { event.preventDefault(); apply(read()) } } },
    labelled('Status', status),
    labelled('Guild', text('guild_id')),
    labelled('User', text('user_id')), labelled('Command', text('command')), labelled('Code', text('code')),
    labelled('Parked after (UTC)', time('parked_after')), labelled('Parked before (UTC)', time('parked_before')),
    h('div', { class: 'actions' },
      h('button', { type: 'submit' }, 'Filter'),
      button('Clear', () => go({ status: 'parked' }), { class: 'plain' })))
  const read = () => Object.fromEntries([...new FormData(form)].map(([name, value]) =>
    [name, name.startsWith('parked_') ? toMoment(String(value)) : String(value).trim()]))
  return folded(form, signal)
}

function folded(form: HTMLElement, signal: AbortSignal): HTMLElement {
  const room = matchMedia('(min-width: 801px)')
  const fold = h('details', { class: 'fold', open: room.matches }, h('summary', {}, 'Filters'), form)
  room.addEventListener('change', () => { fold.open = room.matches }, { signal })
  return fold
}

// The roles are said, since the sheet lays rows out as blocks where there is little room.
const cell = (...content: Child[]) => h('td', { role: 'cell' }, content)
const wideCell = (...content: Child[]) => h('td', { role: 'cell', class: 'wide' }, content)

function row(letter: Letter): HTMLElement {
  const { command } = letter
  return h('tr', { role: 'row' },
    cell(age(letter.parked_at)),
    cell(h('a', { href: to('dead-letters', letter.id) }, command.command), h('span', { class: 'id' }, ` ${letter.id}`)),
    cell(h('a', { href: `${to('member', letter.guild_id, letter.user_id)}?letter=${letter.id}`, class: 'id', 'aria-label': `Member ${letter.user_id} of guild ${letter.guild_id}` }, letter.user_id), h('small', { class: 'id' }, letter.guild_id)),
    cell(wanted(letter), ', now ', state(letter.member.state)),
    wideCell(letter.code.replaceAll('_', ' ')),
    wideCell(letter.source, ' ', h('small', {}, said(letter.submitted_by))),
    cell(state(letter.status)))
}

/** The state that the submitter expected; without one, the version. */
function wanted({ command }: Letter): Child {
  if (command.expected_state) return state(command.expected_state)
  return command.expected_version === undefined ? h('span', { class: 'quiet' }, 'any') : `v${command.expected_version}`
}

function table(letters: Letter[]): HTMLElement {
  const head = ['Age', 'Command', 'Member', 'Expected, and now', 'Code', 'From', 'Status']
  return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Dead letters' },
    h('table', { class: 'letters', role: 'table' },
      h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, head.map(name => h('th', { scope: 'col', role: 'columnheader', class: name === 'Code' || name === 'From' ? 'wide' : undefined }, name)))),
      h('tbody', { role: 'rowgroup' }, letters.map(row))))
}

/** What is parked can be remedied all at once, as it is filtered. */
function manyLinks(filters: Record<string, string>): Child {
  return h('span', { class: 'actions' },
    filters['status'] === 'parked' && h('a', { href: `${to('dead-letters', 'runs', 'new')}?${query(filters)}` }, 'All of these at once …'),
    h('a', { href: to('dead-letters', 'runs') }, 'Runs'))
}

function list(context: Context): View {
  const { api, place, signal } = context
  let filters = filtersOf(context)
  let after = place.query.get('after') ?? ''
  const asked = (): Record<string, string> => ({ ...filters, status: filters['status'] === 'all' ? '' : filters['status']! })
  const result = h('div', { class: 'result', 'aria-busy': 'true' }, h('p', { class: 'quiet' }, 'Reading the list …'))
  const summary = h('p', { class: 'summary' })
  const many = h('span', {})

  /** Without leaving the fields: the address is another, the page the same. */
  function apply(chosen: Record<string, string>): void {
    filters = chosen
    after = ''
    if (location.hash !== addressOf(filters)) history.pushState(null, '', addressOf(filters))
    void load().then(() => context.announce(result.textContent?.slice(0, 200) ?? ''))
  }

  async function load(): Promise<void> {
    const sought = addressOf(filters, after)
    left = sought
    replace(many, api.offers(manyRoute) && manyLinks(filters))
    try {
      const page = await api.get<Page>(`v1/dead-letters?${query({ ...asked(), after, limit: pageLength })}`, { signal })
      if (left !== sought) return
      replace(result, page.dead_letters.length > 0 ? [table(page.dead_letters), pages(page)] : nothing())
      await tellCounts()
    } catch (error) {
      if (!signal.aborted) replace(result, explain(error))
    }
    result.removeAttribute('aria-busy')
  }

  function pages(page: Page): HTMLElement {
    return h('nav', { class: 'pages', 'aria-label': 'Pages' },
      after && button('First page', () => go(filters), { class: 'plain' }),
      page.next && button('Next page', () => go(filters, page.next!)),
      h('span', { class: 'quiet' }, `${several(page.dead_letters.length, 'dead letter')} on this page`))
  }

  function nothing(): HTMLElement {
    const isAll = query(asked()) === 'status=parked' && !after
    return h('p', { class: 'notice good' }, isAll ? 'No command waits for an operator.' : 'No dead letter is as asked for.')
  }

  async function tellCounts(): Promise<void> {
    // Without a status they count what is parked, and the list has all.
    if (!asked()['status']) return replace(summary)
    const counts = await api.get<Counts>(`v1/dead-letters/counts?${query(asked())}`, { signal })
    replace(summary, h('strong', {}, count(counts.count)), ` ${counts.count === 1 ? 'dead letter' : 'dead letters'}`,
      counts.oldest_parked_at && [', the oldest for ', age(counts.oldest_parked_at)],
      counts.by_code.length > 1 && `: ${counts.by_code.map(each => `${each.code.replaceAll('_', ' ')} ${count(each.count)}`).join(', ')}`)
  }

  void load()
  context.onRegained(() => void load())
  return {
    title: 'Dead letters',
    element: h('div', {}, filterForm(filters, signal, apply),
      h('p', { class: 'quiet' }, 'A dead letter is a command that could not be carried out; it is parked until somebody sends it again (redrives it) or discards it.'),
      h('div', { class: 'bar' }, summary, many, button('Read again', () => void load(), { class: 'plain' })), result),
  }
}
