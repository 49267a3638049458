// What a bot's author may have mixed up, found before anything is heard or sent.

import type { Client, Guild } from 'discord.js'

import { checkOptions, checkSignal } from '../checks.js'
import { checkSnowflake, misuse } from '../misuse.js'
import { timerMax } from '../patience.js'

import type { CatchUpOptions } from './catch_up.js'
import type { Entry, Fact } from './facts.js'
import type { RecorderOptions, Records } from './recorder_options.js'

const facts: readonly Fact['fact'][] = ['joined', 'left', 'kicked', 'banned', 'unbanned']

export function checkRecords(datadrop: Records): void {
  if (typeof datadrop?.submitAll === 'function' && typeof datadrop.history === 'function') return
  throw misuse('the first argument of Recorder', 'a Datadrop', datadrop, 'write new Recorder(new Datadrop({ server, token }))')
}

export function checkRecorderOptions(options: RecorderOptions): void {
  checkObject('the options of Recorder', options, 'leave them out, or write new Recorder(datadrop, { onError })')
  checkOptions(options, ['onRecorded', 'onError', 'onWaiting', 'entryWithin', 'concurrency', 'signal'])
  const { entryWithin = 0, concurrency = 1, signal } = options
  if (!(Number.isFinite(entryWithin) && entryWithin >= 0 && entryWithin <= timerMax))
    throw misuse('entryWithin', `milliseconds from 0 to ${timerMax}`, entryWithin, 'leave it out for 3 seconds')
  if (!(Number.isSafeInteger(concurrency) && concurrency > 0))
    throw misuse('concurrency', 'a whole number from 1', concurrency, 'leave it out for what is usual')
  for (const name of ['onRecorded', 'onError', 'onWaiting'] as const)
    if (options[name] !== undefined && typeof options[name] !== 'function')
      throw misuse(name, 'a function', options[name], `write ${name}: (told) => console.log(told), or leave it out`)
  checkSignal(signal)
}

export function checkCatchUpOptions(options: CatchUpOptions): void {
  checkObject('the options of catchUp', options, 'leave them out, or write { since: new Date(…) }')
  checkOptions(options, ['since', 'signal'])
  checkSignal(options.signal)
  const { since } = options
  if (since !== undefined && !(since instanceof Date && Number.isFinite(since.getTime())))
    throw misuse('since', 'a Date', since, 'write new Date(Date.now() - 3_600_000) for the last hour')
}

export function checkFact(fact: Fact): void {
  if (!facts.includes(fact?.fact)) throw misuse('a fact', `an object whose fact is one of ${facts.join(', ')}`, fact, byFactOf)
  for (const name of ['guild_id', 'user_id'] as const) checkSnowflake(`${name} of a fact`, fact[name])
  if (fact.joined_ms !== undefined || fact.fact === 'joined') checkTime(fact.joined_ms)
  const entry = 'entry' in fact ? fact.entry : undefined
  if (entry !== undefined || fact.fact === 'kicked') checkEntry(entry)
}

const byFactOf = 'read events of discord.js by factOf, as in recorder.tell(factOf.guildMemberAdd(member))'

function checkTime(joined_ms: number | undefined): void {
  if (Number.isSafeInteger(joined_ms) && joined_ms! >= 0) return
  throw misuse('joined_ms of a fact', 'a whole number of milliseconds, as member.joinedTimestamp is', joined_ms, byFactOf)
}

function checkEntry(entry: Entry | undefined): void {
  checkObject('entry of a fact', entry, 'a kick is known by its entry of the audit log alone: read it by factOf.guildAuditLogEntryCreate(entry, guild)')
  checkSnowflake('entry.id of a fact', entry?.id)
}

function checkObject(name: string, value: unknown, remedy: string): void {
  if (typeof value !== 'object' || value === null) throw misuse(name, 'an object', value, remedy)
}

/** Discord tells a client only of what it has asked for. */
export function checkClient(client: Client): void {
  if (typeof client?.ws?.on !== 'function' || typeof client.options?.intents?.has !== 'function')
    throw misuse('the argument of follow', 'a Client of discord.js', client, 'write recorder.follow(client)')
  for (const intent of ['Guilds', 'GuildMembers', 'GuildModeration'] as const)
    if (!client.options.intents.has(intent))
      throw misuse('the client', `one with the intent ${intent}`, client.options.intents.toArray().join(', '), 'add it to the intents of new Client({ intents })')
}

export function checkGuild(guild: Guild): void {
  if (typeof guild?.members?.list === 'function') return
  throw misuse('the argument of catchUp', 'a Guild of discord.js', guild, 'write recorder.catchUp(client.guilds.cache.get(guild_id))')
}
