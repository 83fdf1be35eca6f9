// Soft Dice loss of masks: one minus the overlap of the predicted probabilities with the truth, image by image.
//
// z: (rows, columns) logits, targets: (rows, columns) in [0, 1], p = sigmoid(z), e = smooth; sums over a row in float64:
//   loss = 1 - (2 sum p y + e) / (sum p + sum y + e)   (Milletari, Navab & Ahmadi 2016, without squares)
import { keepLanes, loadLanes, storeLanes } from "./lanes";
import { sigmoid4 } from "./math";
import { highToDouble, lowToDouble, sumOfDoubles } from "./simd";

/** sum p y of a row */
function overlapOf(z: usize, targets: usize, columns: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let j = 0; j < columns; j += 4) {
    const at = (<usize>j) << 2;
    const both = f32x4.mul(sigmoid4(loadLanes(z + at, columns - j)), loadLanes(targets + at, columns - j));
    low = f64x2.add(low, lowToDouble(both));
    high = f64x2.add(high, highToDouble(both));
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

/** losses: (rows); returns their sum. */
export function sigmoidDiceForward(losses: usize, z: usize, targets: usize, rows: i32, columns: i32, smooth: f64): f64 {
  let total: f64 = 0;
  for (let row = 0; row < rows; row++) {
    const loss = 1 - (2 * overlapOf(z, targets, columns) + smooth) / (sizesOf(z, targets, columns) + smooth);
    store<f32>(losses + ((<usize>row) << 2), <f32>loss);
    total += loss;
    z += (<usize>columns) << 2;
    targets += (<usize>columns) << 2;
  }
  return total;
}

/**
 * dz: (rows, columns) = scale ((2 I + e) / D^2 - 2 y / D) p (1 - p), I = sum p y, D = sum p + sum y + e.
 * In place where dz is z.
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
    const everywhere = f32x4.splat(<f32>((scale * (2 * overlapOf(z, targets, columns) + smooth)) / (size * size)));
    const onTruth = f32x4.splat(<f32>((2 * scale) / size));
    for (let j = 0; j < columns; j += 4) {
      const at = (<usize>j) << 2;
      const p = sigmoid4(loadLanes(z + at, columns - j));
      const y = loadLanes(targets + at, columns - j);
      const slope = f32x4.sub(everywhere, f32x4.mul(onTruth, y));
      const dp = f32x4.mul(p, f32x4.sub(f32x4.splat(1), p));
      storeLanes(dz + at, f32x4.mul(slope, dp), columns - j);
    }
    dz += (<usize>columns) << 2;
    z += (<usize>columns) << 2;
    targets += (<usize>columns) << 2;
  }
}
