// What a view is given, and how it tells of what went wrong.

import { Problem, Unreachable, type Api } from './api'
import { h, replace, type Child } from './dom'
import type { Sampler } from './sampler'

export interface Place {
  /** What stands behind the view's name in the address, decoded. */
  rest: string[]
  query: URLSearchParams
}

export interface Context {
  api: Api
  sampler: Sampler
  place: Place
  /** Ends when another view is shown. */
  signal: AbortSignal
  /** Says something to who cannot see it appear. */
  announce: (text: string) => void
  /** Calls back each time that the server is there again. */
  onRegained: (act: () => void) => void
}

export interface View {
  title: string
  element: HTMLElement
}

/** Where a view is, for a link. */
export function to(view: string, ...rest: string[]): string {
  return '#/' + [view, ...rest].map(encodeURIComponent).join('/')
}

const scopes: Record<string, string> = {
  read: 'to read members and the log',
  operate: 'to see and remedy dead letters and the projection',
  submit: 'to submit commands',
}

/** What is missing, and how to get it. */
function missingScope(scope: string): HTMLElement {
  return h('div', { class: 'notice warn' },
    h('p', {}, h('strong', {}, `Your token lacks the scope ${scope}`), `, which it needs ${scopes[scope] ?? 'for this'}.`),
    h('p', {}, 'Whoever may use the database can make a token that has it; then sign out, and in with that one:'),
    h('pre', {}, 'datadrop token create --name NAME --source operator --scopes read,operate'))
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`.replace(/([.!?])\.$/, '$1')

/** What went wrong, in words. */
export function explain(error: unknown): HTMLElement {
  if (error instanceof Problem && error.status === 403 && error.code === 'forbidden')
    return missingScope(error.scope ?? 'operate')
  if (error instanceof Unreachable)
    return h('p', { class: 'notice warn' }, 'The server does not answer. The panel goes on as soon as it does.')
  if (error instanceof Problem)
    return h('p', { class: 'notice bad', role: 'alert' }, sentence(error.detail), ' ', h('small', {}, error.code))
  return h('p', { class: 'notice bad', role: 'alert' }, String(error))
}

/** Told of what a server of another age does not have. */
export function notOffered(what: string, command: string): HTMLElement {
  return h('p', { class: 'quiet' }, `This server does not offer ${what} here; on the command line: `, h('code', {}, command))
}

/** Fills a place with what a promise gives, or with why there is nothing; and is silent once the view is gone. */
export async function show(place: Element, context: Context, what: () => Promise<Child>): Promise<void> {
  try {
    const found = await what()
    if (!context.signal.aborted) replace(place, found)
  } catch (error) {
    if (!context.signal.aborted) replace(place, explain(error))
  }
}
