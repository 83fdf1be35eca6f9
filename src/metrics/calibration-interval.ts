// The interval of the expected calibration error, which is too large on every sample.
import type { Interval } from "./intervals.ts";
import { studentQuantile, z } from "./normal.ts";

export interface CalibrationInterval {
  /** What each bin adds before its sign is dropped: (sum of outcomes - sum of probabilities) / all. */
  readonly bins: Float64Array;
  /** Of each resample the same: resampled[bin][resample]. */
  readonly resampled: readonly Float64Array[];
  /** Of units of different sizes: Student's quantile over the normal one stretches both ends from the value; not, when left out. */
  readonly freedom?: number;
}

const halvings = 40;

/**
 * 95 %, by inverting a test (Carpenter 1999). A sample's error is above that of the population, and a resample's above the
 * sample's, so that no quantile of the resamples covers it. But if the population's bins were c times those of the sample, a
 * sample would show `sum |c d + (d* - d)|`, d the bins of the sample and d* those of its resamples. The ends are c times the
 * value for the c at which a sample is as large as this one, or as small, in 2.5 % of the resamples; the low one is 0 where
 * perfect calibration (c = 0) would show as much in more than 5 % (Broecker & Smith 2007 ask the same of drawn outcomes).
 */
export function calibrationInterval({ bins, resampled, freedom }: CalibrationInterval): Interval {
  const value = sizeOf(bins);
  const count = resampled[0].length;
  const noise = new Float64Array(bins.length * count);
  for (let r = 0; r < count; r++) bins.forEach((own, b) => (noise[r * bins.length + b] = resampled[b][r] - own));

  /** How many samples would show more, or less, of a population of c times these bins; equal ones half. */
  function shown(c: number): { more: number; less: number } {
    let more = 0;
    let same = 0;
    for (let r = 0; r < count; r++) {
      let size = 0;
      for (let b = 0; b < bins.length; b++) size += Math.abs(c * bins[b] + noise[r * bins.length + b]);
      if (size > value) more++;
      else if (size === value) same++;
    }
    return { more: (more + same / 2) / count, less: (count - more - same / 2) / count };
  }

  if (!(value > 0))
    return { interval: null, reason: "each bin is calibrated without a rest: too few to say how sure that is" };
  const low = shown(0).more > 0.05 ? 0 : where((c) => shown(c).more < 0.025, 1);
  const high = where((c) => shown(c).less > 0.025, 1 / value);
  const stretch = freedom === undefined ? 1 : studentQuantile(freedom) / z;
  const end = (c: number) => Math.max(0, Math.min(1, value + stretch * (c - 1) * value));
  return { interval: [end(low), Math.max(value, end(high))] };
}

/** Where `isBelow` ends between 0 and `most`, by halving. */
function where(isBelow: (c: number) => boolean, most: number): number {
  let low = 0;
  let high = most;
  for (let halving = 0; halving < halvings; halving++) {
    const middle = (low + high) / 2;
    if (isBelow(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function sizeOf(bins: Float64Array): number {
  return bins.reduce((sum, own) => sum + Math.abs(own), 0);
}
