// Losses of independent yes-or-no outputs: sigmoid cross-entropy and focal loss.
//
// z: (rows, columns) logits, targets: (rows, columns) in [0, 1]; weights: (rows), or address 0 where all are 1. A row's loss
// is the sum over its columns in float64: column j goes to running total j % 4, then (0 + 1) + (2 + 3), times the row's
// weight; the total is their sum in the order of the rows.
import { keepLanes, loadLanes, storeLanes } from "./lanes";
import { exp4, expm1OfNegative4, log1p4, log4 } from "./math";
import { weightOfRow } from "./rows";
import { highToDouble, lowToDouble, multiplyAdd, sumOfDoubles } from "./simd";

/**
 * positiveWeight y softplus(-z) + (1 - y) softplus(z), with softplus(z) = max(z, 0) + ln(1 + e^-|z|)
 * (PyTorch 2's binary_cross_entropy_with_logits, both terms positive, so that a small loss keeps its digits)
 */
// @ts-ignore: decorator
@inline
function crossEntropy(z: v128, y: v128, positiveWeight: f32): v128 {
  const zero = f32x4.splat(0);
  const tail = log1p4(exp4(f32x4.neg(f32x4.abs(z))));
  const missed = f32x4.add(f32x4.pmax(f32x4.neg(z), zero), tail);
  const claimed = f32x4.add(f32x4.pmax(z, zero), tail);
  const ofPositive = f32x4.mul(f32x4.mul(f32x4.splat(positiveWeight), y), missed);
  return multiplyAdd(f32x4.sub(f32x4.splat(1), y), claimed, ofPositive);
}

/** Its slope (1 - y) sigmoid(z) - positiveWeight y sigmoid(-z); neither sigmoid is 1 minus the other, which would cancel. */
// @ts-ignore: decorator
@inline
function crossEntropySlope(z: v128, y: v128, positiveWeight: f32): v128 {
  const one = f32x4.splat(1);
  const e = exp4(f32x4.neg(f32x4.abs(z)));
  const likely = f32x4.div(one, f32x4.add(one, e));
  const unlikely = f32x4.mul(e, likely);
  const isBelow = f32x4.lt(z, f32x4.splat(0));
  const p = v128.bitselect(unlikely, likely, isBelow);
  const q = v128.bitselect(likely, unlikely, isBelow);
  const pull = f32x4.mul(f32x4.mul(f32x4.splat(positiveWeight), y), q);
  return f32x4.sub(f32x4.mul(f32x4.sub(one, y), p), pull);
}

/** (1 - s) y + s / 2: the truth, a part s of it spread over yes and no (Szegedy et al. 2016); y itself where s is 0 */
// @ts-ignore: decorator
@inline
function smoothed(y: v128, s: f32): v128 {
  return multiplyAdd(y, f32x4.splat(1 - s), f32x4.splat(0.5 * s));
}

/** losses: (rows), of the smoothed truth; returns their sum. */
export function sigmoidCrossEntropyForward(
  losses: usize,
  z: usize,
  targets: usize,
  weights: usize,
  rows: i32,
  columns: i32,
  positiveWeight: f32,
  smoothing: f32,
): f64 {
  let total: f64 = 0;
  for (let row = 0; row < rows; row++) {
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (let j = 0; j < columns; j += 4) {
      const at = (<usize>j) << 2;
      const y = smoothed(loadLanes(targets + at, columns - j), smoothing);
      const kept = keepLanes(crossEntropy(loadLanes(z + at, columns - j), y, positiveWeight), columns - j);
      low = f64x2.add(low, lowToDouble(kept));
      high = f64x2.add(high, highToDouble(kept));
    }
    const loss = (sumOfDoubles(low) + sumOfDoubles(high)) * weightOfRow(weights, row);
    store<f32>(losses + ((<usize>row) << 2), <f32>loss);
    total += loss;
    z += (<usize>columns) << 2;
    targets += (<usize>columns) << 2;
  }
  return total;
}

/** dz: (rows, columns) = scale ((1 - y) sigmoid(z) - positiveWeight y sigmoid(-z)), y smoothed. In place where dz is z. */
export function sigmoidCrossEntropyBackward(
  dz: usize,
  z: usize,
  targets: usize,
  rows: i32,
  columns: i32,
  positiveWeight: f32,
  smoothing: f32,
  scale: f32,
): void {
  const n = rows * columns;
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const y = smoothed(loadLanes(targets + at, n - i), smoothing);
    const slope = crossEntropySlope(loadLanes(z + at, n - i), y, positiveWeight);
    storeLanes(dz + at, f32x4.mul(f32x4.splat(scale), slope), n - i);
  }
}

/** q^gamma, q = 1 - p_t in [0, 1]; 0^0 = 1 */
// @ts-ignore: decorator
@inline
function power(q: v128, gamma: f32): v128 {
  if (gamma == 0) return f32x4.splat(1);
  return exp4(f32x4.mul(f32x4.splat(gamma), log4(q)));
}

/** losses: (rows) of (1 - p_t)^gamma ce, p_t = e^-ce   (Lin et al. 2017, without alpha); returns their sum. */
export function sigmoidFocalForward(
  losses: usize,
  z: usize,
  targets: usize,
  weights: usize,
  rows: i32,
  columns: i32,
  gamma: f32,
): f64 {
  let total: f64 = 0;
  for (let row = 0; row < rows; row++) {
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (let j = 0; j < columns; j += 4) {
      const at = (<usize>j) << 2;
      const plain = crossEntropy(loadLanes(z + at, columns - j), loadLanes(targets + at, columns - j), 1);
      const q = f32x4.neg(expm1OfNegative4(f32x4.neg(plain)));
      const kept = keepLanes(f32x4.mul(power(q, gamma), plain), columns - j);
      low = f64x2.add(low, lowToDouble(kept));
      high = f64x2.add(high, highToDouble(kept));
    }
    const loss = (sumOfDoubles(low) + sumOfDoubles(high)) * weightOfRow(weights, row);
    store<f32>(losses + ((<usize>row) << 2), <f32>loss);
    total += loss;
    z += (<usize>columns) << 2;
    targets += (<usize>columns) << 2;
  }
  return total;
}

/**
 * dz: (rows, columns) = scale q^gamma (1 + gamma p_t ce / q) (sigmoid(z) - y), q = 1 - p_t; ce / q is 1 where q is 0.
 * In place where dz is z.
 */
export function sigmoidFocalBackward(
  dz: usize,
  z: usize,
  targets: usize,
  rows: i32,
  columns: i32,
  gamma: f32,
  scale: f32,
): void {
  const n = rows * columns;
  const one = f32x4.splat(1);
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const logit = loadLanes(z + at, n - i);
    const y = loadLanes(targets + at, n - i);
    const loss = crossEntropy(logit, y, 1);
    const q = f32x4.neg(expm1OfNegative4(f32x4.neg(loss)));
    const ratio = v128.bitselect(one, f32x4.div(loss, q), f32x4.eq(q, f32x4.splat(0)));
    const inner = f32x4.mul(f32x4.mul(f32x4.splat(gamma), f32x4.sub(one, q)), ratio);
    const outer = f32x4.mul(power(q, gamma), f32x4.add(one, inner));
    const slope = f32x4.mul(outer, crossEntropySlope(logit, y, 1));
    storeLanes(dz + at, f32x4.mul(f32x4.splat(scale), slope), n - i);
  }
}
