// Reads a padded image at points (points.ts): linear between voxels, and for class numbers the nearest or the likeliest.
import { storeLanes } from "./lanes";
import { pointBytes } from "./points";
import { multiplyAdd } from "./simd";

/** a + f (b - a) */
// @ts-ignore: decorator
@inline
function between(a: v128, b: v128, f: v128): v128 {
  return multiplyAdd(f, f32x4.sub(b, a), a);
}

/** The four neighbours of voxel i in a slice and those in the next, joined along z: (x y), (x y+1), (x+1 y), (x+1 y+1). */
// @ts-ignore: decorator
@inline
function columnsOf(points: usize, i: usize, shift: usize, slice: usize): v128 {
  const at = <usize>load<u32>(points + 4 * i) + shift;
  return between(v128.load(at), v128.load(at + slice), v128.load32_splat(points + 48 + 4 * i));
}

// @ts-ignore: decorator
@inline
function neighboursOf(points: usize, i: usize, shift: usize): v128 {
  return v128.load(<usize>load<u32>(points + 4 * i) + shift);
}

/** Four quadruples of neighbours, each joined along y and x. */
// @ts-ignore: decorator
@inline
function joined(points: usize, a: v128, b: v128, c: v128, d: v128): v128 {
  const lowAB = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const lowCD = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const highAB = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const highCD = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  const fy = v128.load(points, 32);
  const left = between(v128.shuffle<i64>(lowAB, lowCD, 0, 2), v128.shuffle<i64>(lowAB, lowCD, 1, 3), fy);
  const right = between(v128.shuffle<i64>(highAB, highCD, 0, 2), v128.shuffle<i64>(highAB, highCD, 1, 3), fy);
  return between(left, right, v128.load(points, 16));
}

/** Four values, or as many as are left, `colours` floats apart. */
// @ts-ignore: decorator
@inline
function storeApart(y: usize, value: v128, left: i32, colours: i32): void {
  const step = (<usize>colours) << 2;
  v128.store_lane<f32>(y, value, 0);
  if (left > 1) v128.store_lane<f32>(y + step, value, 1);
  if (left > 2) v128.store_lane<f32>(y + 2 * step, value, 2);
  if (left > 3) v128.store_lane<f32>(y + 3 * step, value, 3);
}

/**
 * y (rows, width), every `colours`th float: the image between its voxels.
 * shift: bytes from the pairs that the points are of to the pairs that are read. slice: bytes of a padded slice of pairs.
 */
export function gatherVolume(
  y: usize,
  points: usize,
  rows: i32,
  width: i32,
  colours: i32,
  shift: usize,
  slice: usize,
): void {
  for (let row = 0; row < rows; row++) {
    for (let x = 0; x < width; x += 4) {
      const a = columnsOf(points, 0, shift, slice);
      const b = columnsOf(points, 1, shift, slice);
      const c = columnsOf(points, 2, shift, slice);
      const d = columnsOf(points, 3, shift, slice);
      const value = joined(points, a, b, c, d);
      const out = y + ((<usize>(x * colours)) << 2);
      if (colours == 1) storeLanes(out, value, width - x);
      else storeApart(out, value, width - x, colours);
      points += pointBytes;
    }
    y += (<usize>(width * colours)) << 2;
  }
}

/** As gatherVolume, of an image of one slice. */
export function gatherSlice(y: usize, points: usize, rows: i32, width: i32, colours: i32, shift: usize): void {
  for (let row = 0; row < rows; row++) {
    for (let x = 0; x < width; x += 4) {
      const a = neighboursOf(points, 0, shift);
      const b = neighboursOf(points, 1, shift);
      const c = neighboursOf(points, 2, shift);
      const d = neighboursOf(points, 3, shift);
      const value = joined(points, a, b, c, d);
      const out = y + ((<usize>(x * colours)) << 2);
      if (colours == 1) storeLanes(out, value, width - x);
      else storeApart(out, value, width - x, colours);
      points += pointBytes;
    }
    y += (<usize>(width * colours)) << 2;
  }
}

/** y (rows, width; bytes): the class of the nearest voxel, the later one of two as near. source: the points' pairs. */
export function gatherNearest(
  y: usize,
  points: usize,
  padded: usize,
  source: usize,
  rows: i32,
  width: i32,
  height: i32,
): void {
  const across = width + 1;
  const slice = (height + 1) * across;
  for (let row = 0; row < rows; row++) {
    for (let x = 0; x < width; x++) {
      const at = points + pointBytes * <usize>(x >> 2) + 4 * <usize>(x & 3);
      let place = <i32>((load<u32>(at) - <u32>source) >> 3);
      if (load<f32>(at, 16) >= 0.5) place += 1;
      if (load<f32>(at, 32) >= 0.5) place += across;
      if (load<f32>(at, 48) >= 0.5) place += slice;
      store<u8>(y + <usize>x, load<u8>(padded + <usize>place));
    }
    points += pointBytes * <usize>((width + 3) >> 2);
    y += <usize>width;
  }
}

/** Weight of corner k (bits: x, y, z) between fractions. */
// @ts-ignore: decorator
@inline
function cornerWeight(k: i32, fx: f32, fy: f32, fz: f32): f32 {
  const wx = k & 1 ? fx : 1 - fx;
  const wy = k & 2 ? fy : 1 - fy;
  const wz = k & 4 ? fz : 1 - fz;
  return wx * wy * wz;
}

/**
 * y (rows, width; bytes): the class whose 0-or-1 image is largest where it is read between its voxels, the smaller number
 * of two as large. The eight neighbours' classes are weighed, so that no class between two others can come up.
 */
export function gatherLikeliest(
  y: usize,
  points: usize,
  padded: usize,
  source: usize,
  rows: i32,
  width: i32,
  height: i32,
  depth: i32,
): void {
  const across = width + 1;
  const slice = depth > 1 ? (height + 1) * across : 0;
  for (let row = 0; row < rows; row++) {
    for (let x = 0; x < width; x++) {
      const at = points + pointBytes * <usize>(x >> 2) + 4 * <usize>(x & 3);
      const place = padded + <usize>((load<u32>(at) - <u32>source) >> 3);
      const fx = load<f32>(at, 16);
      const fy = load<f32>(at, 32);
      const fz = load<f32>(at, 48);
      let likeliest = 255;
      let most: f32 = -1;
      for (let k = 0; k < 8; k++) {
        const label = <i32>load<u8>(place + <usize>((k & 1) + (k & 2 ? across : 0) + (k & 4 ? slice : 0)));
        if (label == likeliest) continue;
        let weight: f32 = 0;
        for (let other = 0; other < 8; other++) {
          const there = <i32>(
            load<u8>(place + <usize>((other & 1) + (other & 2 ? across : 0) + (other & 4 ? slice : 0)))
          );
          if (there == label) weight += cornerWeight(other, fx, fy, fz);
        }
        if (weight > most || (weight == most && label < likeliest)) {
          likeliest = label;
          most = weight;
        }
      }
      store<u8>(y + <usize>x, <u8>likeliest);
    }
    points += pointBytes * <usize>((width + 3) >> 2);
    y += <usize>width;
  }
}
