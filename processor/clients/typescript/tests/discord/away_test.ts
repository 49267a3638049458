// Evenings on which the bot hears nothing for a while: cuts, lost sessions, restarts.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Recorder } from 'datadrop-client/discord'

import { evenings, type Evening } from './support/evening.js'
import type { GuildStub } from './support/guild_stub.js'
import { snowflake } from './support/snowflakes.js'

const { begin, server } = evenings()

/** What may happen to people who are members before; `shown` is who ends as what, to look closer at. */
function busyHour(guild: GuildStub, [stays, leaves, kicked, banned, pardoned, returns]: string[]) {
  guild.leave(leaves!)
  guild.kick(kicked!, { by: stays!, reason: 'rude' })
  guild.ban(banned!, { by: stays!, reason: 'spam' })
  guild.ban(pardoned!, { by: stays! })
  guild.unban(pardoned!, { by: stays! })
  guild.leave(returns!)
  guild.join(returns!)
  return { stays: stays!, leaves: leaves!, kicked: kicked!, banned: banned!, pardoned: pardoned!, returns: returns!, joins: guild.join() }
}

const six = (guild: GuildStub) => Array.from({ length: 6 }, () => guild.join())

async function reasonOf(evening: Evening, guild: GuildStub, user: string) {
  const { event, reason, actor } = (await evening.history(guild, user)).at(-1)!
  return { event, reason, actor }
}

test('the gateway is cut and resumes: what happened meanwhile is told then', async (t) => {
  const evening = await begin(t)
  const guild = evening.discord.addGuild()
  await evening.startBot()
  const users = six(guild)
  await evening.settled()
  evening.discord.gateway.cut()
  const shown = busyHour(guild, users)
  await evening.expectAsDiscordShows(guild)
  assert.deepEqual(await evening.events(guild, shown.returns), ['MemberJoined', 'MemberLeft', 'MemberJoined'])
  assert.deepEqual(await reasonOf(evening, guild, shown.kicked), { event: 'MemberKicked', reason: 'rude', actor: shown.stays })
  assert.equal(evening.discord.gateway.sessions.size, 1, 'the session was resumed')
})

test('Discord asks to reconnect in the middle of it', async (t) => {
  const evening = await begin(t)
  const guild = evening.discord.addGuild()
  await evening.startBot()
  const users = six(guild)
  evening.discord.gateway.askToReconnect()
  busyHour(guild, users)
  await evening.expectAsDiscordShows(guild)
})

test('the session is lost: nobody tells what happened meanwhile, and it is found', async (t) => {
  const evening = await begin(t)
  const guild = evening.discord.addGuild()
  await evening.startBot()
  const users = six(guild)
  await evening.settled()
  evening.discord.gateway.invalidate()
  const shown = busyHour(guild, users)
  await evening.expectAsDiscordShows(guild)
  assert.deepEqual(await reasonOf(evening, guild, shown.banned), { event: 'MemberBanned', reason: 'spam', actor: shown.stays })
})

test('the bot is stopped, everything changes, and it is started again', async (t) => {
  const evening = await begin(t)
  const guild = evening.discord.addGuild()
  const bot = await evening.startBot()
  const users = six(guild)
  await evening.settled()
  await evening.stopBot(bot)
  const shown = busyHour(guild, users)
  const passing = guild.join()
  guild.leave(passing) // nobody can know of this stay
  const again = await evening.startBot()
  await evening.expectAsDiscordShows(guild, { unseen: [passing] })
  assert.deepEqual(await evening.events(guild, shown.returns), ['MemberJoined', 'MemberLeft', 'MemberJoined'])
  assert.deepEqual(await reasonOf(evening, guild, shown.kicked), { event: 'MemberKicked', reason: 'rude', actor: shown.stays })
  assert.deepEqual(await reasonOf(evening, guild, shown.banned), { event: 'MemberBanned', reason: 'spam', actor: shown.stays })

  const reads = evening.discord.requests.filter((request) => request === `GET /guilds/${guild.id}/members`)
  assert.equal(reads.length, 4, 'each start read a page and an empty one, once')
  const second = await again.recorder.catchUp(again.client.guilds.cache.get(guild.id)!)
  assert.deepEqual(second, { guild_id: guild.id, members: 4, on_record: 8, written: 0, unsettled: [], unknown: [] })
})

