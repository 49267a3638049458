// Where a table is not what the log says.

import { said } from './dom'
import type { Difference } from './projection_records'
import { table } from './table'

const columns = ['Table', 'Row', 'Column', 'Was', 'Is by the log', 'First event that differs'].map(name => ({ name }))

/** `name` says whose they are. */
export function differences(name: string, all: readonly Difference[]): HTMLElement {
  return table(name, columns, all.map(({ table: of, row, column, was, is, first_event }) =>
    [of, row, column ?? 'the whole row', was ?? 'no row', is ?? 'no row', first_event].map(said)))
}
