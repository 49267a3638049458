// Rebuild and verification: what runs, what came of the last one, and what may be begun.

import { differences } from './differences'
import { badge, h, labelled, replace, said, ticked, type Child } from './dom'
import { Parts, tick } from './parts'
import type { Finding, Progress, Projection } from './projection_records'
import { explain, notOffered, type Context } from './view'
import { count, measured, moment, several, span } from './words'

const routes = { rebuild: '/v1/projection/rebuild', verify: '/v1/projection/verify', back: '/v1/projection/switch-back' }

const numberField = () => h('input', { inputmode: 'numeric', pattern: '[0-9]*', title: 'A whole number', autocomplete: 'off' })
const given = (input: HTMLInputElement, name: string) => (input.value.trim() ? { [name]: Number(input.value) } : {})
/** Told until there is a result later than the one that was there. */
class Begun {
  readonly element = h('div', { role: 'status' })
  #before: string | null | undefined
  #seen: string | null | undefined

  tell(what: Child): void {
    this.#before = this.#seen
    replace(this.element, what)
  }

  see(last: Finding | null | undefined): void {
    this.#seen = last?.ended_at
    if (this.element.hasChildNodes() && this.#seen && this.#seen !== this.#before) replace(this.element)
  }
}

const form = (name: string, act: () => void, ...children: Child[]) =>
  h('form', { class: 'act', 'aria-label': name, on: { submit: event => { event.preventDefault(); act() } } }, children)

export class ProjectionActs {
  readonly element = h('div', {})
  readonly #context: Context
  readonly #changed: () => void
  readonly #parts = new Parts<Projection>()
  readonly #pace = numberField()
  readonly #keep = h('input', { type: 'checkbox', checked: true })
  readonly #dryRun = h('input', { type: 'checkbox' })
  readonly #sample = numberField()
  readonly #rebuildTold = new Begun()
  readonly #verifyTold = new Begun()
  #unit: Unit

