// What is read again and again, shown in parts: each is drawn anew only when what it shows is another,
// so that what somebody types in, stands on or listens to stays while the numbers beside it change.

import { h, replace, type Child } from './dom'

interface Part<Read> {
  element: HTMLElement
  of: (read: Read) => unknown
  draw: (read: Read) => Child
  drawn: string
}

export class Parts<Read> {
  readonly #all: Part<Read>[] = []

  /** A place for what `draw` makes; `of` is what it hangs on. */
  add(of: (read: Read) => unknown, draw: (read: Read) => Child): HTMLElement {
    const element = h('div', {})
    this.#all.push({ element, of, draw, drawn: '' })
    return element
  }

  show(read: Read): void {
    for (const part of this.#all) {
      const now = JSON.stringify(part.of(read)) ?? ''
      if (now === part.drawn) continue
      const hadFocus = part.element.contains(document.activeElement)
      part.drawn = now
      replace(part.element, part.draw(read))
      // A button that is gone leaves whoever pressed it at the one in its place.
      if (hadFocus) part.element.querySelector<HTMLElement>('button, a, [tabindex]')?.focus()
    }
  }
}

/** Changes now and then: for what tells how long ago something was. */
export function tick(): number {
  return Math.floor(Date.now() / 15_000)
}
