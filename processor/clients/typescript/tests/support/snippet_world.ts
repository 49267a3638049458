// What the pieces of code in README.md find around them.

import type { Datadrop, FeedEvent } from 'datadrop-client'

declare global {
  var datadrop: Datadrop
  var guild_id: string
  var user_id: string
  /** What a member of discord.js is to a key, and what an interaction is to a piece of code. */
  var member: { guild: { id: string }, joinedTimestamp: number }
  var interaction: { id: string, guildId: string, deferReply: () => Promise<void>, editReply: (text: string) => Promise<void> }
  var newcomers: string[]
  var kept: { cursor: string }
  var takeIn: (event: FeedEvent) => Promise<void>
  var rebuildFrom: (cursor: string) => Promise<void>
}

export type World = Partial<typeof globalThis>
