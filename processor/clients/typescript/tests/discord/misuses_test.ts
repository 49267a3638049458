// What a bot's author may mix up gets an error that names it and says what to write.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Client, GatewayIntentBits, type ClientOptions } from 'discord.js'
import { Datadrop, MisuseError } from 'datadrop-client'
import { Recorder } from 'datadrop-client/discord'

const datadrop = new Datadrop({ server: 'http://127.0.0.1:1', token: 'secret' })
const client = (...intents: GatewayIntentBits[]) => new Client({ intents } as ClientOptions)
const recorder = new Recorder(datadrop)
const who = { guild_id: '5', user_id: '7' }
const guild = { id: '5', members: { list: () => {} } } as never
const member = { id: '7', guild: { id: '5' }, joinedTimestamp: 1 }

const misuses: [what: string, make: () => unknown, says: RegExp][] = [
  ['a recorder without datadrop', () => new Recorder({ server: 'http://127.0.0.1:8132' } as never), /a Datadrop.*new Recorder\(new Datadrop/],
  ['an endless wait for entries', () => new Recorder(datadrop, { entryWithin: Infinity }), /entryWithin must be milliseconds/],
  ['no concurrency', () => new Recorder(datadrop, { concurrency: 0 }), /concurrency must be a whole number from 1/],
  ['a member in the place of a fact', () => recorder.tell(member as never), /factOf\.guildMemberAdd\(member\)/],
  ['a guild in the place of a client', () => recorder.follow({ id: '5' } as never), /a Client of discord\.js/],
  ['a client that is not told of members', () => recorder.follow(client(GatewayIntentBits.Guilds)), /the intent GuildMembers/],
  ['a client that is not told of bans', () => recorder.follow(client(GatewayIntentBits.Guilds, GatewayIntentBits.GuildMembers)), /the intent GuildModeration/],
  ['no options', () => new Recorder(datadrop, null as never), /the options of Recorder must be an object, not null/],
  ['a misspelt option', () => new Recorder(datadrop, { entrywithin: 5 } as never), /no option entrywithin.*entryWithin/],
  ['a text in the place of a function', () => new Recorder(datadrop, { onError: 'x' as never }), /onError must be a function/],
  ['another text', () => new Recorder(datadrop, { onWaiting: 'x' as never }), /onWaiting must be a function/],
  ['a controller in the place of its signal', () => new Recorder(datadrop, { signal: new AbortController() as never }), /pass controller\.signal/],
  ['a client without options', () => recorder.follow({ ws: { on() {} } } as never), /a Client of discord\.js/],
  ['a join without its time', () => recorder.record({ fact: 'joined', ...who } as never), /joined_ms of a fact.*not undefined/],
  ['a number as an entry\'s id', () => recorder.tell({ fact: 'banned', ...who, entry: { id: 5 as never } }), /entry\.id of a fact must be a snowflake/],
  ['a kick without an entry', () => recorder.record({ fact: 'kicked', ...who } as never), /entry of a fact.*audit log/],
  ['a fact of nobody', () => recorder.tell({ fact: 'left', guild_id: '5' } as never), /user_id of a fact must be a snowflake/],
  ['a number as since', () => recorder.catchUp(guild, { since: Date.now() as never }), /since must be a Date/],
  ['a time that is none', () => recorder.catchUp(guild, { since: new Date('x') }), /since must be a Date/],
  ['a misspelt option of catchUp', () => recorder.catchUp(guild, { until: 5 } as never), /no option until.*since/],
  ['a controller for catchUp', () => recorder.catchUp(guild, { signal: new AbortController() as never }), /pass controller\.signal/],
  ['an id in the place of a guild', () => recorder.catchUp('5' as never), /a Guild of discord\.js/],
]
for (const [what, make, says] of misuses)
  test(what, () => {
    assert.throws(make, (error) => error instanceof MisuseError && says.test(error.message))
  })
