// Masks against masks: figures of each image, their means over images, and figures of all voxels together.
import { accuracy, confusionMatrix, dice, jaccard, precision, recall, specificity } from "./classification.ts";
import type { ClassMeasure, Confusion } from "./classification.ts";
import type { Measure } from "./measure.ts";

/** Figures of one foreground class, or their means over the foreground classes. */
export interface MaskFigures {
  readonly dice: Measure;
  readonly jaccard: Measure;
  readonly recall: Measure;
  readonly precision: Measure;
  readonly specificity: Measure;
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
    },
  };
}

/**
 * The mean of the figures that are defined, with the counts of those that are and are not.
 *
 * @example
 * ```ts
 * import { meanOfImages } from "voxgrad";
 *
 * const dice = [{ value: 0.5 }, { value: 1 }, { value: null, reason: "both masks are empty" }];
 * console.log(meanOfImages(dice)); // { value: 0.75, counted: 2, undefined: 1 }
 * ```
 */
export function meanOfImages(measures: readonly Measure[]): MeanOfImages {
  let sum = 0;
  let counted = 0;
  for (const { value } of measures) {
    if (value === null) continue;
    sum += value;
    counted++;
  }
  const left = { counted, undefined: measures.length - counted };
  if (counted > 0) return { value: sum / counted, ...left };
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
 */
export function meanDiceWithForeground(confusions: readonly Confusion[]): MeanOfImages {
  return meanOfImages(
    confusions.map((confusion) =>
      hasForeground(confusion)
        ? maskScores(confusion).mean.dice
        : { value: null, reason: "no image has foreground in the truth" },
    ),
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
 */
export function pooledConfusion(confusions: readonly Confusion[]): number[][] {
  return confusions[0].map((row, t) =>
    row.map((_, p) => confusions.reduce((sum, confusion) => sum + confusion[t][p], 0)),
  );
}

/** Images by whether truth (rows) and prediction (columns) contain foreground: [[neither, only predicted], [missed, found]]. */
export function foregroundConfusion(confusions: readonly Confusion[]): number[][] {
  const predictsForeground = (confusion: Confusion) => confusion.some((row) => row.slice(1).some((count) => count > 0));
  return confusionMatrix(
    confusions.map((confusion) => Number(hasForeground(confusion))),
    confusions.map((confusion) => Number(predictsForeground(confusion))),
    2,
  );
}
