// The studentized bootstrap interval (bootstrap-t) of a mean that cannot be below 0, on the log scale.
import { exp, log } from "../elementary.ts";
import { studentQuantile, z } from "./normal.ts";
import { quantile } from "./quantile.ts";
import type { Interval } from "./intervals.ts";

export interface StudentOptions {
  /** The mean of the set itself, at least 0, and its standard error. */
  readonly value: number;
  readonly error: number;
  /** Of each resample the same, NaN where undefined. */
  readonly means: Float64Array;
  readonly errors: Float64Array;
  /** What the mean can be at most. */
  readonly most: number;
  /** What was drawn: "groups", "items". */
  readonly units: string;
  /** Of units of different sizes: Student's quantile over the normal one stretches the interval; not, when left out. */
  readonly freedom?: number;
}

/**
 * 95 %: `ln m - q s / m`, turned back, q the quantiles 0.975 and 0.025 of `(ln m* - ln m) / (s* / m*)` over the resamples,
 * m the mean and s its standard error, m* and s* those of a resample (Efron 1979; Hall 1988; the scale: DiCiccio & Efron
 * 1996). The end towards a heavy tail goes far where few units say little about it, as it must to cover. Null with a reason as
 * for BCa.
 */
export function studentInterval({ value, error, means, errors, most, units, freedom }: StudentOptions): Interval {
  const centre = log(value);
  const turns = new Float64Array(means.length);
  let defined = 0;
  let isSame = true;
  for (let r = 0; r < means.length; r++) {
    if (Number.isNaN(means[r])) continue;
    if (means[r] !== value) isSame = false;
    const apart = log(means[r]) - centre;
    const spread = errors[r] / means[r];
    // A resample of one unit alone has no spread: farther than all others, to its side.
    turns[defined++] = spread > 0 ? apart / spread : apart === 0 ? 0 : apart > 0 ? far : -far;
  }
  const undefinedCount = means.length - defined;
  if (undefinedCount * 20 > means.length)
    return { interval: null, reason: `undefined in ${undefinedCount} of ${means.length} resamples` };
  if (isSame)
    return { interval: null, reason: `every resample gives the same value: too few ${units} to say how sure it is` };
  const sorted = turns.subarray(0, defined).sort();
  const stretch = freedom === undefined ? 1 : studentQuantile(freedom) / z;
  const end = (share: number) => value * exp((-quantile(sorted, share) * stretch * error) / value);
  const high = Math.min(most, end(0.025));
  if (!Number.isFinite(high)) return { interval: null, reason: `too few ${units} to say how large it may be` };
  return { interval: [Math.min(value, end(0.975)), Math.max(value, high)] };
}

const far = 1e300;
