// The scores of positives and negatives, each sorted: all that a ROC curve, its area and its variance need.
import { checkSameLength } from "./measure.ts";
import type { Measure } from "./measure.ts";

/** Scores of the positives and of the negatives, each in ascending order. */
export interface SortedScores {
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
}

/**
 * Sorts the scores of each class apart, in O(n log n).
 *
 * @param truth n values, 1 = positive, anything else negative
 * @param scores n values, higher = more likely positive; infinities are ranked like any number
 * @throws RangeError when the lengths differ or a score is NaN
 */
export function sortScores(truth: ArrayLike<number>, scores: ArrayLike<number>): SortedScores {
  const n = truth.length;
  checkSameLength("scores", n, scores.length);
  let count = 0;
  for (let i = 0; i < n; i++) if (truth[i] === 1) count++;
  const positives = new Float64Array(count);
  const negatives = new Float64Array(n - count);
  let positive = 0;
  let negative = 0;
  for (let i = 0; i < n; i++) {
    const score = scores[i];
    if (score !== score) throw new RangeError(`scores: expected numbers, got NaN at index ${i}. Leave that image out.`);
    if (truth[i] === 1) positives[positive++] = score;
    else negatives[negative++] = score;
  }
  return { positives: positives.sort(), negatives: negatives.sort() };
}

/** Why a ROC curve has no area, or null when it has one. */
export function missingClass({ positives, negatives }: SortedScores): Measure | null {
  if (positives.length === 0) return { value: null, reason: "no image of the positive class" };
  if (negatives.length === 0) return { value: null, reason: "no image of the negative class" };
  return null;
}

/**
 * Twice the number of `others` that lie below each value, ties counted as half: exact integers.
 * Both inputs ascend; O(n + m).
 */
export function doubledPlacements(values: Float64Array, others: Float64Array): Float64Array {
  const placements = new Float64Array(values.length);
  let below = 0;
  let notAbove = 0;
  for (let i = 0; i < values.length; i++) {
    while (below < others.length && others[below] < values[i]) below++;
    while (notAbove < others.length && others[notAbove] <= values[i]) notAbove++;
    placements[i] = below + notAbove;
  }
  return placements;
}
