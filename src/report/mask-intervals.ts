// The intervals of a segmentation's figures: one set of resamples gives them all.
import { bcaInterval } from "../metrics/bca.ts";
import { resampleCounts } from "../metrics/count-bootstrap.ts";
import type { Interval } from "../metrics/intervals.ts";
import type { ClassName, WholeName } from "../metrics/resampled-cells.ts";
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
}

/** @param groups the group of each image where groups have more than one; then whole groups are drawn */
export function maskIntervals(
  images: MaskedImages,
  groups: readonly string[] | null,
  seed: number,
  resamples = resamplesFor(images.confusions.length),
): MaskIntervals {
  const { layout, of } = resampledMasks(images);
  const count = images.confusions.length;
  const resampled = resampleCounts(count, layout.length, of, { seed, groups, resamples });
  const values = Float64Array.from(of(new Int32Array(count).fill(1)));
  const at = (place: number): Interval =>
    bcaInterval({
      value: values[place],
      resampled: resampled.values[place],
      jackknife: resampled.jackknife ? resampled.jackknife[place] : null,
      count: resampled.count,
      units: resampled.units,
      widened: true,
    });
  return {
    drawn: { resamples, grouped: groups !== null, seed },
    ofWhole: (name) => at(layout.ofWhole(name)),
    ofClass: (name, k) => at(layout.ofClass(name, k)),
    ofMean: (name, mean) => at(layout.ofMean(name, mean)),
    ofForeground: (name) => at(layout.ofForeground(name)),
    ofImages: (name) => at(layout.ofImages(name)),
  };
}
