// Changes of an image's intensities: brightness and contrast, gamma, noise, and a smooth field over the image.
import { loadLanes, storeLanes } from "./lanes";
import { exp4, logOfNormal4 } from "./math";
import { storeFourBlocks } from "./random";
import { highToDouble, lowToDouble, multiplyAdd, sumOfDoubles } from "./simd";

/** range (4): smallest, largest and mean of x (n >= 1), and 0. The mean's sum is float64, in four parts by place. */
export function imageRange(range: usize, x: usize, n: i32): void {
  let low = v128.load32_splat(x);
  let high = low;
  let sum = f64x2.splat(0);
  let other = sum;
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const value = v128.load(x + ((<usize>i) << 2));
    low = f32x4.pmin(low, value);
    high = f32x4.pmax(high, value);
    sum = f64x2.add(sum, lowToDouble(value));
    other = f64x2.add(other, highToDouble(value));
  }
  for (; i < n; i++) {
    const value = v128.load32_splat(x + ((<usize>i) << 2));
    low = f32x4.pmin(low, value);
    high = f32x4.pmax(high, value);
    sum = f64x2.add(sum, f64x2(<f64>f32x4.extract_lane(value, 0), 0));
  }
  const a = f32x4.min(low, v128.shuffle<i64>(low, low, 1, 0));
  const b = f32x4.max(high, v128.shuffle<i64>(high, high, 1, 0));
  store<f32>(range, min(f32x4.extract_lane(a, 0), f32x4.extract_lane(a, 1)));
  store<f32>(range, max(f32x4.extract_lane(b, 0), f32x4.extract_lane(b, 1)), 4);
  store<f32>(range, <f32>(sumOfDoubles(f64x2.add(sum, other)) / n), 8);
  store<f32>(range, 0, 12);
}

/** range (4): the smallest of x (n >= 1); the other three are left alone. */
export function smallest(range: usize, x: usize, n: i32): void {
  let low = v128.load32_splat(x);
  let other = low;
  let i = 0;
  for (; i + 8 <= n; i += 8) {
    low = f32x4.pmin(low, v128.load(x + ((<usize>i) << 2)));
    other = f32x4.pmin(other, v128.load(x + ((<usize>i) << 2), 16));
  }
  for (; i < n; i++) low = f32x4.pmin(low, v128.load32_splat(x + ((<usize>i) << 2)));
  const both = f32x4.min(low, other);
  const pair = f32x4.min(both, v128.shuffle<i64>(both, both, 1, 0));
  store<f32>(range, min(f32x4.extract_lane(pair, 0), f32x4.extract_lane(pair, 1)));
}

/** y = factor x + offset. In place where y is x. */
export function linearIntensity(y: usize, x: usize, n: i32, factor: f32, offset: f32): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const value = multiplyAdd(loadLanes(x + at, n - i), f32x4.splat(factor), f32x4.splat(offset));
    storeLanes(y + at, value, n - i);
  }
}

const smallestNormal: f32 = 1.1754943508222875e-38;

/** y = low + (high - low) t^gamma, t = (x - low) / (high - low) cut to [0, 1], gamma > 0. Where high = low, y = low. */
export function gammaIntensity(y: usize, x: usize, n: i32, low: f32, high: f32, gamma: f32): void {
  const range = high - low;
  const factor = range > 0 ? <f32>1 / range : <f32>0;
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const t = f32x4.mul(f32x4.sub(loadLanes(x + at, n - i), f32x4.splat(low)), f32x4.splat(factor));
    const part = f32x4.pmin(f32x4.pmax(t, f32x4.splat(smallestNormal)), f32x4.splat(1));
    const power = exp4(f32x4.mul(f32x4.splat(gamma), logOfNormal4(part)));
    // 0 stays 0, and NaN stays NaN.
    const kept = v128.or(v128.and(power, f32x4.gt(t, f32x4.splat(0))), v128.and(t, f32x4.ne(t, t)));
    storeLanes(y + at, multiplyAdd(kept, f32x4.splat(range), f32x4.splat(low)), n - i);
  }
}

