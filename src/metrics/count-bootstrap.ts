// The bootstrap by counts: resamples are drawn as how often each image comes, and all figures of a resample are made at once.
import { createDraws } from "./draws.ts";
import type { Interval } from "./intervals.ts";
import { groupIndexes } from "./resamples.ts";
import type { ResampleOptions } from "./resamples.ts";

/** The figures of every resample: values[k][r] is figure k of resample r, NaN where it is undefined. */
export interface Resampled {
  readonly values: readonly Float64Array[];
  readonly resamples: number;
  /** What was drawn, in the words of an error: whole groups or items. */
  readonly units: "groups" | "items";
}

/**
 * @param count items
 * @param length figures
 * @param figures all figures of the items counted as often as given; both arrays may be used again
 */
export function resampleCounts(
  count: number,
  length: number,
  figures: (counts: Int32Array) => Float64Array,
  { seed, groups, resamples = 1000 }: ResampleOptions,
): Resampled {
  if (!(count > 0)) throw new RangeError(`bootstrap: expected at least one item to draw from, got ${count}.`);
  const unitOf = groups ? groupIndexes(groups, count) : null;
  const units = unitOf ? unitOf.reduce((most, unit) => Math.max(most, unit + 1), 0) : count;
  const unitCounts = new Int32Array(units);
  const counts = unitOf ? new Int32Array(count) : unitCounts;
  const values = Array.from({ length }, () => new Float64Array(resamples));
  const draws = createDraws(seed);
  for (let resample = 0; resample < resamples; resample++) {
    draws.count(resample, unitCounts);
    if (unitOf) for (let i = 0; i < count; i++) counts[i] = unitCounts[unitOf[i]];
    const drawn = figures(counts);
    for (let k = 0; k < length; k++) values[k][resample] = drawn[k];
  }
  return { values, resamples, units: groups ? "groups" : "items" };
}
