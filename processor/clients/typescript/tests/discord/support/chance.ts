// Chance by a seed: the same seed draws the same again.

/** Draws whole numbers from 0 to below a bound. */
export function chanceOf(seed: number): (below: number) => number {
  let state = seed + 0x9e3779b9
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}
