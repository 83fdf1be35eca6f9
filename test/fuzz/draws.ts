// Draws for fuzzing: input i of seed s is the same on every machine.

export interface Draws {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
  pick<T>(values: readonly T[]): T;
  /** Whether something of this chance happens. */
  chance(probability: number): boolean;
}

/** Mulberry32 of seed and index, mixed so that neighbours have nothing in common. */
export function drawsOf(seed: number, index: number): Draws {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35)) >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (limit: number) => Math.floor((next() / 4294967296) * limit);
  return { below, pick: (values) => values[below(values.length)], chance: (probability) => next() / 4294967296 < probability }; // prettier-ignore
}
