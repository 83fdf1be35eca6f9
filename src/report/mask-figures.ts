// The figures of a segmentation's test set, each with its interval.
import { kappa, matthews } from "../metrics/agreement.ts";
import { accuracy, balancedAccuracy } from "../metrics/classification.ts";
import type { Confusion } from "../metrics/classification.ts";
import type { ClassName } from "../metrics/resampled-cells.ts";
import {
  foregroundConfusion,
  meanDiceWithForeground,
  meanOfForeground,
  meanOfImages,
  pooledConfusion,
} from "../metrics/segmentation.ts";
import type { SurfaceDistances } from "../metrics/surface.ts";
import type { VoxelSums } from "../metrics/voxel-scores.ts";
import { averagesOf, classMeasures } from "./class-figures.ts";
import { bootstrapMethod, figure, sharesGroups, withInterval } from "./figure.ts";
import type { Averages, ClassFigures, Figure, ImagesFigure, Metrics } from "./figure.ts";
import type { ProbabilityFigures } from "./label-figures.ts";
import { imageMeasures, perImageFigures } from "./mask-images.ts";
import type { ImageMaskFigures, imageNames } from "./mask-images.ts";
import { maskIntervals } from "./mask-intervals.ts";
import { fewMasksClause, maskSizes } from "./mask-sizes.ts";
import type { MaskSizes } from "./mask-sizes.ts";
import { unkept, voxelFigures, voxelMeasures } from "./voxel-figures.ts";

/** What the network said about the voxels of the test set's images. */
export interface MaskPredictions {
  /** The voxel confusion of each image (`maskConfusion`): background first. At least one image. */
  readonly confusions: readonly Confusion[];
  /** How far the surfaces of each image's masks are apart (`maskSurfaces`). */
  readonly surfaces?: readonly SurfaceDistances[];
  /** What these distances count: "millimetres", "voxels". */
  readonly surfaceUnit?: string;
  /** Each image's group; null when images are independent. */
  readonly groups: readonly string[] | null;
  /** What each image counts; all the same when left out. */
  readonly weights?: Float32Array;
  /** How good the probabilities of each image's voxels are, and how good they were before they were calibrated. */
  readonly scores?: readonly VoxelSums[];
  readonly uncalibratedScores?: readonly VoxelSums[];
  /** The area under the ROC curve of the voxels, when the caller has kept their probabilities. */
  readonly rocAuc?: Figure;
}

/** What the test set says about the masks. */
export interface MaskFigures {
  readonly metrics: Metrics;
  /** Figures of each foreground class, all voxels pooled. */
  readonly perClass: readonly ClassFigures[];
  /** Over the foreground classes, all voxels pooled; null where there is only one. */
  readonly averages: Averages | null;
  readonly perImage: readonly ImageMaskFigures[];
  readonly maskSizes: MaskSizes;
  /** Figures of the probabilities before calibration, where they were calibrated. */
  readonly uncalibrated?: ProbabilityFigures;
}

