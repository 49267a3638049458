// Tables that may be wider or longer than their place. Where there is little room a row is a few lines,
// each with its name; their parts say by their roles what they are, since the sheet lays them out as blocks.

import { h, type Child } from './dom'

export interface Column {
  name: string
  /** Numbers stand below each other. */
  isNumber?: boolean
}

/** `name` says what of, to who cannot see where it stands. */
export function table(name: string, columns: readonly Column[], rows: readonly Child[][]): HTMLElement {
  const kind = ({ isNumber }: Column) => (isNumber ? 'number' : undefined)
  return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': name },
    h('table', { class: 'stacked', role: 'table' },
      h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, columns.map(column => h('th', { scope: 'col', role: 'columnheader', class: kind(column) }, column.name)))),
      h('tbody', { role: 'rowgroup' }, rows.map(row => h('tr', { role: 'row' },
        row.map((cell, i) => h('td', { role: 'cell', class: kind(columns[i]!), 'data-name': columns[i]!.name }, cell)))))))
}
