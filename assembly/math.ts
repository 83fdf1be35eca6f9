// Elementary functions, four lanes at a time, from add, multiply, divide and bit operations: the same bits everywhere.
// The bounds in units in the last place (ulp) are what test/assembly/math.test.ts measures over every exponent.
// Polynomials whose source is not named are minimax fits of ours: linear programming on 4,000 Chebyshev points at
// 40 digits, coefficients rounded to float32 one after the other, lowest first, and the rest fitted again.
// Bounds on x are set by pmin(x, c) and pmax(x, c), which let a NaN in x through and cost one instruction.
import { multiplyAdd } from "./simd";

const log2E: f32 = 1.4426950216293335;
/** ln 2 = high + low; high has 15 significant bits, so n * high is exact for every exponent n. */
const ln2High: f32 = 0.693145751953125;
const ln2Low: f32 = 1.428606765330187e-6;
/** 1.5 * 2^23: a float plus this holds its nearest integer (ties to even) in the low bits. */
const roundingShift: f32 = 12582912.0;

/** expm1(r) = r + r^2 P(r) for |r| <= ln(2) / 2, within 2^-28 of exp(r). */
// @ts-ignore: decorator
@inline
function expm1Reduced(r: v128): v128 {
  let p = multiplyAdd(f32x4.splat(0.0013820051681250334), r, f32x4.splat(0.00836868304759264));
  p = multiplyAdd(p, r, f32x4.splat(0.04166827350854874));
  p = multiplyAdd(p, r, f32x4.splat(0.1666652113199234));
  p = multiplyAdd(p, r, f32x4.splat(0.4999999403953552));
  return multiplyAdd(p, f32x4.mul(r, r), r);
}

/** x - n ln 2 in two steps (Cody & Waite 1980). */
// @ts-ignore: decorator
@inline
function reduce(x: v128, n: v128): v128 {
  const high = f32x4.sub(x, f32x4.mul(n, f32x4.splat(ln2High)));
  return f32x4.sub(high, f32x4.mul(n, f32x4.splat(ln2Low)));
}

/** 2^n of integers -126 <= n <= 127. */
// @ts-ignore: decorator
@inline
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/**
 * e^x, within 1 ulp, subnormal results included; infinity above 88.72284, 0 below -103.97208.
 * exp(x) = 2^n (1 + expm1(r)), x = n ln 2 + r; 2^n is applied in two halves, so subnormal results round once.
 */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  const clamped = f32x4.pmax(f32x4.pmin(x, f32x4.splat(89.0)), f32x4.splat(-104.0));
  const shifted = multiplyAdd(clamped, f32x4.splat(log2E), f32x4.splat(roundingShift));
  const n = i32x4.sub(shifted, f32x4.splat(roundingShift));
  const r = reduce(clamped, f32x4.sub(shifted, f32x4.splat(roundingShift)));
  const half = i32x4.shr_s(n, 1);
  const mantissa = f32x4.add(f32x4.splat(1.0), expm1Reduced(r));
  return f32x4.mul(f32x4.mul(mantissa, powerOfTwo(half)), powerOfTwo(i32x4.sub(n, half)));
}

/**
 * e^x - 1 for x <= 0 (what elu, selu and tanh need), within 1 ulp; -0 keeps its sign.
 * expm1(x) = 2^n expm1(r) + (2^n - 1), which does not cancel near 0, where n = 0.
 */
// @ts-ignore: decorator
@inline
export function expm1OfNegative4(x: v128): v128 {
  const clamped = f32x4.pmax(x, f32x4.splat(-18.0));
  const shifted = multiplyAdd(clamped, f32x4.splat(log2E), f32x4.splat(roundingShift));
  const r = reduce(clamped, f32x4.sub(shifted, f32x4.splat(roundingShift)));
  const power = powerOfTwo(i32x4.sub(shifted, f32x4.splat(roundingShift)));
  const value = multiplyAdd(expm1Reduced(r), power, f32x4.sub(power, f32x4.splat(1.0)));
  return v128.or(value, v128.and(x, f32x4.splat(-0.0)));
}

