// Copies of an image with a margin of one voxel, from which it is read between voxels and beyond its edges.
//
// A padded volume has slices of (height + 1) rows of (width + 1): a row's margin is the one before it and the next row's
// margin behind it, and so with rows. A volume of depth 1 has one slice, any other depth + 3: one before, two behind, of which
// the last is only read with weight 0. Behind the last slice stand one row and one voxel more. Image voxel (z, y, x) stands
// at row z (height + 1) + y + 1 of these (one slice on where depth > 1), column x + 1.
import { storeLanes, loadLanes } from "./lanes";

/** Fills n elements of 8 bytes. */
// @ts-ignore: decorator
@inline
function fillPairs(pairs: usize, n: i32, value: v128): usize {
  let i = 0;
  for (; i + 2 <= n; i += 2) v128.store(pairs + ((<usize>i) << 3), value);
  if (i < n) v128.store_lane<i64>(pairs + ((<usize>i) << 3), value, 0);
  return pairs + ((<usize>n) << 3);
}

/** A row of pairs but for its margin: (upper[x], lower[x]); an address of 0 stands for a row of the fill value. */
// @ts-ignore: decorator
@inline
function joinRows(pairs: usize, upper: usize, lower: usize, width: i32, colours: i32, fill: v128): void {
  if (colours == 1) {
    for (let x = 0; x < width; x += 4) {
      const left = width - x;
      const at = (<usize>x) << 2;
      const a = upper ? loadLanes(upper + at, left) : fill;
      const b = lower ? loadLanes(lower + at, left) : fill;
      const out = pairs + 2 * at;
      storeLanes(out, v128.shuffle<f32>(a, b, 0, 4, 1, 5), 2 * left);
      if (left > 2) storeLanes(out + 16, v128.shuffle<f32>(a, b, 2, 6, 3, 7), 2 * left - 4);
    }
    return;
  }
  const value = f32x4.extract_lane(fill, 0);
  for (let x = 0; x < width; x++) {
    const at = (<usize>(x * colours)) << 2;
    store<f32>(pairs + ((<usize>x) << 3), upper ? load<f32>(upper + at) : value);
    store<f32>(pairs + ((<usize>x) << 3), lower ? load<f32>(lower + at) : value, 4);
  }
}

/** Elements of a padded volume, with what stands behind its last slice. */
// @ts-ignore: decorator
@inline
function paddedLength(depth: i32, height: i32, width: i32): i32 {
  const slices = depth > 1 ? depth + 3 : 1;
  return (slices * (height + 1) + 1) * (width + 1) + 1;
}

/**
 * pairs (padded volume, 2): each voxel of the padded copy of x (depth, height, width), of which every
 * `colours`th value is taken, beside the voxel below it (one row on). The margin is `fill`.
 */
export function pairVoxels(pairs: usize, x: usize, depth: i32, height: i32, width: i32, colours: i32, fill: f32): void {
  const filled = f32x4.splat(fill);
  const across = width + 1;
  const slice = (height + 1) * across;
  const rowBytes = (<usize>(width * colours)) << 2;
  let out = pairs;
  if (depth > 1) out = fillPairs(out, slice, filled);
  let row = x;
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y <= height; y++) {
      v128.store_lane<i64>(out, filled, 0);
      joinRows(out + 8, y > 0 ? row : 0, y < height ? (y > 0 ? row + rowBytes : row) : 0, width, colours, filled);
      if (y > 0) row += rowBytes;
      out += (<usize>across) << 3;
    }
  }
  fillPairs(out, (depth > 1 ? 2 * slice : 0) + across + 1, filled);
}

/** padded (padded volume; bytes): class numbers x (depth, height, width), 0 in the margin. */
export function padLabels(padded: usize, x: usize, depth: i32, height: i32, width: i32): void {
  const across = width + 1;
  const total = paddedLength(depth, height, width);
  let i = 0;
  for (; i + 16 <= total; i += 16) v128.store(padded + <usize>i, i32x4.splat(0));
  for (; i < total; i++) store<u8>(padded + <usize>i, 0);
  let from = x;
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      const row = (z + (depth > 1 ? 1 : 0)) * (height + 1) + y + 1;
      const to = padded + <usize>(row * across + 1);
      for (let j = 0; j < width; j++) store<u8>(to + <usize>j, load<u8>(from + <usize>j));
      from += <usize>width;
    }
  }
}
