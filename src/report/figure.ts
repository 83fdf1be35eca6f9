// The figures of a report: each with its value, how sure it is, and how both were come by.
import type { Confusion } from "../metrics/classification.ts";
import type { Interval } from "../metrics/intervals.ts";
import type { Measure } from "../metrics/measure.ts";

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
  readonly dice: Figure;
  readonly f1: Figure;
  readonly rocAuc: Figure;
  readonly confusion: ConfusionFigure;
  /** Of masks only: images by whether they contain foreground. */
  readonly containsForeground?: ConfusionFigure;
}

/** One class against all others. */
export interface ClassFigures {
  readonly class: string;
  readonly recall: Measure;
  readonly specificity: Measure;
  readonly precision: Measure;
  readonly dice: Measure;
}

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

/** What the bootstrap drew, for `method`. */
export function bootstrapMethod(what: string, grouped: boolean, seed: number): string {
  const drawn = grouped ? "whole groups" : "images";
  return `${what}; 95 % percentile bootstrap, 1000 resamples of ${drawn}, seed ${seed}`;
}

/** True when a group has more than one image: then images are not independent, and whole groups are to be drawn. */
export function sharesGroups(groups: readonly string[] | null | undefined): groups is readonly string[] {
  return groups !== null && groups !== undefined && new Set(groups).size < groups.length;
}
