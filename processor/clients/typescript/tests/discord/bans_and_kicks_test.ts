// Evenings with a moderator: bans and kicks, told in every order, early, late, or in part.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { evenings } from './support/evening.js'
import type { Told } from './support/guild_stub.js'
import { snowflake } from './support/snowflakes.js'

const { begin } = evenings()

const orders: Told[][] = [
  ['entry', 'ban', 'remove'], ['entry', 'remove', 'ban'], ['ban', 'entry', 'remove'],
  ['ban', 'remove', 'entry'], ['remove', 'ban', 'entry'], ['remove', 'entry', 'ban'],
]

test('a ban is one fact with its reason and moderator, in whichever order it is told', async (t) => {
  const evening = await begin(t)
  const guild = evening.discord.addGuild()
  await evening.startBot()
  const moderator = guild.join()
  const users = orders.map(() => guild.join())
  orders.forEach((order, i) => guild.ban(users[i]!, { by: moderator, reason: 'spam, again', order }))
  await evening.expectAsDiscordShows(guild)
  for (const user of users) {
    const bans = (await evening.history(guild, user)).filter(({ event }) => event === 'MemberBanned')
    assert.deepEqual(bans.map(({ reason, actor }) => ({ reason, actor })), [{ reason: 'spam, again', actor: moderator }])
  }
})

test('a ban of which no entry comes speaks for itself after a time', async (t) => {
  const evening = await begin(t)
  const guild = evening.discord.addGuild()
  await evening.startBot({ recorder: { entryWithin: 1 } })
  const user = guild.join()
  const later = guild.ban(user, { order: ['ban', 'remove'] })
  await evening.settled()
  later.entry() // late: the ban is on record
  await evening.expectAsDiscordShows(guild)
  assert.deepEqual((await evening.events(guild, user)).filter((event) => event === 'MemberBanned'), ['MemberBanned'])
})

test('a bot without the right to see the audit log does not wait for entries', async (t) => {
  const evening = await begin(t)
  const guild = evening.discord.addGuild()
  guild.permissions = 1n << 2n
  await evening.startBot({ recorder: { entryWithin: 2 ** 30 } })
  const [banned, pardoned, kicked] = [guild.join(), guild.join(), guild.join()]
  guild.ban(banned, { order: ['ban', 'remove'] })
  guild.ban(pardoned, { order: ['remove', 'ban'] })
  guild.unban(pardoned, { order: ['unban'] })
  guild.kick(kicked, { order: ['remove'] })
  await evening.expectAsDiscordShows(guild, { states: { [kicked]: 'LeftGuild' } }) // who was kicked cannot be known
})

test('a kick is told by a removal and a late entry', async (t) => {
  const evening = await begin(t)
  const guild = evening.discord.addGuild()
  await evening.startBot()
  const [late, early, left] = [guild.join(), guild.join(), guild.join()]
  const later = guild.kick(late, { reason: 'rude\nagain', order: ['remove'] })
  guild.kick(early, { order: ['entry', 'remove'] })
  guild.leave(left)
  await evening.settled()
  assert.deepEqual(await evening.events(guild, late), ['MemberJoined', 'MemberLeft'])
  later.entry()
  await evening.expectAsDiscordShows(guild)
  assert.deepEqual(await evening.events(guild, late), ['MemberJoined', 'MemberLeft', 'MemberKicked'])
  assert.deepEqual(await evening.events(guild, early), ['MemberJoined', 'MemberKicked'])
  assert.equal((await evening.history(guild, late)).at(-1)?.reason, 'rude\nagain')
})

test('a kick whose entry comes after the member is back does not touch the new stay', async (t) => {
  const evening = await begin(t)
  const guild = evening.discord.addGuild()
  await evening.startBot()
  const user = guild.join()
  const later = guild.kick(user, { order: ['remove'] })
  guild.join(user)
  later.entry()
  await evening.expectAsDiscordShows(guild)
  assert.deepEqual(await evening.events(guild, user), ['MemberJoined', 'MemberLeft', 'MemberJoined'])
  assert.equal(evening.recorded.find(({ fact }) => fact.fact === 'kicked')?.nothing, 'superseded')
})

test('a member who is banned, pardoned and back is in a new stay, and can be banned again', async (t) => {
  const evening = await begin(t)
  const guild = evening.discord.addGuild()
  await evening.startBot()
  const [back, again] = [guild.join(), guild.join()]
  for (const user of [back, again]) {
    guild.ban(user, { order: ['ban', 'remove', 'entry'] })
    guild.unban(user, { order: ['unban', 'entry'] })
    guild.join(user)
  }
  guild.ban(again, { order: ['remove', 'entry', 'ban'] })
  await evening.expectAsDiscordShows(guild)
})

test('a ban of somebody who never was a member is no membership', async (t) => {
  const evening = await begin(t)
  const guild = evening.discord.addGuild()
  await evening.startBot()
  const stranger = snowflake()
  guild.ban(stranger)
  guild.unban(stranger)
  guild.ban(stranger)
  await evening.expectAsDiscordShows(guild)
  assert.deepEqual(await evening.events(guild, stranger), [])
})
