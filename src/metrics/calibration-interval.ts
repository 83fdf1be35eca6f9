// The interval of the expected calibration error, which is too large on every sample.
import { stream } from "../random.ts";
import { quantile } from "./quantile.ts";
import type { Interval } from "./intervals.ts";
import { binOf } from "./reliability.ts";

export interface CalibrationInterval {
  /** The error of the set itself. */
  readonly value: number;
  /** Of each resample; sorted in place. */
  readonly resampled: Float64Array;
  /** What was given a probability, and what each counts; all the same when left out. */
  readonly probability: Float64Array;
  readonly weights?: ArrayLike<number>;
  readonly seed: number;
}

const bins = 10;
const drawings = 500;

/**
 * 95 %. A sample's error is above that of the population, and a resample's above the sample's, so that no bootstrap alone
 * covers it. The low end is 0 when a perfectly calibrated network would show as much: when the value is within the lower
 * 95 % of the errors of outcomes drawn from the probabilities themselves (Broecker & Smith 2007); else it is the reflected
 * `2 value - q97.5`, at least 0. The high end is the quantile 0.975 of the resamples.
 */
export function calibrationInterval({ value, resampled, probability, weights, seed }: CalibrationInterval): Interval {
  resampled.sort();
  const high = Math.max(value, quantile(resampled, 0.975));
  const random = stream(seed, "bootstrap", 1);
  const apart = new Float64Array(bins);
  const perfect = new Float64Array(drawings);
  for (let drawing = 0; drawing < drawings; drawing++) {
    apart.fill(0);
    let all = 0;
    for (let i = 0; i < probability.length; i++) {
      const p = probability[i];
      const weight = weights ? weights[i] : 1;
      const came = random.uniform(drawing * probability.length + i) < p ? 1 : 0;
      apart[binOf(p, bins)] += weight * (came - p);
      all += weight;
    }
    perfect[drawing] = apart.reduce((sum, part) => sum + Math.abs(part), 0) / all;
  }
  const isPossiblyPerfect = value <= quantile(perfect.sort(), 0.95);
  return {
    interval: [isPossiblyPerfect ? 0 : Math.max(0, Math.min(value, 2 * value - quantile(resampled, 0.975))), high],
  };
}