/** The power of 2 by which a normal number above 0 has to be divided to lie between sqrt(1/2) and sqrt(2). */
// @ts-ignore: decorator
@inline
function powerIn(normal: v128): v128 {
  return i32x4.shr_s(i32x4.sub(normal, i32x4.splat(0x3f3504f3)), 23);
}

/**
 * exponent ln 2 + ln(normal / 2^k), sqrt(1/2) <= 1 + f < sqrt(2) where normal = 2^k (1 + f), s = f / (2 + f):
 * ln(1 + f) = f - f^2/2 + s (f^2/2 + s^2 L(s^2))   (FreeBSD msun e_logf.c, its polynomial L within 2^-34)
 */
// @ts-ignore: decorator
@inline
function logOfParts(normal: v128, k: v128, exponent: v128): v128 {
  const f = f32x4.sub(i32x4.sub(normal, i32x4.shl(k, 23)), f32x4.splat(1.0));
  const s = f32x4.div(f, f32x4.add(f, f32x4.splat(2.0)));
  const z = f32x4.mul(s, s);
  let l = multiplyAdd(f32x4.splat(0.24279078841), z, f32x4.splat(0.28498786688));
  l = multiplyAdd(l, z, f32x4.splat(0.40000972152));
  l = multiplyAdd(l, z, f32x4.splat(0.66666662693));
  const halfSquare = f32x4.mul(f32x4.mul(f, f), f32x4.splat(0.5));
  const low = multiplyAdd(s, multiplyAdd(l, z, halfSquare), f32x4.mul(exponent, f32x4.splat(ln2Low)));
  const high = f32x4.mul(exponent, f32x4.splat(ln2High));
  return f32x4.sub(high, f32x4.sub(f32x4.sub(halfSquare, low), f));
}

/** ln x of normal numbers above 0, finite ones: the bits of log4, in two thirds of its time. */
// @ts-ignore: decorator
@inline
export function logOfNormal4(x: v128): v128 {
  const k = powerIn(x);
  return logOfParts(x, k, f32x4.convert_i32x4_s(k));
}

/** ln x, within 1 ulp; -infinity at 0 and -0, NaN below, subnormal x included. */
// @ts-ignore: decorator
@inline
export function log4(x: v128): v128 {
  // Subnormal numbers are brought into the normal range first.
  const isSmall = f32x4.lt(x, f32x4.splat(1.1754943508222875e-38));
  const normal = f32x4.mul(x, v128.bitselect(f32x4.splat(8388608.0), f32x4.splat(1.0), isSmall));
  const k = powerIn(normal);
  const exponent = f32x4.convert_i32x4_s(i32x4.sub(k, v128.and(isSmall, i32x4.splat(23))));
  const value = logOfParts(normal, k, exponent);

  // What is neither finite nor positive: infinity and NaN stay, 0 gives -infinity, negative gives NaN.
  const isLarge = v128.not(f32x4.lt(x, f32x4.splat(f32.POSITIVE_INFINITY)));
  const atLarge = v128.bitselect(x, value, isLarge);
  const atNegative = v128.bitselect(f32x4.splat(f32.NaN), atLarge, f32x4.lt(x, f32x4.splat(0.0)));
  return v128.bitselect(f32x4.splat(f32.NEGATIVE_INFINITY), atNegative, f32x4.eq(x, f32x4.splat(0.0)));
}

/**
 * ln(1 + x) for 0 <= x <= 1 (what softplus and the cross-entropies need), within 1.5 ulp.
 * ln(1 + x) = x - s (x - s^2 Q(s^2)), s = x / (2 + x), Q within 2^-33 of the result.
 */
