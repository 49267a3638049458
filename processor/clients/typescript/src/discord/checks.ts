// What a bot's author may have mixed up, found before anything is heard or sent.

import type { Client, Guild } from 'discord.js'

import { misuse } from '../checks.js'
import { timerMax } from '../patience.js'

import type { Fact } from './facts.js'
import type { RecorderOptions, Records } from './recorder_options.js'

const facts: readonly Fact['fact'][] = ['joined', 'left', 'kicked', 'banned', 'unbanned']

export function checkRecords(datadrop: Records): void {
  if (typeof datadrop?.submitAll === 'function' && typeof datadrop.history === 'function') return
  throw misuse('the first argument of Recorder', 'a Datadrop', datadrop, 'write new Recorder(new Datadrop({ server, token }))')
}

export function checkRecorderOptions({ entryWithin = 0, concurrency = 1 }: RecorderOptions): void {
  if (!(Number.isFinite(entryWithin) && entryWithin >= 0 && entryWithin <= timerMax))
    throw misuse('entryWithin', `milliseconds from 0 to ${timerMax}`, entryWithin, 'leave it out for 3 seconds')
  if (!(Number.isSafeInteger(concurrency) && concurrency > 0))
    throw misuse('concurrency', 'a whole number from 1', concurrency, 'leave it out for what is usual')
}

export function checkFact(fact: Fact): void {
  if (facts.includes(fact?.fact)) return
  throw misuse('a fact', `an object whose fact is one of ${facts.join(', ')}`, fact,
    'read events of discord.js by factOf, as in recorder.tell(factOf.guildMemberAdd(member))')
}

/** Discord tells a client only of what it has asked for. */
export function checkClient(client: Client): void {
  if (typeof client?.ws?.on !== 'function')
    throw misuse('the argument of follow', 'a Client of discord.js', client, 'write recorder.follow(client)')
  for (const intent of ['Guilds', 'GuildMembers', 'GuildModeration'] as const)
    if (!client.options.intents.has(intent))
      throw misuse('the client', `one with the intent ${intent}`, client.options.intents.toArray().join(', '), 'add it to the intents of new Client({ intents })')
}

export function checkGuild(guild: Guild): void {
  if (typeof guild?.members?.list === 'function') return
  throw misuse('the argument of catchUp', 'a Guild of discord.js', guild, 'write recorder.catchUp(client.guilds.cache.get(guild_id))')
}
