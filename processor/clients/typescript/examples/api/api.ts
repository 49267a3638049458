// A web API over datadrop: what admins see and decide. Errors of datadrop become answers that say
// what to do; the outcomes are told in words.

import Fastify, { type FastifyInstance } from 'fastify'

import { guildKey, MisuseError, UnavailableError, type CommandName, type Datadrop, type Submitted } from 'datadrop-client'

interface MemberPath { guild_id: string, user_id: string }
interface Edit { command: CommandName, expected_version: number, actor: string, reason?: string, edit_id: string }

export function buildApi(datadrop: Datadrop): FastifyInstance {
  const api = Fastify()

  // Who waits for a decision.
  api.get<{ Params: { guild_id: string } }>('/guilds/:guild_id/approvals', async ({ params: { guild_id } }) => {
    const waiting = []
    for await (const { user_id, version, updated_at } of datadrop.members({ guild_id, state: 'VerificationPending' })) {
      waiting.push({ user_id, version, since: updated_at })
    }
    return { waiting }
  })

  api.get<{ Params: MemberPath }>('/guilds/:guild_id/members/:user_id', async ({ params }, reply) =>
    await datadrop.member(params.guild_id, params.user_id) ?? reply.code(404).send({ message: 'Nobody of this id was ever here.' }))

  // An admin's edit of what they saw: `expected_version` comes from the page, and a page that is old is
  // told at once. The page's own id of the edit is the key, so that a double click is one edit.
  api.post<{ Params: MemberPath, Body: Edit }>('/guilds/:guild_id/members/:user_id/edits', async ({ params, body }, reply) => {
    const { edit_id, ...edit } = body
    const outcome = await datadrop.submit(
      { ...params, ...edit, idempotency_key: guildKey(params.guild_id, 'edit', edit_id) } as Parameters<Datadrop['submit']>[0],
      { within: 5_000 })
    // The page that follows shows what was written.
    if (outcome.outcome === 'accepted') return { message: 'Done.', member: await datadrop.readAfter(outcome) }
    const { status, message } = refusal(outcome)
    return reply.code(status).send({ message, outcome })
  })

  api.setErrorHandler((error: Error, _request, reply) => {
    if (error instanceof MisuseError) return reply.code(400).send({ message: error.message })
    if (error instanceof UnavailableError) return reply.code(503).send({ message: 'Try again in a minute, please.' })
    throw error
  })
  return api
}

/** What an admin is told. */
function refusal(outcome: Exclude<Submitted, { outcome: 'accepted' }>): { status: number, message: string } {
  switch (outcome.outcome) {
    case 'conflict':
      return { status: 409, message: `Somebody was faster: the member is ${outcome.state} by now (version ${outcome.version}). Look again before you decide.` }
    case 'rejected':
      return { status: 422, message: `${outcome.state} does not allow this (${outcome.code}).` }
    case 'dead_lettered':
      return { status: 409, message: `It is with the operators, as ${outcome.dead_letter_id}.` }
    case 'invalid':
      return { status: 400, message: outcome.detail }
    case 'undecided':
      return { status: 503, message: 'It is not known yet whether it was done: click again, it counts once.' }
  }
}
