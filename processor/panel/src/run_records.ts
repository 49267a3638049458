// Runs over many dead letters, as the server has them.

import { facts, said } from './dom'

export const manyRoute = '/v1/dead-letter-runs'
export const runPath = manyRoute.slice(1)

export interface Share {
  outcome: string
  code: string | null
  event?: string | null
  count: number
}

export interface Run {
  id: string
  status: 'previewed' | 'running' | 'stopped' | 'done'
  act: 'redrive' | 'discard'
  reason: string
  by: string
  filter: Record<string, string>
  selected: number
  histogram: Share[]
  done: number
  results: Share[]
  created_at: string
  started_at: string | null
  ended_at: string | null
  rate: number | null
  expected_state?: string | null
  expected_version?: number | null
  expected_lifecycle?: number | null
}

/** The filter in words. */
export function filterFacts(filter: Record<string, string>): HTMLElement {
  return facts(Object.entries(filter).map(([name, value]) => [name.replaceAll('_', ' '), said(value)] as const))
}
