// Thresholds that turn the probability of the second of two classes into a decision.
import { checkSameLength } from "./measure.ts";
import { checkWeights } from "./weighted-ranks.ts";

/** A threshold for the probability of class 1, and what it reaches on the images that it was chosen on. */
export interface Threshold {
  /** Class 1 is the answer where its probability is at least this. */
  readonly threshold: number;
  readonly sensitivity: number;
  readonly specificity: number;
}

/**
 * The threshold with the largest sensitivity + specificity - 1 (Youden 1950); of equals the one nearest to 0.5. It lies
 * half way between two neighbouring scores.
 *
 * @param truth 0 or 1 of each image
 * @param scores the probability of class 1 of each image
 * @param weights what each image counts; all the same when left out
 * @throws RangeError when lengths differ, or one of the classes has no image that counts
 * @example
 * ```ts
 * import { youdenThreshold } from "voxgrad";
 *
 * console.log(youdenThreshold([0, 0, 1, 1], [0.1, 0.2, 0.4, 0.9])); // threshold 0.3, sensitivity 1, specificity 1
 * ```
 */
export function youdenThreshold(
  truth: ArrayLike<number>,
  scores: ArrayLike<number>,
  weights?: ArrayLike<number>,
): Threshold {
  let best: Threshold | null = null;
  const index = (one: Threshold) => one.sensitivity + one.specificity;
  for (const one of thresholds(truth, scores, weights)) {
    const gain = best === null ? 1 : index(one) - index(best);
    if (best === null || gain > 0 || (gain === 0 && distance(one) < distance(best))) best = one;
  }
  return best as Threshold;
}

/**
 * The largest threshold at which at least so many of the images of class 1 are found: of those that reach the wanted
 * sensitivity, the one with the best specificity.
 *
 * @param wanted above 0, at most 1
 * @throws RangeError as youdenThreshold, and when `wanted` is no such number
 * @example
 * ```ts
 * import { sensitivityThreshold } from "voxgrad";
 *
 * const { threshold, specificity } = sensitivityThreshold([0, 0, 1, 1], [0.1, 0.5, 0.4, 0.9], 0.95);
 * console.log(threshold.toFixed(2), specificity); // 0.25 0.5: both found, one of two others called 1
 * ```
 */
export function sensitivityThreshold(
  truth: ArrayLike<number>,
  scores: ArrayLike<number>,
  wanted: number,
  weights?: ArrayLike<number>,
): Threshold {
  if (!(wanted > 0 && wanted <= 1))
    throw new RangeError(`sensitivity: expected a number above 0, at most 1, got ${wanted}`);
  const all = thresholds(truth, scores, weights);
  return all.find(({ sensitivity }) => sensitivity >= wanted) ?? all[all.length - 1];
}

/**
 * What a threshold comes to.
 * @throws RangeError when lengths differ, or one of the classes has no image that counts
 */
export function atThreshold(
  truth: ArrayLike<number>,
  scores: ArrayLike<number>,
  threshold: number,
  weights?: ArrayLike<number>,
): Threshold {
  const [negatives, positives] = totals(truth, scores, weights);
  let found = 0;
  let called = 0;
  for (let i = 0; i < truth.length; i++) {
    if (!(scores[i] >= threshold)) continue;
    if (truth[i] === 1) found += weights ? weights[i] : 1;
    else called += weights ? weights[i] : 1;
  }
  return { threshold, sensitivity: Math.min(1, found / positives), specificity: Math.max(0, 1 - called / negatives) };
}

/** How far from even. */
const distance = ({ threshold }: Threshold) => Math.abs(threshold - 0.5);

/** Every threshold that tells images apart, from the largest down; the last one finds all of class 1. */
function thresholds(truth: ArrayLike<number>, scores: ArrayLike<number>, weights?: ArrayLike<number>): Threshold[] {
  const [negatives, positives] = totals(truth, scores, weights);
  const order = Int32Array.from({ length: truth.length }, (_, i) => i).sort((a, b) => scores[b] - scores[a]);
  const found: Threshold[] = [];
  let hits = 0;
  let called = 0;
  let lastPositive = 0;
  order.forEach((image, i) => {
    if (truth[image] === 1 && (!weights || weights[image] > 0)) lastPositive = i;
  });
  for (let i = 0; i < order.length; i++) {
    const image = order[i];
    if (truth[image] === 1) hits += weights ? weights[image] : 1;
    else called += weights ? weights[image] : 1;
    const score = scores[image];
    const next = i + 1 < order.length ? scores[order[i + 1]] : 0;
    if (next === score && i + 1 < order.length) continue;
    // Sums of weights may miss the whole by a rounding.
    const sensitivity = i >= lastPositive ? 1 : hits / positives;
    found.push({ threshold: between(next, score), sensitivity, specificity: Math.max(0, 1 - called / negatives) });
  }
  return found;
}

/** Half way, and above the lower one where float64 has nothing between them. */
function between(low: number, high: number): number {
  const middle = low + (high - low) / 2;
  return middle > low ? middle : high;
}

function totals(truth: ArrayLike<number>, scores: ArrayLike<number>, weights?: ArrayLike<number>): [number, number] {
  checkSameLength("scores", truth.length, scores.length);
  if (weights) checkWeights(truth.length, weights);
  const sums: [number, number] = [0, 0];
  for (let i = 0; i < truth.length; i++) {
    if (truth[i] !== 0 && truth[i] !== 1)
      throw new RangeError(`truth: expected 0 or 1, got ${truth[i]} of image ${i}. A threshold is for two classes.`);
    sums[truth[i]] += weights ? weights[i] : 1;
  }
  const missing = sums.indexOf(0);
  if (missing >= 0)
    throw new RangeError(`truth: expected images of both classes that count, got none of class ${missing}`);
  return sums;
}
