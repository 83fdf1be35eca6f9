// The bias-corrected and accelerated bootstrap interval (BCa).
import type { Interval } from "./intervals.ts";
import { normalQuantile, normalShare, studentQuantile, z } from "./normal.ts";
import { quantile } from "./quantile.ts";

export interface BcaOptions {
  /** The figure of the set itself. */
  readonly value: number;
  /** Of each resample, NaN where it is undefined; sorted in place. */
  readonly resampled: Float64Array;
  /** Of the set without each of its units, NaN where undefined; null where there are too many. */
  readonly jackknife: Float64Array | null;
  /** The acceleration where there is no jackknife; 0. */
  readonly acceleration?: number;
  /** What was drawn: "groups", "items". */
  readonly units: string;
  /**
   * With f degrees of freedom Student's quantile times sqrt((f + 1) / f) stands for the normal one, as for a mean of f + 1 units
   * (Hesterberg 2015); null takes the normal one.
   */
  readonly freedom: number | null;
}

/**
 * 95 %: between the quantiles `Phi(z0 + (z0 -+ z) / (1 - a (z0 -+ z)))` of the resamples, z0 the normal quantile of the part
 * of them below the value (equal ones half), a the skewness of the jackknife over 6 (Efron 1987). Null with a reason when
 * more than a twentieth of the resamples are undefined, or all others agree.
 */
export function bcaInterval(options: BcaOptions): Interval {
  const { value, resampled, jackknife, units, freedom } = options;
  resampled.sort();
  let defined = resampled.length;
  // NaN is sorted to the end.
  while (defined > 0 && Number.isNaN(resampled[defined - 1])) defined--;
  const undefinedCount = resampled.length - defined;
  if (undefinedCount * 20 > resampled.length)
    return { interval: null, reason: `undefined in ${undefinedCount} of ${resampled.length} resamples` };
  const sorted = resampled.subarray(0, defined);
  if (sorted[0] === sorted[defined - 1])
    return { interval: null, reason: `every resample gives the same value: too few ${units} to say how sure it is` };
  const below = (firstNotBelow(sorted, value) + firstAbove(sorted, value)) / 2;
  const bias = normalQuantile(Math.max(0.5, Math.min(defined - 0.5, below)) / defined);
  const acceleration = jackknife ? accelerationOf(jackknife) : (options.acceleration ?? 0);
  const width = freedom === null ? z : studentQuantile(freedom) * Math.sqrt((freedom + 1) / freedom);
  const end = (turn: number) => {
    const shifted = bias + turn;
    // Beyond this the formula turns round: the skewness of a handful of units.
    const stretch = Math.max(0.1, 1 - acceleration * shifted);
    return quantile(sorted, normalShare(bias + shifted / stretch));
  };
  return { interval: [Math.min(value, end(-width)), Math.max(value, end(width))] };
}

/** `sum (m - j)^3 / (6 (sum (m - j)^2)^(3/2))`, m the mean of the jackknife values j. */
function accelerationOf(jackknife: Float64Array): number {
  const defined = jackknife.filter((value) => !Number.isNaN(value));
  const mean = defined.reduce((sum, value) => sum + value, 0) / defined.length;
  let squares = 0;
  let cubes = 0;
  for (const value of defined) {
    const apart = mean - value;
    squares += apart * apart;
    cubes += apart * apart * apart;
  }
  return squares > 0 ? cubes / (6 * squares * Math.sqrt(squares)) : 0;
}

/** How many of the ascending values are below `value`. */
function firstNotBelow(ascending: Float64Array, value: number): number {
  return boundary(ascending, (other) => other < value);
}

/** How many of the ascending values are not above `value`. */
function firstAbove(ascending: Float64Array, value: number): number {
  return boundary(ascending, (other) => other <= value);
}

function boundary(ascending: Float64Array, isBefore: (value: number) => boolean): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(ascending[middle])) low = middle + 1;
    else high = middle;
  }
  return low;
}
