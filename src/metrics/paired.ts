// Two models on the same test set: DeLong's test of their ROC AUC, McNemar's of their mistakes.
import { exp, log } from "../elementary.ts";
import { checkSameLength } from "./measure.ts";
import { twoSidedTail, z } from "./normal.ts";
import { doubledPlacements, missingClass, sortScores } from "./ranks.ts";

/** DeLong's paired test. */
export interface PairedAreas {
  /** The areas under the ROC curves; null when a class is missing. */
  readonly first: number | null;
  readonly second: number | null;
  /** second - first. */
  readonly difference: number | null;
  /** 95 %, of the difference. */
  readonly interval: readonly [number, number] | null;
  /** Difference over its standard error. */
  readonly z: number | null;
  /** Two-sided: how likely a difference as large would be, were the areas the same. */
  readonly pValue: number | null;
  /** One sentence: why a value is null. */
  readonly reason?: string;
}

/**
 * Whether two models' areas under the ROC curve differ on the same images (DeLong, DeLong & Clarke-Pearson 1988): the
 * variance of the difference from the placements of both, `var(V10 of second - of first) / m + var(V01 ...) / n`, V10 the
 * part of the n negatives that each of the m positives scores above, V01 the other way round; in O(n log n) (Sun & Xu 2014).
 * Takes images as independent: not for several images of a patient.
 *
 * @param truth n values, 1 = positive, 0 = negative
 * @param first scores of the first model, n values, higher = more likely positive
 * @param second scores of the second model
 * @returns nulls with a reason when a class has fewer than two images, or the difference has no variance
 * @throws RangeError when the lengths differ or a score is NaN
 * @example
 * ```ts
 * import { pairedDelong } from "voxgrad";
 *
 * const truth = [0, 0, 0, 1, 1, 1];
 * const { difference, pValue } = pairedDelong(truth, [0.1, 0.6, 0.3, 0.4, 0.8, 0.5], [0.1, 0.2, 0.5, 0.4, 0.9, 0.7]);
 * console.log(difference, pValue); // 0.111, 0.72
 * ```
 */
export function pairedDelong(
  truth: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): PairedAreas {
  const one = placementsOf(truth, first);
  const other = placementsOf(truth, second);
  if ("reason" in one || "reason" in other) {
    const reason = "reason" in one ? one.reason : "reason" in other ? other.reason : "";
    return { first: null, second: null, difference: null, interval: null, z: null, pValue: null, reason };
  }
  const difference = other.area - one.area;
  const areas = { first: one.area, second: other.area, difference };
  const unsure = (reason: string) => ({ ...areas, interval: null, z: null, pValue: null, reason });
  if (one.positives.length < 2 || one.negatives.length < 2)
    return unsure("a class has a single image, which has no variance");
  const variance =
    varianceOfDifference(one.positives, other.positives) / one.positives.length +
    varianceOfDifference(one.negatives, other.negatives) / one.negatives.length;
  if (!(variance > 0)) return unsure("the variance is 0: both models place every image alike");
  const error = Math.sqrt(variance);
  return {
    ...areas,
    interval: [Math.max(-1, difference - z * error), Math.min(1, difference + z * error)],
    z: difference / error,
    pValue: twoSidedTail(difference / error),
  };
}

/** McNemar's test. */
export interface PairedMistakes {
  /** Images that the first model alone has right, and the second alone. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** The accuracy of the second less that of the first; null without images. */
  readonly difference: number | null;
  /** Two-sided p-values, 1 where the models never differ: the exact one (binomial), */
  readonly exact: number;
  /** the exact one with half the weight of what was seen (Fagerlund et al. 2013), which is the one to read, */
  readonly midP: number;
  /** and that of `(b - c)^2 / (b + c)` against chi squared with one degree of freedom, for many differences. */
  readonly asymptotic: number;
}

/**
 * Whether one of two models makes more mistakes on the same images (McNemar 1947), by the images that only one of them has
 * right. Takes images as independent: not for several images of a patient.
 *
 * @param truth n class indexes
 * @param first what the first model calls them
 * @param second what the second model calls them
 * @throws RangeError when the lengths differ
 * @example
 * ```ts
 * import { mcnemar } from "voxgrad";
 *
 * console.log(mcnemar([0, 0, 1, 1, 1], [0, 1, 0, 0, 1], [0, 0, 1, 1, 1]).exact); // 3 differences, all one way: 2 / 2^3
 * ```
 */
export function mcnemar(truth: ArrayLike<number>, first: ArrayLike<number>, second: ArrayLike<number>): PairedMistakes {
  checkSameLength("first", truth.length, first.length);
  checkSameLength("second", truth.length, second.length);
  let onlyFirst = 0;
  let onlySecond = 0;
  for (let i = 0; i < truth.length; i++) {
    const [firstIsRight, secondIsRight] = [first[i] === truth[i], second[i] === truth[i]];
    if (firstIsRight && !secondIsRight) onlyFirst++;
    if (secondIsRight && !firstIsRight) onlySecond++;
  }
  const differing = onlyFirst + onlySecond;
  const difference = truth.length > 0 ? (onlySecond - onlyFirst) / truth.length : null;
  if (differing === 0) return { onlyFirst, onlySecond, difference, exact: 1, midP: 1, asymptotic: 1 };
  const fewer = Math.min(onlyFirst, onlySecond);
  // ln of C(differing, k) / 2^differing, for k from 0 on.
  let logarithm = -differing * Math.LN2;
  let tail = exp(logarithm);
  for (let k = 1; k <= fewer; k++) {
    logarithm += log((differing - k + 1) / k);
    tail += exp(logarithm);
  }
  const seen = exp(logarithm);
  return {
    onlyFirst,
    onlySecond,
    difference,
    exact: Math.min(1, 2 * tail),
    midP: onlyFirst === onlySecond ? 1 - seen / 2 : Math.min(1, 2 * tail - seen),
    asymptotic: twoSidedTail((onlyFirst - onlySecond) / Math.sqrt(differing)),
  };
}

interface Placed {
  readonly area: number;
  /** Of each positive, in the order of the images, the part of the negatives that it scores above; and the other way. */
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
}

function placementsOf(truth: ArrayLike<number>, scores: ArrayLike<number>): Placed | { readonly reason: string } {
  const sorted = sortScores(truth, scores);
  const missing = missingClass(sorted);
  if (missing) return { reason: missing.reason ?? "" };
  const own = { positives: [] as number[], negatives: [] as number[] };
  for (let i = 0; i < truth.length; i++) (truth[i] === 1 ? own.positives : own.negatives).push(scores[i]);
  const inOrder = (values: readonly number[], others: Float64Array, share: (doubled: number) => number) => {
    const order = Int32Array.from(values.keys()).sort((a, b) => values[a] - values[b] || a - b);
    const doubled = doubledPlacements(
      Float64Array.from(order, (i) => values[i]),
      others,
    );
    const placed = new Float64Array(values.length);
    order.forEach((i, rank) => (placed[i] = share(doubled[rank])));
    return placed;
  };
  const [m, n] = [sorted.positives.length, sorted.negatives.length];
  const positives = inOrder(own.positives, sorted.negatives, (doubled) => doubled / (2 * n));
  const negatives = inOrder(own.negatives, sorted.positives, (doubled) => 1 - doubled / (2 * m));
  return { area: positives.reduce((sum, value) => sum + value, 0) / m, positives, negatives };
}

/** Sample variance of second - first. */
function varianceOfDifference(first: Float64Array, second: Float64Array): number {
  const differences = second.map((value, i) => value - first[i]);
  const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
  return differences.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / (differences.length - 1);
}