/** sin(2 pi r) of |r| <= 1/8, within 2^-23   (Cephes sinf.c) */
// @ts-ignore: decorator
@inline
function sineOf(angle: v128, square: v128): v128 {
  let p = multiplyAdd(f32x4.splat(-1.9515295891e-4), square, f32x4.splat(8.3321608736e-3));
  p = multiplyAdd(p, square, f32x4.splat(-1.6666654611e-1));
  return multiplyAdd(f32x4.mul(p, square), angle, angle);
}

/** cos(2 pi r) of |r| <= 1/8, within 2^-23   (Cephes cosf.c) */
// @ts-ignore: decorator
@inline
function cosineOf(square: v128): v128 {
  let p = multiplyAdd(f32x4.splat(2.443315711809948e-5), square, f32x4.splat(-1.388731625493765e-3));
  p = multiplyAdd(p, square, f32x4.splat(4.166664568298827e-2));
  return multiplyAdd(f32x4.mul(p, square), square, multiplyAdd(square, f32x4.splat(-0.5), f32x4.splat(1)));
}

/** Eight words at an address become eight draws of the standard normal distribution (Box & Muller 1958): by pairs,
 *  sqrt(-2 ln u) (cos 2 pi v, sin 2 pi v), u = (24 bits + 1) / 2^24 of the first word, v the second by 2^32. */
// @ts-ignore: decorator
@inline
function toNormals(words: usize): void {
  const a = v128.load(words);
  const b = v128.load(words, 16);
  const first = v128.shuffle<i32>(a, b, 0, 2, 4, 6);
  const second = v128.shuffle<i32>(a, b, 1, 3, 5, 7);
  const count = i32x4.add(i32x4.shr_u(first, 8), i32x4.splat(1));
  const u = f32x4.mul(f32x4.convert_i32x4_s(count), f32x4.splat(5.9604644775390625e-8));
  const radius = f32x4.sqrt(f32x4.mul(logOfNormal4(u), f32x4.splat(-2)));
  // The nearest quarter of a turn, and what is left of it.
  const quarter = i32x4.shr_s(i32x4.add(i32x4.shr_s(second, 1), i32x4.splat(0x10000000)), 29);
  const rest = i32x4.sub(second, i32x4.shl(quarter, 30));
  const angle = f32x4.mul(f32x4.convert_i32x4_s(rest), f32x4.splat(1.4629180792671596e-9));
  const square = f32x4.mul(angle, angle);
  const sine = sineOf(angle, square);
  const cosine = cosineOf(square);
  const isOdd = i32x4.ne(v128.and(quarter, i32x4.splat(1)), i32x4.splat(0));
  const flipCosine = i32x4.shl(v128.and(i32x4.add(quarter, i32x4.splat(1)), i32x4.splat(2)), 30);
  const flipSine = i32x4.shl(v128.and(quarter, i32x4.splat(2)), 30);
  const x = f32x4.mul(radius, v128.xor(v128.bitselect(sine, cosine, isOdd), flipCosine));
  const y = f32x4.mul(radius, v128.xor(v128.bitselect(cosine, sine, isOdd), flipSine));
  v128.store(words, v128.shuffle<f32>(x, y, 0, 4, 1, 5));
  v128.store(words, v128.shuffle<f32>(x, y, 2, 6, 3, 7), 16);
}

/**
 * y = x + deviation * noise: noise i is made of words i - i % 2 and the next, word w being word w % 4 of block
 * (w / 4, counter1, counter2, counter3) under the key. scratch: 16 floats. In place where y is x.
 */
