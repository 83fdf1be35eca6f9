// One figure of many classes: all decisions in one count, or each class by its size. `macro` is in classification.ts.
import { classCounts } from "./classification.ts";
import type { ClassMeasure, Confusion } from "./classification.ts";
import type { Measure } from "./measure.ts";

/**
 * A figure of all decisions "this class or not" counted together (scikit-learn's `average="micro"`): the cells of each
 * class against the rest are added up first. Recall, precision and F1 are then the accuracy.
 *
 * @param from the first class that counts: 1 leaves out the background of masks
 * @example
 * ```ts
 * import { confusionMatrix, jaccard, micro } from "voxgrad";
 *
 * console.log(micro(jaccard, confusionMatrix([0, 1, 2, 2], [0, 1, 2, 1], 3)).value); // 3 / (3 + 1 + 1)
 * ```
 */
export function micro(measure: ClassMeasure, confusion: Confusion, from = 0): Measure {
  const pooled = [
    [0, 0],
    [0, 0],
  ];
  for (let k = from; k < confusion.length; k++) {
    const { truePositives, falsePositives, falseNegatives, trueNegatives } = classCounts(confusion, k);
    pooled[1][1] += truePositives;
    pooled[0][1] += falsePositives;
    pooled[1][0] += falseNegatives;
    pooled[0][0] += trueNegatives;
  }
  return measure(pooled, 1);
}

/**
 * The mean of a figure over the classes, each by its part of the truth (scikit-learn's `average="weighted"`). A class that
 * the truth has not weighs nothing. Null with a reason when the figure is undefined for a class that it has.
 *
 * @param from the first class that counts: 1 leaves out the background of masks
 * @example
 * ```ts
 * import { confusionMatrix, precision, weighted } from "voxgrad";
 *
 * console.log(weighted(precision, confusionMatrix([0, 1, 2, 2], [0, 1, 2, 1], 3)).value); // (1 + 1/2 + 2 * 1) / 4
 * ```
 */
export function weighted(measure: ClassMeasure, confusion: Confusion, from = 0): Measure {
  let added = 0;
  let weights = 0;
  for (let k = from; k < confusion.length; k++) {
    const weight = confusion[k].reduce((sum, cell) => sum + cell, 0);
    if (weight === 0) continue;
    const { value, reason } = measure(confusion, k);
    if (value === null) return { value, reason: `class ${k}: ${reason}` };
    added += weight * value;
    weights += weight;
  }
  return weights > 0 ? { value: added / weights } : { value: null, reason: "there is nothing to count" };
}
