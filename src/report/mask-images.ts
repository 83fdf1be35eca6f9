// What a segmentation reaches image by image, and the means of it.
import type { Confusion } from "../metrics/classification.ts";
import type { Measure } from "../metrics/measure.ts";
import { maskScores } from "../metrics/segmentation.ts";
import type { SurfaceDistances } from "../metrics/surface.ts";

/** Figures of the mask of one image, means over the foreground classes; null where undefined. */
export interface ImageMaskFigures {
  /** The image's place in the test set, from 0. */
  readonly index: number;
  readonly dice: number | null;
  readonly jaccard: number | null;
  readonly sensitivity: number | null;
  readonly precision: number | null;
  readonly volumeSimilarity: number | null;
  readonly hausdorff: number | null;
  readonly hausdorff95: number | null;
  readonly meanSurfaceDistance: number | null;
}

const unmeasured = { value: null, reason: "the surfaces were not measured" };
const unknown: SurfaceDistances = { hausdorff: unmeasured, hausdorff95: unmeasured, meanSurfaceDistance: unmeasured };

export const imageNames = ["volumeSimilarity", "hausdorff", "hausdorff95", "meanSurfaceDistance"] as const;
type ImageName = (typeof imageNames)[number];

/** The figures of each image that are averaged over images. */
export function imageMeasures(
  confusions: readonly Confusion[],
  surfaces: readonly SurfaceDistances[] | undefined,
): Readonly<Record<ImageName, readonly Measure[]>> {
  const at = (i: number) => surfaces?.[i] ?? unknown;
  return {
    volumeSimilarity: confusions.map((confusion) => maskScores(confusion).mean.volumeSimilarity),
    hausdorff: confusions.map((_, i) => at(i).hausdorff),
    hausdorff95: confusions.map((_, i) => at(i).hausdorff95),
    meanSurfaceDistance: confusions.map((_, i) => at(i).meanSurfaceDistance),
  };
}

export function perImageFigures(
  confusions: readonly Confusion[],
  surfaces: readonly SurfaceDistances[] | undefined,
): ImageMaskFigures[] {
  return confusions.map((confusion, index) => {
    const { dice, jaccard, recall, precision, volumeSimilarity } = maskScores(confusion).mean;
    const { hausdorff, hausdorff95, meanSurfaceDistance } = surfaces?.[index] ?? unknown;
    return {
      index,
      dice: dice.value,
      jaccard: jaccard.value,
      sensitivity: recall.value,
      precision: precision.value,
      volumeSimilarity: volumeSimilarity.value,
      hausdorff: hausdorff.value,
      hausdorff95: hausdorff95.value,
      meanSurfaceDistance: meanSurfaceDistance.value,
    };
  });
}

/** Means over images of figures that were made once, for resamples: NaN where no image has one. */
export function resampledMean(
  measures: readonly Measure[],
  weights: ArrayLike<number> | undefined,
): (counts: Int32Array) => number {
  const defined = measures.flatMap(({ value }, i) => (value === null ? [] : [{ i, value }]));
  const places = Int32Array.from(defined, ({ i }) => i);
  const values = Float64Array.from(defined, ({ value }) => value);
  return (counts) => {
    let sum = 0;
    let all = 0;
    for (let k = 0; k < places.length; k++) {
      const weight = counts[places[k]] * (weights ? weights[places[k]] : 1);
      sum += weight * values[k];
      all += weight;
    }
    return sum / all;
  };
}
