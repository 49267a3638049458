// Evenings with many people, shards and bots; and with people who give commands.

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import { Options } from 'discord.js'
import { Datadrop, type CommandName } from 'datadrop-client'

import { evenings, type Evening } from './support/evening.js'
import type { GuildStub } from './support/guild_stub.js'
import { guildOnShard } from './support/snowflakes.js'

const { begin, server } = evenings()

/** The API brings a member as far as that a verification can be asked for. */
async function acceptRules(evening: Evening, guild: GuildStub, user_id: string) {
  const commands: CommandName[] = ['BeginOnboarding', 'CompleteOnboarding', 'GrantEligibility', 'AcceptRules']
  for (const command of commands) await evening.api.submit({ guild_id: guild.id, user_id, command } as never)
}

/** An evening with a bot and a member who can ask for a verification. */
async function beginBeforeVerification(t: TestContext) {
  const evening = await begin(t)
  const guild = evening.discord.addGuild()
  await evening.startBot()
  const user = guild.join()
  await evening.settled()
  await acceptRules(evening, guild, user)
  return { evening, guild, user }
}

/** A cache of the bot itself alone. */
const withoutMembers = ({ bot }: GuildStub) =>
  Options.cacheWithLimits({ GuildMemberManager: { maxSize: 0, keepOverLimit: ({ id }) => id === bot } })

test('a raid of 500 joins, most of whom are gone as fast', async (t) => {
  const evening = await begin(t)
  const guild = evening.discord.addGuild()
  await evening.startBot()
  const raiders = Array.from({ length: 500 }, () => guild.join())
  raiders.forEach((user, i) => {
    if (i % 5 === 0) guild.leave(user)
    else if (i % 5 === 1) guild.kick(user, { reason: 'raid' })
    else if (i % 5 < 4) guild.ban(user, { reason: 'raid', order: ['ban', 'remove', 'entry'] })
  })
  await evening.expectAsDiscordShows(guild)
})

test('two shards, each with guilds of its own, one of which is cut', async (t) => {
  const evening = await begin(t)
  const guilds = [0, 1].map((shard) => evening.discord.addGuild(guildOnShard(shard, 2)))
  await evening.startBot({ client: { shards: [0, 1], shardCount: 2 }, sessions: 2 })
  const users = guilds.map((guild) => [guild.join(), guild.join(), guild.join()])
  await evening.settled()
  evening.discord.gateway.cut()
  guilds.forEach((guild, i) => {
    guild.kick(users[i]![0]!)
    guild.leave(users[i]![1]!)
    guild.join()
  })
  for (const guild of guilds) await evening.expectAsDiscordShows(guild)
})

test('two bots, an old one and its successor, hear the same of one guild: each fact is one event', async (t) => {
  const evening = await begin(t)
  const guild = evening.discord.addGuild()
  await evening.startBot()
  await evening.startBot()
  const [left, kicked, banned, returned] = [guild.join(), guild.join(), guild.join(), guild.join()]
  guild.leave(left)
  guild.kick(kicked, { order: ['remove', 'entry'] })
  guild.ban(banned, { order: ['ban', 'remove', 'entry'] })
  guild.unban(banned, { order: ['unban', 'entry'] })
  guild.ban(banned, { order: ['entry', 'ban'] })
  guild.leave(returned)
  guild.join(returned)
  await evening.expectAsDiscordShows(guild)
  assert.deepEqual(await evening.events(guild, left), ['MemberJoined', 'MemberLeft'])
  assert.deepEqual(await evening.events(guild, kicked), ['MemberJoined', 'MemberLeft', 'MemberKicked'])
  assert.deepEqual(await evening.events(guild, returned), ['MemberJoined', 'MemberLeft', 'MemberJoined'])
  const bans = (await evening.events(guild, banned)).filter((event) => event !== 'MemberLeft')
  assert.deepEqual(bans, ['MemberJoined', 'MemberBanned', 'BanLifted', 'MemberBanned'])
})

