// What an operator does about a dead letter: looks what would come of it, sends it again, or gives it
// up. Each act is one on what was looked at: when it has changed meanwhile, that is told and shown.

import { Problem } from './api'
import { button, h, labelled, replace, said, type Child } from './dom'
import { expectationFields } from './expectations'
import { load, type Shown } from './letter_detail'
import type { Letter, Outcome } from './records'
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
    tell(context, verb === 'discard' ? ['Discarded: the command will not be carried out.'] : ['Redriven: ', outcomeWords(outcome)])
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

export function outcomeWords(outcome: Outcome | undefined): Child {
  if (!outcome) return 'it was redriven before.'
  const where = outcome.state ? [' The member is ', state(outcome.state), outcome.version !== undefined && ` v${outcome.version}`, '.'] : null
  return [state(outcome.outcome), outcome.code && ` ${outcome.code.replaceAll('_', ' ')}`, '.', where, outcome.detail && [' ', said(outcome.detail)], outcome.allowed?.length ? ` Allowed: ${outcome.allowed.join(', ')}.` : null]
}

function redriveForm(context: Context, shown: Shown, draw: Draw): HTMLElement {
  const reason = h('textarea', { rows: 2, maxlength: 512 })
  const fields = expectationFields(shown.command)
  const result = h('div', { class: 'result', role: 'status' })
  const body = () => ({ ...fields.read(), ...(reason.value.trim() ? { reason: reason.value } : {}) })

  async function look(): Promise<void> {
    try {
      const { body: found } = await context.api.post<{ would: Outcome }>(`v1/dead-letters/${shown.id}/preview`, body(), { signal: context.signal, ifMatch: shown.etag })
      replace(result, would(found.would))
    } catch (error) {
      if (!context.signal.aborted) replace(result, explain(error))
    }
  }

  return h('form', { class: 'act', 'aria-label': 'Redrive', on: { submit: event => { event.preventDefault(); void act(context, shown, 'redrive', body(), draw, result).catch(error => replace(result, explain(error))) } } },
    h('h2', {}, 'Redrive'),
    h('p', { class: 'quiet' }, 'Sends the command again, under your name. When it is refused or conflicts again, it stays parked.'),
    fields.element,
    labelled('Reason', reason, 'Kept in the trail.'),
    h('div', { class: 'actions' },
      button('Preview', () => void look()),
      h('button', { type: 'submit', class: 'primary' }, 'Redrive')),
    result)
}

function would(outcome: Outcome): HTMLElement {
  const event = outcome.event && [' It would append ', h('strong', {}, outcome.event), ', ', state(outcome.from_state), ' → ', state(outcome.to_state), outcome.version !== undefined && ` at v${outcome.version}`, '.']
  return h('p', { class: 'notice accent' }, 'Now a redrive would be ', event ? [state(outcome.outcome), '.', event] : outcomeWords(outcome))
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
