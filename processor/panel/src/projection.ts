// Whether the tables are what the log says: how far behind, and whether anything differs.

import { differences } from './differences'
import { badge, h, replace } from './dom'
import { Parts } from './parts'
import { ProjectionActs } from './projection_acts'
import type { Projection } from './projection_records'
import { table } from './table'
import { explain, type Context, type View } from './view'
import { repeat } from './waiting'
import { count, several, span } from './words'

const about = 'The projection is the tables that members are read from, made of the events in the log. It keeps up by itself: it is seldom that something has to be done here.'

export function projection(context: Context): View {
  const { api, signal } = context
  const parts = new Parts<Projection>()
  const state = h('div', {}, parts.add(now => [now.lag_events, now.lag_seconds], lag), parts.add(now => now.partitions, partitions), parts.add(now => now.sentinel, sentinel),
    parts.add(now => now.sentinel.last_difference, ({ sentinel: { last_difference: last } }) => last && differences('What the sentinel found last', [last])))
  const acts = new ProjectionActs(context, () => void read())
  const trouble = h('div', {})

  async function read(): Promise<void> {
    try {
      const now = await api.get<Projection>('v1/projection', { signal })
      replace(trouble)
      parts.show(now)
      acts.show(now)
    } catch (error) {
      if (!signal.aborted) replace(trouble, explain(error))
    }
  }

  void repeat(1000, signal, read)
  return { title: 'Projection', element: h('div', { class: 'projection' }, h('p', {}, about), trouble, state, acts.element) }
}

function lag(now: Projection): HTMLElement {
  const behind = now.lag_events > 0
  return h('section', {}, h('h2', {}, 'Behind the log'),
    h('p', { class: 'lead' }, badge(behind ? 'behind' : 'keeps up', behind ? 'warn' : 'good'), ` ${several(now.lag_events, 'event')}`, behind && `, ${span(now.lag_seconds)}`))
}

const columns = ['Partition', 'Position in the log', 'End of the log', 'Events behind', 'Time behind'].map(name => ({ name, isNumber: true }))

function partitions(now: Projection): HTMLElement {
  return table('Partitions', columns, now.partitions.map(each =>
    [String(each.partition), each.position, each.head, count(each.lag_events), span(each.lag_seconds)]))
}

function sentinel({ sentinel: found }: Projection): HTMLElement {
  const [word, tone] = found.differences > 0 ? ['differences', 'bad'] as const : found.rate === 0 ? ['off', 'plain'] as const : ['agrees', 'good'] as const
  return h('section', {}, h('h2', {}, 'Sentinel'),
    h('p', {}, badge(word, tone), ` checked ${several(found.checked, 'time')} since the server was started, ${several(found.differences, 'row')} differed; ${several(found.rate, 'member')} a second.`),
    h('p', { class: 'quiet' }, 'Makes single members anew from their events all the time, and compares them with the tables.'))
}
