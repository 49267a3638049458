// The figures of /metrics, and what can be said of two readings of them.

export interface Series {
  labels: Record<string, string>
  value: number
}

export type Reading = Map<string, Series[]>

const line = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? ([^ ]+)/
const label = /([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g

/** Prometheus' text format 0.0.4; the requests by route are left out, of which there are hundreds. */
export function parse(text: string): Reading {
  const reading: Reading = new Map()
  for (const each of text.split('\n')) {
    if (each.startsWith('#') || each.startsWith('datadrop_http_requests_total')) continue
    const found = line.exec(each)
    if (!found) continue
    const series = { labels: labelsOf(found[2] ?? ''), value: Number(found[3]!.replace('Inf', 'Infinity')) }
    const all = reading.get(found[1]!)
    if (all) all.push(series)
    else reading.set(found[1]!, [series])
  }
  return reading
}

function labelsOf(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(label)].map(([, name, value]) => [name, value!.replace(/\\(.)/g, '$1')]))
}

/** The sum of a metric's series that have these labels; nothing when there is none. */
export function sum(reading: Reading, name: string, labels: Record<string, string> = {}): number | null {
  const all = (reading.get(name) ?? []).filter(each => Object.entries(labels).every(([key, value]) => each.labels[key] === value))
  return all.length === 0 ? null : all.reduce((total, each) => total + each.value, 0)
}

/** How many observations a histogram has up to each bound. */
export function buckets(reading: Reading, name: string): Map<number, number> {
  const counts = new Map<number, number>()
  for (const { labels, value } of reading.get(`${name}_bucket`) ?? []) {
    const bound = Number((labels['le'] ?? '').replace('+Inf', 'Infinity'))
    counts.set(bound, (counts.get(bound) ?? 0) + value)
  }
  return counts
}

/** A quantile of what was observed between two readings, between the bounds in a straight line. */
export function quantile(of: number, before: Map<number, number>, after: Map<number, number>): number | null {
  const bounds = [...after.keys()].sort((a, b) => a - b)
  const counts = bounds.map(bound => after.get(bound)! - (before.get(bound) ?? 0))
  const all = counts.at(-1) ?? 0
  if (all <= 0 || counts.some(each => each < 0)) return null
  const wanted = all * of
  const at = counts.findIndex(each => each >= wanted)
  const from = at === 0 ? 0 : bounds[at - 1]!
  const below = at === 0 ? 0 : counts[at - 1]!
  const to = bounds[at]!
  // Beyond the last bound nothing is known but that.
  if (!Number.isFinite(to)) return from
  return from + ((to - from) * (wanted - below)) / (counts[at]! - below)
}
