// Who comes in: a token, which stays in the memory of this tab.

import { h, replace } from './dom'

/** `attempt` gives what is against a token, or nothing and shows the panel. */
export function signIn(attempt: (token: string) => Promise<string | undefined>, why?: string): HTMLElement {
  const input = h('input', { id: 'token', type: 'password', autocomplete: 'off', spellcheck: 'false', required: true, 'aria-describedby': 'token-hint' })
  const go = h('button', { type: 'submit' }, 'Sign in')
  const refusal = h('p', { class: 'refusal', role: 'alert' }, why)

  async function submit(event: Event): Promise<void> {
    event.preventDefault()
    go.disabled = true
    const against = await attempt(input.value.trim())
    go.disabled = false
    if (!against) return
    replace(refusal, against)
    input.select()
    input.focus()
  }

  return h('main', { class: 'sign-in' },
    h('h1', {}, 'datadrop'),
    h('p', {}, 'datadrop carries out the membership commands of a community and keeps a record of each. This is where its operators look after it.'),
    h('form', { on: { submit: event => void submit(event) } },
      h('label', { for: 'token' }, 'Token'),
      input,
      h('small', { id: 'token-hint' }, 'Kept in the memory of this tab only: closing or reloading it signs out.'),
      refusal,
      go),
    h('details', {},
      h('summary', {}, 'How to get a token'),
      h('p', {}, 'Where the server runs, as somebody who may use its database:'),
      h('pre', {}, 'datadrop token create --name NAME --source operator --scopes read,operate')))
}
