// One member: what the state is, where it can go from there, and how it came to be so; as it happens.

import { Problem } from './api'
import { facts, h, labelled, put, replace, said, type Child } from './dom'
import { follow } from './feed'
import { eventLine } from './letter_detail'
import type { Member, MemberEvent, TransitionTable } from './records'
import { drawMachine } from './state_machine'
import { explain, notOffered, to, type Context, type View } from './view'
import { moment, state } from './words'

const transitionsRoute = '/v1/transitions'

export function member(context: Context): View {
  const [guild = '', user = ''] = context.place.rest
  const found = h('div', { class: 'result' })
  if (guild && user) void follows(context, guild, user, found)
  return { title: guild && user ? `Member ${user}` : 'Member', element: h('div', {}, lookUp(guild, user), found) }
}

function lookUp(guild: string, user: string): HTMLElement {
  const field = (name: string, value: string) => h('input', { name, value, inputmode: 'numeric', autocomplete: 'off', spellcheck: 'false', required: true, pattern: '[0-9]+' })
  const guildField = field('guild_id', guild)
  const userField = field('user_id', user)
  return h('form', { class: 'filters', 'aria-label': 'Look up', on: { submit: event => { event.preventDefault(); location.hash = to('member', guildField.value.trim(), userField.value.trim()) } } },
    labelled('Guild', guildField), labelled('User', userField),
    h('div', { class: 'actions' }, h('button', { type: 'submit' }, 'Look up')))
}

/** Shows the member and whatever comes of it while the view is open. */
async function follows(context: Context, guild: string, user: string, into: HTMLElement): Promise<void> {
  const { api, signal } = context
  const live = h('span', { class: 'badge plain' }, 'not live')
  const page = new MemberPage(context, guild, user, live)
  replace(into, page.element)
  await page.load()
  const take = (event: MemberEvent & { guild_id: string; user_id: string }) => {
    if (event.guild_id === guild && event.user_id === user) page.add(event)
  }
  const isLive = (is: boolean) => {
    live.className = `badge ${is ? 'good' : 'warn'}`
    replace(live, is ? 'live' : 'not live')
    if (is) void page.load() // what happened between the two looks
  }
  await follow(api, guild, signal, take, isLive).catch((error: unknown) => signal.aborted || put(into, explain(error)))
}

class MemberPage {
  readonly element = h('div', {}, h('p', { class: 'quiet' }, 'Reading the member …'))
  readonly #context: Context
  readonly #path: string
  readonly #live: HTMLElement
  #member: Member | undefined
  #events: MemberEvent[] = []
  #table: TransitionTable | undefined

  constructor(context: Context, guild: string, user: string, live: HTMLElement) {
    this.#context = context
    this.#path = `v1/members/${encodeURIComponent(guild)}/${encodeURIComponent(user)}`
    this.#live = live
  }

  async load(): Promise<void> {
    const { api, signal } = this.#context
    try {
      const [member, history] = await Promise.all([
        api.get<Member>(this.#path, { signal }),
        api.get<{ events: MemberEvent[] }>(`${this.#path}/history`, { signal }),
      ])
      if (api.offers(transitionsRoute)) this.#table ??= await api.get<TransitionTable>(transitionsRoute.slice(1), { signal })
      this.#member = member
      this.#events = history.events
      this.#draw()
    } catch (error) {
      if (signal.aborted) return
      const unknown = error instanceof Problem && error.code === 'member_not_found'
      replace(this.element, unknown ? h('p', { class: 'notice warn' }, 'Nothing is on record of this member in this guild.') : explain(error))
    }
  }

  /** The log is ahead of the table that the member was read from: the trail says the state. */
  add(event: MemberEvent): void {
    if (!this.#member) return void this.load()
    if (event.version <= (this.#events.at(-1)?.version ?? 0)) return
    this.#events.push(event)
    this.#draw(event.version)
    this.#context.announce(`${event.event}, now ${event.to_state}`)
  }

  #draw(fresh?: number): void {
    const member = this.#member!
    const last = this.#events.at(-1)
    const now = last?.to_state ?? member.state
    replace(this.element,
      h('p', { class: 'lead' }, state(now), ' ', this.#live),
      h('div', { class: 'columns even' },
        h('div', {}, this.#facts(member, last), this.#machine(now)),
        h('section', {}, h('h2', {}, 'History'), trail(this.#events, fresh))))
  }

  #facts(member: Member, last: MemberEvent | undefined): HTMLElement {
    const ahead = last !== undefined && last.version > member.version
    return h('section', {}, h('h2', {}, 'Now'), facts([
      ['Guild', h('span', { class: 'id' }, member.guild_id)],
      ['User', h('span', { class: 'id' }, member.user_id)],
      ['Version', String(ahead ? last.version : member.version)],
      ['Lifecycle', String(lifecycleOf(this.#events) || member.lifecycle)],
      ['E-mail on record', ahead ? 'see the history' : member.has_email ? 'yes' : 'no'],
      ['Changed', moment(ahead ? last.recorded_at : member.updated_at)],
      ['Position', h('span', { class: 'id' }, ahead ? (last.position ?? '–') : member.position)],
    ]))
  }

  #machine(now: string): Child {
    if (!this.#table) return notOffered('the rule book', 'datadrop help')
    const ways = this.#table.transitions.filter(each => each.from_state === now)
    return h('section', {}, h('h2', {}, 'Where it can go'), drawMachine(this.#table, now),
      ways.length === 0 ? h('p', { class: 'quiet' }, 'Nowhere: no command is allowed in this state.')
        : h('ul', { class: 'ways' }, ways.map(way => h('li', {}, way.command, ' → ', state(way.to_state)))))
  }
}

/** Each Join begins one. */
function lifecycleOf(events: MemberEvent[]): number {
  return events.filter(event => event.event === 'MemberJoined').length
}

/** The newest first, a stretch a lifecycle. */
function trail(events: MemberEvent[], fresh?: number): HTMLElement[] {
  const lives: MemberEvent[][] = []
  for (const event of events) {
    if (event.event === 'MemberJoined' || lives.length === 0) lives.push([])
    lives.at(-1)!.push(event)
  }
  return lives.map((life, i) => h('div', {}, h('h3', {}, `Lifecycle ${i + 1}`),
    h('ol', { class: 'timeline', reversed: true }, life.reverse().map(event => eventItem(event, event.version === fresh))))).reverse()
}

function eventItem(event: MemberEvent, fresh: boolean): HTMLElement {
  return h('li', { class: fresh ? 'fresh' : undefined },
    h('div', {}, eventLine(event)),
    event.reason && h('div', {}, 'Reason: ', said(event.reason)),
    h('small', {}, moment(event.recorded_at), event.idempotency_key && [' · key ', said(event.idempotency_key)]))
}
