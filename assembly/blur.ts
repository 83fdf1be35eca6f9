// Weighted sums along one axis of an image, as a Gaussian needs them: one axis after the other.
import { loadLanes, storeLanes } from "./lanes";
import { multiplyAdd } from "./simd";

function copyFloats(y: usize, x: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) storeLanes(y + ((<usize>i) << 2), loadLanes(x + ((<usize>i) << 2), n - i), n - i);
}

function zeroFloats(y: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) storeLanes(y + ((<usize>i) << 2), f32x4.splat(0), n - i);
}

/** The place within 0 .. n - 1 that stands for one beside it: the edge, or the mirror image that does not repeat it. */
// @ts-ignore: decorator
@inline
function edgeOf(i: i32, n: i32): i32 {
  return max(0, min(i, n - 1));
}

// @ts-ignore: decorator
@inline
function mirrorOf(i: i32, n: i32): i32 {
  if (n == 1) return 0;
  const period = 2 * (n - 1);
  const rest = abs(i) % period;
  return rest < n ? rest : period - rest;
}

/** y (length, inner) = sum over k of weight k * padded (place + k, inner), in the order of k */
// @ts-ignore: decorator
@inline
function sumAlong(y: usize, padded: usize, weights: usize, length: i32, inner: i32, radius: i32): void {
  const n = length * inner;
  const step = (<usize>inner) << 2;
  for (let i = 0; i < n; i += 4) {
    let at = padded + ((<usize>i) << 2);
    const left = n - i;
    let sum = f32x4.splat(0);
    for (let k = 0; k <= 2 * radius; k++) {
      sum = multiplyAdd(v128.load32_splat(weights + ((<usize>k) << 2)), loadLanes(at, left), sum);
      at += step;
    }
    storeLanes(y + ((<usize>i) << 2), sum, left);
  }
}

/**
 * y (outer, length, inner) = sum over k = -radius .. radius of weight k * x (place + k), along the middle axis; beside the
 * image is 0. weights: 2 radius + 1 floats. scratch: (length + 2 radius) inner floats. In place where y is x.
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
  const line = (<usize>inner) << 2;
  for (let o = 0; o < outer; o++) {
    const from = x + line * <usize>(o * length);
    for (let i = -radius; i < length + radius; i++)
      copyFloats(scratch + line * <usize>(i + radius), from + line * <usize>edgeOf(i, length), inner);
    sumAlong(y + line * <usize>(o * length), scratch, weights, length, inner, radius);
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
