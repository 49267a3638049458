// Elements, built so that a text is a text: nothing here or elsewhere in the panel makes markup of a
// string, and no style stands in an attribute, which the page's policy would refuse.

export type Child = Node | string | number | null | undefined | false | Child[]

export interface Props {
  class?: string | undefined
  on?: Record<string, (event: Event) => void> | undefined
  [attribute: string]: string | number | boolean | undefined | Record<string, (event: Event) => void>
}

function fill(element: Element, props: Props, children: Child[]): void {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === false) continue
    if (typeof value === 'object') for (const type in value) element.addEventListener(type, value[type]!)
    else element.setAttribute(name, value === true ? '' : String(value))
  }
  put(element, ...children)
}

/** An element of the page with its attributes, its listeners under `on`, and what is in it. */
export function h<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag)
  fill(element, props, children)
  return element
}

/** The same of a drawing. */
export function svg<Tag extends keyof SVGElementTagNameMap>(tag: Tag, props: Props = {}, ...children: Child[]): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag)
  fill(element, props, children)
  return element
}

/** Adds what there is; nothing, null and false are no children. */
export function put(parent: Element, ...children: Child[]): void {
  for (const child of children) {
    if (Array.isArray(child)) put(parent, ...child)
    else if (child !== null && child !== undefined && child !== false) parent.append(child instanceof Node ? child : String(child))
  }
}

/** Puts these in the place of what was in it. */
export function replace(parent: Element, ...children: Child[]): void {
  parent.replaceChildren()
  put(parent, ...children)
}

/** What somebody else wrote: isolated, so that its direction of writing turns nothing around it. */
export function said(text: string | null | undefined): HTMLElement | string {
  return text === null || text === undefined || text === '' ? '–' : h('bdi', { class: 'said' }, text)
}

let names = 0
/** A name for an element that another one refers to. */
export function freshId(of: string): string {
  return `${of}-${++names}`
}

/** A control with its label above it. */
export function labelled(label: string, control: HTMLElement, hint?: string): HTMLElement {
  const id = (control.id ||= freshId('field'))
  const hintId = `${id}-hint`
  if (hint) control.setAttribute('aria-describedby', hintId)
  return h('div', { class: 'field' }, h('label', { for: id }, label), control, hint && h('small', { id: hintId }, hint))
}

/** A box to be ticked with its label behind it. */
export function ticked(label: string, box: HTMLInputElement, hint: string): HTMLElement {
  box.id ||= freshId('field')
  const hintId = `${box.id}-hint`
  box.setAttribute('aria-describedby', hintId)
  return h('div', { class: 'field ticked' }, box, h('label', { for: box.id }, label), h('small', { id: hintId }, hint))
}

export function choice(options: readonly (readonly [value: string, text: string])[], value = options[0]?.[0] ?? ''): HTMLSelectElement {
  const select = h('select', {}, options.map(([each, text]) => h('option', { value: each }, text)))
  select.value = value
  return select
}

/** Names and values in pairs, with a few words on what does not explain itself. */
export function facts(rows: readonly (readonly [name: string, value: Child, help?: string] | false | null | undefined)[]): HTMLElement {
  return h('dl', { class: 'facts' }, rows.map(row => row && h('div', {}, h('dt', {}, row[0]), h('dd', {}, row[1], row[2] && h('small', { class: 'help' }, row[2])))))
}

/** A state or an outcome: its colour says nothing that its word does not. */
export function badge(word: string, tone: Tone = 'plain'): HTMLElement {
  return h('span', { class: `badge ${tone}` }, word)
}
export type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'accent'

export function button(text: string, act: (event: Event) => void, props: Props = {}): HTMLButtonElement {
  return h('button', { type: 'button', ...props, on: { click: act } }, text)
}
