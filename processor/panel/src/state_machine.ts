// The rule book as a drawing: the way of a stay from top to bottom, what ends it on the right. It knows
// no state by name but those that the table tells: the way is found in it.

import { h, svg } from './dom'
import type { Transition, TransitionTable } from './records'

interface Box {
  state: string
  x: number
  y: number
}

const box = { width: 172, height: 30, gap: 20 }
const left = 74
const right = 392
const size = { width: right + box.width + 56 }

/** A drawing with the member's state marked, and the ways that lead out of it. */
export function drawMachine(table: TransitionTable, now: string): HTMLElement {
  const boxes = place(table)
  const height = Math.max(...[...boxes.values()].map(each => each.y)) + box.height + 12
  const drawing = svg('svg', { class: 'machine', viewBox: `0 0 ${size.width} ${height}`, role: 'img', 'aria-label': words(table, now) },
    svg('defs', {}, arrow('arrow'), arrow('arrow-now')),
    ...edges(table.transitions, boxes, now),
    ...[...boxes.values()].map(each => stateBox(each, each.state === now)))
  const frame = h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'State machine' }, drawing)
  const here = boxes.get(now)
  // Where there is little room, the state that the member is in is what is seen of it.
  if (here) requestAnimationFrame(() => { frame.scrollLeft = ((here.x + box.width / 2) / size.width) * frame.scrollWidth - frame.clientWidth / 2 })
  return frame
}

function words(table: TransitionTable, now: string): string {
  const ways = table.transitions.filter(each => each.from_state === now).map(each => `${each.command} leads to ${each.to_state}`)
  return `The member is in the state ${now}. ${ways.length > 0 ? ways.join(', ') : 'No command leads out of it'}.`
}

/** Going states one below the other as the table has them, ended ones spread beside them. */
function place({ states }: TransitionTable): Map<string, Box> {
  const going = states.filter(each => !each.terminal)
  const ended = states.filter(each => each.terminal)
  const step = box.height + box.gap
  const spread = (going.length - 2) / Math.max(1, ended.length - 1)
  const boxes = new Map<string, Box>()
  going.forEach(({ state }, i) => boxes.set(state, { state, x: left, y: 8 + i * step }))
  ended.forEach(({ state }, i) => boxes.set(state, { state, x: right, y: 8 + (1 + i * spread) * step }))
  return boxes
}

/** Several commands that lead the same way are one line. */
function edges(transitions: Transition[], boxes: Map<string, Box>, now: string): SVGElement[] {
  const ways = new Map<string, Transition[]>()
  for (const each of transitions) {
    const way = `${each.from_state} ${each.to_state}`
    ways.set(way, [...(ways.get(way) ?? []), each])
  }
  const all = [...ways.values()].map(same => ({ same, isNow: same[0]!.from_state === now }))
  // Those of the state that the member is in lie above the others.
  return all.sort((a, b) => Number(a.isNow) - Number(b.isNow)).map(({ same, isNow }) => edge(same, boxes, isNow))
}

function edge(same: Transition[], boxes: Map<string, Box>, isNow: boolean): SVGElement {
  const { from_state, to_state } = same[0]!
  const path = route(boxes.get(from_state)!, boxes.get(to_state)!)
  return svg('path', { d: path, class: isNow ? 'way now' : 'way', 'marker-end': `url(#${isNow ? 'arrow-now' : 'arrow'})` },
    svg('title', {}, `${from_state} → ${to_state}: ${same.map(each => each.command).join(', ')}`))
}

function route(from: Box, to: Box): string {
  const middle = box.height / 2
  const [fromEnd, toEnd] = [from.x + box.width, to.x + box.width]
  if (from === to) return `M${from.x} ${from.y + 9} c-26 -6 -26 22 -2 13`
  if (from.x === to.x && from.x === left) {
    const isNext = to.y > from.y && to.y - from.y < 2 * box.height
    if (isNext) return `M${from.x + box.width / 2} ${from.y + box.height} V${to.y - 2}`
    return bend(from.x, from.y + middle, to.x, to.y + middle, -Math.min(64, 20 + Math.abs(to.y - from.y) / 6))
  }
  if (from.x === to.x) return bend(fromEnd, from.y + middle, toEnd, to.y + middle, Math.min(48, 14 + Math.abs(to.y - from.y) / 8))
  const goesRight = to.x > from.x
  const [x1, x2] = goesRight ? [fromEnd, to.x - 2] : [from.x, toEnd + 2]
  const pull = goesRight ? 60 : -60
  const shift = goesRight ? 4 : -6 // so that there and back are two lines
  return `M${x1} ${from.y + middle + shift} C${x1 + pull} ${from.y + middle + shift} ${x2 - pull} ${to.y + middle + shift} ${x2} ${to.y + middle + shift}`
}

function bend(x1: number, y1: number, x2: number, y2: number, by: number): string {
  return `M${x1} ${y1} C${x1 + by} ${y1} ${x2 + by} ${y2} ${x2 + Math.sign(by) * 2} ${y2}`
}

function stateBox({ state, x, y }: Box, isNow: boolean): SVGElement {
  return svg('g', { class: isNow ? 'state now' : 'state' },
    svg('rect', { x, y, width: box.width, height: box.height, rx: 5 }),
    svg('text', { x: x + box.width / 2, y: y + box.height / 2 + 4 }, isNow ? `● ${state}` : state))
}

function arrow(id: string): SVGElement {
  return svg('marker', { id, class: id, viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto-start-reverse' },
    svg('path', { d: 'M0 0.5 L8 4 L0 7.5 z' }))
}
