// Weighted sums along one axis of an image, as a Gaussian needs them: one axis after the other.
import { loadLanes, storeLanes } from "./lanes";
import { multiplyAdd } from "./simd";

function copyFloats(y: usize, x: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) storeLanes(y + ((<usize>i) << 2), loadLanes(x + ((<usize>i) << 2), n - i), n - i);
}

function zeroFloats(y: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) storeLanes(y + ((<usize>i) << 2), f32x4.splat(0), n - i);
}

/** The place within 0 .. n - 1 whose mirror image is i; the edge is not repeated. */
// @ts-ignore: decorator
@inline
function mirrorOf(i: i32, n: i32): i32 {
  if (n == 1) return 0;
  const period = 2 * (n - 1);
  const rest = abs(i) % period;
  return rest < n ? rest : period - rest;
}

/**
 * y (length, inner) = sum over k of weight k * padded (place + k, inner), in the order of k: four vectors at a time, two, one.
 * Whole vectors are read, up to 12 bytes behind the last line.
 */
function sumAlong(y: usize, padded: usize, weights: usize, length: i32, inner: i32, radius: i32): void {
  const end = y + ((<usize>(length * inner)) << 2);
  const step = (<usize>inner) << 2;
  const lastWeight = weights + ((<usize>(2 * radius + 1)) << 2);
  for (; y + 64 <= end; y += 64) {
    let at = padded;
    let a = f32x4.splat(0),
      b = a,
      c = a,
      d = a;
    for (let w = weights; w != lastWeight; w += 4) {
      const weight = v128.load32_splat(w);
      a = multiplyAdd(weight, v128.load(at), a);
      b = multiplyAdd(weight, v128.load(at, 16), b);
      c = multiplyAdd(weight, v128.load(at, 32), c);
      d = multiplyAdd(weight, v128.load(at, 48), d);
      at += step;
    }
    v128.store(y, a);
    v128.store(y, b, 16);
    v128.store(y, c, 32);
    v128.store(y, d, 48);
    padded += 64;
  }
  for (; y + 32 <= end; y += 32) {
    let at = padded;
    let a = f32x4.splat(0),
      b = a;
    for (let w = weights; w != lastWeight; w += 4) {
      const weight = v128.load32_splat(w);
      a = multiplyAdd(weight, v128.load(at), a);
      b = multiplyAdd(weight, v128.load(at, 16), b);
      at += step;
    }
    v128.store(y, a);
    v128.store(y, b, 16);
    padded += 32;
  }
  for (; y < end; y += 16) {
    let at = padded;
    let a = f32x4.splat(0);
    for (let w = weights; w != lastWeight; w += 4) {
      a = multiplyAdd(v128.load32_splat(w), v128.load(at), a);
      at += step;
    }
    storeLanes(y, a, (<i32>(end - y)) >> 2);
    padded += 16;
  }
}

/** A line `count` times, one behind the other: (count, inner). */
function repeatLine(y: usize, line: usize, inner: i32, count: i32): void {
  if (inner == 1) {
    const value = v128.load32_splat(line);
    for (let i = 0; i < count; i += 4) storeLanes(y + ((<usize>i) << 2), value, count - i);
    return;
  }
  for (let i = 0; i < count; i++) copyFloats(y + ((<usize>(i * inner)) << 2), line, inner);
}

/**
 * y (outer, length, inner) = sum over k = -radius .. radius of weight k * x (place + k), along the middle axis; beside the
 * image is 0. weights: 2 radius + 1 floats. scratch: (length + 2 radius) inner floats, and 3 more. In place where y is x.
 */
export function blurAxisConstant(
  y: usize,
  x: usize,
  weights: usize,
  scratch: usize,
  outer: i32,
  length: i32,
  inner: i32,
  radius: i32,
): void {
  const bytes = (<usize>(length * inner)) << 2;
  const margin = (<usize>(radius * inner)) << 2;
  for (let o: usize = 0; o < <usize>outer; o++) {
    zeroFloats(scratch, radius * inner);
    copyFloats(scratch + margin, x + o * bytes, length * inner);
    zeroFloats(scratch + margin + bytes, radius * inner);
    sumAlong(y + o * bytes, scratch, weights, length, inner, radius);
  }
}

/** As blurAxisConstant, but beside the image its edge is repeated. */
export function blurAxisNearest(
  y: usize,
  x: usize,
  weights: usize,
  scratch: usize,
  outer: i32,
  length: i32,
  inner: i32,
  radius: i32,
): void {
  const bytes = (<usize>(length * inner)) << 2;
  const margin = (<usize>(radius * inner)) << 2;
  const line = (<usize>inner) << 2;
  for (let o: usize = 0; o < <usize>outer; o++) {
    const from = x + o * bytes;
    repeatLine(scratch, from, inner, radius);
    copyFloats(scratch + margin, from, length * inner);
    repeatLine(scratch + margin + bytes, from + bytes - line, inner, radius);
    sumAlong(y + o * bytes, scratch, weights, length, inner, radius);
  }
}

/** As blurAxisConstant, but beside the image stands its mirror image: ... 2 1 0 1 2 ... */
export function blurAxisMirror(
  y: usize,
  x: usize,
  weights: usize,
  scratch: usize,
  outer: i32,
  length: i32,
  inner: i32,
  radius: i32,
): void {
  const line = (<usize>inner) << 2;
  for (let o = 0; o < outer; o++) {
    const from = x + line * <usize>(o * length);
    for (let i = -radius; i < length + radius; i++)
      copyFloats(scratch + line * <usize>(i + radius), from + line * <usize>mirrorOf(i, length), inner);
    sumAlong(y + line * <usize>(o * length), scratch, weights, length, inner, radius);
  }
}
