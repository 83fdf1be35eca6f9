// Where an image is read for each voxel of the result: an affine map, with a field of displacements on top or without.
// Results are written as the places of neighbours in a padded copy of the image (padding.ts) and the fractions between them.
import { multiplyAdd } from "./simd";

/** 1.5 * 2^23: a whole float plus this holds the number in its low bits. */
const wholeShift: f32 = 12582912.0;
const wholeBits: i32 = 0x4b400000;

/** Bytes of four voxels' points: 4 addresses of pairs, then 4 fractions along each of x, y, z. */
export const pointBytes: usize = 64;

/**
 * The displacement of a voxel at `at`, so that the place lies within n voxels as in their mirror image: ... 2 1 0 1 2 ...
 */
// @ts-ignore: decorator
@inline
function mirrored(d: v128, at: v128, n: i32): v128 {
  const last = f32x4.splat(<f32>(n - 1));
  const period = f32x4.splat(<f32>(n + n - 2));
  const place = f32x4.add(at, d);
  const way = f32x4.abs(place);
  const rest = f32x4.sub(way, f32x4.mul(period, f32x4.floor(f32x4.div(way, period))));
  const folded = f32x4.sub(f32x4.pmin(rest, f32x4.sub(period, rest)), at);
  const isOutside = v128.or(f32x4.lt(place, f32x4.splat(0)), f32x4.gt(place, last));
  return v128.bitselect(folded, d, isOutside);
}

/** d within bounds; NaN is the lower one, so that nothing is read outside. */
// @ts-ignore: decorator
@inline
function within(d: v128, low: v128, high: v128): v128 {
  return f32x4.pmin(high, f32x4.pmax(low, d));
}

/** offset + y slopeY + what z adds to one coordinate, rounded once. */
// @ts-ignore: decorator
@inline
function startOf(map: usize, y: i32, byZ: f64): v128 {
  return f32x4.splat(<f32>(load<f64>(map) + load<f64>(map, 16) * <f64>y + byZ));
}