test('whoever came back unheard and was written to since has a new stay all the same', async (t) => {
  const evening = await begin(t)
  const guild = evening.discord.addGuild()
  const bot = await evening.startBot()
  const user = guild.join()
  await evening.settled()
  await evening.stopBot(bot)
  guild.leave(user)
  guild.join(user)
  await evening.api.submit({ guild_id: guild.id, user_id: user, command: 'BeginOnboarding' })
  await evening.startBot()
  await evening.expectAsDiscordShows(guild)
  assert.deepEqual(await evening.events(guild, user), ['MemberJoined', 'OnboardingBegun', 'MemberLeft', 'MemberJoined'])
})

test('whoever was refused stays refused, though they are in the guild, whoever put them on record', async (t) => {
  const evening = await begin(t)
  const guild = evening.discord.addGuild()
  const [ours, theirs] = [guild.join(), guild.join()]
  await evening.api.submit({ guild_id: guild.id, user_id: theirs, command: 'Join' })
  const bot = await evening.startBot()
  for (const user_id of [ours, theirs])
    for (const command of ['BeginOnboarding', 'CompleteOnboarding', 'RejectEligibility'] as const)
      await evening.api.submit({ guild_id: guild.id, user_id, command })
  const { written } = await bot.recorder.catchUp(bot.client.guilds.cache.get(guild.id)!)
  assert.equal(written, 0)
  await evening.expectAsDiscordShows(guild, { states: { [ours]: 'RejectedNotEligible', [theirs]: 'RejectedNotEligible' } })
})

test('whoever comes and goes between the looks of a comparison is compared again', async (t) => {
  const evening = await begin(t)
  const guild = evening.discord.addGuild()
  const bot = await evening.startBot()
  const user = guild.join()
  guild.leave(user)
  await evening.settled()
  const { datadrop } = evening
  const between = [() => void guild.join(user), () => guild.leave(user)]
  const happens = async () => {
    between.shift()?.()
    await evening.settled()
  }
  const recorder = new Recorder({
    submitAll: (...sent) => datadrop.submitAll(...sent),
    members: async function* (...asked) { yield* datadrop.members(...asked); await happens() },
    history: async (...asked) => { await happens(); return datadrop.history(...asked) },
  })
  const { written, unsettled } = await recorder.catchUp(bot.client.guilds.cache.get(guild.id)!)
  assert.deepEqual({ written, unsettled }, { written: 0, unsettled: [] })
  await evening.expectAsDiscordShows(guild)
  assert.equal((await evening.events(guild, user)).length, 4)
})

test('a ban is lifted and others are banned while the bot is stopped', async (t) => {
  const evening = await begin(t)
  const guild = evening.discord.addGuild()
  const bot = await evening.startBot()
  const [free, back, left, kicked] = [guild.join(), guild.join(), guild.join(), guild.join()]
  for (const user of [free, back]) guild.ban(user)
  guild.leave(left)
  guild.kick(kicked)
  await evening.settled()
  await evening.stopBot(bot)
  for (const user of [free, back]) guild.unban(user, { by: kicked })
  guild.join(back)
  for (const user of [left, kicked]) guild.ban(user, { reason: 'came to spam' })
  const again = await evening.startBot()
  await evening.expectAsDiscordShows(guild)
  assert.equal((await reasonOf(evening, guild, left)).reason, 'came to spam')
  for (const user of [free, back]) {
    const lifted = (await evening.history(guild, user)).find(({ event }) => event === 'BanLifted')
    assert.equal(lifted?.actor, kicked)
  }
  const { written, unsettled } = await again.recorder.catchUp(again.client.guilds.cache.get(guild.id)!)
  assert.deepEqual({ written, unsettled }, { written: 0, unsettled: [] })
})

