// The decision curve: what acting on a prediction brings, by how much a needless action is feared.
import type { Measure } from "./measure.ts";
import { checkSameLength } from "./measure.ts";
import { checkWeights } from "./weighted-ranks.ts";

/** By threshold, ascending; the arrays are equally long. Acting on nobody has a net benefit of 0. */
export interface DecisionCurve {
  readonly threshold: readonly number[];
  /** Of acting where the probability is at least the threshold. */
  readonly netBenefit: readonly number[];
  /** Of acting on everybody. */
  readonly treatAll: readonly number[];
}

/**
 * Net benefit of acting where p >= t: `TP / n - FP / n * t / (1 - t)` (Vickers & Elkin 2006), in true positives for each
 * image: t is the probability from which one would act, so that a needless action weighs t / (1 - t) of a needed one.
 *
 * @param truth n values, 1 = positive, 0 = negative
 * @param probabilities n values
 * @param threshold from 0 to below 1
 * @param weights what each counts, finite and at least 0
 * @returns null with a reason when there is no image, or none with a weight
 * @throws RangeError when the lengths differ, the threshold is not from 0 to below 1, or a weight is no such number
 * @example
 * ```ts
 * import { netBenefit } from "voxgrad";
 *
 * console.log(netBenefit([1, 0, 0, 1], [0.9, 0.4, 0.1, 0.3], 0.25).value); // 2/4 - 1/4 * 1/3
 * ```
 */
export function netBenefit(
  truth: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  threshold: number,
  weights?: ArrayLike<number>,
): Measure {
  checkSameLength("probabilities", truth.length, probabilities.length);
  if (weights) checkWeights(truth.length, weights);
  if (!(threshold >= 0 && threshold < 1))
    throw new RangeError(`threshold: expected a number from 0 to below 1, got ${threshold}.`);
  let all = 0;
  let truePositives = 0;
  let falsePositives = 0;
  for (let i = 0; i < truth.length; i++) {
    const weight = weights ? weights[i] : 1;
    all += weight;
    if (!(probabilities[i] >= threshold)) continue;
    if (truth[i] === 1) truePositives += weight;
    else falsePositives += weight;
  }
  if (!(all > 0)) return { value: null, reason: truth.length === 0 ? "there is no image" : "no image has a weight" };
  return { value: truePositives / all - (falsePositives / all) * (threshold / (1 - threshold)) };
}

/**
 * The net benefit at thresholds of 0.01 to 0.99 (Vickers & Elkin 2006), beside that of acting on everybody.
 *
 * @param truth n values, 1 = positive, 0 = negative
 * @param probabilities n values
 * @param weights what each counts, finite and at least 0
 * @returns null when there is no image, or none with a weight
 * @throws RangeError when the lengths differ or a weight is no such number
 * @example
 * ```ts
 * import { decisionCurve } from "voxgrad";
 *
 * const curve = decisionCurve([1, 0, 0, 1], [0.9, 0.4, 0.1, 0.3]);
 * console.log(curve?.threshold[49], curve?.netBenefit[49], curve?.treatAll[49]); // 0.5, 0.25, 0
 * ```
 */
export function decisionCurve(
  truth: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  weights?: ArrayLike<number>,
): DecisionCurve | null {
  const threshold = Array.from({ length: 99 }, (_, i) => (i + 1) / 100);
  const everybody = new Uint8Array(truth.length).fill(1);
  const benefits = (scores: ArrayLike<number>) =>
    threshold.flatMap((one) => netBenefit(truth, scores, one, weights).value ?? []);
  const acting = benefits(probabilities);
  if (acting.length === 0) return null;
  return { threshold, netBenefit: acting, treatAll: benefits(everybody) };
}
