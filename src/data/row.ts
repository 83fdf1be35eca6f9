// The images of several sets in one row, numbered through: what is compared with what.
import type { Dataset } from "./dataset.ts";

export interface Row {
  readonly sets: readonly Dataset[];
  readonly length: number;
  /** The first image of each set, and the end. */
  readonly starts: readonly number[];
  setOf(image: number): number;
}

export function lineUp(sets: readonly Dataset[]): Row {
  const starts = [0];
  for (const set of sets) starts.push(starts[starts.length - 1] + set.length);
  return {
    sets,
    length: starts[sets.length],
    starts,
    setOf(image) {
      let set = 0;
      while (image >= starts[set + 1]) set++;
      return set;
    },
  };
}

/** Of an image with many copies in a set so many are named. */
const mostPartners = 16;

/**
 * Keeps a thousand copies of one image from being named a million times: a pair is admitted until both of its images have
 * sixteen partners in the other's set. So every image that has a copy in a set is named with one.
 */
export function createAdmission(row: Row): {
  has(first: number, second: number): boolean;
  admit(first: number, second: number): void;
} {
  const sets = row.sets.length;
  const partners = new Uint8Array(row.length * sets);
  return {
    has: (first, second) =>
      partners[first * sets + row.setOf(second)] < mostPartners ||
      partners[second * sets + row.setOf(first)] < mostPartners,
    admit(first, second) {
      for (const [image, other] of [
        [first, second],
        [second, first],
      ] as const) {
        const at = image * sets + row.setOf(other);
        if (partners[at] < mostPartners) partners[at]++;
      }
    },
  };
}
