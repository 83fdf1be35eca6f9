// Reductions over x (n) and the simplest maps. Totals are float64: element i goes to running total i % 4, then (0 + 1) + (2 + 3).
import { loadLanes, storeLanes } from "./lanes";
import { highToDouble, lowToDouble, sumOfDoubles } from "./simd";

/** sum of x */
export function sum(x: usize, n: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let i = 0; i < n; i += 4) {
    const value = loadLanes(x + ((<usize>i) << 2), n - i);
    low = f64x2.add(low, lowToDouble(value));
    high = f64x2.add(high, highToDouble(value));
  }
  return sumOfDoubles(low) + sumOfDoubles(high);
}

/** sum of x^2 */
export function sumOfSquares(x: usize, n: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let i = 0; i < n; i += 4) {
    const value = loadLanes(x + ((<usize>i) << 2), n - i);
    const first = lowToDouble(value);
    const last = highToDouble(value);
    low = f64x2.add(low, f64x2.mul(first, first));
    high = f64x2.add(high, f64x2.mul(last, last));
  }
  return sumOfDoubles(low) + sumOfDoubles(high);
}

/** sum of |x| */
export function sumOfAbsolutes(x: usize, n: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let i = 0; i < n; i += 4) {
    const value = f32x4.abs(loadLanes(x + ((<usize>i) << 2), n - i));
    low = f64x2.add(low, lowToDouble(value));
    high = f64x2.add(high, highToDouble(value));
  }
  return sumOfDoubles(low) + sumOfDoubles(high);
}

/** largest |x|, NaN if there is one, 0 if there is none */
export function maximumAbsolute(x: usize, n: i32): f32 {
  let most = f32x4.splat(0);
  for (let i = 0; i < n; i += 4) {
    most = f32x4.max(most, f32x4.abs(loadLanes(x + ((<usize>i) << 2), n - i)));
  }
  const a = max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1));
  const b = max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3));
  return max(a, b);
}

/** The first i whose x is NaN or infinite, or -1. An element is finite where x - x is 0. */
export function firstNonFinite(x: usize, n: i32): i32 {
  for (let i = 0; i < n; i += 4) {
    const value = loadLanes(x + ((<usize>i) << 2), n - i);
    const isFinite = f32x4.eq(f32x4.sub(value, value), f32x4.splat(0));
    if (!i32x4.all_true(isFinite)) return i + ctz(~i32x4.bitmask(isFinite));
  }
  return -1;
}

/** y (n) = factor x (n). In place where y is x. */
export function scale(y: usize, x: usize, n: i32, factor: f32): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    storeLanes(y + at, f32x4.mul(loadLanes(x + at, n - i), f32x4.splat(factor)), n - i);
  }
}

/** y (n) = min(max(x (n), low), high). In place where y is x; a NaN stays one. */
export function clamp(y: usize, x: usize, n: i32, low: f32, high: f32): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const value = f32x4.max(loadLanes(x + at, n - i), f32x4.splat(low));
    storeLanes(y + at, f32x4.min(value, f32x4.splat(high)), n - i);
  }
}

/** Whether every element of x (n) is finite: the largest bits without their signs lie below those of infinity. */
export function requireFinite(x: usize, n: i32): bool {
  const magnitude = i32x4.splat(0x7fffffff);
  let most0 = i32x4.splat(0);
  let most1 = most0;
  let most2 = most0;
  let most3 = most0;
  let i = 0;
  for (; i + 16 <= n; i += 16, x += 64) {
    most0 = i32x4.max_s(most0, v128.and(v128.load(x), magnitude));
    most1 = i32x4.max_s(most1, v128.and(v128.load(x, 16), magnitude));
    most2 = i32x4.max_s(most2, v128.and(v128.load(x, 32), magnitude));
    most3 = i32x4.max_s(most3, v128.and(v128.load(x, 48), magnitude));
  }
  for (; i < n; i += 4, x += 16) most0 = i32x4.max_s(most0, v128.and(loadLanes(x, n - i), magnitude));
  const most = i32x4.max_s(i32x4.max_s(most0, most1), i32x4.max_s(most2, most3));
  return !v128.any_true(i32x4.ge_s(most, i32x4.splat(0x7f800000)));
}

/**
 * x (n) <- x maximum / (|x| + 1e-6) where the norm |x|, a float64 sum, makes that less than x.
 * As PyTorch's clip_grad_norm_: the small constant keeps the quotient finite, a norm below the maximum changes nothing.
 */
export function limitNorm(x: usize, n: i32, maximum: f64): void {
  const factor = maximum / (sqrt<f64>(sumOfSquares(x, n)) + 1e-6);
  if (factor < 1) scale(x, x, n, <f32>factor);
}

/** Whether none of n marks is set, one a thread and 64 bytes apart: each is of what requireFinite found of a thread's part. */
export function areUnmarked(marks: usize, n: i32): bool {
  for (let i = 0; i < n; i++) if (load<i32>(marks + ((<usize>i) << 6)) != 0) return false;
  return true;
}
