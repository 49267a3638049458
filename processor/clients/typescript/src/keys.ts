// Idempotency keys. A key is what makes it safe to send a command again: the server writes it once
// for a member, however often it comes. So the same fact must have the same key each time, and two
// facts must not share one.

import { randomUUID } from 'node:crypto'

import { MisuseError } from './errors.js'

/** The server's limit for a key: visible ASCII characters. */
export const keyCharactersMax = 64

/**
 * A key for a fact of one guild. It names the guild, so that a command of another guild that is sent
 * with it by mistake is found before it leaves.
 *
 * @example
 * guildKey(guild_id, 'invoice', invoice.id) // 'dd:288659194737983489:invoice:7'
 */
export function guildKey(guild_id: string, ...parts: [string, ...(string | number)[]]): string {
  return checkKey(['dd', guild_id, ...parts].join(':'))
}

/** A key that nobody else has, for a command that was given none. */
export function makeKey(guild_id: string): string {
  return guildKey(guild_id, randomUUID().replaceAll('-', ''))
}

/** The key, or an error that says what is wrong with it. */
export function checkKey(key: unknown): string {
  if (typeof key === 'string' && key.length <= keyCharactersMax && /^[!-~]+$/.test(key)) return key
  throw new MisuseError({
    what: `idempotency_key must be 1 to ${keyCharactersMax} visible ASCII characters, not ${shown(key)}`,
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

const shown = (key: unknown): string =>
  typeof key === 'string' ? `'${key}' (${key.length} characters)` : `${typeof key} ${String(key)}`
