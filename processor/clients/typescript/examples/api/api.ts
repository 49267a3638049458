// A web API over datadrop: what admins see and decide. Errors of datadrop become answers that say
// what to do; the outcomes are told in words.

import Fastify, { type FastifyError, type FastifyInstance, type FastifyRequest } from 'fastify'

import {
  guildKey, MisuseError, UnavailableError, type Accepted, type CommandName, type Datadrop, type Member, type Submitted,
} from 'datadrop-client'

interface MemberPath { guild_id: string, user_id: string }

/** What an admin may do; another command, or a misspelt one, is refused before datadrop hears of it. */
const decisions = ['OverrideVerification', 'Kick', 'Ban', 'LiftBan'] as const satisfies readonly CommandName[]
interface Edit { command: typeof decisions[number], expected_version: number, reason?: string, edit_id: string }

/** Whom it is about comes from the path and who did it from the session: a body with more is refused. */
const editSchema = {
  type: 'object', required: ['command', 'expected_version', 'edit_id'], additionalProperties: false,
  properties: {
    command: { enum: decisions },
    expected_version: { type: 'integer', minimum: 1 },
    reason: { type: 'string', maxLength: 512 },
    edit_id: { type: 'string', pattern: '^[A-Za-z0-9-]{1,30}$' },
  },
}

export interface ApiOptions {
  datadrop: Datadrop
  /** Who is logged in, or undefined for nobody: what your sessions say. */
  adminOf: (request: FastifyRequest) => string | undefined
}

export function buildApi({ datadrop, adminOf }: ApiOptions): FastifyInstance {
  // As it is by itself, what is too much is taken away and a text becomes a number; here each is told.
  const api = Fastify({ ajv: { customOptions: { removeAdditional: false, coerceTypes: false } } })

  api.addHook('onRequest', async (request, reply) => {
    if (adminOf(request) === undefined) return reply.code(401).send({ message: 'Log in, please.' })
  })

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
  api.post<{ Params: MemberPath, Body: Edit }>('/guilds/:guild_id/members/:user_id/edits', { schema: { body: editSchema } }, async (request, reply) => {
    const { guild_id, user_id } = request.params
    const { command, expected_version, reason, edit_id } = request.body
    const outcome = await datadrop.submit({
      guild_id, user_id, command, expected_version, on_conflict: 'fail', actor: adminOf(request)!,
      ...(reason === undefined ? {} : { reason }),
      idempotency_key: guildKey(guild_id, 'edit', edit_id),
    }, { within: 5_000 })
    if (outcome.outcome === 'accepted') return { message: 'Done.', member: await written(datadrop, outcome) }
    const { status, message } = refusal(outcome)
    return reply.code(status).send({ message, outcome })
  })

  api.setErrorHandler((error: FastifyError, _request, reply) => {
    if (error.statusCode !== undefined && error.statusCode < 500) return reply.code(error.statusCode).send({ message: error.message })
    if (error instanceof MisuseError) return reply.code(400).send({ message: error.message })
    if (error instanceof UnavailableError) return reply.code(503).send({ message: 'Try again in a minute, please.' })
    throw error
  })
  return api
}

/** The member as the page that follows shows them; the edit is done whether or not they can be read now. */
async function written(datadrop: Datadrop, outcome: Accepted): Promise<Member | undefined> {
  try {
    return await datadrop.readAfter(outcome, { within: 5_000 })
  } catch (error) {
    if (error instanceof UnavailableError) return undefined
    throw error
  }
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
