// Rows of logits: what both forms of softmax cross-entropy need of one; C = columns.
import { exp4, log1p4, log4 } from "./math";

/** The largest of a row. */
// @ts-ignore: decorator
@inline
export function maximumOf(z: usize, columns: i32): f32 {
  let most = load<f32>(z);
  for (let j = 1; j < columns; j++) most = max(most, load<f32>(z + ((<usize>j) << 2)));
  return most;
}

/** e^x of one number, by the lanes' own function. */
// @ts-ignore: decorator
@inline
export function exp1(x: f32): f32 {
  return f32x4.extract_lane(exp4(f32x4.splat(x)), 0);
}

/** sum over the row of e^(z_c - most) */
// @ts-ignore: decorator
@inline
export function sumOfExponentials(z: usize, columns: i32, most: f32): f64 {
  let sum: f64 = 0;
  for (let j = 0; j < columns; j++) sum += <f64>exp1(load<f32>(z + ((<usize>j) << 2)) - most);
  return sum;
}

/** log(sum over the row of e^(z_c - most)): the largest's own 1 is left out of the sum, so that a small loss keeps its digits */
// @ts-ignore: decorator
@inline
export function logOfSum(z: usize, columns: i32, most: f32): f64 {
  let others: f64 = 0;
  let isLargest = true;
  for (let j = 0; j < columns; j++) {
    const below = load<f32>(z + ((<usize>j) << 2)) - most;
    if (isLargest && below == 0) isLargest = false;
    else others += <f64>exp1(below);
  }
  if (others <= 1) return <f64>f32x4.extract_lane(log1p4(f32x4.splat(<f32>others)), 0);
  return <f64>f32x4.extract_lane(log4(f32x4.splat(<f32>(1 + others))), 0);
}

// @ts-ignore: decorator
@inline
export function weightOf(classWeights: usize, c: i32): f64 {
  return classWeights != 0 ? <f64>load<f32>(classWeights + ((<usize>c) << 2)) : 1;
}
