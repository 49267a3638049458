// What a redrive expects of the member. The state is chosen among what was sent, what the member is now,
// no state at all, and the others of the rule book; version and lifecycle are numbers, folded away when
// the command was sent without them.

import { choice, h, labelled } from './dom'
import type { Command, Letter } from './records'

type Expectation = 'expected_state' | 'expected_version' | 'expected_lifecycle'
type Chosen = Partial<Record<Expectation, unknown>>

const asSent = 'as_sent'
const any = 'any'
const help = 'The state that the member must be in before the command runs.'

/** What has to be true of a member. */
export interface Standing {
  state?: string | undefined
  version?: number | undefined
  lifecycle?: number | undefined
}

export interface Expectations {
  element: HTMLElement
  /** What differs from what was sent; null is no expectation. */
  read: () => Chosen
}

/** Those of one command, which can be set to what would hold. */
export interface LetterExpectations extends Expectations {
  /** What is expected as the form stands, as far as it does not hold of this member. */
  broken: (of: Standing) => [name: Expectation, wanted: string][]
  expectState: (state: string) => void
  /** Checks these no more. */
  drop: (names: Expectation[]) => void
  /** The states that there are, once they are known. */
  offer: (states: string[]) => void
}

export function letterExpectations({ command, member }: Letter): LetterExpectations {
  const sent = command.expected_state
  const isNow = sent === member.state
  const stale = sent !== undefined && !isNow
  const state = choice([
    [asSent, `${sent ?? 'any state'} (as it was sent${isNow ? ', and as the member is now' : ''})`],
    ...(isNow ? [] : [[member.state, `${member.state} (as the member is now)`] as const]),
    ...(sent === undefined ? [] : [[any, 'any state (do not check)'] as const]),
  ])
  const has = (value: string) => value === sent || [...state.options].some(each => each.value === value)
  const offer = (states: string[]) => state.append(...states.filter(each => !has(each)).map(each => h('option', { value: each }, each)))
  const numbers = { expected_version: numberOf(command, 'expected_version'), expected_lifecycle: numberOf(command, 'expected_lifecycle') }
  const wantedState = () => (state.value === asSent ? sent : state.value === any ? undefined : state.value)
  return {
    element: h('div', {}, labelled('Expected state', state, stale ? `${help} The member is ${member.state} now, so as it was sent the command stays parked.` : help),
      more(Object.values(numbers).some(field => field.value !== ''),
        labelled('Expected version', numbers.expected_version, 'How many events the member must have; empty: not checked.'),
        labelled('Expected lifecycle', numbers.expected_lifecycle, 'Which stay it must be, each Join begins one; empty: not checked.'))),
    read: () => ({
      ...(state.value === asSent ? {} : { expected_state: wantedState() ?? null }),
      ...changed('expected_version', numbers.expected_version, command), ...changed('expected_lifecycle', numbers.expected_lifecycle, command),
    }),
    broken: of => [
      ['expected_state', wantedState(), of.state] as const,
      ['expected_version', numbers.expected_version.value.trim(), of.version] as const,
      ['expected_lifecycle', numbers.expected_lifecycle.value.trim(), of.lifecycle] as const,
    ].flatMap(([name, wanted, is]) => (wanted && is !== undefined && wanted !== String(is) ? [[name, wanted] as [Expectation, string]] : [])),
    expectState: wanted => { offer([wanted]); state.value = wanted === sent ? asSent : wanted },
    drop: names => names.forEach(name => { if (name === 'expected_state') state.value = sent === undefined ? asSent : any; else numbers[name].value = '' }),
    offer,
  }
}

/** Those of many commands: as each has them, or not checked. */
export function manyExpectations(states: string[]): Expectations {
  const kept = [[asSent, 'as each was sent'], [any, 'any state (do not check)']] as const
  const state = choice([...kept, ...states.map(each => [each, each] as const)])
  const numbers = (['expected_version', 'expected_lifecycle'] as const).map(name => ({ name, how: choice([kept[0], [any, 'do not check']]) }))
  return {
    element: h('div', {}, labelled('Expected state', state, help),
      more(false, numbers.map(({ name, how }) => labelled(name.replace('expected_', 'Expected '), how)))),
    read: () => Object.fromEntries([{ name: 'expected_state', how: state }, ...numbers].filter(({ how }) => how.value !== asSent)
      .map(({ name, how }) => [name, how.value === any ? null : how.value])),
  }
}

function more(isOpen: boolean, ...fields: (HTMLElement | HTMLElement[])[]): HTMLElement {
  return h('details', { open: isOpen }, h('summary', {}, 'More expectations'), fields)
}

function numberOf(command: Command, name: 'expected_version' | 'expected_lifecycle'): HTMLInputElement {
  const field = h('input', { inputmode: 'numeric', pattern: '[0-9]*', title: 'A whole number', autocomplete: 'off' })
  field.value = String(command[name] ?? '')
  return field
}

function changed(name: 'expected_version' | 'expected_lifecycle', { value }: HTMLInputElement, command: Command): Chosen {
  return value.trim() === String(command[name] ?? '') ? {} : { [name]: value.trim() ? Number(value) : null }
}
