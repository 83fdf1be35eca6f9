// Soft Dice loss of masks: one minus the overlap of the predicted probabilities with the truth, image by image.
//
// z: (rows, columns) logits, targets: (rows, columns) in [0, 1], weights: (rows), or address 0 where all are 1;
// p = sigmoid(z), e = smooth; sums over a row in float64:
//   loss = 1 - (2 sum p y + e) / (sum p + sum y + e)   (Milletari, Navab & Ahmadi 2016, without squares)
//        = sum (p (1 - y) + (1 - p) y) / (sum p + sum y + e), so that a small loss keeps its digits
import { keepLanes, loadLanes, storeLanes } from "./lanes";
import { exp4, sigmoid4 } from "./math";
import { weightOfRow } from "./rows";
import { highToDouble, lowToDouble, sumOfDoubles } from "./simd";

/** 1 / (1 + e^-|z|); sigmoid(z) is this or e^-|z| times this, and so is 1 - sigmoid(z), the other way round */
// @ts-ignore: decorator
@inline
function likely(e: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), e));
}

/** sum p (1 - y) + (1 - p) y of a row: what is wrong, sum p + sum y - 2 sum p y without its cancellation */
function mistakesOf(z: usize, targets: usize, columns: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let j = 0; j < columns; j += 4) {
    const at = (<usize>j) << 2;
    const logit = loadLanes(z + at, columns - j);
    const y = loadLanes(targets + at, columns - j);
    const e = exp4(f32x4.neg(f32x4.abs(logit)));
    const more = likely(e);
    const less = f32x4.mul(e, more);
    const isBelow = f32x4.lt(logit, f32x4.splat(0));
    const claimed = f32x4.mul(v128.bitselect(less, more, isBelow), f32x4.sub(f32x4.splat(1), y));
    const missed = f32x4.mul(v128.bitselect(more, less, isBelow), y);
    const wrong = keepLanes(f32x4.add(claimed, missed), columns - j);
    low = f64x2.add(low, lowToDouble(wrong));
    high = f64x2.add(high, highToDouble(wrong));
  }
  return sumOfDoubles(low) + sumOfDoubles(high);
}

/** sum p + sum y of a row */
function sizesOf(z: usize, targets: usize, columns: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let j = 0; j < columns; j += 4) {
    const at = (<usize>j) << 2;
    const p = keepLanes(sigmoid4(loadLanes(z + at, columns - j)), columns - j);
    const y = loadLanes(targets + at, columns - j);
    low = f64x2.add(low, f64x2.add(lowToDouble(p), lowToDouble(y)));
    high = f64x2.add(high, f64x2.add(highToDouble(p), highToDouble(y)));
  }
  return sumOfDoubles(low) + sumOfDoubles(high);
}

/** losses: (rows), times the images' weights; returns their sum. */
export function sigmoidDiceForward(
  losses: usize,
  z: usize,
  targets: usize,
  weights: usize,
  rows: i32,
  columns: i32,
  smooth: f64,
): f64 {
  let total: f64 = 0;
  for (let row = 0; row < rows; row++) {
    const share = mistakesOf(z, targets, columns) / (sizesOf(z, targets, columns) + smooth);
    const loss = share * weightOfRow(weights, row);
    store<f32>(losses + ((<usize>row) << 2), <f32>loss);
    total += loss;
    z += (<usize>columns) << 2;
    targets += (<usize>columns) << 2;
  }
  return total;
}

/**
 * dz: (rows, columns) = scale ((2 I + e) / D^2 - 2 y / D) p (1 - p), D = sum p + sum y + e, and 2 I + e = D minus the
 * sum of mistakes. In place where dz is z.
 */
export function sigmoidDiceBackward(
  dz: usize,
  z: usize,
  targets: usize,
  rows: i32,
  columns: i32,
  smooth: f64,
  scale: f64,
): void {
  for (let row = 0; row < rows; row++) {
    const size = sizesOf(z, targets, columns) + smooth;
    const everywhere = f32x4.splat(<f32>((scale * (size - mistakesOf(z, targets, columns))) / (size * size)));
    const onTruth = f32x4.splat(<f32>((2 * scale) / size));
    for (let j = 0; j < columns; j += 4) {
      const at = (<usize>j) << 2;
      const e = exp4(f32x4.neg(f32x4.abs(loadLanes(z + at, columns - j))));
      const y = loadLanes(targets + at, columns - j);
      const slope = f32x4.sub(everywhere, f32x4.mul(onTruth, y));
      const dp = f32x4.mul(e, f32x4.mul(likely(e), likely(e)));
      storeLanes(dz + at, f32x4.mul(slope, dp), columns - j);
    }
    dz += (<usize>columns) << 2;
    z += (<usize>columns) << 2;
    targets += (<usize>columns) << 2;
  }
}
