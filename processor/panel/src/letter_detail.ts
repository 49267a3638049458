// One dead letter: what was asked and why not, each attempt beside the event that had won, what
// happened since, and what an operator may do.

import { facts, h, replace, said, type Child } from './dom'
import { attempts } from './attempts'
import { acts } from './letter_acts'
import type { Act, Letter, MemberEvent } from './records'
import { explain, to, type Context, type View } from './view'
import { moment, several, standing, state } from './words'

/** With what became of the member since it was parked, and the tag of this look at it. */
export type Shown = Letter & { since: MemberEvent[] }

export function load({ api, signal }: Context, id: string): Promise<Shown> {
  return api.get<Shown>(`v1/dead-letters/${encodeURIComponent(id)}`, { signal })
}

export async function letterDetail(context: Context, id: string): Promise<View> {
  const element = h('div', { class: 'letter' })
  const draw = (shown: Shown) => replace(element, summary(shown), h('div', { class: 'columns' },
    h('aside', { 'aria-label': 'What to do' }, now(shown), acts(context, shown, draw)),
    h('div', {}, attempts(shown), received(shown), since(shown), done(shown))))
  let shown = await load(context, id)
  draw(shown)
  // Drawn anew only when there is something new: what somebody has typed is not lost with a connection.
  const look = async () => {
    const now = await load(context, id)
    if (JSON.stringify(now) !== JSON.stringify(shown)) draw(shown = now)
  }
  context.onRegained(() => void look().catch((error: unknown) => context.signal.aborted || replace(element, explain(error))))
  return { title: `Dead letter ${id}`, element }
}

function summary(letter: Letter): HTMLElement {
  return h('p', { class: 'lead' }, state(letter.status), ' ',
    h('strong', {}, letter.command.command), ` from ${letter.source} (`, said(letter.submitted_by), '): ', said(letter.summary), '.')
}

function received({ id, command, parked_at, code, guild_id, user_id }: Letter): HTMLElement {
  const payload = Object.entries(command.payload)
  return h('section', {}, h('h2', {}, 'The command as it was received'), facts([
    ['Member', h('a', { href: `${to('member', guild_id, user_id)}?letter=${id}`, class: 'id' }, user_id)],
    ['Guild', h('span', { class: 'id' }, guild_id)],
    ['Parked', moment(parked_at)],
    ['Why', code.replaceAll('_', ' ')],
    ['Expected', standing(command.expected_state ?? 'any state', command.expected_version)],
    command.expected_lifecycle !== undefined && ['Lifecycle', String(command.expected_lifecycle)],
    ['Key', said(command.idempotency_key)],
    payload.length > 0 && ['Payload', payload.map(([name, value]) => h('div', {}, `${name}: `, said(String(value))))],
    command.reason !== undefined && ['Reason', said(command.reason)],
    command.actor !== undefined && ['Actor', said(command.actor)],
    command.correlation_id !== undefined && ['Correlation', said(command.correlation_id)],
    command.occurred_at !== undefined && ['Occurred', moment(command.occurred_at)],
  ]))
}

export function eventLine(event: MemberEvent): Child {
  return [h('strong', {}, event.event), ' → ', state(event.to_state), ` v${event.version} by ${event.source}`, event.actor && [' (', said(event.actor), ')']]
}

function since({ since: later }: Shown): HTMLElement {
  return h('section', {}, h('h2', {}, 'The member since then'), later.length === 0
    ? h('p', { class: 'quiet' }, 'Nothing has happened to the member since the command was parked.')
    : h('ol', { class: 'timeline' }, later.map(event => h('li', {}, h('div', {}, eventLine(event)), h('small', {}, moment(event.recorded_at))))))
}

function actLine(act: Act): HTMLElement {
  return h('li', {},
    h('div', {}, h('strong', {}, act.type), ' by ', said(act.by), act.code && `: ${act.code.replaceAll('_', ' ')}`),
    h('div', {}, 'Reason: ', said(act.reason)),
    act.attempts && h('small', {}, several(act.attempts.length, 'attempt')),
    h('small', {}, moment(act.at)))
}

function done(letter: Letter): Child {
  return letter.events.length > 0 && h('section', {}, h('h2', {}, 'What operators did'), h('ol', { class: 'timeline' }, letter.events.map(actLine)))
}

function now({ id, member, guild_id, user_id }: Letter): HTMLElement {
  return h('section', {}, h('h2', {}, 'The member now'),
    h('p', {}, standing(member.state, member.version), ' ', h('a', { href: `${to('member', guild_id, user_id)}?letter=${id}` }, 'Look at the member')))
}
