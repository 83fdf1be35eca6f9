// The figures of a segmentation's test set, each with its interval.
import { accuracy, balancedAccuracy, dice, precision, recall, specificity } from "../metrics/classification.ts";
import type { Confusion } from "../metrics/classification.ts";
import { bootstrap } from "../metrics/intervals.ts";
import type { Measure } from "../metrics/measure.ts";
import {
  foregroundConfusion,
  meanDiceWithForeground,
  meanOfForeground,
  meanOfImages,
  pooledConfusion,
} from "../metrics/segmentation.ts";
import { bootstrapMethod, figure, sharesGroups } from "./figure.ts";
import type { ClassFigures, Figure, Metrics } from "./figure.ts";

/** What the network said about the voxels of the test set's images. */
export interface MaskPredictions {
  /** The voxel confusion of each image (`maskConfusion`): background first. At least one image. */
  readonly confusions: readonly Confusion[];
  /** Each image's group; null when images are independent. */
  readonly groups: readonly string[] | null;
  /** What each image counts; all the same when left out. */
  readonly weights?: Float32Array;
  /** The area under the ROC curve of the voxels, when the caller has kept their probabilities. */
  readonly rocAuc?: Figure;
}

/** What the test set says about the masks. */
export interface MaskFigures {
  readonly metrics: Metrics;
  /** Figures of each foreground class, all voxels pooled; empty when there is only one. */
  readonly perClass: readonly ClassFigures[];
}

/** @param classes names of the foreground classes */
export function maskFigures(
  classes: readonly string[],
  { confusions, groups, rocAuc, weights }: MaskPredictions,
  seed: number,
): MaskFigures {
  const measures = {
    accuracy,
    balancedAccuracy,
    recall: (confusion: Confusion) => meanOfForeground(recall, confusion),
    specificity: (confusion: Confusion) => meanOfForeground(specificity, confusion),
    precision: (confusion: Confusion) => meanOfForeground(precision, confusion),
    f1: (confusion: Confusion) => meanOfForeground(dice, confusion),
  };
  const names = Object.keys(measures) as (keyof typeof measures)[];
  const grouped = sharesGroups(groups);
  const pooled = pooledConfusion(confusions, weights);
  const diceOfImages = confusions.map((confusion) => meanDiceWithForeground([confusion]));
  const resampled = bootstrap(
    confusions.length,
    (drawn) => {
      const images = Array.from(drawn, (i) => confusions[i]);
      const drawnWeights = weights ? Float32Array.from(drawn, (i) => weights[i]) : undefined;
      const voxels = pooledConfusion(images, drawnWeights);
      const meanDice = meanOfImages(
        Array.from(drawn, (i) => diceOfImages[i]),
        drawnWeights,
      );
      return [...names.map((name) => measures[name](voxels).value), meanDice.value];
    },
    { seed, groups: grouped ? groups : null },
  );
  const weighted = weights ? ", images by their weights" : "";
  const averaged = (classes.length > 1 ? ", mean over the foreground classes" : "") + weighted;
  const figureOf = (name: keyof typeof measures, what: string): Figure =>
    figure(measures[name](pooled), resampled[names.indexOf(name)], bootstrapMethod(what, grouped, seed));
  const mean = meanDiceWithForeground(confusions, weights);
  return {
    metrics: {
      accuracy: figureOf("accuracy", `part of all voxels whose class is right, background included${weighted}`),
      balancedAccuracy: figureOf(
        "balancedAccuracy",
        `mean of the recalls of all classes, all voxels pooled${weighted}`,
      ),
      recall: figureOf("recall", `TP / (TP + FN), all voxels pooled${averaged}`),
      specificity: figureOf("specificity", `TN / (TN + FP), all voxels pooled${averaged}`),
      precision: figureOf("precision", `TP / (TP + FP), all voxels pooled${averaged}`),
      dice: figure(
        mean,
        resampled[names.length],
        bootstrapMethod(
          `mean Dice over the ${mean.counted} images with foreground in the truth (${mean.undefined} without are left out)${averaged}`,
          grouped,
          seed,
        ),
      ),
      f1: figureOf("f1", `2 TP / (2 TP + FP + FN), all voxels pooled${averaged}`),
      rocAuc: rocAuc ?? {
        value: null,
        interval: null,
        method: "area under the ROC curve of the voxels",
        reason: "the probabilities of all voxels are not kept",
      },
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
    perClass: classes.length > 1 ? classes.map((name, k) => classFigures(name, pooled, k + 1)) : [],
  };
}

function classFigures(name: string, pooled: Confusion, k: number): ClassFigures {
  const of = (measure: (confusion: Confusion, positive: number) => Measure) => measure(pooled, k);
  return {
    class: name,
    recall: of(recall),
    specificity: of(specificity),
    precision: of(precision),
    dice: of(dice),
  };
}
