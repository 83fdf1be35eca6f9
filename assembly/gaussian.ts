// Gaussian dropout's mask: factors with mean 1 and a given deviation, by counter (Srivastava et al. 2014, section 10).
import { loadLanes, storeLanes } from "./lanes";
import { logOfNormal4 } from "./math";
import { storeFourBlocks } from "./random";
import { multiplyAdd } from "./simd";

/**
 * The inverse error function of -1 < x < 1: x P(w), w = -ln((1 - x)(1 + x)), one polynomial in w - 2.5 for w < 5, one in
 * sqrt(w) - 3 beyond   (Giles, "Approximating the erfinv function", GPU Computing Gems 2010, single precision)
 */
// @ts-ignore: decorator
@inline
function inverseErf4(x: v128): v128 {
  const one = f32x4.splat(1);
  const w = f32x4.neg(logOfNormal4(f32x4.mul(f32x4.sub(one, x), f32x4.add(one, x))));
  const a = f32x4.sub(w, f32x4.splat(2.5));
  let near = multiplyAdd(f32x4.splat(2.81022636e-8), a, f32x4.splat(3.43273939e-7));
  near = multiplyAdd(near, a, f32x4.splat(-3.5233877e-6));
  near = multiplyAdd(near, a, f32x4.splat(-4.39150654e-6));
  near = multiplyAdd(near, a, f32x4.splat(0.00021858087));
  near = multiplyAdd(near, a, f32x4.splat(-0.00125372503));
  near = multiplyAdd(near, a, f32x4.splat(-0.00417768164));
  near = multiplyAdd(near, a, f32x4.splat(0.246640727));
  near = multiplyAdd(near, a, f32x4.splat(1.50140941));
  const b = f32x4.sub(f32x4.sqrt(w), f32x4.splat(3));
  let far = multiplyAdd(f32x4.splat(-0.000200214257), b, f32x4.splat(0.000100950558));
  far = multiplyAdd(far, b, f32x4.splat(0.00134934322));
  far = multiplyAdd(far, b, f32x4.splat(-0.00367342844));
  far = multiplyAdd(far, b, f32x4.splat(0.00573950773));
  far = multiplyAdd(far, b, f32x4.splat(-0.0076224613));
  far = multiplyAdd(far, b, f32x4.splat(0.00943887047));
  far = multiplyAdd(far, b, f32x4.splat(1.00167406));
  far = multiplyAdd(far, b, f32x4.splat(2.83297682));
  return f32x4.mul(x, v128.bitselect(near, far, f32x4.lt(w, f32x4.splat(5))));
}

/**
 * mask (n) = 1 + deviation sqrt(2) erfinv(u), where word i % 4 of block (counter0 + i / 4, counter1, 0, 0) gives u: its upper
 * 24 bits, signed, and a half, by 2^-23. So the factors are normal, cut off at 5.3 deviations.
 */
export function gaussianMask(
  mask: usize,
  n: i32,
  key0: i32,
  key1: i32,
  counter0: i32,
  counter1: i32,
  deviation: f32,
): void {
  const factor = f32x4.splat(deviation * <f32>1.4142135623730951);
  for (let i = 0; i < n; i += 16) {
    const at = mask + ((<usize>i) << 2);
    storeFourBlocks(at, n - i, key0, key1, counter0 + (i >> 2), counter1, 0, 0);
    const end = min(n - i, 16);
    for (let j = 0; j < end; j += 4) {
      const here = at + ((<usize>j) << 2);
      const whole = f32x4.convert_i32x4_s(i32x4.shr_s(loadLanes(here, end - j), 8));
      const u = f32x4.mul(f32x4.add(whole, f32x4.splat(0.5)), f32x4.splat(1.1920928955078125e-7));
      storeLanes(here, multiplyAdd(factor, inverseErf4(u), f32x4.splat(1)), end - j);
    }
  }
}
