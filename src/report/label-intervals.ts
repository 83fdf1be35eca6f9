// The intervals of a classification's figures: one set of resamples gives them all.
import { bcaInterval } from "../metrics/bca.ts";
import { calibrationInterval } from "../metrics/calibration-interval.ts";
import { resampleCounts } from "../metrics/count-bootstrap.ts";
import { freedomOfSizes } from "../metrics/influence.ts";
import type { Interval } from "../metrics/intervals.ts";
import { largestLoss } from "../metrics/probability-scores.ts";
import { groupIndexes } from "../metrics/resamples.ts";
import type { ClassName, WholeName } from "../metrics/resampled-cells.ts";
import { bins, resampledLabels } from "../metrics/resampled-labels.ts";
import type { LabelledImages, ScoreName } from "../metrics/resampled-labels.ts";
import { studentInterval } from "../metrics/student-interval.ts";
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

/** What a class takes of the time of two: each has a ranking of its own. Five take twice as long as two. */
const rankingCost = 0.4;

/**
 * @param groups the group of each image where groups have more than one; then whole groups are drawn
 * @param resamples 10,000 or 1,000 by the images and classes
 */
export function labelIntervals(
  images: LabelledImages,
  groups: readonly string[] | null,
  seed: number,
  resamples = resamplesFor(images.truth.length * Math.max(1, rankingCost * images.classes)),
): LabelIntervals {
  const unitOf = groups ? groupIndexes(groups, images.truth.length) : null;
  const { layout, of } = resampledLabels(images, unitOf);
  const resampled = resampleCounts(images.truth.length, layout.length, of, { seed, groups, resamples });
  const ones = (length: number) => new Int32Array(length).fill(1);
  const values = Float64Array.from(of(ones(images.truth.length), ones(resampled.count)));
  const { units } = resampled;
  const sizes = new Float64Array(resampled.count);
  for (let i = 0; i < images.truth.length; i++) sizes[unitOf ? unitOf[i] : i] += images.weights ? images.weights[i] : 1;
  const freedom = freedomOfSizes(sizes);
  /** Groups and weights differ: a few large ones decide (docs/numerics.md). */
  const isUneven = unitOf !== null || images.weights !== undefined;
  const stretched = isUneven ? { freedom } : {};
  const bca = (at: number, widened = true): Interval =>
    bcaInterval({
      value: values[at],
      resampled: resampled.values[at],
      jackknife: resampled.jackknife ? resampled.jackknife[at] : null,
      units,
      freedom: widened || isUneven ? freedom : null,
    });
  /** Figures of few counts take few values: two images shared out to all cells smooth them (docs/numerics.md). */
  const ofCells = (at: number): Interval => {
    const { interval, reason } = bca(at, false);
    const smoothed = interval && bca(layout.ofSmoothed(at), false).interval;
    if (!smoothed) return { interval, reason };
    return { interval: [Math.min(values[at], smoothed[0]), Math.max(values[at], smoothed[1])] };
  };
  return {
    drawn: { resamples, grouped: groups !== null, seed },
    ofWhole: (name) => ofCells(layout.ofWhole(name)),
    ofClass: (name, k) => ofCells(layout.ofClass(name, k)),
    ofMean: (name, mean) => ofCells(layout.ofMean(name, mean)),
    ofCurve: (name, k) => bca(layout.ofCurve(name, k)),
    ofCurves: (name) => bca(layout.ofCurves(name)),
    ofScores(name) {
      const at = layout.ofScores(name);
      if (name === "brier") return bca(at);
      if (name === "logLoss")
        return studentInterval({
          value: values[at],
          error: values[layout.lossError],
          means: resampled.values[at],
          errors: resampled.values[layout.lossError],
          most: largestLoss,
          units,
          ...stretched,
        });
      const ofBins = Array.from({ length: bins }, (_, b) => layout.ofBin(b));
      return calibrationInterval({
        bins: Float64Array.from(ofBins, (bin) => values[bin]),
        resampled: ofBins.map((bin) => resampled.values[bin]),
        ...stretched,
      });
    },
  };
}