test('what Discord does not let the bot see is said, and nothing is made up of it', async (t) => {
  const evening = await begin(t)
  const guild = evening.discord.addGuild()
  guild.permissions = 0n
  const bot = await evening.startBot()
  const [banned, kicked] = [guild.join(), guild.join()]
  await evening.settled()
  await evening.stopBot(bot)
  guild.ban(banned)
  guild.kick(kicked)
  await evening.startBot()
  await evening.expectAsDiscordShows(guild, { states: { [banned]: 'LeftGuild', [kicked]: 'LeftGuild' } })
  assert.match(evening.log.join('\n'), /unknown is who is banned: .* Ban Members/)
  assert.match(evening.log.join('\n'), /unknown is who was kicked.*View Audit Log/)
})

test('half a guild is never compared: who is missing would have left', async (t) => {
  const evening = await begin(t)
  const guild = evening.discord.addGuild()
  const bot = await evening.startBot()
  guild.join()
  await evening.settled()
  const shown = new Map(guild.members)
  guild.members.clear()
  const compared = bot.recorder.catchUp(bot.client.guilds.cache.get(guild.id)!)
  await assert.rejects(compared, /without the bot among its 0 members/)
  for (const [user, joined] of shown) guild.members.set(user, joined)
  await evening.expectAsDiscordShows(guild)
})

test('more entries than are read: where they are cut off is said', async (t) => {
  const evening = await begin(t)
  const guild = evening.discord.addGuild()
  const { client, recorder } = await evening.startBot()
  const someone = snowflake()
  for (let i = 0; i < 2_001; ++i)
    guild.entries.unshift({ id: snowflake(), action_type: 20, target_id: someone, user_id: guild.bot })
  const { unknown } = await recorder.catchUp(client.guilds.cache.get(guild.id)!)
  assert.equal(unknown.length, 1)
  assert.match(unknown[0]!, /^who was kicked, cut off at 20.*more than 2,000 entries/)
})

test('more members, bans and entries than Discord shows on a page', async (t) => {
  const evening = await begin(t)
  const guild = evening.discord.addGuild()
  for (let i = 0; i < 2_100; ++i) guild.join()
  const bot = await evening.startBot()
  await evening.stopBot(bot)
  const [first, second, ...others] = [...guild.members.keys()].slice(1)
  for (const user of others.slice(0, 1_050)) guild.ban(user, { reason: 'raid' })
  for (const user of [first!, second!]) guild.kick(user)
  for (const user of others.slice(1_050, 1_160)) guild.kick(user)
  await evening.startBot()
  await evening.expectAsDiscordShows(guild)
})

test('the server of datadrop is killed and started again in a busy hour', async (t) => {
  const evening = await begin(t)
  const guild = evening.discord.addGuild()
  await evening.startBot()
  const users = six(guild)
  await evening.settled()
  await server.kill()
  busyHour(guild, users)
  await server.start()
  await evening.expectAsDiscordShows(guild)
})

test('people come and go while it is compared what was missed', async (t) => {
  const evening = await begin(t)
  const guild = evening.discord.addGuild()
  for (let i = 0; i < 300; ++i) guild.join()
  const users = [...guild.members.keys()].slice(1)
  const bot = await evening.startBot()
  const compared = Array.from({ length: 4 }, () => bot.recorder.catchUp(bot.client.guilds.cache.get(guild.id)!))
  for (const [i, user] of users.entries()) {
    if (i % 3 === 0) guild.leave(user)
    if (i % 3 === 1) guild.ban(user, { order: ['ban', 'remove', 'entry'] })
    if (i % 3 === 2) guild.kick(user, { order: ['remove', 'entry'] })
    if (i % 6 === 0 || i % 6 === 2) guild.join(user)
    if (i % 6 === 1) guild.unban(user)
    if (i % 10 === 0) await evening.discord.gateway.heard(1)
  }
  await Promise.all(compared)
  await evening.expectAsDiscordShows(guild)
})
