// What a redrive expects of the member: each expectation stays as the command was received, is
// replaced, or is dropped.

import { choice, h, labelled } from './dom'
import type { Command } from './records'

const expectations = ['expected_state', 'expected_version', 'expected_lifecycle'] as const

/** Fields for a command, or for many of which each has its own. */
export function expectationFields(command?: Command): { element: HTMLElement; read: () => Record<string, unknown> } {
  const fields = expectations.map(name => {
    const received = command?.[name]
    const kept = !command ? 'as each was received' : received === undefined ? 'none, as received' : `as received: ${received}`
    const words = name.replace('expected_', '')
    const how = choice([['keep', kept], ['drop', 'drop it'], ['replace', 'replace by …']])
    const value = h('input', { 'aria-label': `New expected ${words}`, hidden: true, spellcheck: 'false', inputmode: name === 'expected_state' ? undefined : 'numeric' })
    how.addEventListener('change', () => { value.hidden = how.value !== 'replace' })
    return { name, how, value, element: h('div', {}, labelled(`Expected ${words}`, how), value) }
  })
  return {
    element: h('fieldset', {}, h('legend', {}, 'Expectations'), fields.map(field => field.element)),
    read: () => Object.fromEntries(fields.filter(field => field.how.value !== 'keep').map(({ name, how, value }) =>
      [name, how.value === 'drop' ? null : name === 'expected_state' ? value.value.trim() : Number(value.value)])),
  }
}
