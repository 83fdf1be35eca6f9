// What needs no network: the figures, on the test set, of answers that anybody could give.
import { accuracy, balancedAccuracy, confusionMatrix } from "../metrics/classification.ts";
import type { Confusion } from "../metrics/classification.ts";
import { macroRocAuc, rocAuc } from "../metrics/curves.ts";
import { brier } from "../metrics/probability-scores.ts";
import type { LabelPredictions } from "./label-figures.ts";

/** Null where a figure is undefined, or nothing that the baseline could have. */
export interface Baseline {
  readonly name: string;
  readonly accuracy: number;
  readonly balancedAccuracy: number | null;
  readonly rocAuc: number | null;
  readonly brier?: number | null;
}

/**
 * The training set's commonest class, its shares of the classes as probabilities, and the mean intensity of an image, which
 * is of the class whose training images' mean is nearest.
 *
 * @param trainCounts training images of each class
 */
export function labelBaselines(
  classes: readonly string[],
  { truth, weights, intensity }: LabelPredictions,
  trainCounts: readonly number[],
): Baseline[] {
  const count = classes.length;
  const commonest = trainCounts.indexOf(Math.max(...trainCounts));
  const all = trainCounts.reduce((sum, images) => sum + images, 0);
  const decided = (predicted: ArrayLike<number>) => {
    const confusion = confusionMatrix(truth, predicted, count, weights);
    return { accuracy: accuracy(confusion).value ?? 0, balancedAccuracy: balancedAccuracy(confusion).value };
  };
  const constant = decided(truth.map(() => commonest));
  const shares = Float64Array.from({ length: truth.length * count }, (_, i) => trainCounts[i % count] / all);
  const guessing = areaOf(shares);
  const baselines: Baseline[] = [
    { name: `always answering "${classes[commonest]}"`, ...constant, rocAuc: guessing },
    {
      name: "the training set's shares of the classes",
      ...constant,
      rocAuc: guessing,
      brier: all > 0 ? brier(truth, shares, count, weights).value : null,
    },
  ];
  if (!intensity?.means.every(Number.isFinite)) return baselines;
  const { test, means } = intensity;
  const nearness = Float64Array.from(
    { length: truth.length * count },
    (_, i) => -Math.abs(test[Math.floor(i / count)] - means[i % count]),
  );
  const nearest = truth.map((_, i) => {
    let best = 0;
    for (let k = 1; k < count; k++) if (nearness[i * count + k] > nearness[i * count + best]) best = k;
    return best;
  });
  // Of two classes the intensity itself ranks the images, brighter or darker first as the training images have it.
  const area = count === 2 ? areaOf(test.map((value) => (means[1] < means[0] ? -value : value))) : areaOf(nearness);
  return [...baselines, { name: "the mean intensity of the image", ...decided(nearest), rocAuc: area }];

  function areaOf(scores: Float64Array): number | null {
    if (count > 2) return macroRocAuc(truth, scores, count, weights).value;
    const ofSecond = scores.length === truth.length ? scores : scores.filter((_, i) => i % 2 === 1);
    return rocAuc(truth, ofSecond, weights).value;
  }
}

/** Calling every voxel background. @param pooled the voxels of all images, background first */
export function maskBaselines(pooled: Confusion): Baseline[] {
  const confusion = pooled.map((row) => row.map((_, p) => (p === 0 ? row.reduce((sum, cell) => sum + cell, 0) : 0)));
  return [
    {
      name: "calling every voxel background",
      accuracy: accuracy(confusion).value ?? 0,
      balancedAccuracy: balancedAccuracy(confusion).value,
      rocAuc: null,
    },
  ];
}
