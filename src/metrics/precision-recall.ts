// The precision-recall curve and the average precision.
import { checkSameLength } from "./measure.ts";
import type { Measure } from "./measure.ts";
import { weighScores } from "./weighted-ranks.ts";

/** Points by descending threshold, from the strictest that calls anything positive; the arrays are equally long. */
export interface PrecisionRecallCurve {
  readonly recall: readonly number[];
  readonly precision: readonly number[];
  /** A score of at least this much is called positive. */
  readonly thresholds: readonly number[];
}

/**
 * Precision over recall, one point for each different score. scikit-learn's precision_recall_curve in the order of rising
 * recall, without the point (0, 1) that it adds, at which nothing is called positive and the precision is undefined.
 *
 * @param truth n values, 1 = positive, 0 = negative
 * @param scores n values, higher = more likely positive
 * @param weights what each counts, finite and at least 0
 * @returns null when no image is positive
 * @throws RangeError when the lengths differ, a score is NaN, or a weight is no such number
 * @example
 * ```ts
 * import { precisionRecallCurve } from "voxgrad";
 *
 * const curve = precisionRecallCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]);
 * console.log(curve?.recall, curve?.precision); // [0.5, 0.5, 1, 1], [1, 1/2, 2/3, 1/2]
 * ```
 */
export function precisionRecallCurve(
  truth: ArrayLike<number>,
  scores: ArrayLike<number>,
  weights?: ArrayLike<number>,
): PrecisionRecallCurve | null {
  checkSameLength("scores", truth.length, scores.length);
  const weighed = weighScores(truth, scores, weights ?? new Uint8Array(truth.length).fill(1));
  if (weighed.positive === 0) return null;
  const curve = { recall: [] as number[], precision: [] as number[], thresholds: [] as number[] };
  let positive = 0;
  let negative = 0;
  for (let rank = weighed.scores.length - 1; rank >= 0; rank--) {
    positive += weighed.positives[rank];
    negative += weighed.negatives[rank];
    // Sums in another order than the total's: the last point has recalled everything all the same.
    curve.recall.push(rank === 0 ? 1 : Math.min(1, positive / weighed.positive));
    curve.precision.push(positive / (positive + negative));
    curve.thresholds.push(weighed.scores[rank]);
  }
  return curve;
}

/**
 * Average precision: `sum of (R_n - R_(n-1)) P_n` over the points of the precision-recall curve, without interpolation
 * (scikit-learn's average_precision_score; Davis & Goadrich 2006 on why not to interpolate). Guessing gives the part of the
 * positives. Null with a reason when no image is positive (scikit-learn gives 0).
 *
 * @param truth n values, 1 = positive, 0 = negative
 * @param scores n values, higher = more likely positive
 * @param weights what each counts, finite and at least 0
 * @throws RangeError when the lengths differ, a score is NaN, or a weight is no such number
 * @example
 * ```ts
 * import { averagePrecision } from "voxgrad";
 *
 * console.log(averagePrecision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).value); // 1/2 * 1 + 1/2 * 2/3
 * ```
 */
export function averagePrecision(
  truth: ArrayLike<number>,
  scores: ArrayLike<number>,
  weights?: ArrayLike<number>,
): Measure {
  const curve = precisionRecallCurve(truth, scores, weights);
  if (!curve)
    return {
      value: null,
      reason: weights ? "no image of the positive class has a weight" : "no image of the positive class",
    };
  let value = 0;
  curve.precision.forEach((precision, i) => (value += (curve.recall[i] - (curve.recall[i - 1] ?? 0)) * precision));
  return { value: Math.min(1, value) };
}
