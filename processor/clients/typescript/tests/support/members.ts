// Members that no other test has.

import { randomInt } from 'node:crypto'

export const guild_id = '288659194737983489'

let next = BigInt(randomInt(2 ** 40)) * 1_000_000n + 1n

export const newMember = () => ({ guild_id, user_id: String(next++) })

export async function collect<Item>(items: AsyncIterable<Item>, count = Infinity): Promise<Item[]> {
  const all: Item[] = []
  if (count === 0) return all
  for await (const item of items) if (all.push(item) >= count) break
  return all
}
