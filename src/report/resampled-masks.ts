// Every figure of a segmentation over resamples of its images: of the pooled voxels, and means over images.
import type { Confusion } from "../metrics/classification.ts";
import { deltaErrors, pairsOf } from "../metrics/delta-errors.ts";
import { cellFigures, classNames } from "../metrics/resampled-cells.ts";
import type { CellLayout, ClassName } from "../metrics/resampled-cells.ts";
import { meanDiceWithForeground } from "../metrics/segmentation.ts";
import type { SurfaceDistances } from "../metrics/surface.ts";
import { unitMeans } from "../metrics/unit-means.ts";
import type { VoxelSums } from "../metrics/voxel-scores.ts";
import { imageMeasures, imageNames, resampledMean } from "./mask-images.ts";
import { voxelMeans } from "./voxel-figures.ts";

/** The masks of the images of a test set. */
export interface MaskedImages {
  /** The voxel confusion of each image, background first. */
  readonly confusions: readonly Confusion[];
  readonly surfaces?: readonly SurfaceDistances[];
  /** How many foreground classes there are. */
  readonly classes: number;
  readonly weights?: ArrayLike<number>;
  /** How good the probabilities of each image's voxels are. */
  readonly scores?: readonly VoxelSums[];
}

export type ImagesName = (typeof imageNames)[number] | "dice";

/** Where the figures of a resample lie: those of the pooled voxels first. */
export interface MaskLayout extends CellLayout {
  /** The mean over the foreground classes for which it is defined. */
  ofForeground(name: ClassName): number;
  /** The mean over the images that have it. */
  ofImages(name: ImagesName): number;
  /** Of the probabilities of voxels: the Brier score (0), the log loss (1). */
  ofVoxels(k: number): number;
  /** The standard error of a figure; null of distances and probabilities, and of pooled voxels where they are too many to make. */
  ofError(at: number): number | null;
}

const overImages: readonly ImagesName[] = [...imageNames, "dice"];

/** Means over images of figures that are at most 1. */
const overlaps = ["volumeSimilarity", "dice"] as const;

/** Products of two cells in all units of which standard errors are made: each resample sums them all. */
const mostProducts = 20_000;

/**
 * @param unitOf the unit of each image that is drawn with others; null when each is one
 * @returns the layout, and a function that gives all figures of the images (and units) counted as often as given, as
 * resampledLabels does.
 */
export function resampledMasks(
  { confusions, surfaces, classes, weights, scores }: MaskedImages,
  unitOf: Int32Array | null = null,
) {
  const count = classes + 1;
  const { layout: cellLayout, fill } = cellFigures(count, 1);
  const firstImages = cellLayout.length + classNames.length;
  const flat = confusions.map((confusion, i) =>
    Float64Array.from(confusion.flat(), (cell) => cell * (weights?.[i] ?? 1)),
  );
  const units = unitOf ? pooledBy(flat, unitOf) : flat;
  const ofVoxels = voxelMeans(scores, weights);
  const firstVoxels = firstImages + overImages.length;
  const firstError = firstVoxels + ofVoxels.length;
  const errorsOf =
    units.length * pairsOf(count * count) <= mostProducts ? deltaErrors(units, fillPooled, firstImages) : null;
  const layout: MaskLayout = {
    ...cellLayout,
    length: firstError + overlaps.length + (errorsOf ? firstImages : 0),
    ofForeground: (name) => cellLayout.length + classNames.indexOf(name),
    ofImages: (name) => firstImages + overImages.indexOf(name),
    ofVoxels: (k) => firstVoxels + k,
    ofError(at) {
      if (at < firstImages) return errorsOf ? firstError + overlaps.length + at : null;
      const overlap = overlaps.findIndex((name) => layout.ofImages(name) === at);
      return overlap < 0 ? null : firstError + overlap;
    },
  };
  const measures = {
    ...imageMeasures(confusions, surfaces),
    dice: confusions.map((confusion) => meanDiceWithForeground([confusion])),
  };
  const means = overImages.map((name) => resampledMean(measures[name], weights));
  const overlapsOf = overlaps.map((name) =>
    unitMeans(
      measures[name].map(({ value }) => value ?? NaN),
      weights,
      unitOf,
    ),
  );
  const cells = new Float64Array(count * count);
  const figures = new Float64Array(layout.length);

  function of(counts: Int32Array, unitCounts: Int32Array = counts): Float64Array {
    cells.fill(0);
    units.forEach((own, u) => {
      const times = unitCounts[u];
      if (times > 0) for (let cell = 0; cell < own.length; cell++) cells[cell] += times * own[cell];
    });
    fillPooled(cells, figures);
    means.forEach((mean, j) => (figures[firstImages + j] = mean(counts)));
    ofVoxels.forEach((mean, j) => (figures[firstVoxels + j] = mean(counts)));
    overlapsOf.forEach((mean, j) => (figures[firstError + j] = mean(unitCounts).error));
    errorsOf?.(unitCounts, figures, firstError + overlaps.length);
    return figures;
  }

  /** What the pooled cells give, and its means over the foreground. */
  function fillPooled(pooled: Float64Array, into: Float64Array): void {
    fill(pooled, into);
    classNames.forEach((name, j) => {
      let sum = 0;
      let defined = 0;
      for (let k = 1; k < count; k++) {
        const value = into[cellLayout.ofClass(name, k)];
        if (Number.isNaN(value)) continue;
        sum += value;
        defined++;
      }
      into[cellLayout.length + j] = sum / defined;
    });
  }
  return { layout, of };
}

/** The sums of the cells of each unit. */
function pooledBy(flat: readonly Float64Array[], unitOf: Int32Array): Float64Array[] {
  const units: Float64Array[] = [];
  flat.forEach((own, i) => {
    const sums = (units[unitOf[i]] ??= new Float64Array(own.length));
    for (let cell = 0; cell < own.length; cell++) sums[cell] += own[cell];
  });
  return units;
}
