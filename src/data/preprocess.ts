// Applies preprocessing to an image: its values, its places in the body, and the mask over it move together.
import { cropOrPad } from "./crop-or-pad.ts";
import { grayOf, rgbOf } from "./image-colours.ts";
import type { Image } from "./image.ts";
import { clippedToPercentiles, rescaledTo, standardized, windowed } from "./intensity.ts";
import type { Preprocessing } from "./preprocessing.ts";
import { gridOfSize, gridOfSpacing, resampled } from "./resampling.ts";

/**
 * The image with the steps applied in their order; the given one stays as it is. A palette and YBR become RGB first.
 * Spacing and affine follow what is resampled, cut off or added.
 *
 * @param maximumBytes what an image may come to, in four bytes a value.
 * @throws RangeError for an image that a step cannot be applied to: one without spacing, or with another number of axes.
 * @example
 * ```ts
 * import { fromStructure, preprocess, rescale, resampleTo } from "voxgrad";
 *
 * const volume = fromStructure({ data: new Int16Array(1000), dims: [10, 10, 10], spacing: [1, 1, 3] });
 * const ready = preprocess(volume, [resampleTo({ spacing: 2 }), rescale({ to: [0, 1] })]);
 * console.log(ready.shape, ready.spacing); // [ 15, 5, 5 ] [ 2, 2, 2 ]
 * ```
 */
export function preprocess(image: Image, steps: readonly Preprocessing[], maximumBytes = Infinity): Image {
  return steps.reduce((done, step) => applied(done, step, maximumBytes), rgbOf(image));
}

/**
 * The mask of an image that the steps were applied to: what moves voxels moves it as well, each voxel taking the value of
 * the nearest; what changes intensities leaves it alone.
 *
 * @throws RangeError as `preprocess`.
 * @example
 * ```ts
 * import { centreCropOrPad, fromStructure, preprocessMask, window } from "voxgrad";
 *
 * const mask = fromStructure({ data: Uint8Array.of(0, 2, 2, 0), dims: [2, 2] });
 * const steps = [window({ centre: 0, width: 100 }), centreCropOrPad({ size: [1, 2] })];
 * console.log(preprocessMask(mask, steps).pixels); // 0, 2
 * ```
 */
export function preprocessMask(mask: Image, steps: readonly Preprocessing[], maximumBytes = Infinity): Image {
  return steps.reduce((done, step) => appliedToMask(done, step, maximumBytes), mask);
}

function applied(image: Image, step: Preprocessing, maximumBytes: number): Image {
  switch (step.kind) {
    case "window":
      return windowed(image, step.centre, step.width);
    case "percentileClip":
      return clippedToPercentiles(image, step.low, step.high);
    case "rescale":
      return rescaledTo(image, step.to);
    case "standardize":
      return standardized(image);
    case "resampleTo":
      return resampled(image, gridOf(image, step, maximumBytes), "linear");
    case "centreCropOrPad":
      checkBytes(image, step.size, maximumBytes);
      return cropOrPad(image, step.size, step.fill);
    case "gray":
      return grayOf(image);
  }
}

function appliedToMask(mask: Image, step: Preprocessing, maximumBytes: number): Image {
  switch (step.kind) {
    case "window":
    case "percentileClip":
    case "rescale":
    case "standardize":
    case "gray":
      return mask;
    case "resampleTo":
      return resampled(mask, gridOf(mask, step, maximumBytes), "nearest");
    case "centreCropOrPad":
      checkBytes(mask, step.size, maximumBytes);
      return cropOrPad(mask, step.size, 0);
  }
}

function gridOf(image: Image, step: Extract<Preprocessing, { kind: "resampleTo" }>, maximumBytes: number) {
  const grid = "size" in step ? gridOfSize(image, step.size) : gridOfSpacing(image, step.spacing);
  checkBytes(image, grid.map(({ length }) => length), maximumBytes); // prettier-ignore
  return grid;
}

/** A header may claim voxels a metre apart: what they would come to is known before memory is asked for. */
function checkBytes({ colours }: Image, size: readonly number[], maximumBytes: number): void {
  const bytes = size.reduce((product, length) => product * length, 4 * colours);
  if (bytes > maximumBytes)
    throw new RangeError(
      `expected an image of at most ${maximumBytes} bytes after preprocessing, got ${size.join("x")} voxels. If that is right, raise maximumBytes.`,
    );
}
