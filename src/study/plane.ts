// One plane of an image as a small picture: which slice of a volume, its gray values, its maps and its masks.
import { toBase64 } from "../base64.ts";
import type { Picture, SignedPicture } from "../report/examples.ts";

/** Pixels of a picture's longer side at most; larger planes are averaged in square blocks. */
const mostPixels = 256;

/** Values that percentiles are taken of, at most. */
const mostSamples = 65536;

/** A plane of images of one shape, and how it is made smaller. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  /** Which slice of a volume it is; null for pictures. */
  readonly slice: number | null;
  /** The first voxel of the plane. */
  readonly first: number;
  /** Voxels from one row to the next. */
  readonly columns: number;
  /** Voxels along the side of the square that becomes one pixel. */
  readonly block: number;
  /** Rows of voxels. */
  readonly rows: number;
}

/** @param marks by voxel what is worth seeing: the slice with most of it is taken, the middle one where there is none. */
export function planeOf(shape: readonly number[], marks: ArrayLike<number> | null): Plane {
  // A last axis of one value is no width.
  const axes = shape.length > 2 && shape[shape.length - 1] === 1 ? shape.slice(0, -1) : shape;
  const columns = axes[axes.length - 1];
  const rows = axes.length > 1 ? axes[axes.length - 2] : 1;
  const slices = axes.slice(0, -2).reduce((product, size) => product * size, 1);
  const counts = new Array<number>(slices).fill(0);
  for (let voxel = 0; marks && voxel < marks.length; voxel++) {
    if (marks[voxel] > 0) counts[Math.floor(voxel / (rows * columns))]++;
  }
  const most = Math.max(...counts);
  const slice = most > 0 ? counts.indexOf(most) : Math.floor(slices / 2);
  const block = Math.ceil(Math.max(rows, columns) / mostPixels);
  return {
    width: Math.ceil(columns / block),
    height: Math.ceil(rows / block),
    slice: axes.length > 2 ? slice : null,
    first: slice * rows * columns,
    columns,
    rows,
    block,
  };
}

/** The image from its 0.5th percentile (black) to its 99.5th (white), of all slices. @param pixels colours last. */
export function grayPicture(plane: Plane, pixels: Float32Array, colours: number): Picture {
  const values = colours === 1 ? pixels : luminance(pixels, colours);
  const [black, white] = windowOf(values);
  const factor = white > black ? 255 / (white - black) : 0;
  const shades = Uint8ClampedArray.from(meansOf(plane, values), (mean) => (mean - black) * factor);
  return { ...frameOf(plane), gray: toBase64(new Uint8Array(shades.buffer)) };
}

/** A map; null when it is not finite. */
export function signedPicture(plane: Plane, map: Float32Array): SignedPicture | null {
  const means = meansOf(plane, map);
  const scale = means.reduce((largest, value) => (Math.abs(value) <= largest ? largest : Math.abs(value)), 0);
  if (!Number.isFinite(scale)) return null;
  const factor = scale > 0 ? 127 / scale : 0;
  const bytes = new Uint8Array(Int8Array.from(means, (mean) => Math.round(mean * factor)).buffer);
  return { ...frameOf(plane), signed: toBase64(bytes), scale };
}

/** A mask, of each block the class that lies in its middle. */
export function maskPicture(plane: Plane, mask: Uint8Array): Picture {
  const { width, height, first, columns, rows, block } = plane;
  const bytes = Uint8Array.from({ length: width * height }, (_, i) => {
    const middle = (at: number, length: number) => Math.min(at * block + (block >> 1), length - 1);
    return mask[first + middle(Math.floor(i / width), rows) * columns + middle(i % width, columns)];
  });
  return { ...frameOf(plane), gray: toBase64(bytes) };
}

function frameOf({ width, height, slice }: Plane): Pick<Picture, "width" | "height" | "slice"> {
  return { width, height, ...(slice === null ? {} : { slice }) };
}

/** The mean of each block of a plane's values, (height, width). */
function meansOf({ width, height, first, columns, rows, block }: Plane, values: Float32Array): Float64Array {
  return Float64Array.from({ length: width * height }, (_, i) => {
    const [top, left] = [Math.floor(i / width) * block, (i % width) * block];
    const [bottom, right] = [Math.min(top + block, rows), Math.min(left + block, columns)];
    let sum = 0;
    for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += values[first + y * columns + x];
    return sum / ((bottom - top) * (right - left));
  });
}

/** Y = 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601) of three colours; the first of two or of more than three. */
function luminance(pixels: Float32Array, colours: number): Float32Array {
  return Float32Array.from({ length: pixels.length / colours }, (_, voxel) => {
    const at = voxel * colours;
    return colours === 3 ? 0.299 * pixels[at] + 0.587 * pixels[at + 1] + 0.114 * pixels[at + 2] : pixels[at];
  });
}

function windowOf(values: Float32Array): readonly [number, number] {
  const step = Math.ceil(values.length / mostSamples);
  const sorted = Float32Array.from({ length: Math.ceil(values.length / step) }, (_, i) => values[i * step]).sort();
  const at = (part: number) => sorted[Math.round(part * (sorted.length - 1))];
  return [at(0.005), at(0.995)];
}