/** @param classes names of the foreground classes */
export function maskFigures(
  classes: readonly string[],
  {
    confusions,
    surfaces,
    surfaceUnit = "voxels",
    groups,
    rocAuc,
    weights,
    scores,
    uncalibratedScores,
  }: MaskPredictions,
  seed: number,
): MaskFigures {
  const grouped = sharesGroups(groups);
  const pooled = pooledConfusion(confusions, weights);
  const ofImages = imageMeasures(confusions, surfaces);
  const { drawn, ...intervals } = maskIntervals({ confusions, surfaces, classes: classes.length, weights, scores }, grouped ? groups : null, seed); // prettier-ignore
  const sizes = maskSizes(confusions, weights, grouped ? groups : null);
  const few = fewMasksClause(sizes);
  const weighted = weights ? ", images by their weights" : "";
  const averaged = (classes.length > 1 ? ", mean over the foreground classes" : "") + weighted;
  const unknown = (method: string): Figure => ({ value: null, interval: null, method, reason: unkept });
  const ofClasses = (name: ClassName, what: string): Figure =>
    figure(
      meanOfForeground(classMeasures[name], pooled),
      intervals.ofForeground(name),
      bootstrapMethod(`${what}, all voxels pooled${averaged}${few}`, drawn),
    );
  const ofWhole = (name: "accuracy" | "balancedAccuracy" | "matthews" | "kappa", what: string): Figure =>
    figure(
      { accuracy, balancedAccuracy, matthews, kappa }[name](pooled),
      intervals.ofWhole(name),
      bootstrapMethod(what + weighted + few, drawn),
    );
  const ofEachImage = (name: (typeof imageNames)[number], what: string): ImagesFigure => {
    const mean = meanOfImages(ofImages[name], weights);
    const over = `mean over the ${mean.counted} images that have it (${mean.undefined} are left out)`;
    return {
      ...figure(mean, intervals.ofImages(name), bootstrapMethod(`${what}, ${over}${averaged}`, drawn)), // prettier-ignore
      undefinedImages: mean.undefined,
    };
  };
  const mean = meanDiceWithForeground(confusions, weights);
  const inUnit = `in ${surfaceUnit}`;
  return {
    metrics: {
      accuracy: ofWhole("accuracy", "part of all voxels whose class is right, background included"),
      balancedAccuracy: ofWhole("balancedAccuracy", "mean of the recalls of all classes, all voxels pooled"),
      recall: ofClasses("recall", "TP / (TP + FN)"),
      specificity: ofClasses("specificity", "TN / (TN + FP)"),
      precision: ofClasses("precision", "TP / (TP + FP)"),
      negativePredictiveValue: ofClasses("negativePredictiveValue", "TN / (TN + FN)"),
      dice: figure(
        mean,
        intervals.ofImages("dice"),
        bootstrapMethod(
          `mean Dice over the ${mean.counted} images with foreground in the truth (${mean.undefined} without are left out)${averaged}`,
          drawn,
        ),
      ),
      f1: ofClasses("dice", "2 TP / (2 TP + FP + FN)"),
      jaccard: ofClasses("jaccard", "TP / (TP + FP + FN)"),
      matthews: ofWhole("matthews", "Matthews correlation coefficient, all voxels pooled"),
      kappa: ofWhole("kappa", "Cohen's kappa, all voxels pooled"),
      rocAuc: rocAuc ?? unknown("area under the ROC curve of the voxels"),
      averagePrecision: unknown("average precision of the voxels"),
      ...voxelFigures({ scores, isCalibrated: uncalibratedScores !== undefined, weights, drawn }, (k) =>
        intervals.ofVoxels(k),
      ),
      volumeSimilarity: ofEachImage("volumeSimilarity", "1 - |difference of the volumes| / sum of the volumes"),
      hausdorff: ofEachImage("hausdorff", `Hausdorff distance of the surfaces ${inUnit}`),
      hausdorff95: ofEachImage("hausdorff95", `95th percentile of the distances of the surfaces ${inUnit}`),
      meanSurfaceDistance: ofEachImage("meanSurfaceDistance", `mean distance of the surfaces ${inUnit}`),
      confusion: {
        value: pooled,
        interval: null,
        method: `${weights ? "voxels, by their images' weights," : "voxels"} by class; rows: truth, columns: prediction`,
      },
      containsForeground: {
        value: foregroundConfusion(confusions, weights),
        interval: null,
        method: `${weights ? "sums of the images' weights" : "images"} by whether they contain foreground; rows: truth, columns: prediction`,
      },
    },
    perClass: classes.map((name, k) => classFigures(name, k + 1)),
    averages: classes.length > 1 ? averagesOf(pooled, intervals, (measure) => measure, 1) : null,
    perImage: perImageFigures(confusions, surfaces),
    maskSizes: sizes,
    ...(uncalibratedScores ? { uncalibrated: voxelMeasures(uncalibratedScores, weights) } : {}),
  };

  function classFigures(name: string, k: number): ClassFigures {
    const of = (figureName: ClassName) =>
      withInterval(classMeasures[figureName](pooled, k), intervals.ofClass(figureName, k));
    const overlap = of("dice");
    const none = { value: null, interval: null, reason: unkept };
    return {
      class: name,
      recall: of("recall"),
      specificity: of("specificity"),
      precision: of("precision"),
      negativePredictiveValue: of("negativePredictiveValue"),
      dice: overlap,
      f1: overlap,
      jaccard: of("jaccard"),
      rocAuc: none,
      averagePrecision: none,
    };
  }
}
