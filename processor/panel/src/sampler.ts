// The server's figures, read every second and kept for five minutes, whichever view is shown.

import type { Api } from './api'
import { buckets, parse, quantile, sum, type Reading } from './metrics'
import { repeat } from './waiting'

/** What is known of a moment; null where nothing is. */
export interface Sample {
  at: number
  accepted: number | null
  rejected: number | null
  conflicts: number | null
  deadLettered: number | null
  p50: number | null
  p95: number | null
  lagEvents: number | null
  lagSeconds: number | null
  queued: number | null
  queueLimit: number | null
  parked: number | null
  oldestParkedAt: number | null
  connections: number | null
  connectionLimit: number | null
  feeds: number | null
  feedLimit: number | null
  /** Rows that the sentinel found to differ from the log. */
  differences: number | null
  databaseUp: boolean | null
}

interface Read {
  at: number
  reading: Reading
}

const kept = 300
/** The quantiles are those of so many seconds, or a few commands would make them jump. */
const quantileSeconds = 10

export class Sampler {
  readonly samples: Sample[] = []
  readonly #api: Api
  readonly #reads: Read[] = []
  readonly #listeners = new Set<() => void>()
  #running = new AbortController()

  constructor(api: Api) {
    this.#api = api
  }

  start(): void {
    this.#running = new AbortController()
    const { signal } = this.#running
    void repeat(1000, signal, () => this.#take(signal))
  }

  stop(): void {
    this.#running.abort()
    this.samples.length = this.#reads.length = 0
  }

  get last(): Sample | undefined {
    return this.samples.at(-1)
  }

  onSample(act: () => void, signal: AbortSignal): void {
    this.#listeners.add(act)
    signal.addEventListener('abort', () => this.#listeners.delete(act))
  }

  async #take(signal: AbortSignal): Promise<void> {
    const reading = await this.#api.text('metrics', { signal }).then(parse, () => null)
    if (signal.aborted) return
    this.samples.push(reading ? this.#sample({ at: Date.now() / 1000, reading }) : gap())
    if (this.samples.length > kept) this.samples.shift()
    for (const act of [...this.#listeners]) act()
  }

  #sample(now: Read): Sample {
    const last = this.#reads.at(-1)
    this.#reads.push(now)
    while (this.#reads.length > quantileSeconds + 1) this.#reads.shift()
    const { reading } = now
    const oldest = this.#reads[0]!
    const spread = (of: number) => quantile(of, buckets(oldest.reading, 'datadrop_command_seconds'), buckets(reading, 'datadrop_command_seconds'))
    const outcome = (name: string) => rate(last, now, each => sum(each, 'datadrop_commands_total', { outcome: name }))
    const up = sum(reading, 'datadrop_database_up')
    return {
      at: now.at,
      accepted: outcome('accepted'),
      rejected: outcome('rejected'),
      conflicts: rate(last, now, each => sum(each, 'datadrop_conflicts_total')),
      deadLettered: outcome('dead_lettered'),
      p50: spread(0.5),
      p95: spread(0.95),
      lagEvents: sum(reading, 'datadrop_projection_lag_events'),
      lagSeconds: highest(reading, 'datadrop_projection_lag_seconds'),
      queued: sum(reading, 'datadrop_queued_commands'),
      queueLimit: sum(reading, 'datadrop_queue_limit'),
      parked: sum(reading, 'datadrop_dead_letters_parked'),
      oldestParkedAt: lowest(reading, 'datadrop_dead_letters_oldest_parked_timestamp_seconds'),
      connections: sum(reading, 'datadrop_http_connections'),
      connectionLimit: sum(reading, 'datadrop_http_connections_limit'),
      feeds: sum(reading, 'datadrop_http_feeds'),
      feedLimit: sum(reading, 'datadrop_http_feeds_limit'),
      differences: sum(reading, 'datadrop_projection_differences_total'),
      databaseUp: up === null ? null : up > 0,
    }
  }
}

/** A second; a counter that went back is one of a server that was started anew. */
function rate(last: Read | undefined, now: Read, of: (reading: Reading) => number | null): number | null {
  if (!last) return null
  const [before, after] = [of(last.reading), of(now.reading)]
  if (before === null || after === null || after < before) return null
  return (after - before) / (now.at - last.at)
}

function highest(reading: Reading, name: string): number | null {
  const all = reading.get(name)
  return all ? Math.max(...all.map(each => each.value)) : null
}

/** 0 stands for none. */
function lowest(reading: Reading, name: string): number | null {
  const all = (reading.get(name) ?? []).map(each => each.value).filter(value => value > 0)
  return all.length > 0 ? Math.min(...all) : null
}

function gap(): Sample {
  return {
    at: Date.now() / 1000, accepted: null, rejected: null, conflicts: null, deadLettered: null, p50: null, p95: null,
    lagEvents: null, lagSeconds: null, queued: null, queueLimit: null, parked: null, oldestParkedAt: null,
    connections: null, connectionLimit: null, feeds: null, feedLimit: null, differences: null, databaseUp: null,
  }
}
