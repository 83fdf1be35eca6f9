// Images as pictures for a page: PNG in a data URL, and the outlines of masks as paths of SVG.
import { encode } from "fast-png";
import { Buffer } from "node:buffer";
import type { Dataset } from "../index.ts";
import { maskOutline } from "../report.ts";

/** A slice of an image: its size, and which voxel lies at a place. */
export interface Plane {
  /** The axis that it lies across, of a volume; empty for a picture. */
  readonly across: "" | "x" | "y" | "z";
  readonly width: number;
  readonly height: number;
  readonly voxelAt: (x: number, y: number) => number;
}

/** The picture itself, or of a volume the middle slices across z, y and x. @param axes at most three, slowest first. */
export function planesOf(axes: readonly number[]): readonly Plane[] {
  const [width = 1, height = 1, depth = 1] = [...axes].reverse();
  const plane = (across: Plane["across"], columns: number, rows: number, voxelAt: Plane["voxelAt"]): Plane => ({
    across,
    width: columns,
    height: rows,
    voxelAt,
  });
  const voxel = (x: number, y: number, z: number) => (z * height + y) * width + x;
  const [x0, y0, z0] = [width, height, depth].map((size) => Math.floor(size / 2));
  if (axes.length < 3) return [plane("", width, height, (x, y) => voxel(x, y, 0))];
  return [
    plane("z", width, height, (x, y) => voxel(x, y, z0)),
    plane("y", width, depth, (x, z) => voxel(x, y0, z)),
    plane("x", height, depth, (y, z) => voxel(x0, y, z)),
  ];
}

/** The smallest and largest of values. */
export function rangeOf(values: Iterable<number>): [number, number] {
  let [minimum, maximum] = [Infinity, -Infinity];
  for (const value of values) {
    minimum = Math.min(minimum, value);
    maximum = Math.max(maximum, value);
  }
  return [minimum, maximum];
}

/** @param range what is black and what is white. */
export function drawPlane(
  { width, height, voxelAt }: Plane,
  values: Float32Array,
  colours: number,
  [minimum, maximum]: readonly [number, number],
): string {
  const factor = maximum > minimum ? 255 / (maximum - minimum) : 0;
  // Of two or four values a voxel the first is shown, of three red, green and blue.
  const channels = colours === 3 ? 3 : 1;
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const pixel = Math.floor(i / channels);
    const voxel = voxelAt(pixel % width, Math.floor(pixel / width));
    return Math.round((values[voxel * colours + (i - pixel * channels)] - minimum) * factor);
  });
  const png = encode({ width, height, data, channels, depth: 8 });
  return `data:image/png;base64,${Buffer.from(png).toString("base64")}`;
}

/** The borders of a class along the edges of its pixels, as the path of an SVG of the plane's size; empty where it is not. */
export function outlineOf({ width, height, voxelAt }: Plane, mask: Uint8Array, value: number): string {
  return maskOutline(width, height, (x, y) => mask[voxelAt(x, y)] === value);
}

/** The image, of a volume the middle slice, from its darkest to its brightest value as black to white. */
export async function pictureOf(set: Dataset, index: number): Promise<string> {
  const values = new Float32Array(set.shape.reduce((product, size) => product * size, 1));
  await set.prepare?.(Int32Array.of(index));
  set.read(index, values, 0);
  // As the audit takes it: a short last axis is colours.
  const [rows, columns, last] = set.shape;
  const isColoured = set.shape.length > 3 || (last <= 4 && last < Math.min(rows, columns));
  const colours = isColoured ? set.shape[set.shape.length - 1] : 1;
  const axes = isColoured ? set.shape.slice(0, -1) : set.shape;
  const [width, height = 1] = [...axes].reverse();
  const slices = values.length / (width * height * colours);
  const slice = values
    .subarray(Math.floor(slices / 2) * width * height * colours)
    .subarray(0, width * height * colours);
  return drawPlane(planesOf([height, width])[0], slice, colours, rangeOf(slice));
}
