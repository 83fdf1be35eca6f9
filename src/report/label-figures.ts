// The figures of a classification's test set, each with its interval.
import {
  accuracy,
  balancedAccuracy,
  classCounts,
  confusionMatrix,
  dice,
  likeliestClasses,
  macro,
  precision,
  recall,
  specificity,
} from "../metrics/classification.ts";
import type { ClassMeasure, Confusion } from "../metrics/classification.ts";
import { macroRocAuc, rocAuc, rocCurve } from "../metrics/curves.ts";
import { bootstrap, delong, wilson } from "../metrics/intervals.ts";
import type { Interval } from "../metrics/intervals.ts";
import type { Measure } from "../metrics/measure.ts";
import { resampledRocAuc } from "../metrics/resampling.ts";
import { bootstrapMethod, figure, sharesGroups } from "./figure.ts";
import type { ClassFigures, Figure, Metrics, RocPoints } from "./figure.ts";

/** What the network said about the test set's images. */
export interface LabelPredictions {
  /** Class index of each image. */
  readonly truth: Int32Array;
  /** (images, classes), row-major. */
  readonly probabilities: Float32Array;
  /** Each image's group; null when images are independent. */
  readonly groups: readonly string[] | null;
  /** What each image counts; all the same when left out. */
  readonly weights?: Float32Array;
}

/** What the test set says about the classes. */
export interface LabelFigures {
  readonly metrics: Metrics;
  /** Figures of each class against the rest; empty for two classes, where `metrics` are those of the second. */
  readonly perClass: readonly ClassFigures[];
  /** For two classes the curve of the second; for more, of each against the rest; classes without a curve left out. */
  readonly roc: readonly RocPoints[];
}

/** @throws RangeError when labels or probabilities do not fit the classes. */
export function labelFigures(
  classes: readonly string[],
  { truth, probabilities, groups, weights }: LabelPredictions,
  seed: number,
): LabelFigures {
  const count = classes.length;
  const predicted = likeliestClasses(probabilities, count);
  const confusion = confusionMatrix(truth, predicted, count, weights);
  const scoresOf = (k: number) => Float64Array.from(truth, (_, i) => probabilities[i * count + k]);
  const truthOf = (k: number) => Uint8Array.from(truth, (label) => (label === k ? 1 : 0));
  const binary = count === 2;
  const grouped = sharesGroups(groups);

  const measures = {
    accuracy,
    recall: averaged(recall, binary),
    specificity: averaged(specificity, binary),
    precision: averaged(precision, binary),
    dice: averaged(dice, binary),
    balancedAccuracy,
  };
  const names = Object.keys(measures) as (keyof typeof measures)[];

  // One set of resamples gives the intervals of all figures.
  const areas = classes.map((_, k) => (binary && k === 0 ? null : resampledRocAuc(truthOf(k), scoresOf(k), weights)));
  const cells = Int32Array.from(truth, (label, i) => label * count + predicted[i]);
  const resampled = bootstrap(
    truth.length,
    (drawn) => {
      const counted = countedCells(cells, drawn, count, weights);
      return [...names.map((name) => measures[name](counted).value), meanArea(areas, drawn)];
    },
    { seed, groups: grouped ? groups : null },
  );

  // Wilson's and DeLong's intervals are of images that count alike.
  const isPlain = !grouped && !weights;
  const weighted = weights ? ", images by their weights" : "";
  const spoken = binary ? `of class "${classes[1]}"` : "mean over the classes";
  const figureOf = (name: keyof typeof measures, what: string, share: Interval | null): Figure => {
    const measure = named(measures[name](confusion), classes);
    return share && isPlain
      ? figure(measure, share, `${what}; 95 % Wilson score interval`)
      : figure(measure, resampled[names.indexOf(name)], bootstrapMethod(what + weighted, grouped, seed));
  };
  const shares = isPlain ? sharesOf(confusion, 1) : null;
  const correct = confusion.reduce((sum, row, k) => sum + row[k], 0);
  const diceFigure = figureOf("dice", `2 TP / (2 TP + FP + FN), ${spoken}`, null);
  return {
    metrics: {
      accuracy: figureOf(
        "accuracy",
        "part of the images whose class is right",
        isPlain ? wilson(correct, truth.length) : null,
      ),
      balancedAccuracy: figureOf("balancedAccuracy", "mean of the recalls of all classes", null),
      recall: figureOf("recall", `TP / (TP + FN), ${spoken}`, binary && shares ? shares.recall : null),
      specificity: figureOf("specificity", `TN / (TN + FP), ${spoken}`, binary && shares ? shares.specificity : null),
      precision: figureOf("precision", `TP / (TP + FP), ${spoken}`, binary && shares ? shares.precision : null),
      dice: diceFigure,
      f1: diceFigure,
      rocAuc: areaFigure(),
      confusion: {
        value: confusion,
        interval: null,
        method: `${weights ? "sums of the images' weights" : "images"} by class; rows: truth, columns: the likeliest class, the first of equals`,
      },
    },
    perClass: binary ? [] : classes.map((name, k) => classFigures(confusion, name, k)),
    roc: classes.flatMap((name, k) => {
      if (binary && k === 0) return [];
      const curve = rocCurve(truthOf(k), scoresOf(k), weights);
      if (!curve) return [];
      return [{ class: name, falsePositiveRate: curve.falsePositiveRate, truePositiveRate: curve.truePositiveRate }];
    }),
  };

  function areaFigure(): Figure {
    if (binary && isPlain)
      return figure(
        rocAuc(truthOf(1), scoresOf(1)),
        delong(truthOf(1), scoresOf(1)),
        `area under the ROC curve ${spoken}; 95 % DeLong interval`,
      );
    const area = binary ? rocAuc(truthOf(1), scoresOf(1), weights) : macroRocAuc(truth, probabilities, count, weights);
    const what = binary
      ? `area under the ROC curve ${spoken}`
      : "area under the ROC curve, mean over the classes, each against the rest";
    return figure(named(area, classes), resampled[names.length], bootstrapMethod(what + weighted, grouped, seed));
  }
}

