// Keys for what Discord tells.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { MisuseError } from 'datadrop-client'
import { keyOf } from 'datadrop-client/discord'

const guild = { id: '288659194737983489' }
const interaction = { id: '1187000000000000001', guildId: guild.id }

test('each fact has its key, of visible ASCII characters, 64 at most', () => {
  const keys = [
    keyOf.interactionCreate(interaction),
    keyOf.interactionCreate(interaction, 'email'),
    keyOf.guildMemberAdd({ guild, joinedTimestamp: 1_764_230_400_123 } as never),
    keyOf.guildMemberRemove({ guild }, 2),
    keyOf.guildBanAdd({ guild }, 7),
    keyOf.guildBanRemove({ guild }, 8),
    keyOf.guildAuditLogEntryCreate({ id: '1187000000000000002' }, guild),
  ]
  assert.deepEqual(keys, [
    'dd:288659194737983489:i:1187000000000000001',
    'dd:288659194737983489:i:1187000000000000001:email',
    'dd:288659194737983489:discord.join:1764230400123',
    'dd:288659194737983489:discord.leave:2',
    'dd:288659194737983489:discord.ban:7',
    'dd:288659194737983489:discord.lift:8',
    'dd:288659194737983489:discord.audit:1187000000000000002',
  ])
  for (const key of keys) assert.match(key, /^[\x21-\x7e]{1,64}$/)
})

test('the longest ids leave room for a step', () => {
  const longest = { id: '9223372036854775807', guildId: '9223372036854775807' }
  assert.equal(keyOf.interactionCreate(longest, 'x'.repeat(19)).length, 64)
})

const misuses: [what: string, make: () => string, says: RegExp][] = [
  ['an interaction outside a guild', () => keyOf.interactionCreate({ id: '1', guildId: null }), /of no guild.*inGuild/],
  ['a step that is too long', () => keyOf.interactionCreate(interaction, 'x'.repeat(40)), /64 visible ASCII/],
  ['a step with a blank', () => keyOf.interactionCreate(interaction, 'the address'), /visible ASCII/],
  ['a partial member', () => keyOf.guildMemberAdd({ guild, joinedTimestamp: null } as never), /joinedTimestamp is null.*fetch/],
  ['a member without a time', () => keyOf.guildMemberAdd({ guild } as never), /joinedTimestamp is undefined.*fetch/],
  ['a member with a Date', () => keyOf.guildMemberAdd({ guild, joinedTimestamp: new Date() } as never), /whole number from 0, not a Date/],
  ['an interaction that has no guild', () => keyOf.interactionCreate({ id: '1' } as never), /of no guild.*inGuild/],
  ['an interaction without an id', () => keyOf.interactionCreate({ guildId: '1' } as never), /interaction\.id must be a snowflake/],
  ['a removal without its stay', () => keyOf.guildMemberRemove({ guild }, undefined as never), /lifecycle must be a whole number.*datadrop\.member/],
  ['a ban without a version', () => keyOf.guildBanAdd({ guild }, undefined as never), /version must be a whole number/],
  ['a lifted ban without a version', () => keyOf.guildBanRemove({ guild }, NaN), /version must be a whole number/],
  ['an entry without its guild', () => keyOf.guildAuditLogEntryCreate({ id: '1' }, {} as never), /guild\.id must be a snowflake/],
  ['an entry without an id', () => keyOf.guildAuditLogEntryCreate({} as never, guild), /entry\.id must be a snowflake/],
]
for (const [what, make, says] of misuses)
  test(`${what} has no key, and is told why`, () => {
    assert.throws(make, (error) => error instanceof MisuseError && says.test(error.message))
  })
