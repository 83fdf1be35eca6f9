// Runs the resampling kernels on one image: pads it, writes the points of every row, reads at them.
import type { Address } from "../../src/wasm/kernels.ts";
import type { Workbench } from "./workbench.ts";

export type PaddingName = "constant" | "nearest" | "mirror";

export interface Sampling {
  /** [depth, height, width] */
  readonly sizes: readonly [number, number, number];
  readonly padding: PaddingName;
  /** Three rows of (offset, by x, by y, by z): the affine map less the identity. */
  readonly map: readonly number[];
  /** Displacements along x, y, z, each (depth, height, width). */
  readonly field?: readonly ArrayLike<number>[];
  readonly fill?: number;
}

export const sizesOf = (shape: readonly number[]): [number, number, number] =>
  shape.length === 2 ? [1, shape[0], shape[1]] : [shape[0], shape[1], shape[2]];

/** The map of an affine matrix and offset in the order of the axes, slowest first, as SciPy has them. */
export function mapOf(matrix: readonly number[], offset: readonly number[]): number[] {
  const axes = offset.length;
  const map = new Array<number>(12).fill(0);
  for (let i = 0; i < axes; i++) {
    map[4 * i] = offset[axes - 1 - i];
    for (let j = 0; j < axes; j++)
      map[4 * i + 1 + j] = matrix[(axes - 1 - i) * axes + axes - 1 - j] - (i === j ? 1 : 0);
  }
  return map;
}

/** Elements of a padded volume, as assembly/padding.ts has it. */
export function paddedLength([depth, height, width]: Sampling["sizes"]): number {
  return ((depth > 1 ? depth + 3 : 1) * (height + 1) + 1) * (width + 1) + 1;
}

/** Points of all rows, of an image whose pairs are at `pairs`. */
export function writePoints(bench: Workbench, { sizes, padding, map, field }: Sampling, pairs: Address): Address {
  const [depth, height, width] = sizes;
  const vectors = Math.ceil(width / 4);
  const rows = depth * height;
  const mapAt = bench.reserve(96);
  new Float64Array(bench.memory.buffer, mapAt, 12).set(map);
  let fieldAt = 0;
  if (field) {
    const laid = new Float32Array(rows * 3 * 4 * vectors);
    for (let row = 0; row < rows; row++)
      for (let axis = 0; axis < 3; axis++)
        for (let x = 0; x < width; x++) laid[(row * 3 + axis) * 4 * vectors + x] = field[axis]?.[row * width + x] ?? 0;
    fieldAt = bench.floats(laid);
  }
  const points = bench.reserve(64 * rows * vectors);
  const write = { constant: "pointsConstant", nearest: "pointsNearest", mirror: "pointsMirror" } as const;
  bench.kernels[write[padding]](points, mapAt, fieldAt, 0, rows, depth, height, width, pairs);
  return points;
}

/** The image (depth, height, width, colours) resampled, linear between voxels. */
export function resample(bench: Workbench, image: ArrayLike<number>, sampling: Sampling, colours = 1): Float32Array {
  bench.reset();
  const { sizes, fill = 0 } = sampling;
  const [depth, height, width] = sizes;
  const x = bench.floats(image, 4);
  const bytes = 8 * paddedLength(sizes);
  const pairs = bench.reserve(Math.ceil(bytes / 16) * 16 * colours, 0);
  const out = bench.reserve(4 * image.length, 8);
  const points = writePoints(bench, sampling, pairs);
  for (let colour = 0; colour < colours; colour++) {
    const shift = Math.ceil(bytes / 16) * 16 * colour;
    bench.kernels.pairVoxels(pairs + shift, x + 4 * colour, depth, height, width, colours, fill);
    const at = out + 4 * colour;
    const slice = 8 * (height + 1) * (width + 1);
    if (depth > 1) bench.kernels.gatherVolume(at, points, depth * height, width, colours, shift, slice);
    else bench.kernels.gatherSlice(at, points, height, width, colours, shift);
  }
  bench.checkGuards();
  return bench.readFloats(out, image.length);
}

/** Class numbers (depth, height, width) at the same places. */
export function resampleLabels(
  bench: Workbench,
  labels: ArrayLike<number>,
  sampling: Sampling,
  kind: "nearest" | "likeliest",
): Uint8Array {
  bench.reset();
  const [depth, height, width] = sampling.sizes;
  const x = bench.reserve(labels.length, 1);
  new Uint8Array(bench.memory.buffer, x, labels.length).set(labels);
  const padded = bench.reserve(paddedLength(sampling.sizes), 3);
  const out = bench.reserve(labels.length, 1);
  bench.kernels.padLabels(padded, x, depth, height, width);
  const source = 1 << 20;
  const points = writePoints(bench, sampling, source);
  const rows = depth * height;
  if (kind === "nearest") bench.kernels.gatherNearest(out, points, padded, source, rows, width, height);
  else bench.kernels.gatherLikeliest(out, points, padded, source, rows, width, height, depth);
  bench.checkGuards();
  return new Uint8Array(bench.memory.buffer, out, labels.length).slice();
}
