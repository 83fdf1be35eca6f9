// Activations, element by element: y (n) = f(x (n)), and dx (n) = dy (n) * f'(x (n)).
// Every backward is given x and y, whether it reads them or not. In place where the output is an input.
// Definitions follow PyTorch 2; where an infinity or NaN goes in, what y becomes is what PyTorch gives.
import { loadLanes, storeLanes } from "./lanes";
import { erf4, exp4, expm1OfNegative4, sigmoid4, softplus4, tanh4 } from "./math";
import { multiplyAdd } from "./simd";

/** y = max(x, 0) */
export function reluForward(y: usize, x: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    storeLanes(y + at, f32x4.pmax(loadLanes(x + at, n - i), f32x4.splat(0.0)), n - i);
  }
}

/** dx = dy where x > 0, 0 elsewhere */
export function reluBackward(dx: usize, dy: usize, x: usize, y: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const isOff = f32x4.le(loadLanes(x + at, n - i), f32x4.splat(0.0));
    storeLanes(dx + at, v128.andnot(loadLanes(dy + at, n - i), isOff), n - i);
  }
}

/** y = x where x > 0, slope x elsewhere */
export function leakyReluForward(y: usize, x: usize, n: i32, slope: f32): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const value = loadLanes(x + at, n - i);
    const below = f32x4.mul(value, f32x4.splat(slope));
    storeLanes(y + at, v128.bitselect(value, below, f32x4.gt(value, f32x4.splat(0.0))), n - i);
  }
}

/** dx = dy where x > 0, slope dy elsewhere */
export function leakyReluBackward(dx: usize, dy: usize, x: usize, y: usize, n: i32, slope: f32): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const upstream = loadLanes(dy + at, n - i);
    const below = f32x4.mul(upstream, f32x4.splat(slope));
    const isOn = f32x4.gt(loadLanes(x + at, n - i), f32x4.splat(0.0));
    storeLanes(dx + at, v128.bitselect(upstream, below, isOn), n - i);
  }
}

/** y = x where x > 0, alpha (e^x - 1) elsewhere   (Clevert et al. 2016) */
export function eluForward(y: usize, x: usize, n: i32, alpha: f32): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const value = loadLanes(x + at, n - i);
    const below = f32x4.mul(expm1OfNegative4(value), f32x4.splat(alpha));
    storeLanes(y + at, v128.bitselect(value, below, f32x4.gt(value, f32x4.splat(0.0))), n - i);
  }
}

/** dx = dy where x > 0, dy alpha e^x elsewhere */
export function eluBackward(dx: usize, dy: usize, x: usize, y: usize, n: i32, alpha: f32): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const value = loadLanes(x + at, n - i);
    const upstream = loadLanes(dy + at, n - i);
    const below = f32x4.mul(upstream, f32x4.mul(exp4(value), f32x4.splat(alpha)));
    storeLanes(dx + at, v128.bitselect(upstream, below, f32x4.gt(value, f32x4.splat(0.0))), n - i);
  }
}

/** lambda and lambda alpha of selu (Klambauer et al. 2017) */
const seluScale: f32 = 1.0507009873554805;
const seluScaledAlpha: f32 = 1.7580993408473766;

/** y = lambda x where x > 0, lambda alpha (e^x - 1) elsewhere */
export function seluForward(y: usize, x: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const value = loadLanes(x + at, n - i);
    const above = f32x4.mul(value, f32x4.splat(seluScale));
    const below = f32x4.mul(expm1OfNegative4(value), f32x4.splat(seluScaledAlpha));
    storeLanes(y + at, v128.bitselect(above, below, f32x4.gt(value, f32x4.splat(0.0))), n - i);
  }
}

/** dx = dy lambda where x > 0, dy lambda alpha e^x elsewhere */
export function seluBackward(dx: usize, dy: usize, x: usize, y: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const value = loadLanes(x + at, n - i);
    const below = f32x4.mul(exp4(value), f32x4.splat(seluScaledAlpha));
    const slope = v128.bitselect(f32x4.splat(seluScale), below, f32x4.gt(value, f32x4.splat(0.0)));
    storeLanes(dx + at, f32x4.mul(loadLanes(dy + at, n - i), slope), n - i);
  }
}

/** y = 1 / (1 + e^-x) */
export function sigmoidForward(y: usize, x: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    storeLanes(y + at, sigmoid4(loadLanes(x + at, n - i)), n - i);
  }
}

/** dx = dy y (1 - y) */
export function sigmoidBackward(dx: usize, dy: usize, x: usize, y: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const output = loadLanes(y + at, n - i);
    const slope = f32x4.mul(output, f32x4.sub(f32x4.splat(1.0), output));
    storeLanes(dx + at, f32x4.mul(loadLanes(dy + at, n - i), slope), n - i);
  }
}

/** y = tanh x */
export function tanhForward(y: usize, x: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    storeLanes(y + at, tanh4(loadLanes(x + at, n - i)), n - i);
  }
}

