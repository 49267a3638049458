// /verify: somebody who accepted the rules asks for their verification.

import { MessageFlags, SlashCommandBuilder, type ChatInputCommandInteraction } from 'discord.js'
import type { Command, Datadrop, Submitted } from 'datadrop-client'
import { keyOf } from 'datadrop-client/discord'

import { inWords } from './words.js'

export const verifyCommand = new SlashCommandBuilder()
  .setName('verify')
  .setDescription('Ask for your verification')
  .addStringOption((option) => option.setName('email').setDescription('The address to send the code to'))
  .toJSON()

/** Discord shows an answer that is given within 15 minutes; the token of the interaction ends then. */
const whole_time_ms = 14 * 60_000
/** So long somebody looks at "thinking …" before they are told that it goes on. */
const first_time_ms = 2_500

export async function verify(datadrop: Datadrop, interaction: ChatInputCommandInteraction<'cached' | 'raw'>, signal: AbortSignal) {
  // Discord waits 3 seconds for a sign: this one first, whatever the server does.
  await interaction.deferReply({ flags: MessageFlags.Ephemeral })
  const command = requestOf(interaction)
  let outcome = await datadrop.submit(command, { within: first_time_ms, signal })
  if (outcome.outcome === 'undecided') {
    await interaction.editReply(inWords(outcome))
    outcome = await datadrop.submit(command, { within: whole_time_ms, signal }) // the same key: once, whatever came of the first
  }
  if (asksForAnotherAddress(interaction, outcome)) outcome = await datadrop.submit(addressOf(interaction), { within: first_time_ms, signal })
  await interaction.editReply(inWords(outcome))
}

type Verify = ChatInputCommandInteraction<'cached' | 'raw'>

const email = (interaction: Verify) => interaction.options.getString('email')

const who = (interaction: Verify) => ({ guild_id: interaction.guildId, user_id: interaction.user.id })

function requestOf(interaction: Verify): Command {
  const address = email(interaction)
  return {
    ...who(interaction), command: 'RequestVerification', idempotency_key: keyOf.interactionCreate(interaction),
    payload: address === null ? {} : { email: address },
  }
}

/** Whoever waits for a code already may have mistyped their address: it is recorded anew. */
const asksForAnotherAddress = (interaction: Verify, outcome: Submitted) =>
  outcome.outcome === 'rejected' && outcome.state === 'VerificationPending' && email(interaction) !== null

/** The second command of the same interaction has a key of its own. */
const addressOf = (interaction: Verify): Command => ({
  ...who(interaction), command: 'RecordEmail', payload: { email: email(interaction)! },
  idempotency_key: keyOf.interactionCreate(interaction, 'email'),
})
