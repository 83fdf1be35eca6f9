// Masks against masks: figures of each image, their means over images, and figures of all voxels together.
import {
  accuracy,
  classCounts,
  confusionMatrix,
  dice,
  jaccard,
  precision,
  recall,
  specificity,
} from "./classification.ts";
import type { ClassMeasure, Confusion } from "./classification.ts";
import { checkSameLength, ratio } from "./measure.ts";
import type { Measure } from "./measure.ts";
import { checkWeights } from "./weighted-ranks.ts";

/** Figures of one foreground class, or their means over the foreground classes. */
export interface MaskFigures {
  readonly dice: Measure;
  readonly jaccard: Measure;
  readonly recall: Measure;
  readonly precision: Measure;
  readonly specificity: Measure;
  readonly volumeSimilarity: Measure;
}

/** Figures of the mask of one image. */
export interface MaskScores {
  /** The part of the voxels whose class is right, background included. */
  readonly accuracy: Measure;
  /** Foreground classes in order: perClass[0] is mask value 1. */
  readonly perClass: readonly MaskFigures[];
  /** The means over the foreground classes for which they are defined. */
  readonly mean: MaskFigures;
}

/** The mean of figures of images, and how many had none. */
export interface MeanOfImages extends Measure {
  /** Images whose figure is defined: those the mean is over. */
  readonly counted: number;
  /** Images left out: their figure is undefined. */
  readonly undefined: number;
}

/**
 * The voxel confusion of one image: background first, then the foreground classes.
 *
 * @param truth class index of each voxel, 0 = background, k = k-th foreground class
 * @param predicted the same of the prediction
 * @param foregroundClasses how many there are
 * @throws RangeError when the lengths differ or an index is out of range
 */
export function maskConfusion(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  foregroundClasses = 1,
): number[][] {
  return confusionMatrix(truth, predicted, foregroundClasses + 1);
}

/**
 * Figures of one image from its voxel confusion. A class that neither mask has is null with a reason and left out of
 * the mean; an empty truth with a non-empty prediction scores Dice 0 and counts.
 *
 * @example
 * ```ts
 * import { maskConfusion, maskScores } from "voxgrad";
 *
 * console.log(maskScores(maskConfusion([0, 1, 1, 0], [0, 1, 0, 0])).mean.dice.value); // 2 of 3
 * ```
 */
export function maskScores(confusion: Confusion): MaskScores {
  const perClass = Array.from({ length: confusion.length - 1 }, (_, k) => ({
    dice: dice(confusion, k + 1),
    jaccard: jaccard(confusion, k + 1),
    recall: recall(confusion, k + 1),
    precision: precision(confusion, k + 1),
    specificity: specificity(confusion, k + 1),
    volumeSimilarity: volumeSimilarity(confusion, k + 1),
  }));
  return {
    accuracy: accuracy(confusion),
    perClass,
    mean: {
      dice: meanOfForeground(dice, confusion),
      jaccard: meanOfForeground(jaccard, confusion),
      recall: meanOfForeground(recall, confusion),
      precision: meanOfForeground(precision, confusion),
      specificity: meanOfForeground(specificity, confusion),
      volumeSimilarity: meanOfForeground(volumeSimilarity, confusion),
    },
  };
}

/**
 * `1 - |predicted volume - true volume| / (predicted volume + true volume)` (Taha & Hanbury 2015): 1 for volumes of the same
 * size, wherever they lie. Null with a reason when both are empty.
 */
export const volumeSimilarity: ClassMeasure = (confusion, positive = 1) => {
  const { truePositives, falsePositives, falseNegatives } = classCounts(confusion, positive);
  const both = 2 * truePositives + falsePositives + falseNegatives;
  return ratio(
    both - Math.abs(falsePositives - falseNegatives),
    both,
    "neither the truth nor the prediction has the class",
  );
};

/**
 * The mean of the figures that are defined, with the counts of those that are and are not.
 *
 * @param weights what each counts, finite and at least 0; all count 1 when left out
 * @example
 * ```ts
 * import { meanOfImages } from "voxgrad";
 *
 * const dice = [{ value: 0.5 }, { value: 1 }, { value: null, reason: "both masks are empty" }];
 * console.log(meanOfImages(dice)); // { value: 0.75, counted: 2, undefined: 1 }
 * ```
 */
export function meanOfImages(measures: readonly Measure[], weights?: ArrayLike<number>): MeanOfImages {
  if (weights) checkWeights(measures.length, weights);
  let sum = 0;
  let weight = 0;
  let counted = 0;
  measures.forEach(({ value }, i) => {
    if (value === null) return;
    const own = weights ? weights[i] : 1;
    sum += own * value;
    weight += own;
    counted++;
  });
  const left = { counted, undefined: measures.length - counted };
  if (weight > 0) return { value: sum / weight, ...left };
  if (counted > 0) return { value: null, reason: "no image that has it has a weight", ...left };
  return { value: null, reason: measures[0]?.reason ?? "there is no image", ...left };
}

/** True when the truth of the image has a foreground voxel. */
export function hasForeground(confusion: Confusion): boolean {
  return confusion.slice(1).some((row) => row.some((count) => count > 0));
}

/**
 * Mean Dice over the images with foreground in the truth, foreground classes averaged within an image. The images
 * without are the `undefined` ones: whether they were left empty is what `foregroundConfusion` tells.
 *
 * @param confusions of each image, from `maskConfusion`
 * @param weights what each image counts; all count 1 when left out
 */
export function meanDiceWithForeground(confusions: readonly Confusion[], weights?: ArrayLike<number>): MeanOfImages {
  return meanOfImages(
    confusions.map((confusion) =>
      hasForeground(confusion)
        ? maskScores(confusion).mean.dice
        : { value: null, reason: "no image has foreground in the truth" },
    ),
    weights,
  );
}

/** The mean over the foreground classes of a figure of an image or of pooled voxels; classes without it are left out. */
export function meanOfForeground(measure: ClassMeasure, confusion: Confusion): Measure {
  const { value, reason } = meanOfImages(confusion.slice(1).map((_, k) => measure(confusion, k + 1)));
  return value === null ? { value, reason } : { value };
}

/**
 * The voxels of all images in one confusion matrix.
 *
 * @param confusions of each image, of the same classes; at least one
 * @param weights what each voxel of an image counts; all count 1 when left out
 */
export function pooledConfusion(confusions: readonly Confusion[], weights?: ArrayLike<number>): number[][] {
  if (weights) checkSameLength("weights", confusions.length, weights.length);
  return confusions[0].map((row, t) =>
    row.map((_, p) => confusions.reduce((sum, confusion, i) => sum + (weights ? weights[i] : 1) * confusion[t][p], 0)),
  );
}

/**
 * Images by whether truth (rows) and prediction (columns) contain foreground: [[neither, only predicted], [missed, found]];
 * sums of their weights where there are some.
 */
export function foregroundConfusion(confusions: readonly Confusion[], weights?: ArrayLike<number>): number[][] {
  const predictsForeground = (confusion: Confusion) => confusion.some((row) => row.slice(1).some((count) => count > 0));
  return confusionMatrix(
    confusions.map((confusion) => Number(hasForeground(confusion))),
    confusions.map((confusion) => Number(predictsForeground(confusion))),
    2,
    weights,
  );
}
