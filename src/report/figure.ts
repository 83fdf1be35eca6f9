// The figures of a report: each with its value, how sure it is, and how both were come by.
import type { Confusion } from "../metrics/classification.ts";
import type { Interval } from "../metrics/intervals.ts";
import type { Measure } from "../metrics/measure.ts";
import { count } from "./format.ts";

/** A figure with its 95 % confidence interval. */
export interface Figure {
  /** Null when it is undefined: `reason` says why. */
  readonly value: number | null;
  /** Low and high end; null when there is none: `reason` says why. */
  readonly interval: readonly [number, number] | null;
  /** What the figure is, and how the interval was made. */
  readonly method: string;
  readonly reason?: string;
}

/** counts[truth][predicted], with what is counted. */
export interface ConfusionFigure {
  readonly value: Confusion;
  readonly interval: null;
  readonly method: string;
}

/** The figures of the test set. */
export interface Metrics {
  readonly accuracy: Figure;
  readonly balancedAccuracy: Figure;
  readonly recall: Figure;
  readonly specificity: Figure;
  readonly precision: Figure;
  readonly negativePredictiveValue: Figure;
  readonly f1: Figure;
  readonly dice: Figure;
  readonly jaccard: Figure;
  readonly matthews: Figure;
  readonly kappa: Figure;
  readonly rocAuc: Figure;
  readonly averagePrecision: Figure;
  readonly brier: Figure;
  readonly logLoss: Figure;
  readonly expectedCalibrationError: Figure;
  readonly confusion: ConfusionFigure;
  /** Of masks only: images by whether they contain foreground. */
  readonly containsForeground?: ConfusionFigure;
  /** Of masks only, means over the images that have them. */
  readonly volumeSimilarity?: ImagesFigure;
  readonly hausdorff?: ImagesFigure;
  readonly hausdorff95?: ImagesFigure;
  readonly meanSurfaceDistance?: ImagesFigure;
}

/** A mean over images. */
export interface ImagesFigure extends Figure {
  /** Images left out, for which it is undefined. */
  readonly undefinedImages: number;
}

/** A figure of one class, or an average, with its 95 % interval. */
export interface IntervalMeasure extends Measure {
  /** Null where there is none: `reason` says why, of the value or else of the interval. */
  readonly interval: readonly [number, number] | null;
}

/** One class against all others. */
export interface ClassFigures {
  readonly class: string;
  readonly recall: IntervalMeasure;
  readonly specificity: IntervalMeasure;
  readonly precision: IntervalMeasure;
  readonly negativePredictiveValue: IntervalMeasure;
  readonly dice: IntervalMeasure;
  readonly f1: IntervalMeasure;
  readonly jaccard: IntervalMeasure;
  readonly rocAuc: IntervalMeasure;
  readonly averagePrecision: IntervalMeasure;
}

/** One way to make one figure of those of many classes. */
export type AverageFigures = Readonly<
  Record<"recall" | "specificity" | "precision" | "f1" | "jaccard", IntervalMeasure>
>;

/** Means over the classes: each alike, all decisions together, each by its size. */
export type Averages = Readonly<Record<"macro" | "micro" | "weighted", AverageFigures>>;

/** A ROC curve from (0, 0) to (1, 1). */
export interface RocPoints {
  readonly class: string;
  readonly falsePositiveRate: readonly number[];
  readonly truePositiveRate: readonly number[];
}

/** Puts a figure together; the first thing that is missing gives the reason. */
export function figure(measure: Measure, interval: Interval, method: string): Figure {
  if (measure.value === null) return { value: null, interval: null, method, reason: measure.reason };
  if (interval.interval === null) return { value: measure.value, interval: null, method, reason: interval.reason };
  return { value: measure.value, interval: interval.interval, method };
}

/** The same without a method. */
export function withInterval(measure: Measure, interval: Interval): IntervalMeasure {
  if (measure.value === null) return { value: null, interval: null, reason: measure.reason };
  if (interval.interval === null) return { value: measure.value, interval: null, reason: interval.reason };
  return { value: measure.value, interval: interval.interval };
}

/** What a bootstrap drew. */
export interface Drawn {
  readonly resamples: number;
  readonly grouped: boolean;
  readonly seed: number;
}

/** What the bootstrap drew, for `method`. */
export function bootstrapMethod(what: string, { resamples, grouped, seed }: Drawn, kind = "BCa bootstrap"): string {
  const drawn = grouped ? "whole groups" : "images";
  return `${what}; 95 % ${kind}, ${count(resamples)} resamples of ${drawn}, seed ${seed}`;
}

/** 10,000 where that takes a second or two, else 1,000. @param work images times what is sorted of each */
export function resamplesFor(work: number): number {
  return work <= 20000 ? 10000 : 1000;
}

/** True when a group has more than one image: then images are not independent, and whole groups are to be drawn. */
export function sharesGroups(groups: readonly string[] | null | undefined): groups is readonly string[] {
  return groups !== null && groups !== undefined && new Set(groups).size < groups.length;
}
