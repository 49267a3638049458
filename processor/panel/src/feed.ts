// The live feed of events. A standard EventSource cannot send a token, so the stream is read here.

import { createParser } from 'eventsource-parser'

import { Problem, type Api } from './api'
import type { MemberEvent } from './records'
import { pause } from './waiting'

export type FeedEvent = MemberEvent & { guild_id: string; user_id: string }

/** A comment comes every 15 s: when nothing has come for this long, nobody is there. */
const silentAtMost = 40_000

/** Follows a guild's events from now on until the signal ends; goes on by itself after a lost connection. */
export async function follow(api: Api, guild: string, signal: AbortSignal, take: (event: FeedEvent) => void, live: (is: boolean) => void): Promise<void> {
  let after = 'latest'
  while (!signal.aborted) {
    try {
      const response = await api.stream(`v1/events?after=${encodeURIComponent(after)}&guild_id=${guild}`, signal)
      live(true)
      await read(response, signal, id => { after = id }, take)
    } catch (error) {
      if (error instanceof Problem && error.code === 'history_changed') after = 'latest'
      else if (error instanceof Problem && error.status === 403) throw error
    }
    live(false)
    await pause(1000, signal)
  }
}

async function read(response: Response, signal: AbortSignal, reached: (id: string) => void, take: (event: FeedEvent) => void): Promise<void> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  const parser = createParser({
    onEvent: ({ id, event, data }) => {
      if (id !== undefined) reached(id)
      if (event !== 'history_changed') take(JSON.parse(data) as FeedEvent)
    },
  })
  while (!signal.aborted) {
    const silence = window.setTimeout(() => void reader.cancel(), silentAtMost)
    const { done, value } = await reader.read().finally(() => clearTimeout(silence))
    if (done) return
    parser.feed(value)
  }
}
