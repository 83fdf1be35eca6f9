// The figures of a classification's test set, each with its interval.
import { kappa, matthews } from "../metrics/agreement.ts";
import { accuracy, balancedAccuracy, confusionMatrix, likeliestClasses, macro } from "../metrics/classification.ts";
import { macroRocAuc, rocAuc } from "../metrics/curves.ts";
import { delong, wilson } from "../metrics/intervals.ts";
import type { Interval } from "../metrics/intervals.ts";
import type { Measure } from "../metrics/measure.ts";
import { averagePrecision } from "../metrics/precision-recall.ts";
import { brier, expectedCalibrationError, logLoss } from "../metrics/probability-scores.ts";
import type { ClassName } from "../metrics/resampled-cells.ts";
import { averagesOf, classFigures, classMeasures, sharesOf } from "./class-figures.ts";
import { bootstrapMethod, figure, sharesGroups } from "./figure.ts";
import type { Averages, ClassFigures, Figure, Metrics } from "./figure.ts";
import { labelCurves } from "./label-curves.ts";
import type { Curves } from "./label-curves.ts";
import { labelIntervals } from "./label-intervals.ts";

/** What the network said about the test set's images. */
export interface LabelPredictions {
  /** Class index of each image. */
  readonly truth: Int32Array;
  /** (images, classes), row-major; calibrated where the model has a temperature. */
  readonly probabilities: Float32Array;
  /** The same before they were calibrated. */
  readonly uncalibrated?: Float32Array;
  /** Of two classes: an image is of the second from this probability on. Null or left out: the likeliest class. */
  readonly threshold?: number | null;
  /** Each image's group; null when images are independent. */
  readonly groups: readonly string[] | null;
  /** What each image counts; all the same when left out. */
  readonly weights?: Float32Array;
  /** The mean intensity of each image, and of the training images of each class: the figures of a baseline. */
  readonly intensity?: { readonly test: Float64Array; readonly means: readonly number[] };
}

/** How good the probabilities are as such. */
export interface ProbabilityFigures {
  readonly brier: Measure;
  readonly logLoss: Measure;
  readonly expectedCalibrationError: Measure;
}

/** What the test set says about the classes. */
export interface LabelFigures {
  readonly metrics: Metrics;
  /** Figures of each class against the rest. */
  readonly perClass: readonly ClassFigures[];
  readonly averages: Averages;
  readonly curves: Curves;
  /** Figures of the probabilities before calibration, where they were calibrated. */
  readonly uncalibrated?: ProbabilityFigures;
}

/** The decision about each image. */
export function decisionsOf(
  { probabilities, threshold }: Pick<LabelPredictions, "probabilities" | "threshold">,
  classes: number,
): Int32Array {
  if (threshold === null || threshold === undefined || classes !== 2) return likeliestClasses(probabilities, classes);
  return Int32Array.from({ length: probabilities.length / 2 }, (_, i) =>
    probabilities[2 * i + 1] >= threshold ? 1 : 0,
  );
}