// @ts-ignore: decorator
@inline
export function log1p4(x: v128): v128 {
  const s = f32x4.div(x, f32x4.add(x, f32x4.splat(2.0)));
  const z = f32x4.mul(s, s);
  let q = multiplyAdd(f32x4.splat(0.2424527108669281), z, f32x4.splat(0.21443884074687958));
  q = multiplyAdd(q, z, f32x4.splat(0.2861521244049072));
  q = multiplyAdd(q, z, f32x4.splat(0.3999894857406616));
  q = multiplyAdd(q, z, f32x4.splat(0.6666667461395264));
  return f32x4.sub(x, f32x4.mul(s, f32x4.sub(x, f32x4.mul(z, q))));
}

/** tanh x = -t / (t + 2), t = expm1(-2 |x|), with the sign of x; within 2.5 ulp. */
// @ts-ignore: decorator
@inline
export function tanh4(x: v128): v128 {
  const t = expm1OfNegative4(f32x4.mul(f32x4.abs(x), f32x4.splat(-2.0)));
  const magnitude = f32x4.div(t, f32x4.add(t, f32x4.splat(2.0)));
  return v128.bitselect(x, magnitude, f32x4.splat(-0.0));
}

/**
 * (2 / sqrt(pi)) times the integral of exp(-t^2) from 0 to x, within 1.5 ulp.
 * |x| < 1: x + x P(x^2);  beyond: 1 - exp(-Q(|x|)), Q = -ln erfc, its error weighted by erfc; 1 from 3.95 on.
 */
// @ts-ignore: decorator
@inline
export function erf4(x: v128): v128 {
  const z = f32x4.mul(x, x);
  let p = multiplyAdd(f32x4.splat(7.920374628156424e-5), z, f32x4.splat(-0.000803076196461916));
  p = multiplyAdd(p, z, f32x4.splat(0.005190733820199966));
  p = multiplyAdd(p, z, f32x4.splat(-0.02685512602329254));
  p = multiplyAdd(p, z, f32x4.splat(0.11283618211746216));
  p = multiplyAdd(p, z, f32x4.splat(-0.3761262893676758));
  p = multiplyAdd(p, z, f32x4.splat(0.12837916612625122));
  const near = multiplyAdd(p, x, x);

  const magnitude = f32x4.abs(x);
  const a = f32x4.pmin(magnitude, f32x4.splat(3.95));
  let q = multiplyAdd(f32x4.splat(-0.00018556613940745592), a, f32x4.splat(0.002939548809081316));
  q = multiplyAdd(q, a, f32x4.splat(-0.021805154159665108));
  q = multiplyAdd(q, a, f32x4.splat(0.10303715616464615));
  q = multiplyAdd(q, a, f32x4.splat(0.638225793838501));
  q = multiplyAdd(q, a, f32x4.splat(1.1270400285720825));
  q = multiplyAdd(q, a, f32x4.splat(0.0003537094162311405));
  const complement = exp4(f32x4.neg(q));
  const far = v128.bitselect(x, f32x4.sub(f32x4.splat(1.0), complement), f32x4.splat(-0.0));

  return v128.bitselect(near, far, f32x4.lt(magnitude, f32x4.splat(1.0)));
}

/** 1 / (1 + exp(-x)), as exp(-|x|) / (1 + exp(-|x|)) below 0, where nothing overflows; within 2.5 ulp. */
// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1.0);
  const e = exp4(f32x4.neg(f32x4.abs(x)));
  const numerator = v128.bitselect(e, one, f32x4.lt(x, f32x4.splat(0.0)));
  return f32x4.div(numerator, f32x4.add(one, e));
}

/** ln(1 + exp(x)) = max(x, 0) + log1p(exp(-|x|)), which never overflows; within 2.5 ulp. */
// @ts-ignore: decorator
@inline
export function softplus4(x: v128): v128 {
  const tail = log1p4(exp4(f32x4.neg(f32x4.abs(x))));
  return f32x4.add(f32x4.pmax(x, f32x4.splat(0.0)), tail);
}
