// Idempotency keys. A key is what makes it safe to send a command again: the server writes it once
// for a member, however often it comes. So the same fact must have the same key each time, and two
// facts must not share one.

import { randomUUID } from 'node:crypto'

import { MisuseError } from './errors.js'
import { checkSnowflake, misuse, shown } from './misuse.js'

/** The server's limit for a key: visible ASCII characters. */
export const keyCharactersMax = 64

/**
 * A key for a fact of one guild. It names the guild, so that a command of another guild that is sent
 * with it by mistake is found before it leaves. Parts are texts without a colon, or whole numbers.
 *
 * @example
 * guildKey(guild_id, 'invoice', invoice.id) // 'dd:288659194737983489:invoice:7'
 */
export function guildKey(guild_id: string, ...parts: [string, ...(string | number)[]]): string {
  checkSnowflake('guild_id of a key', guild_id)
  if (parts.length === 0) throw misuse('the parts of a key', 'one at least', undefined, 'name the fact, as in guildKey(guild_id, \'invoice\', invoice.id)')
  parts.forEach((part, i) => checkPart(`part ${i + 1} of a key`, part))
  return checkKey(['dd', guild_id, ...parts].join(':'))
}

/** Two facts must not have one key: no part is missing, and none looks like two. */
function checkPart(name: string, part: unknown): void {
  const isFit = typeof part === 'string' ? part !== '' && !part.includes(':') : Number.isSafeInteger(part)
  if (!isFit) throw misuse(name, 'a text that is not empty and has no colon, or a whole number', part, 'pass the id of the fact')
}

/**
 * A key that nobody else has, as a command gets it that is given none. Make it oneself to keep it before
 * the command is sent, so that a crash in between loses nothing.
 *
 * @example
 * const command = { guild_id, user_id, command: 'Join', idempotency_key: makeKey(guild_id) } as const
 * await outbox.put(command)
 * await datadrop.submit(command)
 */
export function makeKey(guild_id: string): string {
  return guildKey(guild_id, randomUUID().replaceAll('-', ''))
}

/** The key, or an error that says what is wrong with it. */
export function checkKey(key: unknown): string {
  if (typeof key === 'string' && key.length <= keyCharactersMax && /^[!-~]+$/.test(key)) return key
  throw new MisuseError({
    what: `idempotency_key must be 1 to ${keyCharactersMax} visible ASCII characters, not ${shown(key)}${typeof key === 'string' ? ` (${key.length} characters)` : ''}`,
    remedy: 'use an id that the fact has already (an interaction\'s, an invoice\'s), or leave it out to have one made',
    value: key,
  })
}

/** A key that names a guild belongs to commands of that guild alone. */
export function checkKeyOfGuild(key: string, guild_id: string): void {
  const named = /^dd:(\d+):/.exec(key)?.[1]
  if (named === undefined || named === guild_id) return
  throw new MisuseError({
    what: `idempotency_key ${key} was made for guild ${named}, and the command is for guild ${guild_id}`,
    remedy: 'leave the key out to have one made, or make it of this guild\'s own fact',
    value: key,
  })
}
