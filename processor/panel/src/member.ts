// One member: what the state is, where it can go from there, and how it came to be so; as it happens.

import { Problem, query } from './api'
import { facts, h, labelled, put, replace, said, type Child } from './dom'
import { follow } from './feed'
import { eventLine } from './letter_detail'
import type { Letter, Member, MemberEvent, TransitionTable } from './records'
import { transitionsRoute } from './rule_book'
import { drawMachine } from './state_machine'
import { explain, notOffered, to, type Context, type View } from './view'
import { moment, state } from './words'

export function member(context: Context): View {
  const [guild = '', user = ''] = context.place.rest
  const found = h('div', { class: 'result' })
  if (guild && user) void follows(context, guild, user, found)
  const letter = context.place.query.get('letter')
  const back = letter && h('p', {}, h('a', { href: to('dead-letters', letter) }, `← Dead letter ${letter}`))
  return { title: guild && user ? `Member ${user}` : 'Member', element: h('div', {}, back, lookUp(guild, user), found) }
}

function lookUp(guild: string, user: string): HTMLElement {
  const field = (name: string, value: string, of: string) => {
    const input = h('input', { name, value, inputmode: 'numeric', autocomplete: 'off', spellcheck: 'false', required: true })
    input.addEventListener('input', () => input.setCustomValidity(/^\s*\d*\s*$/.test(input.value) ? '' : `Digits only: the Discord ${of}'s id`))
    return input
  }
  const guildField = field('guild_id', guild, 'server')
  const userField = field('user_id', user, 'user')
  return h('form', { class: 'filters', 'aria-label': 'Look up', on: { submit: event => { event.preventDefault(); location.hash = to('member', guildField.value.trim(), userField.value.trim()) } } },
    labelled('Guild', guildField), labelled('User', userField),
    h('div', { class: 'actions' }, h('button', { type: 'submit' }, 'Look up')))
}

/** Shows the member and whatever comes of it while the view is open. */
async function follows(context: Context, guild: string, user: string, into: HTMLElement): Promise<void> {
  const { api, signal } = context
  const live = h('small', {}, 'not live yet')
  const page = new MemberPage(context, guild, user, live)
  replace(into, page.waiting, page.element)
  await page.load()
  const take = (event: MemberEvent & { guild_id: string; user_id: string }) => {
    if (event.guild_id === guild && event.user_id === user) page.add(event)
  }
  const isLive = (is: boolean) => {
    replace(live, is ? 'updates live' : 'not live: trying again')
    if (is) void page.load() // what happened between the two looks
  }
  await follow(api, guild, signal, take, isLive).catch((error: unknown) => signal.aborted || put(into, explain(error)))
}

class MemberPage {
  /** What is parked of the member, for who may see it. */
  readonly waiting = h('div', {})
  readonly element = h('div', {}, h('p', { class: 'quiet' }, 'Reading the member …'))
  readonly #context: Context
  readonly #guild: string
  readonly #user: string
  readonly #path: string
  readonly #live: HTMLElement
  #member: Member | undefined
  #events: MemberEvent[] = []
  #table: TransitionTable | undefined

  constructor(context: Context, guild: string, user: string, live: HTMLElement) {
    this.#context = context
    this.#guild = guild
    this.#user = user
    this.#path = `v1/members/${encodeURIComponent(guild)}/${encodeURIComponent(user)}`
    this.#live = live
  }

  async load(): Promise<void> {
    const { api, signal } = this.#context
    void this.#lookForParked()
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

  async #lookForParked(): Promise<void> {
    const { api, signal } = this.#context
    const whose = query({ guild_id: this.#guild, user_id: this.#user, status: 'parked' })
    const parked = await api.get<{ dead_letters: Letter[] }>(`v1/dead-letters?${whose}`, { signal }).then(page => page.dead_letters, () => [])
    if (!signal.aborted) replace(this.waiting, parkedNotice(parked, whose))
  }

  /** The log is ahead of the table that the member was read from: the trail says the state. */
  add(event: MemberEvent): void {
    if (!this.#member) return void this.load()
    if (event.version <= (this.#events.at(-1)?.version ?? 0)) return
    this.#events.push(event)
    this.#draw(event.version)
    void this.#lookForParked()
    this.#context.announce(`${event.event}, now ${event.to_state}`)
  }

  #draw(fresh?: number): void {
    const member = this.#member!
    const last = this.#events.at(-1)
    const now = last?.to_state ?? member.state
    replace(this.element,
      h('p', { class: 'lead' }, 'Now ', state(now)),
      h('div', { class: 'columns even' },
        h('div', {}, this.#facts(member, last), this.#machine(now)),
        h('section', {}, h('h2', {}, 'History'), h('p', {}, this.#live), trail(this.#events, fresh))))
  }

  #facts(member: Member, last: MemberEvent | undefined): HTMLElement {
    const ahead = last !== undefined && last.version > member.version
    return h('section', {}, h('h2', {}, 'The member'), facts([
      ['Guild', h('span', { class: 'id' }, member.guild_id)],
      ['User', h('span', { class: 'id' }, member.user_id)],
      ['Version', String(ahead ? last.version : member.version), 'how many events there were'],
      ['Lifecycle', String(lifecycleOf(this.#events) || member.lifecycle), 'the stay: each Join begins one'],
      ['E-mail on record', ahead ? 'see the history' : member.has_email ? 'yes' : 'no'],
      ['Changed', moment(ahead ? last.recorded_at : member.updated_at)],
      ['Position', h('span', { class: 'id' }, ahead ? (last.position ?? '–') : member.position), 'of the last event in the log'],
    ]))
  }

  #machine(now: string): Child {
    if (!this.#table) return notOffered('the rule book', 'datadrop help')
    const ways = this.#table.transitions.filter(each => each.from_state === now)
    return h('section', {}, h('h2', {}, 'Where it can go from ', state(now)), drawMachine(this.#table, now),
      ways.length === 0 ? h('p', { class: 'quiet' }, 'Nowhere: no command is allowed in this state.')
        : h('ul', { class: 'ways' }, ways.map(way => h('li', {}, way.command, ' → ', state(way.to_state)))))
  }
}

function parkedNotice([first, ...more]: Letter[], whose: string): Child {
  if (!first) return null
  return h('p', { class: 'notice warn' }, more.length === 0
    ? ['A command of this member is parked: ', h('a', { href: to('dead-letters', first.id) }, `${first.command.command}, dead letter ${first.id}`)]
    : h('a', { href: `${to('dead-letters')}?${whose}` }, 'Commands of this member are parked'))
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
