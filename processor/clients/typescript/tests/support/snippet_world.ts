// What the pieces of code in README.md find around them.

import type { Datadrop, FeedEvent, Member } from 'datadrop-client'

declare global {
  var datadrop: Datadrop
  var guild_id: string
  var user_id: string
  var joinedTimestamp: number
  var interaction: { id: string, reply: (text: string) => Promise<void> }
  var newcomers: string[]
  var kept: { cursor: string }
  var takeIn: (event: FeedEvent) => Promise<void>
  var rebuildFrom: (cursor: string) => Promise<void>
}

export type World = Partial<typeof globalThis> & { member?: Member }
