// What /v1/projection tells. What newer servers add may be missing.

export interface Difference {
  table: string
  row: string
  column: string | null
  was: string | null
  is: string | null
  first_event: string | null
  what?: string
  at?: string
}

export interface Progress {
  done: number
  of: number
  started_at: string
  rate?: number | null
  seconds_left?: number | null
  by?: string | null
  phase?: string | null
}

/** A verification, or a rebuild that is over. */
export interface Finding {
  status: 'running' | 'done'
  done: number
  of: number
  started_at: string
  ended_at: string | null
  dry_run?: boolean
  rows?: number
  differences: Difference[]
  problem?: string | null
}

export interface Sentinel {
  checked: number
  differences: number
  last_difference: Difference | null
  rate: number
}

export interface Projection {
  position: string
  head: string
  lag_events: number
  lag_seconds: number
  rebuild: Progress | null
  partitions: { partition: number; position: string; head: string; lag_events: number; lag_seconds: number }[]
  sentinel: Sentinel
  previous?: { switched_at: string } | null
  verification?: Finding | null
  last_rebuild?: Finding | null
  left_behind?: { partition: number; done: number; of: number; started_at: string; by: string }[]
}
