// Puts the parts together: the recorder follows Discord, people's commands are answered.

import { setMaxListeners } from 'node:events'

import { Client, Events, GatewayIntentBits, type ClientOptions, type Guild, type Interaction } from 'discord.js'
import type { Datadrop } from 'datadrop-client'
import { Recorder, type RecorderOptions } from 'datadrop-client/discord'

import { verify, verifyCommand } from './verify.js'
import { broken } from './words.js'

export interface BotOptions {
  datadrop: Datadrop
  discord_token: string
  log?: (line: string) => void
  /** What a test or a deployment of its own sets otherwise. */
  client?: Partial<ClientOptions>
  recorder?: RecorderOptions
}

const intents = [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMembers, GatewayIntentBits.GuildModeration]

/** Logs in; resolves when the bot is ready. */
export async function startBot({ datadrop, discord_token, log = console.log, ...options }: BotOptions) {
  const client = new Client({ intents, ...options.client })
  const end = new AbortController()
  setMaxListeners(0, end.signal) // as many as give commands at once
  const recorder = new Recorder(datadrop, {
    onError: (error, fact) => log(`${fact.fact} of ${fact.user_id} is not on record: ${error}`),
    onWaiting: (why) => log(`datadrop is waited for: ${why}`),
    signal: end.signal,
    ...options.recorder,
  })

  // Joins, removals, bans, kicks: from before the login on, so that none is missed.
  recorder.follow(client)

  // A guild becomes available at the start, when a session could not be resumed, and after an outage.
  const missed = (guild: Guild) => catchUp(recorder, guild, log)
  client.on(Events.GuildAvailable, missed)
  client.on(Events.GuildCreate, missed)

  client.on(Events.InteractionCreate, (interaction) => answer(interaction, { datadrop, signal: end.signal, log }))
  client.on(Events.Error, (error) => log(`Discord: ${error}`))
  client.once(Events.ClientReady, (ready) => ready.application.commands.set([verifyCommand]).catch(log))

  const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve))
  await client.login(discord_token)
  await ready
  return { client, recorder, stop: (stop_ms = 10_000) => stop(client, recorder, end, stop_ms) }
}

async function catchUp(recorder: Recorder, guild: Guild, log: (line: string) => void) {
  try {
    const { written, unknown } = await recorder.catchUp(guild)
    log(`${guild.name}: ${written} changes were missed`)
    for (const what of unknown) log(`${guild.name}: unknown is ${what}`)
  } catch (error) {
    log(`${guild.name}: what was missed is still to be found: ${error}`)
  }
}

interface Answering { datadrop: Datadrop, signal: AbortSignal, log: (line: string) => void }

async function answer(interaction: Interaction, { datadrop, signal, log }: Answering) {
  if (!interaction.isChatInputCommand() || !interaction.inGuild()) return
  try {
    if (interaction.commandName === verifyCommand.name) await verify(datadrop, interaction, signal)
  } catch (error) {
    log(`/${interaction.commandName} of ${interaction.user.id}: ${error}`)
    if (interaction.deferred) await interaction.editReply(broken).catch(log)
  }
}

/** Hears no more, and records what it has heard; what a server that is away did not take by then is told as not on record. */
async function stop(client: Client, recorder: Recorder, end: AbortController, stop_ms: number) {
  await client.destroy()
  const timer = setTimeout(() => end.abort(), stop_ms)
  await recorder.idle({ now: true })
  clearTimeout(timer)
  end.abort()
}
