// The bootstrap by counts: resamples are drawn as how often each image comes, and all figures of a resample are made at once.
import { createDraws } from "./draws.ts";
import { groupIndexes } from "./resamples.ts";
import type { ResampleOptions } from "./resamples.ts";

/** The figures of every resample: values[k][r] is figure k of resample r, NaN where it is undefined. */
export interface Resampled {
  readonly values: readonly Float64Array[];
  readonly resamples: number;
  /** values without each unit: jackknife[k][j]; null where there are more than `mostLeftOut`. */
  readonly jackknife: readonly Float64Array[] | null;
  /** How many units were drawn from. */
  readonly count: number;
  /** What was drawn, in the words of an error: whole groups or items. */
  readonly units: "groups" | "items";
}

/** With more units the acceleration of BCa is near 0, and leaving out each of them costs more than drawing. */
const mostLeftOut = 1000;

/**
 * @param count items
 * @param length figures
 * @param figures all figures of the items counted as often as given, and the units; all three arrays may be used again
 */
export function resampleCounts(
  count: number,
  length: number,
  figures: (counts: Int32Array, unitCounts: Int32Array) => Float64Array,
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
    const drawn = figures(counts, unitCounts);
    for (let k = 0; k < length; k++) values[k][resample] = drawn[k];
  }
  const jackknife = units <= mostLeftOut ? values.map(() => new Float64Array(units)) : null;
  if (jackknife) {
    for (let left = 0; left < units; left++) {
      unitCounts.fill(1)[left] = 0;
      if (unitOf) for (let i = 0; i < count; i++) counts[i] = unitCounts[unitOf[i]];
      const others = figures(counts, unitCounts);
      for (let k = 0; k < length; k++) jackknife[k][left] = others[k];
    }
  }
  return { values, resamples, jackknife, count: units, units: groups ? "groups" : "items" };
}
