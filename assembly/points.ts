// Where an image is read for each voxel of the result: an affine map, with a field of displacements on top or without.
// Results are written as the places of neighbours in a padded copy of the image (padding.ts) and the fractions between them.
import { multiplyAdd } from "./simd";

/** 1.5 * 2^23: a whole float plus this holds the number in its low bits. */
const wholeShift: f32 = 12582912.0;
const wholeBits: i32 = 0x4b400000;

/** Bytes of four voxels' points: 4 addresses of pairs, then 4 fractions along each of x, y, z. */
export const pointBytes: usize = 64;

/** What lies beside the image: a value, its edge, its mirror image that does not repeat the edge. */
const constantPadding: i32 = 0;
const nearestPadding: i32 = 1;
const mirrorPadding: i32 = 2;

/**
 * The displacement d of a voxel at `at`, so that at + d stays within what the padded copy holds of `n` voxels. NaN is
 * taken as the first place, so that nothing is read outside.
 */
// @ts-ignore: decorator
@inline
function bounded(padding: i32, d: v128, at: v128, n: f32): v128 {
  if (padding == constantPadding) {
    // From -1 to n the value goes over into the one beside; what is beyond is at -1, the same value.
    const low = f32x4.sub(f32x4.splat(-1), at);
    const raised = f32x4.pmax(low, d);
    return v128.bitselect(raised, low, f32x4.lt(raised, f32x4.sub(f32x4.splat(n), at)));
  }
  let inside = d;
  if (padding == mirrorPadding) {
    const place = f32x4.add(at, d);
    const period = f32x4.splat(2 * (n - 1));
    const way = f32x4.abs(place);
    const rest = f32x4.sub(way, f32x4.mul(period, f32x4.floor(f32x4.div(way, period))));
    const folded = f32x4.sub(f32x4.min(rest, f32x4.sub(period, rest)), at);
    const isOutside = v128.or(f32x4.lt(place, f32x4.splat(0)), f32x4.gt(place, f32x4.splat(n - 1)));
    inside = v128.bitselect(folded, d, isOutside);
  }
  const low = f32x4.neg(at);
  return f32x4.pmin(f32x4.sub(f32x4.splat(n - 1), at), f32x4.pmax(low, inside));
}

/** offset + y slopeY + z slopeZ of one coordinate, rounded once. */
// @ts-ignore: decorator
@inline
function startOf(map: usize, y: f64, z: f64): v128 {
  return f32x4.splat(<f32>(load<f64>(map) + load<f64>(map, 16) * y + load<f64>(map, 24) * z));
}

// @ts-ignore: decorator
@inline
function writePoints(
  padding: i32,
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
  const origin = <i32>source + 8 * (margin * across + 1) - 8 * wholeBits * across - 8 * wholeBits;
  const slopeX = f32x4.splat(<f32>load<f64>(map, 8));
  const slopeY = f32x4.splat(<f32>load<f64>(map, 40));
  const slopeZ = f32x4.splat(<f32>load<f64>(map, 72));
  let out = points;
  let moved = field;
  const stride = <usize>(16 * vectors);
  for (let row = first; row < first + rows; row++) {
    const z = row / height;
    const y = row - z * height;
    const startX = startOf(map, y, z);
    const startY = startOf(map + 32, y, z);
    const startZ = startOf(map + 64, y, z);
    const atY = f32x4.splat(<f32>y);
    const atZ = f32x4.splat(<f32>z);
    const rowShift = f32x4.splat(<f32>(z * down + y) + wholeShift);
    let at = f32x4(0, 1, 2, 3);
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
      dx = bounded(padding, dx, at, <f32>width);
      dy = bounded(padding, dy, atY, <f32>height);
      dz = bounded(padding, dz, atZ, <f32>depth);
      const wholeX = f32x4.floor(dx);
      const wholeY = f32x4.floor(dy);
      const wholeZ = f32x4.floor(dz);
      const row4 = f32x4.add(f32x4.add(f32x4.mul(wholeZ, f32x4.splat(<f32>down)), wholeY), rowShift);
      const column4 = f32x4.add(wholeX, f32x4.add(at, f32x4.splat(wholeShift)));
      const place = i32x4.add(i32x4.mul(row4, i32x4.splat(8 * across)), i32x4.shl(column4, 3));
      v128.store(out, i32x4.add(place, i32x4.splat(origin)));
      v128.store(out, f32x4.sub(dx, wholeX), 16);
      v128.store(out, f32x4.sub(dy, wholeY), 32);
      v128.store(out, f32x4.sub(dz, wholeZ), 48);
      out += pointBytes;
      at = f32x4.add(at, f32x4.splat(4));
    }
    if (field) moved += 2 * stride;
  }
}

/**
 * points (rows, vectors of a row, 64 bytes) of the rows from `first` on of a volume (depth, height, width): voxel v reads at
 * v + D v + o, plus its displacement where `field` is not 0. Beside the image is one value, with which it is interpolated.
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
  writePoints(constantPadding, points, map, field, first, rows, depth, height, width, source);
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
  writePoints(nearestPadding, points, map, field, first, rows, depth, height, width, source);
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
  writePoints(mirrorPadding, points, map, field, first, rows, depth, height, width, source);
}
