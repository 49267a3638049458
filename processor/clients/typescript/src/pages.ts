// Lists that come in pages, as one sequence. The next page is asked for when the one before is taken.

import { read, type ReadOptions } from './reading.js'
import type { Transport } from './transport.js'

const pageItems = 1_000

/** What a list is asked for by; what is undefined is not asked for. */
export type Query = Record<string, string | number | undefined>

export function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)] as [string, string])).toString()
  return text ? `${path}?${text}` : path
}

/** The items of all pages; `name` is the field of a page that has them. */
export async function* pages<Item>(transport: Transport, path: string, name: string, query: Query, options: ReadOptions): AsyncGenerator<Item, void, undefined> {
  let after: string | undefined
  do {
    const asked = { method: 'GET', path: withQuery(path, { ...query, limit: pageItems, after }) } as const
    const page = foundIn(await read(transport, asked, options)) as Record<string, unknown> & { next: string | null }
    yield* page[name] as Item[]
    after = page.next ?? undefined
  } while (after !== undefined)
}

/** What was found where no problem is expected. */
export function foundIn(told: Awaited<ReturnType<typeof read>>): unknown {
  return 'found' in told ? told.found : undefined
}
