// An image cut to a size about its centre, or filled up to it; pixels keep their type where they can.
import { axesOf, checkAxes, placedOn } from "./image-grid.ts";
import type { Image, StoredPixels } from "./image.ts";
import { asValues } from "./intensity.ts";

/** @param fill the value that is added; null for the image's smallest. */
export function cropOrPad(image: Image, size: readonly number[], fill: number | null): Image {
  checkAxes("centreCropOrPad size", image, size);
  const from = axesOf(image);
  if (from.every((length, axis) => length === size[axis])) return image;
  const isPadded = from.some((length, axis) => length < size[axis]);
  const { ready, stored } = withFill(image, isPadded ? fill : 0, isPadded);
  // Voxel 0 of the new grid in the old one: negative where it is filled up.
  const starts = from.map((length, axis) =>
    length > size[axis] ? Math.floor((length - size[axis]) / 2) : -Math.floor((size[axis] - length) / 2),
  );
  const pixels = copied(ready.pixels, from, size, starts, image.colours, stored);
  const grid = size.map((length, axis) => ({ length, factor: 1, offset: starts[axis] }));
  return { ...ready, pixels, ...placedOn(image, grid) };
}

/** The image in a form that holds the value to fill with, and that value as it is stored. */
function withFill(image: Image, fill: number | null, isPadded: boolean) {
  const { pixels, rescale } = image;
  const isBig = pixels instanceof BigInt64Array || pixels instanceof BigUint64Array;
  if (image.frameRescales !== null || isBig || (isPadded && image.modalityTable !== null)) {
    const ready = asValues(image);
    return { ready, stored: fill ?? extremeOf(ready.pixels, 1) };
  }
  if (!isPadded) return { ready: image, stored: 0 };
  if (fill === null) return { ready: image, stored: extremeOf(pixels, rescale.slope) };
  const wanted = (fill - rescale.intercept) / rescale.slope;
  const holder = new (pixels.constructor as new (length: number) => Uint8Array)(1);
  holder[0] = wanted;
  if (holder[0] === wanted) return { ready: image, stored: wanted };
  return { ready: asValues(image), stored: fill };
}

/** The stored pixel with the smallest value: the largest one where the slope is negative. */
function extremeOf(pixels: Exclude<StoredPixels, BigInt64Array | BigUint64Array>, slope: number): number {
  let extreme = pixels[0];
  for (const value of pixels) if (slope < 0 ? value > extreme : value < extreme) extreme = value;
  return extreme;
}

/** Row by row. */
function copied(
  pixels: StoredPixels,
  from: readonly number[],
  size: readonly number[],
  starts: readonly number[],
  colours: number,
  fill: number,
): StoredPixels {
  const total = size.reduce((product, length) => product * length, colours);
  const made = new (pixels.constructor as new (length: number) => Uint8Array)(total);
  if (fill !== 0) made.fill(fill);
  const last = size.length - 1;
  const begin = Math.max(0, -starts[last]);
  const count = Math.min(size[last], from[last] - starts[last]) - begin;
  const copyRows = (axis: number, source: number, target: number): void => {
    if (axis === last) {
      const at = (source * from[last] + starts[last] + begin) * colours;
      made.set((pixels as Uint8Array).subarray(at, at + count * colours), (target * size[last] + begin) * colours);
      return;
    }
    for (let i = Math.max(0, -starts[axis]); i < Math.min(size[axis], from[axis] - starts[axis]); i++)
      copyRows(axis + 1, source * from[axis] + starts[axis] + i, target * size[axis] + i);
  };
  copyRows(0, 0, 0);
  return made;
}
