// The confusion matrix, and the figures that are ratios of its cells.
import { checkSameLength, ratio } from "./measure.ts";
import type { Measure } from "./measure.ts";
import { checkWeights } from "./weighted-ranks.ts";

/** counts[truth][predicted], or sums of weights: (classes, classes). */
export type Confusion = readonly (readonly number[])[];

/** Cells of one class against all others; sums of weights where the images have some. */
export interface ClassCounts {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

/** A figure of one class against all others. */
export type ClassMeasure = (confusion: Confusion, positive?: number) => Measure;

/**
 * How often each class was taken for each: rows are the truth, columns the prediction, as in scikit-learn.
 *
 * @param truth n class indexes
 * @param predicted n class indexes
 * @param weights what each counts, finite and at least 0 (scikit-learn's `sample_weight`): the cells are sums of weights,
 * and every figure made of them is weighted. All count 1 when left out.
 * @throws RangeError when the lengths differ, an index is not one of 0 to classes - 1, or a weight is no such number
 * @example
 * ```ts
 * import { confusionMatrix, recall } from "voxgrad";
 *
 * const confusion = confusionMatrix([0, 0, 1, 1, 1], [0, 1, 1, 1, 0], 2); // [[1, 1], [1, 2]]
 * console.log(recall(confusion).value); // 2 of 3
 * ```
 */
export function confusionMatrix(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
  weights?: ArrayLike<number>,
): number[][] {
  checkSameLength("predicted", truth.length, predicted.length);
  if (weights) checkWeights(truth.length, weights);
  const cells = new Float64Array(classes * classes);
  for (let i = 0; i < truth.length; i++) {
    checkClass("truth", truth[i], i, classes);
    checkClass("predicted", predicted[i], i, classes);
    cells[truth[i] * classes + predicted[i]] += weights ? weights[i] : 1;
  }
  return Array.from({ length: classes }, (_, k) => [...cells.subarray(k * classes, (k + 1) * classes)]);
}

/**
 * The likeliest class of each image; the first of equals.
 *
 * @param probabilities (n, classes), row-major
 * @example
 * ```ts
 * import { likeliestClasses } from "voxgrad";
 *
 * console.log(likeliestClasses([0.9, 0.1, 0.3, 0.7], 2)); // Int32Array [0, 1]
 * ```
 */
export function likeliestClasses(probabilities: ArrayLike<number>, classes: number): Int32Array {
  const predicted = new Int32Array(probabilities.length / classes);
  for (let i = 0; i < predicted.length; i++) {
    let best = 0;
    for (let k = 1; k < classes; k++) if (probabilities[i * classes + k] > probabilities[i * classes + best]) best = k;
    predicted[i] = best;
  }
  return predicted;
}

/** The four cells of class `positive` against all others. */
export function classCounts(confusion: Confusion, positive = 1): ClassCounts {
  // Sums of cells alone: a difference of sums of weights would leave a rest where there is nothing.
  const others = (values: readonly number[]) => sum(values.filter((_, k) => k !== positive));
  return {
    truePositives: confusion[positive][positive],
    falsePositives: others(confusion.map((row) => row[positive])),
    falseNegatives: others(confusion[positive]),
    trueNegatives: others(confusion.map(others)),
  };
}

/** correct / all. Null with a reason when there is nothing to count. */
export function accuracy(confusion: Confusion): Measure {
  return ratio(sum(confusion.map((row, k) => row[k])), total(confusion), "nothing was predicted");
}

/** TP / (TP + FN): sensitivity, the true positive rate. Null with a reason when the truth has no positive. */
export const recall: ClassMeasure = (confusion, positive = 1) => {
  const { truePositives, falseNegatives } = classCounts(confusion, positive);
  return ratio(truePositives, truePositives + falseNegatives, "the truth has none of the class");
};

/** TN / (TN + FP): the true negative rate. Null with a reason when the truth has no negative. */
export const specificity: ClassMeasure = (confusion, positive = 1) => {
  const { trueNegatives, falsePositives } = classCounts(confusion, positive);
  return ratio(trueNegatives, trueNegatives + falsePositives, "the truth has nothing but the class");
};

/** TP / (TP + FP): positive predictive value. Null with a reason when the class was never predicted. */
export const precision: ClassMeasure = (confusion, positive = 1) => {
  const { truePositives, falsePositives } = classCounts(confusion, positive);
  return ratio(truePositives, truePositives + falsePositives, "the class was never predicted");
};

/** TN / (TN + FN): how often an answer that it is not the class is right. Null with a reason when that was never said. */
export const negativePredictiveValue: ClassMeasure = (confusion, positive = 1) => {
  const { trueNegatives, falseNegatives } = classCounts(confusion, positive);
  return ratio(trueNegatives, trueNegatives + falseNegatives, "nothing but the class was predicted");
};

/**
 * 2 TP / (2 TP + FP + FN) (Dice 1945; Sorensen 1948). An empty truth with a non-empty prediction gives 0; null with a
 * reason when both are empty.
 */
export const dice: ClassMeasure = (confusion, positive = 1) => {
  const { truePositives, falsePositives, falseNegatives } = classCounts(confusion, positive);
  return ratio(
    2 * truePositives,
    2 * truePositives + falsePositives + falseNegatives,
    "neither the truth nor the prediction has the class",
  );
};

/** 2 P R / (P + R), the harmonic mean of precision and recall (van Rijsbergen 1979): the same ratio as `dice`. */
export const f1: ClassMeasure = dice;

/** TP / (TP + FP + FN) (Jaccard 1901): intersection over union. Null with a reason when both are empty. */
export const jaccard: ClassMeasure = (confusion, positive = 1) => {
  const { truePositives, falsePositives, falseNegatives } = classCounts(confusion, positive);
  return ratio(
    truePositives,
    truePositives + falsePositives + falseNegatives,
    "neither the truth nor the prediction has the class",
  );
};

/**
 * The mean of a figure over the classes, each counting the same (scikit-learn's `average="macro"`). Null with a reason
 * when it is undefined for a class: leaving that class out, or taking 0 for it, would be another figure.
 *
 * @param from the first class that counts: 1 leaves out the background of masks
 * @example
 * ```ts
 * import { confusionMatrix, macro, precision } from "voxgrad";
 *
 * console.log(macro(precision, confusionMatrix([0, 1, 2, 2], [0, 1, 2, 1], 3)).value); // (1 + 1/2 + 1) / 3
 * ```
 */
export function macro(measure: ClassMeasure, confusion: Confusion, from = 0): Measure {
  let added = 0;
  for (let k = from; k < confusion.length; k++) {
    const { value, reason } = measure(confusion, k);
    if (value === null) return { value, reason: `class ${k}: ${reason}` };
    added += value;
  }
  return { value: added / (confusion.length - from) };
}

/**
 * The mean over the classes of their recall (Brodersen et al. 2010): 1 / classes for a guess that is always the same.
 * Null with a reason when the truth lacks a class (scikit-learn leaves such a class out).
 */
export function balancedAccuracy(confusion: Confusion): Measure {
  return macro(recall, confusion);
}

function sum(values: readonly number[]): number {
  return values.reduce((added, value) => added + value, 0);
}

function total(confusion: Confusion): number {
  return sum(confusion.map(sum));
}

function checkClass(what: string, label: number, index: number, classes: number): void {
  if (!(label >= 0 && label < classes && Number.isInteger(label)))
    throw new RangeError(`${what}: expected class indexes from 0 to ${classes - 1}, got ${label} at index ${index}.`);
}
