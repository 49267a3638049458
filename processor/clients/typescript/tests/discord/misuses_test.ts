// What a bot's author may mix up gets an error that names it and says what to write.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Client, GatewayIntentBits, type ClientOptions } from 'discord.js'
import { Datadrop, MisuseError } from 'datadrop-client'
import { Recorder } from 'datadrop-client/discord'

const datadrop = new Datadrop({ server: 'http://127.0.0.1:1', token: 'secret' })
const client = (...intents: GatewayIntentBits[]) => new Client({ intents } as ClientOptions)
const recorder = new Recorder(datadrop)
const member = { id: '7', guild: { id: '5' }, joinedTimestamp: 1 }

const misuses: [what: string, make: () => unknown, says: RegExp][] = [
  ['a recorder without datadrop', () => new Recorder({ server: 'http://127.0.0.1:8132' } as never), /a Datadrop.*new Recorder\(new Datadrop/],
  ['an endless wait for entries', () => new Recorder(datadrop, { entryWithin: Infinity }), /entryWithin must be milliseconds/],
  ['no concurrency', () => new Recorder(datadrop, { concurrency: 0 }), /concurrency must be a whole number from 1/],
  ['a member in the place of a fact', () => recorder.tell(member as never), /factOf\.guildMemberAdd\(member\)/],
  ['a guild in the place of a client', () => recorder.follow({ id: '5' } as never), /a Client of discord\.js/],
  ['a client that is not told of members', () => recorder.follow(client(GatewayIntentBits.Guilds)), /the intent GuildMembers/],
  ['a client that is not told of bans', () => recorder.follow(client(GatewayIntentBits.Guilds, GatewayIntentBits.GuildMembers)), /the intent GuildModeration/],
  ['an id in the place of a guild', () => recorder.catchUp('5' as never), /a Guild of discord\.js/],
]
for (const [what, make, says] of misuses)
  test(what, () => {
    assert.throws(make, (error) => error instanceof MisuseError && says.test(error.message))
  })