  constructor(context: Context, changed: () => void) {
    this.#context = context
    this.#changed = changed
    replace(this.element, this.#rebuildSection(), this.#verifySection())
  }

  show(now: Projection): void {
    this.#parts.show(now)
    this.#rebuildTold.see(now.last_rebuild)
    this.#verifyTold.see(now.verification)
  }

  #rebuildSection(): HTMLElement {
    const told = this.#rebuildTold
    const submit = h('button', { type: 'submit', class: 'primary' }, 'Rebuild')
    this.#dryRun.addEventListener('change', () => replace(submit, this.#dryRun.checked ? 'Compare' : 'Rebuild'))
    const begin = () => void this.#post(told, routes.rebuild,
      { keep_previous: this.#keep.checked, dry_run: this.#dryRun.checked, ...given(this.#pace, 'pace_ms') },
      this.#dryRun.checked ? 'A comparison was begun; it switches nothing.' : 'A rebuild was begun.')
    const fields = form('Rebuild', begin,
      labelled('Pace, in milliseconds', this.#pace, 'Rests while an append waits longer than this; empty: as fast as it goes.'),
      ticked('Keep the previous tables', this.#keep, 'To switch back to; they take room until the next rebuild.'),
      ticked('Compare only', this.#dryRun, 'Says what would be mended, and switches nothing.'),
      h('div', { class: 'actions' }, submit), told.element)
    const { api } = this.#context
    return h('section', {}, h('h2', {}, 'Rebuild'),
      h('p', { class: 'quiet' }, 'Makes the tables anew beside those in service, compares the two, and switches at once. Readers and writers go on.'),
      this.#parts.add(now => now.rebuild, now => now.rebuild && progress('Rebuild', now.rebuild)),
      this.#parts.add(now => [now.rebuild !== null, now.left_behind, now.last_rebuild?.status, now.last_rebuild?.done, tick()], now => now.rebuild === null && [leftBehind(now), lastRebuild(now.last_rebuild)]),
      this.#parts.add(now => now.last_rebuild, now => listed(nameOf(now.last_rebuild), now.last_rebuild)),
      api.offers(routes.rebuild) ? fields : notOffered('to begin one', 'datadrop projection rebuild'),
      api.offers(routes.back) && this.#switchBack())
  }

  #switchBack(): HTMLElement {
    const told = new Begun()
    const back = () => void this.#post(told, routes.back, {}, 'The tables that were kept are in service again.')
    return h('div', {}, this.#parts.add(now => [now.previous, tick()], now => now.previous && backForm(now.previous.switched_at, back)), told.element)
  }

  #verifySection(): HTMLElement {
    const told = this.#verifyTold
    const begin = () => {
      this.#unit = this.#sample.value.trim() ? 'member' : 'event'
      void this.#post(told, routes.verify, given(this.#sample, 'sample'), 'A verification was begun.')
    }
    return h('section', {}, h('h2', {}, 'Verify'),
      h('p', { class: 'quiet' }, 'Folds the log afresh and compares every row; changes nothing.'),
      this.#parts.add(now => [now.verification?.status, now.verification?.started_at, now.verification?.done, tick()], now => finding('Verification', now.verification, this.#unit)),
      this.#parts.add(now => now.verification, now => listed('Verification', now.verification)),
      this.#context.api.offers(routes.verify) ? form('Verify', begin,
        labelled('Members at random', this.#sample, 'So many of them; empty: all.'),
        h('div', { class: 'actions' }, h('button', { type: 'submit' }, 'Verify')), told.element) : notOffered('it', 'datadrop projection verify'))
  }

  async #post(told: Begun, route: string, body: unknown, done: string): Promise<void> {
    try {
      await this.#context.api.post(route.slice(1), body, { signal: this.#context.signal })
      told.tell(h('p', { class: 'notice accent' }, done))
      this.#changed()
    } catch (error) {
      if (!this.#context.signal.aborted) told.tell(explain(error))
    }
  }
}

/** A verification may be somebody else's, and does not tell whether it is of members at random. */
type Unit = 'event' | 'member' | undefined
const counted = (number: number, unit: Unit) => (unit ? several(number, unit) : count(number))

function backForm(since: string, back: () => void): HTMLElement {
  return form('Switch back', back,
    h('p', {}, 'The tables that were in service until ', moment(since), ' are kept. They come back with what happened since, and those of now are kept in their stead; what a rebuild mended is in them as it was.'),
    h('div', { class: 'actions' }, h('button', { type: 'submit', class: 'danger' }, 'Switch back')))
}

function progress(name: string, now: Progress | Finding, unit: Unit = 'event'): HTMLElement {
  const { rate, seconds_left, phase, by } = now as Progress
  const words = [
    phase, `${count(now.done)} of ${counted(now.of, unit)}`,
    typeof rate === 'number' && measured(rate, ' a second'),
    typeof seconds_left === 'number' && `${span(seconds_left)} left`,
  ]
  const bar = h('progress', { 'aria-label': name, max: Math.max(1, now.of) })
  bar.value = now.done
  return h('div', { class: 'progress' }, bar, h('p', {}, words.filter(Boolean).join(' · '), by && [' · by ', said(by)]))
}

function leftBehind({ left_behind: left = [] }: Projection): Child {
  return left.length > 0 && h('p', {}, badge('interrupted', 'warn'), ' ',
    `A rebuild did not end: ${left.map(each => `partition ${each.partition} at ${count(each.done)} of ${count(each.of)}`).join(', ')}. The next one goes on there.`)
}

const nameOf = (last: Finding | null | undefined) => (last?.dry_run ? 'Comparison' : 'Rebuild')

function lastRebuild(last: Finding | null | undefined): Child {
  return finding(nameOf(last), last, 'event', last?.dry_run === false)
}

/** What came of it. */
function finding(name: 'Verification' | 'Comparison' | 'Rebuild', now: Finding | null | undefined, unit: Unit, mended = false): Child {
  if (!now) return null
  if (now.status === 'running') return progress(name, now, unit)
  if (now.problem) return h('p', {}, badge('stopped', 'bad'), ' ', said(now.problem), ' ', moment(now.ended_at))
  const differ = now.rows ?? now.differences.length
  const [word, tone] = differ === 0 ? ['agrees', 'good'] as const : mended ? ['mended', 'warn'] as const : ['differs', 'bad'] as const
  const rows = differ === 0 ? 'every row is as the log says' : mended ? `${several(differ, 'row was', 'rows were')} not as the log says, and mended` : `${several(differ, 'row is', 'rows are')} not as the log says`
  return h('p', {}, badge(word, tone), ` ${name}: ${rows}; ${counted(now.of, unit)} looked through, `, moment(now.ended_at))
}

/** The first rows that differ, one line a column. */
function listed(name: string, now: Finding | null | undefined): Child {
  return now && now.differences.length > 0 && differences(`Differences: ${name}`, now.differences)
}
