// Where a table is not what the log says.

import { h, said } from './dom'
import type { Difference } from './projection_records'

const head = ['Table', 'Row', 'Column', 'Was', 'Is by the log', 'First event that differs']

/** `name` says whose they are. */
export function differences(name: string, all: Difference[]): HTMLElement {
  return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': name }, h('table', {},
    h('thead', {}, h('tr', {}, head.map(column => h('th', { scope: 'col' }, column)))),
    h('tbody', {}, all.map(({ table, row, column, was, is, first_event }) =>
      h('tr', {}, [table, row, column ?? 'the whole row', was ?? 'no row', is ?? 'no row', first_event].map(text => h('td', {}, said(text))))))))
}