test('a bot that caches no members loses none', async (t) => {
  const evening = await begin(t)
  const guild = evening.discord.addGuild()
  const before = guild.join()
  await evening.startBot({ client: { makeCache: withoutMembers(guild) } })
  const [left, kicked, banned] = [guild.join(), guild.join(), guild.join()]
  guild.leave(before)
  guild.leave(left)
  guild.kick(kicked)
  guild.ban(banned, { order: ['remove', 'ban', 'entry'] })
  await evening.expectAsDiscordShows(guild)
})

test('whoever came back unheard is known by the new stay, without a cache, too', async (t) => {
  const evening = await begin(t)
  const guild = evening.discord.addGuild()
  await evening.startBot({ client: { makeCache: withoutMembers(guild) } })
  const user = guild.join()
  await evening.settled()
  evening.discord.gateway.invalidate()
  guild.leave(user)
  guild.join(user)
  await evening.settled()
  guild.leave(user)
  await evening.expectAsDiscordShows(guild)
})

test('/verify: each answer in words, and a double click asks once', async (t) => {
  const evening = await begin(t)
  const guild = evening.discord.addGuild()
  await evening.startBot()
  assert.deepEqual(evening.discord.commands.map(({ name }) => name), ['verify'])
  const user = guild.join()
  await evening.settled()
  const tooEarly = evening.discord.give('verify', guild, user)
  assert.deepEqual(await evening.discord.interactions.answers(tooEarly), ['That is not possible now. Please begin with the onboarding.'])

  await acceptRules(evening, guild, user)
  const clicks = [evening.discord.give('verify', guild, user), evening.discord.give('verify', guild, user)]
  const answers = (await Promise.all(clicks.map((id) => evening.discord.interactions.answers(id)))).flat().sort()
  const waits = 'Your verification is under way: look into your mail for the code.'
  assert.deepEqual(answers, [`Done. ${waits}`, `That is not possible now. ${waits}`])

  const address = evening.discord.give('verify', guild, user, { email: 'ada@example.org' })
  assert.deepEqual(await evening.discord.interactions.answers(address), [`Done. ${waits}`])
  const requested = (await evening.events(guild, user)).slice(-2)
  assert.deepEqual(requested, ['VerificationRequested', 'EmailRecorded'])
  await evening.expectAsDiscordShows(guild, { states: { [user]: 'VerificationPending' } })
})

test('/verify while the server is away is answered twice: that it goes on, and what came of it', async (t) => {
  const { evening, guild, user } = await beginBeforeVerification(t)
  await server.kill()
  const id = evening.discord.give('verify', guild, user)
  const [first] = await evening.discord.interactions.answers(id)
  await server.start()
  const [, second] = await evening.discord.interactions.answers(id, 2)
  assert.match(first!, /takes longer/)
  assert.match(second!, /^Done/)
})

test('/verify by a bot whose token is revoked is answered all the same', async (t) => {
  const evening = await begin(t)
  const guild = evening.discord.addGuild()
  const user = guild.join()
  await evening.startBot({ datadrop: new Datadrop({ server: server.url, token: 'revoked' }) })
  const id = evening.discord.give('verify', guild, user)
  assert.match((await evening.discord.interactions.answers(id))[0]!, /broken/)
})

test('a bot is stopped though nobody takes what it heard, and tells what is not on record', async (t) => {
  const evening = await begin(t)
  const guild = evening.discord.addGuild()
  const bot = await evening.startBot()
  await server.kill()
  const user = guild.join()
  await evening.discord.gateway.heard(1)
  await evening.stopBot(bot, 1)
  await server.start()
  assert.match(evening.log.join('\n'), new RegExp(`joined of ${user} is not on record: AbortedError`))
})

test('whoever verified, left and came back begins anew', async (t) => {
  const { evening, guild, user } = await beginBeforeVerification(t)
  guild.leave(user)
  guild.join(user)
  await evening.expectAsDiscordShows(guild)
})
