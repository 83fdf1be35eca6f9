// Scores whose images count differently: what weighs how much at each of them, for the ROC curve and its area.
import { checkSameLength } from "./measure.ts";
import type { Measure } from "./measure.ts";

/** The different scores of images with a weight, ascending, and the weight of positives and negatives that have each. */
export interface WeightedScores {
  readonly scores: Float64Array;
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
  /** Their sums. */
  readonly positive: number;
  readonly negative: number;
}

/**
 * Gathers the weights at each score, in O(n log n); images of weight 0 are left out, as scikit-learn does.
 *
 * @param truth n values, 1 = positive, anything else negative
 * @param scores n values, higher = more likely positive
 * @param weights n values, finite and at least 0
 * @throws RangeError when the lengths differ, a score is NaN, or a weight is not finite or below 0
 */
export function weighScores(
  truth: ArrayLike<number>,
  scores: ArrayLike<number>,
  weights: ArrayLike<number>,
): WeightedScores {
  const n = truth.length;
  checkSameLength("scores", n, scores.length);
  checkWeights(n, weights);
  for (let i = 0; i < n; i++) {
    if (Number.isNaN(scores[i]))
      throw new RangeError(`scores: expected numbers, got NaN at index ${i}. Leave that image out.`);
  }
  const counted = Array.from({ length: n }, (_, i) => i).filter((i) => weights[i] > 0);
  const order = Int32Array.from(counted).sort((a, b) => (scores[a] < scores[b] ? -1 : scores[a] > scores[b] ? 1 : 0));
  const positives = new Float64Array(order.length);
  const negatives = new Float64Array(order.length);
  const different = new Float64Array(order.length);
  let rank = -1;
  let positive = 0;
  let negative = 0;
  for (const i of order) {
    if (rank < 0 || different[rank] !== scores[i]) different[++rank] = scores[i];
    if (truth[i] === 1) {
      positives[rank] += weights[i];
      positive += weights[i];
    } else {
      negatives[rank] += weights[i];
      negative += weights[i];
    }
  }
  return {
    scores: different.subarray(0, rank + 1),
    positives: positives.subarray(0, rank + 1),
    negatives: negatives.subarray(0, rank + 1),
    positive,
    negative,
  };
}

/** Why a ROC curve has no area, or null when it has one. */
export function missingWeight({ positive, negative }: WeightedScores): Measure | null {
  if (positive === 0) return { value: null, reason: "no image of the positive class has a weight" };
  if (negative === 0) return { value: null, reason: "no image of the negative class has a weight" };
  return null;
}

/**
 * The weight of the pairs of a positive and a negative in the right order, over that of all pairs, a tie being half of
 * each. Never beyond [0, 1], and exactly 1 where no pair is wrong: sums of weights are rounded, so the wrong ones are
 * added up, not taken from a total.
 */
export function areaOfWeights(positives: Float64Array, negatives: Float64Array): number {
  let right = 0;
  let below = 0;
  for (let rank = 0; rank < positives.length; rank++) {
    right += positives[rank] * (2 * below + negatives[rank]);
    below += negatives[rank];
  }
  let wrong = 0;
  let above = 0;
  for (let rank = positives.length - 1; rank >= 0; rank--) {
    wrong += positives[rank] * (2 * above + negatives[rank]);
    above += negatives[rank];
  }
  return right / (right + wrong);
}

/** @throws RangeError unless there is a finite weight of at least 0 for each of n. */
export function checkWeights(n: number, weights: ArrayLike<number>): void {
  checkSameLength("weights", n, weights.length);
  for (let i = 0; i < n; i++) {
    if (!(Number.isFinite(weights[i]) && weights[i] >= 0))
      throw new RangeError(`weights: expected finite numbers of at least 0, got ${weights[i]} at index ${i}.`);
  }
}