/** @throws RangeError when labels or probabilities do not fit the classes. */
export function labelFigures(classes: readonly string[], predictions: LabelPredictions, seed: number): LabelFigures {
  const { truth, probabilities, uncalibrated, threshold, groups, weights } = predictions;
  const count = classes.length;
  const predicted = decisionsOf(predictions, count);
  const confusion = confusionMatrix(truth, predicted, count, weights);
  const scoresOf = (k: number) => Float64Array.from(truth, (_, i) => probabilities[i * count + k]);
  const truthOf = (k: number) => Uint8Array.from(truth, (label) => (label === k ? 1 : 0));
  const binary = count === 2;
  const grouped = sharesGroups(groups);
  const images = { truth, predicted, probabilities, classes: count, weights };
  const intervals = labelIntervals(images, grouped ? groups : null, seed);
  // Wilson's and DeLong's intervals are of images that count alike.
  const isPlain = !grouped && !weights;
  const weighted = weights ? ", images by their weights" : "";
  const spoken = binary ? `of class "${classes[1]}"` : "mean over the classes";
  const drawn = (measure: Measure, interval: Interval, what: string, kind?: string): Figure =>
    figure(named(measure, classes), interval, bootstrapMethod(what + weighted, intervals.drawn, kind));
  const shares = isPlain && binary ? sharesOf(confusion, 1) : {};
  const counted = (measure: Measure, interval: Interval, what: string) =>
    drawn(measure, interval, what, "smoothed BCa bootstrap");
  const ofClass = (name: ClassName, what: string): Figure => {
    const measure = classMeasures[name];
    if (!binary) return counted(macro(measure, confusion), intervals.ofMean(name, "macro"), `${what}, ${spoken}`);
    const share = shares[name];
    const turned = name === "dice" ? " of the Jaccard index, turned" : "";
    if (share) return figure(measure(confusion, 1), share, `${what}, ${spoken}; 95 % Wilson score interval${turned}`);
    return counted(measure(confusion, 1), intervals.ofClass(name, 1), `${what}, ${spoken}`);
  };
  const correct = confusion.reduce((sum, row, k) => sum + row[k], 0);
  const right = "part of the images whose class is right";
  const diceFigure = ofClass("dice", "2 TP / (2 TP + FP + FN)");
  const isDecided = binary && threshold !== null && threshold !== undefined;
  const columns = isDecided ? `"${classes[1]}" from a probability of ${threshold} on` : "the likeliest class, the first of equals"; // prettier-ignore
  const curves = labelCurves(classes, truthOf, scoresOf, weights);
  return {
    metrics: {
      accuracy: isPlain
        ? figure(accuracy(confusion), wilson(correct, truth.length), `${right}; 95 % Wilson score interval`)
        : counted(accuracy(confusion), intervals.ofWhole("accuracy"), right),
      balancedAccuracy: counted(
        balancedAccuracy(confusion),
        intervals.ofWhole("balancedAccuracy"),
        "mean of the recalls of all classes",
      ),
      recall: ofClass("recall", "TP / (TP + FN)"),
      specificity: ofClass("specificity", "TN / (TN + FP)"),
      precision: ofClass("precision", "TP / (TP + FP)"),
      negativePredictiveValue: ofClass("negativePredictiveValue", "TN / (TN + FN)"),
      dice: diceFigure,
      f1: diceFigure,
      jaccard: ofClass("jaccard", "TP / (TP + FP + FN)"),
      matthews: counted(matthews(confusion), intervals.ofWhole("matthews"), "Matthews correlation coefficient"),
      kappa: counted(kappa(confusion), intervals.ofWhole("kappa"), "Cohen's kappa"),
      rocAuc: areaFigure(),
      averagePrecision: precisionFigure(),
      ...probabilityFigures(),
      confusion: {
        value: confusion,
        interval: null,
        method: `${weights ? "sums of the images' weights" : "images"} by class; rows: truth, columns: ${columns}`,
      },
    },
    perClass: classes.map((name, k) =>
      classFigures(name, k, { confusion, truthOf, scoresOf, weights, intervals, isPlain }),
    ),
    averages: averagesOf(confusion, intervals, (measure) => named(measure, classes)),
    curves,
    ...(uncalibrated ? { uncalibrated: probabilityMeasures(uncalibrated) } : {}),
  };

  function areaFigure(): Figure {
    if (!binary)
      return drawn(
        macroRocAuc(truth, probabilities, count, weights),
        intervals.ofCurves("rocAuc"),
        "area under the ROC curve, mean over the classes, each against the rest",
      );
    const what = `area under the ROC curve ${spoken}`;
    const area = rocAuc(truthOf(1), scoresOf(1), weights);
    return isPlain
      ? figure(area, delong(truthOf(1), scoresOf(1), "logit"), `${what}; 95 % DeLong interval on the logit scale`)
      : drawn(area, intervals.ofCurve("rocAuc", 1), what);
  }

  function precisionFigure(): Figure {
    const what = "average precision, the area under the precision-recall curve by steps";
    const of = (k: number) => averagePrecision(truthOf(k), scoresOf(k), weights);
    if (binary) return drawn(of(1), intervals.ofCurve("averagePrecision", 1), `${what}, ${spoken}`);
    const missing = classes.findIndex((_, k) => of(k).value === null);
    const mean = classes.reduce((sum, _, k) => sum + (of(k).value ?? 0), 0) / count;
    const measure = missing < 0 ? { value: mean } : { value: null, reason: `class ${missing}: ${of(missing).reason}` };
    return drawn(measure, intervals.ofCurves("averagePrecision"), `${what}, ${spoken}, each against the rest`);
  }

  function probabilityMeasures(values: Float32Array): ProbabilityFigures {
    return {
      brier: brier(truth, values, count, weights),
      logLoss: logLoss(truth, values, count, weights),
      expectedCalibrationError: expectedCalibrationError(truth, values, count, weights),
    };
  }

  function probabilityFigures(): Record<keyof ProbabilityFigures, Figure> {
    const measures = probabilityMeasures(probabilities);
    const calibrated = uncalibrated ? ", after calibration" : "";
    const squares = binary ? `squared error of the probability ${spoken}` : "squared errors of the probabilities, summed over the classes"; // prettier-ignore
    const event = binary ? `probability ${spoken}` : "probability of the likeliest class";
    return {
      brier: drawn(measures.brier, intervals.ofScores("brier"), `Brier score, the mean ${squares}${calibrated}`),
      logLoss: drawn(
        measures.logLoss,
        intervals.ofScores("logLoss"),
        `mean of -ln p(truth), probabilities held to 1e-7 to 1 - 1e-7${calibrated}`,
        "studentized bootstrap on the log scale",
      ),
      expectedCalibrationError: drawn(
        measures.expectedCalibrationError,
        intervals.ofScores("expectedCalibrationError"),
        `expected calibration error, ten bins of equal width of the ${event}${calibrated}`,
        "bootstrap test, inverted",
      ),
    };
  }
}

/** A reason that names the class, where the metrics know its index only. */
function named(measure: Measure, classes: readonly string[]): Measure {
  if (measure.reason === undefined) return measure;
  return {
    value: measure.value,
    reason: measure.reason.replace(/^class (\d+)/, (_, k: string) => `class "${classes[Number(k)]}"`),
  };
}