export function addNoise(
  y: usize,
  x: usize,
  scratch: usize,
  n: i32,
  key0: i32,
  key1: i32,
  counter1: i32,
  counter2: i32,
  counter3: i32,
  deviation: f32,
): void {
  for (let i = 0; i < n; i += 16) {
    storeFourBlocks(scratch, 16, key0, key1, i >> 2, counter1, counter2, counter3);
    toNormals(scratch);
    toNormals(scratch + 32);
    const end = min(n - i, 16);
    for (let j = 0; j < end; j += 4) {
      const at = (<usize>(i + j)) << 2;
      const noise = v128.load(scratch + ((<usize>j) << 2));
      storeLanes(y + at, multiplyAdd(noise, f32x4.splat(deviation), loadLanes(x + at, end - j)), end - j);
    }
  }
}

/** Sum over powers b, c with a + b + c <= 3 of coefficient * v^b w^c; the coefficients of x^a follow each other. */
// @ts-ignore: decorator
@inline
function powerOfX(coefficients: usize, a: i32, v: f64, w: f64): v128 {
  let at = coefficients;
  for (let k = 0; k < a; k++) at += <usize>(8 * (((4 - k) * (5 - k)) >> 1));
  let sum: f64 = 0;
  let vPower: f64 = 1;
  for (let b = 0; a + b <= 3; b++) {
    let wPower = vPower;
    for (let c = 0; a + b + c <= 3; c++) {
      sum += load<f64>(at) * wPower;
      wPower *= w;
      at += 8;
    }
    vPower *= v;
  }
  return f32x4.splat(<f32>sum);
}

/** -1 to 1 over n places; 0 where there is but one. */
// @ts-ignore: decorator
@inline
function placeOf(i: i32, n: i32): f64 {
  return n > 1 ? (2 * <f64>i) / <f64>(n - 1) - 1 : 0;
}

/**
 * y = x exp(p), p a polynomial of degree 3 in the place, each coordinate going from -1 to 1 over the image
 * (depth, height, width, colours). coefficients (20, float64): of x^a y^b z^c, c fastest. In place where y is x.
 * (Van Leemput et al. 1999, IEEE TMI 18(10))
 */
export function biasField(
  y: usize,
  x: usize,
  coefficients: usize,
  depth: i32,
  height: i32,
  width: i32,
  colours: i32,
): void {
  const step = width > 1 ? <f32>2 / <f32>(width - 1) : <f32>0;
  const start: f32 = width > 1 ? -1 : 0;
  const pixel = (<usize>colours) << 2;
  for (let z = 0; z < depth; z++) {
    for (let row = 0; row < height; row++) {
      const v = placeOf(row, height);
      const w = placeOf(z, depth);
      const c0 = powerOfX(coefficients, 0, v, w);
      const c1 = powerOfX(coefficients, 1, v, w);
      const c2 = powerOfX(coefficients, 2, v, w);
      const c3 = powerOfX(coefficients, 3, v, w);
      let index = f32x4(0, 1, 2, 3);
      for (let i = 0; i < width; i += 4) {
        const u = multiplyAdd(index, f32x4.splat(step), f32x4.splat(start));
        const p = multiplyAdd(multiplyAdd(multiplyAdd(c3, u, c2), u, c1), u, c0);
        const factor = exp4(p);
        const at = <usize>i * pixel;
        if (colours == 1) {
          storeLanes(y + at, f32x4.mul(loadLanes(x + at, width - i), factor), width - i);
        } else {
          scalePixel(y + at, x + at, colours, f32x4.extract_lane(factor, 0));
          if (width - i > 1) scalePixel(y + at + pixel, x + at + pixel, colours, f32x4.extract_lane(factor, 1));
          if (width - i > 2) scalePixel(y + at + 2 * pixel, x + at + 2 * pixel, colours, f32x4.extract_lane(factor, 2));
          if (width - i > 3) scalePixel(y + at + 3 * pixel, x + at + 3 * pixel, colours, f32x4.extract_lane(factor, 3));
        }
        index = f32x4.add(index, f32x4.splat(4));
      }
      x += <usize>width * pixel;
      y += <usize>width * pixel;
    }
  }
}

function scalePixel(y: usize, x: usize, colours: i32, factor: f32): void {
  for (let k: usize = 0; k < <usize>colours; k++) store<f32>(y + 4 * k, load<f32>(x + 4 * k) * factor);
}
