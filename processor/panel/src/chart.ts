// A chart of the last five minutes. What it says last stands beside it in words, for who does not see
// it, and because a number is read faster than a line.

import uPlot from 'uplot'

import { h, replace } from './dom'
import type { Sample } from './sampler'

export interface Line {
  name: string
  /** A custom property of the style sheet that holds its colour. */
  colour: string
  of: (sample: Sample) => number | null
  words: (value: number | null) => string
}

export interface Bound {
  value: number
  name: string
}

const height = 132
/** How much time it shows, in seconds: what there is, within these. */
const shortest = 60
const longest = 300

/** A chart, which is drawn again when `draw` is called and when it is given another width. */
export class Chart {
  readonly element: HTMLElement
  readonly #canvas = h('div', { class: 'canvas', 'aria-hidden': 'true' })
  readonly #values: HTMLElement[]
  readonly #lines: Line[]
  readonly #bound: Bound | undefined
  #plot: uPlot | undefined
  #samples: Sample[] = []

  constructor(title: string, lines: Line[], signal: AbortSignal, bound?: Bound) {
    this.#lines = lines
    this.#bound = bound
    this.#values = lines.map(() => h('strong', {}, '–'))
    const legend = lines.map((line, i) => {
      const swatch = h('i', { class: 'swatch', 'aria-hidden': 'true' })
      swatch.style.setProperty('background', `var(${line.colour})`)
      return h('li', {}, swatch, `${line.name} `, this.#values[i]!)
    })
    this.element = h('section', { class: 'chart', 'aria-label': title },
      h('h2', {}, title),
      h('ul', { class: 'legend' }, legend, bound && h('li', { class: 'quiet' }, bound.name)),
      this.#canvas)
    this.#redrawOn(signal)
  }

  draw(samples: Sample[]): void {
    this.#samples = samples
    const last = samples.at(-1)
    this.#lines.forEach((line, i) => replace(this.#values[i]!, line.words(last ? line.of(last) : null)))
    const now = last?.at ?? Date.now() / 1000
    const data = [samples.map(sample => sample.at), ...this.#lines.map(line => samples.map(line.of))] as uPlot.AlignedData
    if (this.#plot) this.#plot.setData(data, false)
    else if (this.#canvas.clientWidth > 0) this.#plot = new uPlot(this.#options(this.#canvas.clientWidth), data, this.#canvas)
    this.#plot?.setScale('x', { min: now - Math.min(longest, Math.max(shortest, now - (samples[0]?.at ?? now))), max: now })
  }

  #redrawOn(signal: AbortSignal): void {
    const sizes = new ResizeObserver(() => {
      const width = this.#canvas.clientWidth
      if (this.#plot && width > 0) this.#plot.setSize({ width, height })
      else this.draw(this.#samples)
    })
    sizes.observe(this.#canvas)
    // The canvas takes its colours when it is made.
    const dark = matchMedia('(prefers-color-scheme: dark)')
    const anew = () => {
      this.#plot?.destroy()
      this.#plot = undefined
      this.draw(this.#samples)
    }
    dark.addEventListener('change', anew)
    signal.addEventListener('abort', () => {
      sizes.disconnect()
      dark.removeEventListener('change', anew)
      this.#plot?.destroy()
    })
  }

  #options(width: number): uPlot.Options {
    const style = getComputedStyle(document.documentElement)
    const colour = (name: string) => style.getPropertyValue(name).trim()
    const axis = { stroke: colour('--quiet'), grid: { stroke: colour('--grid'), width: 1 }, ticks: { show: false }, font: '11px system-ui, sans-serif' }
    const bound = this.#bound
    return {
      width, height,
      legend: { show: false },
      cursor: { show: false },
      tzDate: at => uPlot.tzDate(new Date(at * 1000), 'Etc/UTC'),
      scales: { y: { range: (_, __, most) => [0, Math.max(most ?? 0, bound ? bound.value * 1.1 : 0, 1) * 1.05] } },
      axes: [
        { ...axis, size: 22, space: 70, values: (_, times) => times.map(at => new Date(at * 1000).toISOString().slice(11, 19)) },
        { ...axis, size: 46, space: 26 },
      ],
      series: [{}, ...this.#lines.map(line => ({ stroke: colour(line.colour), width: 1.5, points: { show: false } }))],
      hooks: bound ? { draw: [plot => drawBound(plot, bound.value, colour('--bad'))] } : {},
    }
  }
}

function drawBound(plot: uPlot, value: number, colour: string): void {
  const y = Math.round(plot.valToPos(value, 'y', true))
  const { ctx } = plot
  ctx.save()
  ctx.strokeStyle = colour
  ctx.setLineDash([4, 4])
  ctx.beginPath()
  ctx.moveTo(plot.bbox.left, y)
  ctx.lineTo(plot.bbox.left + plot.bbox.width, y)
  ctx.stroke()
  ctx.restore()
}
