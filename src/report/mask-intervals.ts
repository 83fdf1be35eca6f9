// The intervals of a segmentation's figures: one set of resamples gives them all.
import { bcaInterval } from "../metrics/bca.ts";
import { resampleCounts } from "../metrics/count-bootstrap.ts";
import type { Interval } from "../metrics/intervals.ts";
import type { ClassName, WholeName } from "../metrics/resampled-cells.ts";
import { groupIndexes } from "../metrics/resamples.ts";
import { studentInterval } from "../metrics/student-interval.ts";
import { resamplesFor } from "./figure.ts";
import type { Drawn } from "./figure.ts";
import { resampledMasks } from "./resampled-masks.ts";
import type { ImagesName, MaskedImages } from "./resampled-masks.ts";

/** How an interval of what falls short of 1 was made, for `method`. */
export const shortfallKind = "studentized bootstrap on the log scale of 1 - value";

/** Bootstrap intervals, each of a figure named as in metrics/. */
export interface MaskIntervals {
  readonly drawn: Drawn;
  /** How the intervals of pooled voxels were made, for `method`; by BCa where it is undefined. */
  readonly pooledKind: string | undefined;
  ofWhole(name: WholeName): Interval;
  /** Class 1 is the first of the foreground. */
  ofClass(name: ClassName, k: number): Interval;
  ofMean(name: ClassName, mean: "macro" | "micro" | "weighted"): Interval;
  ofForeground(name: ClassName): Interval;
  ofImages(name: ImagesName): Interval;
  /** Of the probabilities of voxels: the Brier score (0), the log loss (1). */
  ofVoxels(k: number): Interval;
}

/** @param groups the group of each image where groups have more than one; then whole groups are drawn */
export function maskIntervals(
  images: MaskedImages,
  groups: readonly string[] | null,
  seed: number,
  resamples = resamplesFor(images.confusions.length),
): MaskIntervals {
  const count = images.confusions.length;
  const { layout, of } = resampledMasks(images, groups ? groupIndexes(groups, count) : null);
  const resampled = resampleCounts(count, layout.length, of, { seed, groups, resamples });
  const values = Float64Array.from(of(ones(count), ones(resampled.count)));
  const bca = (place: number): Interval =>
    bcaInterval({
      value: values[place],
      resampled: resampled.values[place],
      jackknife: resampled.jackknife ? resampled.jackknife[place] : null,
      count: resampled.count,
      units: resampled.units,
      widened: true,
    });
  /** Few missed or large masks have most of what falls short of 1, which is skewed by them (docs/numerics.md). */
  const at = (place: number, span = 1): Interval => {
    const error = layout.ofError(place);
    if (error === null || Number.isNaN(values[place])) return bca(place);
    const { interval, reason } = studentInterval({
      value: 1 - values[place],
      error: values[error],
      means: resampled.values[place].map((value) => 1 - value),
      errors: resampled.values[error],
      most: span,
      units: resampled.units,
    });
    if (!interval) return { interval, reason };
    return { interval: [Math.min(values[place], 1 - interval[1]), Math.max(values[place], 1 - interval[0])] };
  };
  return {
    drawn: { resamples, grouped: groups !== null, seed },
    pooledKind: layout.ofError(0) === null ? undefined : shortfallKind,
    ofWhole: (name) => at(layout.ofWhole(name), name === "matthews" || name === "kappa" ? 2 : 1),
    ofClass: (name, k) => at(layout.ofClass(name, k)),
    ofMean: (name, mean) => at(layout.ofMean(name, mean)),
    ofForeground: (name) => at(layout.ofForeground(name)),
    ofImages: (name) => at(layout.ofImages(name)),
    ofVoxels: (k) => bca(layout.ofVoxels(k)),
  };
}

function ones(length: number): Int32Array {
  return new Int32Array(length).fill(1);
}
