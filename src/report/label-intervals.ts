// The intervals of a classification's figures: one set of resamples gives them all.
import { bcaInterval } from "../metrics/bca.ts";
import { calibrationInterval } from "../metrics/calibration-interval.ts";
import { resampleCounts } from "../metrics/count-bootstrap.ts";
import type { Interval } from "../metrics/intervals.ts";
import { decidedBy } from "../metrics/probability-scores.ts";
import type { ClassName, WholeName } from "../metrics/resampled-cells.ts";
import { resampledLabels } from "../metrics/resampled-labels.ts";
import type { LabelledImages, ScoreName } from "../metrics/resampled-labels.ts";
import { resamplesFor } from "./figure.ts";
import type { Drawn } from "./figure.ts";

/** Bootstrap intervals, each of a figure named as in metrics/. */
export interface LabelIntervals {
  readonly drawn: Drawn;
  ofWhole(name: WholeName): Interval;
  ofClass(name: ClassName, k: number): Interval;
  ofMean(name: ClassName, mean: "macro" | "micro" | "weighted"): Interval;
  ofScores(name: ScoreName): Interval;
  ofCurve(name: "rocAuc" | "averagePrecision", k: number): Interval;
  /** Of the mean over the classes. */
  ofCurves(name: "rocAuc" | "averagePrecision"): Interval;
}

/**
 * @param groups the group of each image where groups have more than one; then whole groups are drawn
 * @param resamples 10,000 or 1,000 by the images and classes
 */
export function labelIntervals(
  images: LabelledImages,
  groups: readonly string[] | null,
  seed: number,
  resamples = resamplesFor(images.truth.length * (images.classes === 2 ? 1 : images.classes)),
): LabelIntervals {
  const { truth, probabilities, classes, weights } = images;
  const { layout, of } = resampledLabels(images);
  const resampled = resampleCounts(truth.length, layout.length, of, { seed, groups, resamples });
  const values = Float64Array.from(of(new Int32Array(truth.length).fill(1)));
  const interval = (at: number, widened: boolean): Interval =>
    bcaInterval({
      value: values[at],
      resampled: resampled.values[at],
      jackknife: resampled.jackknife ? resampled.jackknife[at] : null,
      count: resampled.count,
      units: resampled.units,
      widened,
    });
  // Ratios of counts keep their level without widening, means of scores and ranks do not (docs/numerics.md).
  return {
    drawn: { resamples, grouped: groups !== null, seed },
    ofWhole: (name) => interval(layout.ofWhole(name), false),
    ofClass: (name, k) => interval(layout.ofClass(name, k), false),
    ofMean: (name, mean) => interval(layout.ofMean(name, mean), false),
    ofCurve: (name, k) => interval(layout.ofCurve(name, k), true),
    ofCurves: (name) => interval(layout.ofCurves(name), true),
    ofScores(name) {
      const at = layout.ofScores(name);
      if (name !== "expectedCalibrationError") return interval(at, true);
      const { probability } = decidedBy(truth, probabilities, classes);
      return calibrationInterval({ value: values[at], resampled: resampled.values[at], probability, weights, seed });
    },
  };
}
