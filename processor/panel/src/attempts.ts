// What was tried, each attempt beside the event that had won. Those that differ in their time alone are
// one block.

import { h, said, type Child } from './dom'
import type { Attempt, Letter } from './records'
import { clock, span, standing } from './words'

export function attempts(letter: Letter): HTMLElement {
  const first = letter.attempts[0]?.at ?? letter.parked_at
  return h('section', {}, h('h2', {}, 'Attempts, and the events that had won'),
    h('ol', { class: 'attempts' }, alike(letter.attempts).map(same => block(same, first, same.length === letter.attempts.length))))
}

/** Those after each other that are the same. */
function alike(all: Attempt[]): Attempt[][] {
  const blocks: Attempt[][] = []
  const known = (attempt: Attempt) => JSON.stringify({ ...attempt, number: 0, at: '' })
  for (const attempt of all) {
    const last = blocks.at(-1)
    if (last && known(last[0]!) === known(attempt)) last.push(attempt)
    else blocks.push([attempt])
  }
  return blocks
}

function block(same: Attempt[], first: string, isAll: boolean): HTMLElement {
  const [attempt] = same as [Attempt]
  const { winner } = attempt
  return h('li', { class: 'attempt' },
    h('div', { class: 'when' }, h('strong', {}, named(same, isAll)), times(same, first)),
    h('div', { class: 'what' },
      h('div', {}, h('span', { class: 'quiet' }, 'expected '), expected(attempt)),
      h('div', {}, h('span', { class: 'quiet' }, 'found '), attempt.found_state ? standing(attempt.found_state, attempt.found_version) : said(attempt.why ?? 'no answer'))),
    h('div', { class: 'winner' }, winner
      ? [h('div', {}, h('strong', {}, winner.event), ` v${winner.version} by ${winner.source}`, winner.actor && [' (', said(winner.actor), ')']), h('small', {}, before(winner.at, attempt.at))]
      : h('span', { class: 'quiet' }, 'no event')))
}

function named(same: Attempt[], isAll: boolean): string {
  if (same.length === 1) return `Attempt ${same[0]!.number}`
  return isAll ? `${same.length} attempts, all the same` : `Attempts ${same[0]!.number} to ${same.at(-1)!.number}, the same`
}

/** Since the first one; each to the millisecond for who looks. */
function times(same: Attempt[], first: string): Child {
  const since = (attempt: Attempt) => `+${span((Date.parse(attempt.at) - Date.parse(first)) / 1000)}`
  const exact = (attempt: Attempt) => h('time', { datetime: attempt.at }, `${clock(attempt.at, 'millis').slice(11)} UTC`)
  return h('details', {},
    h('summary', {}, same.length === 1 ? since(same[0]!) : `${since(same[0]!)} to ${since(same.at(-1)!)}`),
    h('ol', {}, same.map(attempt => h('li', { value: attempt.number }, exact(attempt)))))
}

/** Only what the submitter stated, where that is known: the rest is what the member was held for. */
function expected({ stated, expected_state, expected_version }: Attempt): Child {
  const [state, version] = stated ? [stated.includes('expected_state') && expected_state, stated.includes('expected_version') ? expected_version : null] : [expected_state, expected_version]
  const lifecycle = stated?.includes('expected_lifecycle') && ' the lifecycle that it named'
  if (!state && version === null) return lifecycle || 'nothing'
  return [standing(state || 'any state', version), lifecycle && [',', lifecycle]]
}

function before(event: string, attempt: string): string {
  return `${span(Math.max(0, (Date.parse(attempt) - Date.parse(event)) / 1000))} before`
}
