// What an operator does about a dead letter: looks what would come of it, sends it again, or gives it
// up. Each act is one on what was looked at: when it has changed meanwhile, that is told and shown.

import { Problem } from './api'
import { button, h, labelled, replace, said, type Child } from './dom'
import { letterExpectations, type LetterExpectations } from './expectations'
import { load, type Shown } from './letter_detail'
import type { Letter, Outcome } from './records'
import { stateNames } from './rule_book'
import { explain, type Context } from './view'
import { state } from './words'

type Draw = (shown: Shown) => void
type Redriven = Letter & { outcome?: Outcome }

export function acts(context: Context, shown: Shown, draw: Draw): Child {
  if (shown.status !== 'parked') return h('p', { class: 'quiet' }, `It is ${shown.status}: nothing is left to do.`)
  return [redriveForm(context, shown, draw), discardForm(context, shown, draw)]
}

/** Does it, and shows what became of it. */
async function act(context: Context, shown: Shown, verb: string, body: unknown, draw: Draw, result: HTMLElement): Promise<void> {
  const { api, signal } = context
  const buttons = document.querySelectorAll<HTMLButtonElement>('.act button')
  for (const each of buttons) each.disabled = true // once is enough
  const path = `v1/dead-letters/${shown.id}`
  try {
    const answer = await api.post<Redriven>(`${path}/${verb}`, body, { signal, ifMatch: shown.etag })
    const { outcome } = answer.body
    draw(await load(context, shown.id))
    tell(context, verb === 'discard' ? ['Discarded: the command will not be carried out.'] : outcome?.outcome === 'accepted' || !outcome ? ['Redriven: ', outcomeWords(outcome)] : [outcomeWords(outcome)])
  } catch (error) {
    if (signal.aborted) return
    for (const each of buttons) each.disabled = false
    if (!isChanged(error)) return replace(result, explain(error))
    draw(await load(context, shown.id))
    tell(context, ['Somebody else was faster: this is how it stands now. Your act was not carried out.'])
  }
}

/** At the top of what was drawn anew, and to who does not see it. */
function tell(context: Context, words: Child[]): void {
  const notice = h('p', { class: 'notice accent', tabindex: -1 }, words)
  document.querySelector('.letter')?.prepend(notice)
  context.announce(notice.textContent ?? '')
  notice.focus()
}

function isChanged(error: unknown): boolean {
  return error instanceof Problem && (error.code === 'dead_letter_closed' || error.code === 'dead_letter_changed')
}

function outcomeWords(outcome: Outcome | undefined): Child {
  if (!outcome) return 'it was redriven before.'
  const where = outcome.state && ['the member is ', state(outcome.state), outcome.version !== undefined && ` v${outcome.version}`]
  if (outcome.outcome === 'accepted') return where ?? 'accepted'
  return [state(outcome.outcome), ` ${whyNot(outcome)}`, outcome.outcome === 'dead_lettered' ? where && ['; ', where] : outcome.detail && [': ', said(outcome.detail)], allowed(outcome)]
}

const whyNot = ({ code }: Outcome) => code?.replaceAll('_', ' ') ?? ''
const allowed = ({ allowed: ways }: Outcome) => (ways?.length ? `. Allowed: ${ways.join(', ')}.` : '.')

function redriveForm(context: Context, shown: Shown, draw: Draw): HTMLElement {
  const reason = h('textarea', { rows: 2, maxlength: 512 })
  const fields = letterExpectations(shown)
  void stateNames(context).then(fields.offer)
  const result = h('div', { class: 'result', role: 'status' })
  const body = () => ({ ...fields.read(), ...(reason.value.trim() ? { reason: reason.value } : {}) })

  async function look(): Promise<void> {
    if (!reason.form!.reportValidity()) return // a version that is no number is none
    try {
      const { body: found } = await context.api.post<{ would: Outcome }>(`v1/dead-letters/${shown.id}/preview`, body(), { signal: context.signal, ifMatch: shown.etag })
      replace(result, would(found.would, fields, shown, () => void look()))
    } catch (error) {
      if (!context.signal.aborted) replace(result, explain(error))
    }
  }

  return h('form', { class: 'act', 'aria-label': 'Redrive', on: { submit: event => { event.preventDefault(); void act(context, shown, 'redrive', body(), draw, result).catch(error => replace(result, explain(error))) } } },
    h('h2', {}, 'Redrive'),
    h('p', { class: 'quiet' }, 'To redrive is to send the command again, under your name. When it is refused, or the member is not in the expected state, it stays parked.'),
    fields.element,
    labelled('Reason', reason, 'Kept in the trail.'),
    h('div', { class: 'actions' },
      button('Preview', () => void look()),
      h('button', { type: 'submit', class: 'primary' }, 'Redrive')),
    result)
}

/** What would come of it; when that is nothing, also what stands in its way, and the way out. */
function would(outcome: Outcome, fields: LetterExpectations, shown: Shown, look: () => void): HTMLElement {
  if (outcome.outcome === 'accepted') {
    return h('p', { class: 'notice accent' }, state(outcome.outcome), ' It would append ', h('strong', {}, outcome.event), ', ',
      state(outcome.from_state), ' → ', state(outcome.to_state), outcome.version !== undefined && ` at v${outcome.version}`, '.')
  }
  const isAsShown = outcome.version === undefined || outcome.version === shown.member.version
  const broken = fields.broken({ state: outcome.state, version: outcome.version, lifecycle: isAsShown ? shown.member.lifecycle : undefined })
  if (broken.length === 0) return h('p', { class: 'notice accent' }, outcomeWords(outcome))
  const again = (change: () => void) => () => { change(); look() }
  const names = broken.map(([name]) => name)
  const isStateAlone = names.length === 1 && names[0] === 'expected_state' && outcome.state !== undefined
  return h('div', { class: 'notice accent' },
    h('p', {}, state('dead_lettered'), ' Expected ', broken.map(([name, wanted], i) => [i > 0 && ' and ', name === 'expected_state' ? state(wanted) : `${name.replace('expected_', '')} ${wanted}`]),
      ' but the member is ', state(outcome.state), outcome.version !== undefined && ` v${outcome.version}`, names.includes('expected_lifecycle') && `, lifecycle ${shown.member.lifecycle}`, '.'),
    h('div', { class: 'actions' }, isStateAlone ? button(`Expect ${outcome.state}`, again(() => fields.expectState(outcome.state!))) : button('Do not check this', again(() => fields.drop(names)))))
}

function discardForm(context: Context, shown: Shown, draw: Draw): HTMLElement {
  const reason = h('textarea', { rows: 2, maxlength: 512, required: true })
  const result = h('div', { class: 'result', role: 'status' })
  return h('form', { class: 'act', 'aria-label': 'Discard', on: { submit: event => { event.preventDefault(); void act(context, shown, 'discard', { reason: reason.value }, draw, result).catch(error => replace(result, explain(error))) } } },
    h('h2', {}, 'Discard'),
    h('p', { class: 'quiet' }, 'Gives the command up for good. Whoever sends its key again is told that it was.'),
    labelled('Reason', reason, 'Must be given; kept in the trail.'),
    h('div', { class: 'actions' }, h('button', { type: 'submit', class: 'danger' }, 'Discard for good')),
    result)
}
