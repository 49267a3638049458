// Rebuild and verification: what runs, what came of the last one, and what may be begun.

import { differences } from './differences'
import { badge, button, h, replace, said, type Child } from './dom'
import type { Finding, Progress, Projection } from './projection_records'
import { explain, notOffered, type Context } from './view'
import { count, measured, moment, several, span } from './words'

const routes = { rebuild: '/v1/projection/rebuild', verify: '/v1/projection/verify', back: '/v1/projection/switch-back' }

export class ProjectionActs {
  readonly element = h('div', {})
  readonly #context: Context
  readonly #changed: () => void
  readonly #rebuild = h('div', {})
  readonly #verification = h('div', {})
  readonly #result = h('div', { role: 'status' })
  readonly #begin: { rebuild: HTMLButtonElement; dryRun: HTMLButtonElement; verify: HTMLButtonElement; back: HTMLButtonElement }

  constructor(context: Context, changed: () => void) {
    this.#context = context
    this.#changed = changed
    const act = (name: string, route: string, body: unknown, done: string) => button(name, () => void this.#post(route, body, done))
    this.#begin = {
      rebuild: act('Rebuild', routes.rebuild, { keep_previous: true }, 'The rebuild has begun.'),
      dryRun: act('Compare only', routes.rebuild, { dry_run: true }, 'The comparison has begun; nothing will be switched.'),
      verify: act('Verify', routes.verify, {}, 'The verification has begun.'),
      back: act('Switch back', routes.back, {}, 'The tables of before the rebuild are in service again.'),
    }
    replace(this.element, this.#rebuildSection(), this.#verifySection(), this.#result)
  }

  show(now: Projection): void {
    replace(this.#rebuild, now.rebuild ? progress('Rebuild', now.rebuild) : [leftBehind(now), lastRebuild(now.last_rebuild)])
    replace(this.#verification, now.verification ? finding('Verification', now.verification) : null)
    this.#begin.rebuild.disabled = this.#begin.dryRun.disabled = now.rebuild !== null
    this.#begin.verify.disabled = now.verification?.status === 'running'
    this.#begin.back.hidden = !now.previous
  }

  #rebuildSection(): HTMLElement {
    const { api } = this.#context
    return h('section', {}, h('h2', {}, 'Rebuild'),
      h('p', { class: 'quiet' }, 'Makes the tables anew beside those in service, compares the two, and switches at once. Readers and writers go on.'),
      this.#rebuild,
      api.offers(routes.rebuild) ? h('div', { class: 'actions' }, this.#begin.rebuild, this.#begin.dryRun, api.offers(routes.back) && this.#begin.back)
        : notOffered('to begin one', 'datadrop projection rebuild'))
  }

  #verifySection(): HTMLElement {
    return h('section', {}, h('h2', {}, 'Verify'),
      h('p', { class: 'quiet' }, 'Folds the log afresh and compares every row; changes nothing.'),
      this.#verification,
      this.#context.api.offers(routes.verify) ? h('div', { class: 'actions' }, this.#begin.verify) : notOffered('it', 'datadrop projection verify'))
  }

  async #post(route: string, body: unknown, done: string): Promise<void> {
    try {
      await this.#context.api.post(route.slice(1), body, { signal: this.#context.signal })
      replace(this.#result, h('p', { class: 'notice accent' }, done))
      this.#changed()
    } catch (error) {
      if (!this.#context.signal.aborted) replace(this.#result, explain(error))
    }
  }
}

function progress(name: string, now: Progress | Finding): HTMLElement {
  const { rate, seconds_left, phase, by } = now as Progress
  const words = [
    phase, `${count(now.done)} of ${count(now.of)}`,
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

function lastRebuild(last: Finding | null | undefined): Child {
  return last && finding(last.dry_run ? 'Comparison' : 'Rebuild', last)
}

/** What came of it. */
function finding(name: string, now: Finding): Child {
  if (now.status === 'running') return progress(name, now)
  if (now.problem) return h('p', {}, badge('stopped', 'bad'), ' ', said(now.problem), ' ', moment(now.ended_at))
  const differ = now.rows ?? now.differences.length
  return [
    h('p', {}, badge(differ > 0 ? 'differs' : 'agrees', differ > 0 ? 'bad' : 'good'), ` ${name}: ${several(differ, 'row')} of ${count(now.of)} not as the log says, `, moment(now.ended_at)),
    now.differences.length > 0 && differences(`Differences: ${name}`, now.differences),
  ]
}