/** dx = dy (1 - y^2) */
export function tanhBackward(dx: usize, dy: usize, x: usize, y: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const output = loadLanes(y + at, n - i);
    const slope = f32x4.sub(f32x4.splat(1.0), f32x4.mul(output, output));
    storeLanes(dx + at, f32x4.mul(loadLanes(dy + at, n - i), slope), n - i);
  }
}

/** y = ln(1 + e^x) */
export function softplusForward(y: usize, x: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    storeLanes(y + at, softplus4(loadLanes(x + at, n - i)), n - i);
  }
}

/** dx = dy / (1 + e^-x) */
export function softplusBackward(dx: usize, dy: usize, x: usize, y: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const slope = sigmoid4(loadLanes(x + at, n - i));
    storeLanes(dx + at, f32x4.mul(loadLanes(dy + at, n - i), slope), n - i);
  }
}

/** s + x s' of s = sigmoid(v), given x dv/dx: the slope of x sigmoid(v(x)), with s' = s (1 - s) free of cancellation. */
// @ts-ignore: decorator
@inline
function slopeOfGated(v: v128, xdv: v128): v128 {
  const one = f32x4.splat(1.0);
  const e = exp4(f32x4.neg(f32x4.abs(v)));
  const reciprocal = f32x4.div(one, f32x4.add(one, e));
  const numerator = v128.bitselect(e, one, f32x4.lt(v, f32x4.splat(0.0)));
  const curve = f32x4.mul(f32x4.mul(e, reciprocal), xdv);
  return f32x4.mul(f32x4.add(numerator, curve), reciprocal);
}

/** y = x sigmoid(x)   (Elfwing et al. 2018; also called swish) */
export function siluForward(y: usize, x: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const value = loadLanes(x + at, n - i);
    storeLanes(y + at, f32x4.mul(value, sigmoid4(value)), n - i);
  }
}

/** dx = dy (s + x s (1 - s)), s = sigmoid(x) */
export function siluBackward(dx: usize, dy: usize, x: usize, y: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const value = loadLanes(x + at, n - i);
    storeLanes(dx + at, f32x4.mul(loadLanes(dy + at, n - i), slopeOfGated(value, value)), n - i);
  }
}

/** (1 + erf(x / sqrt(2))) / 2, the distribution function of the standard normal distribution */
// @ts-ignore: decorator
@inline
function normalDistribution(x: v128): v128 {
  return multiplyAdd(erf4(f32x4.mul(x, f32x4.splat(0.7071067811865476))), f32x4.splat(0.5), f32x4.splat(0.5));
}

/** y = x Phi(x), Phi the normal distribution function   (Hendrycks & Gimpel 2016) */
export function geluForward(y: usize, x: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const value = loadLanes(x + at, n - i);
    storeLanes(y + at, f32x4.mul(value, normalDistribution(value)), n - i);
  }
}

/** dx = dy (Phi(x) + x e^(-x^2 / 2) / sqrt(2 pi)) */
export function geluBackward(dx: usize, dy: usize, x: usize, y: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const value = loadLanes(x + at, n - i);
    const bell = exp4(f32x4.mul(f32x4.mul(value, value), f32x4.splat(-0.5)));
    const density = f32x4.mul(bell, f32x4.splat(0.3989422804014327));
    const slope = multiplyAdd(value, density, normalDistribution(value));
    storeLanes(dx + at, f32x4.mul(loadLanes(dy + at, n - i), slope), n - i);
  }
}

/** sqrt(8 / pi) and the factor of the cube in gelu's tanh form */
const geluTanhScale: f32 = 1.5957691216057308;
const geluTanhCubic: f32 = 0.044715;

/** y = x (1 + tanh u) / 2 = x sigmoid(2 u), u = sqrt(2 / pi) (x + 0.044715 x^3)   (Hendrycks & Gimpel 2016) */
export function geluTanhForward(y: usize, x: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const value = loadLanes(x + at, n - i);
    const inner = multiplyAdd(f32x4.mul(value, value), f32x4.splat(geluTanhCubic), f32x4.splat(1.0));
    const v = f32x4.mul(f32x4.mul(value, f32x4.splat(geluTanhScale)), inner);
    storeLanes(y + at, f32x4.mul(value, sigmoid4(v)), n - i);
  }
}

/** dx = dy (s + x s (1 - s) 2 du/dx), s = sigmoid(2 u); beyond |x| = 12 it is 0 or 1, so x^2 never overflows */
export function geluTanhBackward(dx: usize, dy: usize, x: usize, y: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const value = f32x4.pmax(f32x4.pmin(loadLanes(x + at, n - i), f32x4.splat(12.0)), f32x4.splat(-12.0));
    const cubic = f32x4.mul(f32x4.mul(value, value), f32x4.splat(geluTanhCubic));
    const scaled = f32x4.mul(value, f32x4.splat(geluTanhScale));
    const v = multiplyAdd(scaled, cubic, scaled);
    const slope = slopeOfGated(v, multiplyAdd(scaled, f32x4.mul(cubic, f32x4.splat(3.0)), scaled));
    storeLanes(dx + at, f32x4.mul(loadLanes(dy + at, n - i), slope), n - i);
  }
}
