// Lane helpers: the only file with partial vectors, sums over lanes and multiply-add.

/**
 * a * b + c in each lane. In the reproducible build rounded after the product and again after the sum; in the fast build
 * (relaxed SIMD) rounded once where the processor has the instruction.
 */
// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** The 1 to 3 floats at an address in the first lanes, zero in the others; reads nothing beyond them. */
// @ts-ignore: decorator
@inline
export function loadPartial(address: usize, count: i32): v128 {
  let x = v128.load32_zero(address);
  if (count > 1) x = v128.load_lane<f32>(address, x, 1, 4);
  if (count > 2) x = v128.load_lane<f32>(address, x, 2, 8);
  return x;
}

/** Stores the first 1 to 3 lanes; writes nothing beyond them. */
// @ts-ignore: decorator
@inline
export function storePartial(address: usize, x: v128, count: i32): void {
  v128.store_lane<f32>(address, x, 0);
  if (count > 1) v128.store_lane<f32>(address, x, 1, 4);
  if (count > 2) v128.store_lane<f32>(address, x, 2, 8);
}

/** The first two float lanes in float64. */
// @ts-ignore: decorator
@inline
export function lowToDouble(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

/** The last two float lanes in float64. */
// @ts-ignore: decorator
@inline
export function highToDouble(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 1));
}

/** Two pairs of doubles, rounded to four floats. */
// @ts-ignore: decorator
@inline
export function joinFloats(low: v128, high: v128): v128 {
  return v128.shuffle<i64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
}

/** lane 0 + lane 1 of two doubles. */
// @ts-ignore: decorator
@inline
export function sumOfDoubles(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}

/** Stores the transpose of the 4x4 block with rows a, b, c, d: column j at address + j * stride bytes. */
// @ts-ignore: decorator
@inline
export function storeTransposed(address: usize, stride: usize, a: v128, b: v128, c: v128, d: v128): void {
  const lowAB = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const highAB = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const lowCD = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const highCD = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(address, v128.shuffle<i64>(lowAB, lowCD, 0, 2));
  v128.store(address + stride, v128.shuffle<i64>(lowAB, lowCD, 1, 3));
  v128.store(address + 2 * stride, v128.shuffle<i64>(highAB, highCD, 0, 2));
  v128.store(address + 3 * stride, v128.shuffle<i64>(highAB, highCD, 1, 3));
}
