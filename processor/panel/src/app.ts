// The panel: who is signed in, which view is shown, and whether the server is there.

import { Api, Problem } from './api'
import { Connection } from './connection'
import { button, h, replace } from './dom'
import { deadLetters } from './letters'
import { member } from './member'
import { overview } from './overview'
import { projection } from './projection'
import { Sampler } from './sampler'
import { signIn } from './sign_in'
import { explain, to, type Context, type Place, type View } from './view'

const views: Record<string, { name: string; open: (context: Context) => View | Promise<View> }> = {
  'overview': { name: 'Overview', open: overview },
  'dead-letters': { name: 'Dead letters', open: deadLetters },
  'member': { name: 'Member', open: member },
  'projection': { name: 'Projection', open: projection },
}

const api = new Api()
const connection = new Connection(api)
const sampler = new Sampler(api)
let shown = new AbortController()

const main = h('main', { id: 'main', tabindex: -1 })
const links = Object.entries(views).map(([view, { name }]) => h('a', { href: to(view) }, name))
const version = h('span', { class: 'quiet' })
const announcer = h('div', { class: 'unseen', role: 'status' })
const shell = [
  h('a', { class: 'skip', href: '#main', on: { click: skip } }, 'Skip to the content'),
  h('header', { class: 'top' },
    h('span', { class: 'brand' }, 'datadrop'),
    h('nav', { 'aria-label': 'Views' }, links),
    connection.light,
    button('Sign out', () => leave(), { class: 'plain' })),
  connection.banner,
  main,
  announcer,
  h('footer', {}, version, h('a', { href: 'panel/licences.txt' }, 'Licences'), h('a', { href: 'openapi.json' }, 'Description of the interface')),
]

/** The address names the view, so the way to the content must not go over it. */
function skip(event: Event): void {
  event.preventDefault()
  main.focus()
}

function placeOf(hash: string): { view: string; place: Place } {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2)
  const [view = '', ...rest] = path.split('/').map(decode)
  return { view: view in views ? view : 'overview', place: { rest, query: new URLSearchParams(search) } }
}

/** Of an address that somebody mistyped, what stands there. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

async function open(): Promise<void> {
  if (!api.isSignedIn) return
  shown.abort()
  const showing = (shown = new AbortController())
  const { view, place } = placeOf(location.hash)
  links.forEach((link, i) => Object.keys(views)[i] === view ? link.setAttribute('aria-current', 'page') : link.removeAttribute('aria-current'))
  const context: Context = {
    api, sampler, place,
    signal: showing.signal,
    announce: text => replace(announcer, text),
    onRegained: act => connection.onRegained(act, showing.signal),
  }
  const opened = await Promise.resolve(views[view]!.open(context)).catch((error: unknown) => ({ title: views[view]!.name, element: explain(error) }))
  if (showing.signal.aborted) return
  document.title = `${opened.title} · datadrop`
  const title = h('h1', { tabindex: -1 }, opened.title)
  replace(main, title, opened.element)
  title.focus({ preventScroll: true })
  window.scrollTo(0, 0)
}

function enter(): void {
  replace(version, `datadrop ${api.version}`)
  replace(document.body, shell)
  sampler.start()
  connection.start()
  void open()
}

function leave(why?: string): void {
  shown.abort()
  sampler.stop()
  connection.stop()
  api.signOut()
  replace(main)
  document.title = 'Sign in · datadrop'
  replace(document.body, signIn(attempt, why))
  document.querySelector('input')?.focus()
}

/** What is against it, or nothing when it is done. */
async function attempt(token: string): Promise<string | undefined> {
  try {
    await api.signIn(token)
  } catch (error) {
    api.signOut()
    if (error instanceof Problem && error.status === 401) return 'No token like this is in force. Look for blanks at its ends, or for one that has expired or was revoked.'
    return error instanceof Error ? error.message : String(error)
  }
  enter()
  return undefined
}

api.onRefused = () => {
  // While somebody signs in the refusal is told there.
  if (shell[0]!.isConnected) leave('The token is no longer in force: it has expired, or was revoked.')
}
window.addEventListener('hashchange', () => void open())
leave()