/** Of class 1 for two classes; the mean over the classes for more. */
function averaged(measure: ClassMeasure, binary: boolean): (confusion: Confusion) => Measure {
  return (confusion) => (binary ? measure(confusion, 1) : macro(measure, confusion));
}

function meanArea(areas: readonly (((drawn: Int32Array) => number | null) | null)[], drawn: Int32Array) {
  let sum = 0;
  let counted = 0;
  for (const area of areas) {
    if (!area) continue;
    const value = area(drawn);
    if (value === null) return null;
    sum += value;
    counted++;
  }
  return sum / counted;
}

function countedCells(cells: Int32Array, drawn: Int32Array, count: number, weights?: Float32Array): Confusion {
  const counted = new Float64Array(count * count);
  for (const i of drawn) counted[cells[i]] += weights ? weights[i] : 1;
  return Array.from({ length: count }, (_, k) => [...counted.subarray(k * count, (k + 1) * count)]);
}

/** Wilson's intervals of the figures of one class that are shares of a count of images. */
function sharesOf(confusion: Confusion, k: number): Record<"recall" | "specificity" | "precision", Interval> {
  const { truePositives, falsePositives, falseNegatives, trueNegatives } = classCounts(confusion, k);
  return {
    recall: wilson(truePositives, truePositives + falseNegatives),
    specificity: wilson(trueNegatives, trueNegatives + falsePositives),
    precision: wilson(truePositives, truePositives + falsePositives),
  };
}

function classFigures(confusion: Confusion, name: string, k: number): ClassFigures {
  return {
    class: name,
    recall: recall(confusion, k),
    specificity: specificity(confusion, k),
    precision: precision(confusion, k),
    dice: dice(confusion, k),
  };
}

/** A reason that names the class, where the metrics know its index only. */
function named(measure: Measure, classes: readonly string[]): Measure {
  if (measure.reason === undefined) return measure;
  return {
    value: measure.value,
    reason: measure.reason.replace(/^class (\d+)/, (_, k: string) => `class "${classes[Number(k)]}"`),
  };
}
