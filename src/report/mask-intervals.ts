// The intervals of a segmentation's figures: one set of resamples gives them all.
import { bcaInterval } from "../metrics/bca.ts";
import { resampleCounts } from "../metrics/count-bootstrap.ts";
import type { Interval } from "../metrics/intervals.ts";
import type { ClassName, WholeName } from "../metrics/resampled-cells.ts";
import { groupIndexes } from "../metrics/resamples.ts";
import { resamplesFor } from "./figure.ts";
import type { Drawn } from "./figure.ts";
import { resampledMasks } from "./resampled-masks.ts";
import type { ImagesName, MaskedImages } from "./resampled-masks.ts";

/** Bootstrap intervals, each of a figure named as in metrics/. */
export interface MaskIntervals {
  readonly drawn: Drawn;
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
  const { layout, of, influences } = resampledMasks(images, groups ? groupIndexes(groups, count) : null);
  const resampled = resampleCounts(count, layout.length, of, { seed, groups, resamples });
  const values = Float64Array.from(of(ones(count), ones(resampled.count)));
  const influence = influences();
  /** A few large or missed masks decide: as many degrees of freedom as they leave (docs/numerics.md). */
  const at = (place: number): Interval =>
    bcaInterval({
      value: values[place],
      resampled: resampled.values[place],
      jackknife: resampled.jackknife ? resampled.jackknife[place] : null,
      units: resampled.units,
      ...influence[place],
    });
  return {
    drawn: { resamples, grouped: groups !== null, seed },
    ofWhole: (name) => at(layout.ofWhole(name)),
    ofClass: (name, k) => at(layout.ofClass(name, k)),
    ofMean: (name, mean) => at(layout.ofMean(name, mean)),
    ofForeground: (name) => at(layout.ofForeground(name)),
    ofImages: (name) => at(layout.ofImages(name)),
    ofVoxels: (k) => at(layout.ofVoxels(k)),
  };
}

function ones(length: number): Int32Array {
  return new Int32Array(length).fill(1);
}
