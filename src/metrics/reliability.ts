// The reliability curve: how often what was given a probability came true.
import { checkSameLength } from "./measure.ts";
import { checkWeights } from "./weighted-ranks.ts";

/** Bins of equal width, ascending; the arrays are equally long. */
export interface ReliabilityCurve {
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Images in the bin, or the sum of their weights. */
  readonly count: readonly number[];
  /** The mean of their probabilities; null in an empty bin. */
  readonly meanProbability: readonly (number | null)[];
  /** The part of them that is positive; null in an empty bin. */
  readonly share: readonly (number | null)[];
}

/** The bin of a probability: [k/bins, (k+1)/bins), the last one closed. */
export function binOf(probability: number, bins: number): number {
  return Math.max(0, Math.min(bins - 1, Math.floor(probability * bins)));
}

/** From 0 to 1, but for what a mean of float32 numbers is rounded beyond. */
export function isProbability(value: number): boolean {
  return value >= -1e-6 && value <= 1 + 1e-6;
}

/**
 * Share of positives over mean probability, in bins of equal width (DeGroot & Fienberg 1983; scikit-learn's
 * calibration_curve with `strategy="uniform"`, which puts a probability on the edge of two bins into the lower one).
 *
 * @param truth n values, 1 = positive, 0 = negative
 * @param probabilities n values from 0 to 1
 * @param weights what each counts, finite and at least 0
 * @param bins 10
 * @throws RangeError when the lengths differ, a probability is not from 0 to 1, or a weight is no such number
 * @example
 * ```ts
 * import { reliabilityCurve } from "voxgrad";
 *
 * const { count, share } = reliabilityCurve([0, 1, 1], [0.15, 0.12, 0.95]);
 * console.log(count[1], share[1]); // 2, 0.5
 * ```
 */
export function reliabilityCurve(
  truth: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  weights?: ArrayLike<number>,
  bins = 10,
): ReliabilityCurve {
  const n = truth.length;
  checkSameLength("probabilities", n, probabilities.length);
  if (weights) checkWeights(n, weights);
  if (!(bins >= 1 && Number.isInteger(bins)))
    throw new RangeError(`bins: expected a whole number of at least 1, got ${bins}.`);
  const count = new Float64Array(bins);
  const positives = new Float64Array(bins);
  const sums = new Float64Array(bins);
  for (let i = 0; i < n; i++) {
    const p = probabilities[i];
    if (!isProbability(p)) throw new RangeError(`probabilities: expected numbers from 0 to 1, got ${p} at index ${i}.`);
    const bin = binOf(p, bins);
    const weight = weights ? weights[i] : 1;
    count[bin] += weight;
    sums[bin] += weight * p;
    if (truth[i] === 1) positives[bin] += weight;
  }
  const mean = (sum: Float64Array) => Array.from(sum, (value, b) => (count[b] > 0 ? value / count[b] : null));
  return {
    low: Array.from({ length: bins }, (_, b) => b / bins),
    high: Array.from({ length: bins }, (_, b) => (b + 1) / bins),
    count: [...count],
    meanProbability: mean(sums),
    share: mean(positives),
  };
}
