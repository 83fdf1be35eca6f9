// Losses of the difference d = output - target: squared, absolute, Huber. As PyTorch 2's mse_loss, l1_loss, huber_loss.
//
// z, targets: (rows, columns); weights: (rows), or address 0 where all are 1. A row's loss is the sum over its columns in float64: column j goes to running total j % 4,
// then (0 + 1) + (2 + 3), times the row's weight; the total is their sum in the order of the rows. Backwards work in place where dz is z.
import { loadLanes, storeLanes } from "./lanes";
import { weightOfRow } from "./rows";
import { highToDouble, lowToDouble, sumOfDoubles } from "./simd";

// @ts-ignore: decorator
@inline
function difference(z: usize, targets: usize, left: i32): v128 {
  return f32x4.sub(loadLanes(z, left), loadLanes(targets, left));
}

/** losses: (rows) of d^2; returns their sum. */
export function squaredErrorForward(
  losses: usize,
  z: usize,
  targets: usize,
  weights: usize,
  rows: i32,
  columns: i32,
): f64 {
  let total: f64 = 0;
  for (let row = 0; row < rows; row++) {
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (let j = 0; j < columns; j += 4) {
      const at = (<usize>j) << 2;
      const d = difference(z + at, targets + at, columns - j);
      low = f64x2.add(low, f64x2.mul(lowToDouble(d), lowToDouble(d)));
      high = f64x2.add(high, f64x2.mul(highToDouble(d), highToDouble(d)));
    }
    const loss = (sumOfDoubles(low) + sumOfDoubles(high)) * weightOfRow(weights, row);
    store<f32>(losses + ((<usize>row) << 2), <f32>loss);
    total += loss;
    z += (<usize>columns) << 2;
    targets += (<usize>columns) << 2;
  }
  return total;
}

/** dz: (rows, columns) = 2 scale d */
export function squaredErrorBackward(dz: usize, z: usize, targets: usize, rows: i32, columns: i32, scale: f32): void {
  const n = rows * columns;
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    storeLanes(dz + at, f32x4.mul(f32x4.splat(2 * scale), difference(z + at, targets + at, n - i)), n - i);
  }
}

/** losses: (rows) of |d|; returns their sum. */
export function absoluteErrorForward(
  losses: usize,
  z: usize,
  targets: usize,
  weights: usize,
  rows: i32,
  columns: i32,
): f64 {
  let total: f64 = 0;
  for (let row = 0; row < rows; row++) {
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (let j = 0; j < columns; j += 4) {
      const at = (<usize>j) << 2;
      const d = f32x4.abs(difference(z + at, targets + at, columns - j));
      low = f64x2.add(low, lowToDouble(d));
      high = f64x2.add(high, highToDouble(d));
    }
    const loss = (sumOfDoubles(low) + sumOfDoubles(high)) * weightOfRow(weights, row);
    store<f32>(losses + ((<usize>row) << 2), <f32>loss);
    total += loss;
    z += (<usize>columns) << 2;
    targets += (<usize>columns) << 2;
  }
  return total;
}

/** dz: (rows, columns) = scale sign(d), the sign of 0 being 0 */
export function absoluteErrorBackward(dz: usize, z: usize, targets: usize, rows: i32, columns: i32, scale: f32): void {
  const n = rows * columns;
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const d = difference(z + at, targets + at, n - i);
    const above = v128.and(f32x4.gt(d, f32x4.splat(0)), f32x4.splat(scale));
    const below = v128.and(f32x4.lt(d, f32x4.splat(0)), f32x4.splat(scale));
    storeLanes(dz + at, f32x4.sub(above, below), n - i);
  }
}

/** losses: (rows) of d^2 / 2 where |d| <= delta, delta (|d| - delta / 2) beyond   (Huber 1964); returns their sum. */
export function huberForward(
  losses: usize,
  z: usize,
  targets: usize,
  weights: usize,
  rows: i32,
  columns: i32,
  delta: f32,
): f64 {
  let total: f64 = 0;
  for (let row = 0; row < rows; row++) {
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (let j = 0; j < columns; j += 4) {
      const at = (<usize>j) << 2;
      const d = f32x4.abs(difference(z + at, targets + at, columns - j));
      // min(|d|, delta) (|d| - min(|d|, delta) / 2) is both cases in one.
      const inside = f32x4.min(d, f32x4.splat(delta));
      const cost = f32x4.mul(inside, f32x4.sub(d, f32x4.mul(f32x4.splat(0.5), inside)));
      low = f64x2.add(low, lowToDouble(cost));
      high = f64x2.add(high, highToDouble(cost));
    }
    const loss = (sumOfDoubles(low) + sumOfDoubles(high)) * weightOfRow(weights, row);
    store<f32>(losses + ((<usize>row) << 2), <f32>loss);
    total += loss;
    z += (<usize>columns) << 2;
    targets += (<usize>columns) << 2;
  }
  return total;
}

/** dz: (rows, columns) = scale min(max(d, -delta), delta) */
export function huberBackward(
  dz: usize,
  z: usize,
  targets: usize,
  rows: i32,
  columns: i32,
  delta: f32,
  scale: f32,
): void {
  const n = rows * columns;
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const d = difference(z + at, targets + at, n - i);
    const inside = f32x4.min(f32x4.max(d, f32x4.splat(-delta)), f32x4.splat(delta));
    storeLanes(dz + at, f32x4.mul(f32x4.splat(scale), inside), n - i);
  }
}
