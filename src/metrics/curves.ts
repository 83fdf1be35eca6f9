// The ROC curve and the area under it.
import { checkSameLength } from "./measure.ts";
import type { Measure } from "./measure.ts";
import { doubledPlacements, missingClass, sortScores } from "./ranks.ts";
import { areaOfWeights, missingWeight, weighScores } from "./weighted-ranks.ts";

/** Points of a ROC curve from (0, 0) to (1, 1), thresholds descending; the arrays are equally long. */
export interface RocCurve {
  readonly falsePositiveRate: readonly number[];
  readonly truePositiveRate: readonly number[];
  /** A score of at least this much is called positive; Infinity at the first point. */
  readonly thresholds: readonly number[];
}

/**
 * Area under the ROC curve: how often a positive scores above a negative, a tie counting as half.
 * `AUC = sum over positives of (negatives below + ties / 2) / (positives * negatives)` (Mann & Whitney 1947; Hanley &
 * McNeil 1982). The same as scikit-learn's roc_auc_score.
 *
 * @param truth n values, 1 = positive, 0 = negative
 * @param scores n values, higher = more likely positive
 * @param weights what each counts, finite and at least 0: a pair counts as the product of its weights
 * @returns null with a reason when one of the two classes is missing
 * @throws RangeError when the lengths differ, a score is NaN, or a weight is no such number
 * @example
 * ```ts
 * import { rocAuc } from "voxgrad";
 *
 * console.log(rocAuc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).value); // 0.75
 * ```
 */
export function rocAuc(truth: ArrayLike<number>, scores: ArrayLike<number>, weights?: ArrayLike<number>): Measure {
  if (weights) {
    const weighed = weighScores(truth, scores, weights);
    return missingWeight(weighed) ?? { value: areaOfWeights(weighed.positives, weighed.negatives) };
  }
  const sorted = sortScores(truth, scores);
  const missing = missingClass(sorted);
  if (missing) return missing;
  const { positives, negatives } = sorted;
  let doubled = 0;
  for (const placement of doubledPlacements(positives, negatives)) doubled += placement;
  return { value: doubled / (2 * positives.length * negatives.length) };
}

/**
 * The ROC curve: one point for each different score, none dropped (scikit-learn's roc_curve with
 * `drop_intermediate=False`).
 *
 * @param truth n values, 1 = positive, 0 = negative
 * @param scores n values, higher = more likely positive
 * @param weights what each counts, finite and at least 0; a score that only images of weight 0 have makes no point
 * @returns null when one of the two classes is missing
 * @throws RangeError when the lengths differ, a score is NaN, or a weight is no such number
 * @example
 * ```ts
 * import { rocCurve } from "voxgrad";
 *
 * const curve = rocCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]);
 * console.log(curve?.truePositiveRate); // [0, 0.5, 0.5, 1, 1]
 * ```
 */
export function rocCurve(
  truth: ArrayLike<number>,
  scores: ArrayLike<number>,
  weights?: ArrayLike<number>,
): RocCurve | null {
  if (weights) return weightedCurve(truth, scores, weights);
  const sorted = sortScores(truth, scores);
  if (missingClass(sorted)) return null;
  const { positives, negatives } = sorted;
  const falsePositiveRate = [0];
  const truePositiveRate = [0];
  const thresholds = [Infinity];
  let positive = positives.length;
  let negative = negatives.length;
  while (positive > 0 || negative > 0) {
    const threshold = Math.max(
      positive > 0 ? positives[positive - 1] : -Infinity,
      negative > 0 ? negatives[negative - 1] : -Infinity,
    );
    while (positive > 0 && positives[positive - 1] === threshold) positive--;
    while (negative > 0 && negatives[negative - 1] === threshold) negative--;
    thresholds.push(threshold);
    truePositiveRate.push((positives.length - positive) / positives.length);
    falsePositiveRate.push((negatives.length - negative) / negatives.length);
  }
  return { falsePositiveRate, truePositiveRate, thresholds };
}

function weightedCurve(
  truth: ArrayLike<number>,
  scores: ArrayLike<number>,
  weights: ArrayLike<number>,
): RocCurve | null {
  const weighed = weighScores(truth, scores, weights);
  if (missingWeight(weighed)) return null;
  const falsePositiveRate = [0];
  const truePositiveRate = [0];
  const thresholds = [Infinity];
  let positive = 0;
  let negative = 0;
  for (let rank = weighed.scores.length - 1; rank >= 0; rank--) {
    positive += weighed.positives[rank];
    negative += weighed.negatives[rank];
    thresholds.push(weighed.scores[rank]);
    // Sums in another order than the totals': the last point is (1, 1) all the same.
    truePositiveRate.push(rank === 0 ? 1 : Math.min(1, positive / weighed.positive));
    falsePositiveRate.push(rank === 0 ? 1 : Math.min(1, negative / weighed.negative));
  }
  return { falsePositiveRate, truePositiveRate, thresholds };
}

/**
 * Mean over the classes of the area under the ROC curve of that class against all others (Provost & Domingos 2000,
 * unweighted; scikit-learn's roc_auc_score with `multi_class="ovr", average="macro"`).
 *
 * @param labels n class indexes
 * @param probabilities (n, classes), row-major
 * @param weights what each counts, finite and at least 0
 * @returns null with a reason when a class has no image, or every image
 * @throws RangeError when there are not n * classes probabilities or one is NaN
 * @example
 * ```ts
 * import { macroRocAuc } from "voxgrad";
 *
 * console.log(macroRocAuc([0, 1, 2], [0.8, 0.1, 0.1, 0.2, 0.7, 0.1, 0.3, 0.3, 0.4], 3).value); // 1
 * ```
 */
export function macroRocAuc(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
  weights?: ArrayLike<number>,
): Measure {
  const n = labels.length;
  checkSameLength("probabilities", n * classes, probabilities.length);
  const truth = new Uint8Array(n);
  const scores = new Float64Array(n);
  let sum = 0;
  for (let k = 0; k < classes; k++) {
    for (let i = 0; i < n; i++) {
      truth[i] = labels[i] === k ? 1 : 0;
      scores[i] = probabilities[i * classes + k];
    }
    const area = rocAuc(truth, scores, weights);
    if (area.value === null) return { value: null, reason: `class ${k} against the rest: ${area.reason}` };
    sum += area.value;
  }
  return { value: sum / classes };
}
