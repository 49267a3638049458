// Discord's clock and ids: later is larger, and no moment comes twice.

const epoch_ms = 1_420_070_400_000n
let last_ms = 0
let count = 0n

/** A moment of Discord's clock, in milliseconds. */
export function moment(): number {
  last_ms = Math.max(last_ms + 1, Date.now())
  return last_ms
}

/** An id that Discord makes now. */
export const snowflake = (): string => snowflakeOf(moment())

/** An id of a moment. */
export const snowflakeOf = (at_ms: number): string => (((BigInt(at_ms) - epoch_ms) << 22n) | (count++ % 4096n)).toString()

/** A guild whose shard, of so many, is that one. */
export function guildOnShard(shard: number, shards: number): string {
  for (;;) {
    const id = snowflake()
    if (Number((BigInt(id) >> 22n) % BigInt(shards)) === shard) return id
  }
}

/** A moment as the gateway writes it: with microseconds, and an offset. */
export const timeText = (at_ms: number): string => new Date(at_ms).toISOString().replace('Z', '000+00:00')
