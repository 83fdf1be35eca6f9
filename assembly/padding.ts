// Copies of an image with a margin of one voxel, from which it is read between voxels and beyond its edges.
//
// A padded volume has slices of (height + 1) rows of (width + 1): a row's margin is the one before it and the next row's
// margin behind it, and so with rows. A volume of depth 1 has one slice, any other depth + 3: one before, two behind, of which
// the last is only read with weight 0. Behind the last slice stand one row and one voxel more. Image voxel (z, y, x) stands
// at row z (height + 1) + y + 1 of these (one slice on where depth > 1), column x + 1.

/** Fills n elements of 8 bytes. */
// @ts-ignore: decorator
@inline
function fillPairs(pairs: usize, n: i32, value: v128): usize {
  let i = 0;
  for (; i + 2 <= n; i += 2) v128.store(pairs + ((<usize>i) << 3), value);
  if (i < n) v128.store_lane<i64>(pairs + ((<usize>i) << 3), value, 0);
  return pairs + ((<usize>n) << 3);
}

/** Four pairs (a, b) from voxel x on; an address of 0 stands for a row of the fill value. */
// @ts-ignore: decorator
@inline
function joinFour(pairs: usize, upper: usize, lower: usize, x: i32, fill: v128): void {
  const at = (<usize>x) << 2;
  const a = upper ? v128.load(upper + at) : fill;
  const b = lower ? v128.load(lower + at) : fill;
  const out = pairs + 2 * at;
  v128.store(out, v128.shuffle<f32>(a, b, 0, 4, 1, 5));
  v128.store(out, v128.shuffle<f32>(a, b, 2, 6, 3, 7), 16);
}

/** A row of pairs but for its margin: (upper[x], lower[x]). Four voxels at a time, of which the last four were partly joined before. */
// @ts-ignore: decorator
@inline
function joinRows(pairs: usize, upper: usize, lower: usize, width: i32, colours: i32, fill: v128): void {
  if (colours == 1 && width >= 4) {
    const last = width - 4;
    for (let x = 0; x < last; x += 4) joinFour(pairs, upper, lower, x, fill);
    joinFour(pairs, upper, lower, last, fill);
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
  const step = (<usize>across) << 3;
  for (let z = 0; z < depth; z++) {
    let upper: usize = 0;
    for (let y = 1; y <= height; y++) {
      v128.store_lane<i64>(out, filled, 0);
      if (upper) joinRows(out + 8, upper, row, width, colours, filled);
      else joinRows(out + 8, 0, row, width, colours, filled);
      upper = row;
      row += rowBytes;
      out += step;
    }
    v128.store_lane<i64>(out, filled, 0);
    joinRows(out + 8, upper, 0, width, colours, filled);
    out += step;
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