/** @param beside voxels beside the image that places may reach: 1 where a value is interpolated with, 0 elsewhere. */
// @ts-ignore: decorator
@inline
function writePoints(
  isMirror: bool,
  beside: f32,
  points: usize,
  map: usize,
  field: usize,
  first: i32,
  rows: i32,
  depth: i32,
  height: i32,
  width: i32,
  source: usize,
): void {
  const vectors = (width + 3) >> 2;
  const across = width + 1;
  const down = height + 1;
  const margin = (depth > 1 ? down : 0) + 1;
  const origin = i32x4.splat(<i32>source + 8 * (margin * across + 1) - 8 * wholeBits * across - 8 * wholeBits);
  const slopeX = f32x4.splat(<f32>load<f64>(map, 8));
  const slopeY = f32x4.splat(<f32>load<f64>(map, 40));
  const slopeZ = f32x4.splat(<f32>load<f64>(map, 72));
  const rowBytes = i32x4.splat(8 * across);
  const slice = f32x4.splat(<f32>down);
  const four = f32x4.splat(4);
  const lowest = f32x4.sub(f32x4.splat(-beside), f32x4(0, 1, 2, 3));
  const highest = f32x4.sub(f32x4.splat(<f32>(width - 1) + beside), f32x4(0, 1, 2, 3));
  const columns = f32x4.add(f32x4(0, 1, 2, 3), f32x4.splat(wholeShift));
  const stride = <usize>(16 * vectors);
  let out = points;
  let moved = field;
  let z = first / height;
  let y = first - z * height;
  for (let left = rows; left > 0; z++) {
    const last = min(height, y + left);
    left -= last - y;
    const xByZ = load<f64>(map, 24) * <f64>z;
    const yByZ = load<f64>(map, 56) * <f64>z;
    const zByZ = load<f64>(map, 88) * <f64>z;
    const lowZ = f32x4.splat(depth > 1 ? -beside - <f32>z : 0);
    const highZ = f32x4.splat(depth > 1 ? <f32>(depth - 1 - z) + beside : 0);
    let lowY = f32x4.splat(-beside - <f32>y);
    let highY = f32x4.splat(<f32>(height - 1 - y) + beside);
    let rowShift = f32x4.splat(<f32>(z * down + y) + wholeShift);
    for (; y < last; y++) {
      const startX = startOf(map, y, xByZ);
      const startY = startOf(map + 32, y, yByZ);
      const startZ = startOf(map + 64, y, zByZ);
      let at = f32x4(0, 1, 2, 3);
      let low = lowest;
      let high = highest;
      let column = columns;
      for (let j = 0; j < vectors; j++) {
        let dx = multiplyAdd(at, slopeX, startX);
        let dy = multiplyAdd(at, slopeY, startY);
        let dz = multiplyAdd(at, slopeZ, startZ);
        if (field) {
          dx = f32x4.add(dx, v128.load(moved));
          dy = f32x4.add(dy, v128.load(moved + stride));
          dz = f32x4.add(dz, v128.load(moved + 2 * stride));
          moved += 16;
        }
        if (isMirror) {
          dx = mirrored(dx, at, width);
          dy = mirrored(dy, f32x4.splat(<f32>y), height);
          dz = mirrored(dz, f32x4.splat(<f32>z), depth);
        }
        dx = within(dx, low, high);
        dy = within(dy, lowY, highY);
        dz = within(dz, lowZ, highZ);
        const wholeX = f32x4.floor(dx);
        const wholeY = f32x4.floor(dy);
        const wholeZ = f32x4.floor(dz);
        const line = f32x4.add(f32x4.add(f32x4.mul(wholeZ, slice), wholeY), rowShift);
        const place = i32x4.add(i32x4.mul(line, rowBytes), i32x4.shl(f32x4.add(wholeX, column), 3));
        v128.store(out, i32x4.add(place, origin));
        v128.store(out, f32x4.sub(dx, wholeX), 16);
        v128.store(out, f32x4.sub(dy, wholeY), 32);
        v128.store(out, f32x4.sub(dz, wholeZ), 48);
        out += pointBytes;
        at = f32x4.add(at, four);
        column = f32x4.add(column, four);
        low = f32x4.sub(low, four);
        high = f32x4.sub(high, four);
      }
      if (field) moved += 2 * stride;
      lowY = f32x4.sub(lowY, f32x4.splat(1));
      highY = f32x4.sub(highY, f32x4.splat(1));
      rowShift = f32x4.add(rowShift, f32x4.splat(1));
    }
    y = 0;
  }
}

/**
 * points (rows, vectors of a row, 64 bytes) of the rows from `first` on of a volume (depth, height, width): voxel v reads at
 * v + D v + o, plus its displacement where `field` is not 0. Beside the image is one value, with which it is interpolated;
 * but a volume of one slice is read within that slice.
 * map: for x, y, z each (o, D by x, by y, by z), float64, D being the affine matrix less the identity.
 * field: (rows, 3, whole vectors of a row), displacements along x, y, z in voxels. source: the pairs (padding.ts).
 */
export function pointsConstant(
  points: usize,
  map: usize,
  field: usize,
  first: i32,
  rows: i32,
  depth: i32,
  height: i32,
  width: i32,
  source: usize,
): void {
  writePoints(false, 1, points, map, field, first, rows, depth, height, width, source);
}

/** As pointsConstant, but beside the image its edge is repeated. */
export function pointsNearest(
  points: usize,
  map: usize,
  field: usize,
  first: i32,
  rows: i32,
  depth: i32,
  height: i32,
  width: i32,
  source: usize,
): void {
  writePoints(false, 0, points, map, field, first, rows, depth, height, width, source);
}

/** As pointsConstant, but beside the image stands its mirror image: ... 2 1 0 1 2 ... */
export function pointsMirror(
  points: usize,
  map: usize,
  field: usize,
  first: i32,
  rows: i32,
  depth: i32,
  height: i32,
  width: i32,
  source: usize,
): void {
  writePoints(true, 0, points, map, field, first, rows, depth, height, width, source);
}
