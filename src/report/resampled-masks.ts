// Every figure of a segmentation over resamples of its images: of the pooled voxels, and means over images.
import type { Confusion } from "../metrics/classification.ts";
import { cellFigures, classNames } from "../metrics/resampled-cells.ts";
import type { CellLayout, ClassName } from "../metrics/resampled-cells.ts";
import { meanDiceWithForeground } from "../metrics/segmentation.ts";
import type { SurfaceDistances } from "../metrics/surface.ts";
import { imageMeasures, imageNames, resampledMean } from "./mask-images.ts";

/** The masks of the images of a test set. */
export interface MaskedImages {
  /** The voxel confusion of each image, background first. */
  readonly confusions: readonly Confusion[];
  readonly surfaces?: readonly SurfaceDistances[];
  /** How many foreground classes there are. */
  readonly classes: number;
  readonly weights?: ArrayLike<number>;
}

export type ImagesName = (typeof imageNames)[number] | "dice";

/** Where the figures of a resample lie: those of the pooled voxels first. */
export interface MaskLayout extends CellLayout {
  /** The mean over the foreground classes for which it is defined. */
  ofForeground(name: ClassName): number;
  /** The mean over the images that have it. */
  ofImages(name: ImagesName): number;
}

const overImages: readonly ImagesName[] = [...imageNames, "dice"];

/** @returns the layout, and a function that gives all figures of the images counted as often as given, as resampledLabels. */
export function resampledMasks({ confusions, surfaces, classes, weights }: MaskedImages) {
  const count = classes + 1;
  const { layout: cellLayout, fill } = cellFigures(count, 1);
  const firstForeground = cellLayout.length;
  const firstImages = firstForeground + classNames.length;
  const layout: MaskLayout = {
    ...cellLayout,
    length: firstImages + overImages.length,
    ofForeground: (name) => firstForeground + classNames.indexOf(name),
    ofImages: (name) => firstImages + overImages.indexOf(name),
  };
  const measures = {
    ...imageMeasures(confusions, surfaces),
    dice: confusions.map((confusion) => meanDiceWithForeground([confusion])),
  };
  const means = overImages.map((name) => resampledMean(measures[name], weights));
  const flat = confusions.map((confusion) => Float64Array.from(confusion.flat()));
  const cells = new Float64Array(count * count);
  const figures = new Float64Array(layout.length);

  function of(counts: Int32Array): Float64Array {
    cells.fill(0);
    flat.forEach((own, i) => {
      const weight = counts[i] * (weights ? weights[i] : 1);
      if (weight > 0) for (let cell = 0; cell < own.length; cell++) cells[cell] += weight * own[cell];
    });
    fill(cells, figures);
    classNames.forEach((name, j) => {
      let sum = 0;
      let defined = 0;
      for (let k = 1; k < count; k++) {
        const value = figures[layout.ofClass(name, k)];
        if (Number.isNaN(value)) continue;
        sum += value;
        defined++;
      }
      figures[firstForeground + j] = sum / defined;
    });
    means.forEach((mean, j) => (figures[firstImages + j] = mean(counts)));
    return figures;
  }
  return { layout, of };
}
