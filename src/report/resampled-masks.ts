// Every figure of a segmentation over resamples of its images: of the pooled voxels, and means over images.
import type { Confusion } from "../metrics/classification.ts";
import { cellInfluences } from "../metrics/cell-influences.ts";
import { influenceOf } from "../metrics/influence.ts";
import type { Influence } from "../metrics/influence.ts";
import { cellFigures, classNames } from "../metrics/resampled-cells.ts";
import type { CellLayout, ClassName } from "../metrics/resampled-cells.ts";
import { meanDiceWithForeground } from "../metrics/segmentation.ts";
import type { SurfaceDistances } from "../metrics/surface.ts";
import { unitSums } from "../metrics/unit-means.ts";
import type { VoxelSums } from "../metrics/voxel-scores.ts";
import { imageMeasures, imageNames, resampledMean } from "./mask-images.ts";
import { voxelMeasuresOfImages } from "./voxel-figures.ts";

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
}

const overImages: readonly ImagesName[] = [...imageNames, "dice"];

/**
 * @param unitOf the unit of each image that is drawn with others; null when each is one
 * @returns the layout, and a function that gives all figures of the images (and units) counted as often as given, as
 * resampledLabels does; and of each figure the influence of the units.
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
  const ofVoxels = voxelMeasuresOfImages(scores);
  const firstVoxels = firstImages + overImages.length;
  const layout: MaskLayout = {
    ...cellLayout,
    length: firstVoxels + ofVoxels.length,
    ofForeground: (name) => cellLayout.length + classNames.indexOf(name),
    ofImages: (name) => firstImages + overImages.indexOf(name),
    ofVoxels: (k) => firstVoxels + k,
  };
  const measures = {
    ...imageMeasures(confusions, surfaces),
    dice: confusions.map((confusion) => meanDiceWithForeground([confusion])),
  };
  const averaged = [...overImages.map((name) => measures[name]), ...ofVoxels];
  const means = averaged.map((ofEach) => resampledMean(ofEach, weights));
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

  function influences(): readonly Influence[] {
    const ofMeans = averaged.map((ofEach) => {
      const { apart, weight } = unitSums(Float64Array.from(ofEach, ({ value }) => value ?? NaN), weights, unitOf); // prettier-ignore
      return influenceOf(apart, weight);
    });
    return [...cellInfluences(units, fillPooled, firstImages), ...ofMeans];
  }
  return { layout, of, influences };
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
