// Softmax cross-entropy: what an image's outputs cost, given its label; C = columns, one column a class.
//
// z: (rows, columns) logits, labels: (rows) int32 in [0, C), classWeights: (columns), imageWeights: (rows), each at address 0
// where all are 1.
//   p_c = e^z_c / sum e^z_j,   t_c = (1 - s) [c = label] + s / C,   loss = -sum over c of w_c t_c log p_c
// with label smoothing s (Szegedy et al. 2016) and class weights w, as PyTorch 2's cross_entropy.
// log p_c = z_c - max - log(sum e^(z_j - max)): no logit overflows. Sums over a row are float64 in the order of the columns.
import { exp4, log1p4, log4 } from "./math";
import { weightOfRow } from "./rows";

/** The largest of a row. */
// @ts-ignore: decorator
@inline
function maximumOf(z: usize, columns: i32): f32 {
  let most = load<f32>(z);
  for (let j = 1; j < columns; j++) most = max(most, load<f32>(z + ((<usize>j) << 2)));
  return most;
}

/** e^x of one number, by the lanes' own function. */
// @ts-ignore: decorator
@inline
function exp1(x: f32): f32 {
  return f32x4.extract_lane(exp4(f32x4.splat(x)), 0);
}

/** sum over the row of e^(z_c - most) */
// @ts-ignore: decorator
@inline
function sumOfExponentials(z: usize, columns: i32, most: f32): f64 {
  let sum: f64 = 0;
  for (let j = 0; j < columns; j++) sum += <f64>exp1(load<f32>(z + ((<usize>j) << 2)) - most);
  return sum;
}

/** log(sum over the row of e^(z_c - most)): the largest's own 1 is left out of the sum, so that a small loss keeps its digits */
// @ts-ignore: decorator
@inline
function logOfSum(z: usize, columns: i32, most: f32): f64 {
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
function weightOf(classWeights: usize, c: i32): f64 {
  return classWeights != 0 ? <f64>load<f32>(classWeights + ((<usize>c) << 2)) : 1;
}

/** losses: (rows), times the images' weights; returns their float64 sum, in the order of the rows. */
export function softmaxCrossEntropyForward(
  losses: usize,
  z: usize,
  labels: usize,
  classWeights: usize,
  imageWeights: usize,
  rows: i32,
  columns: i32,
  smoothing: f64,
): f64 {
  let total: f64 = 0;
  for (let row = 0; row < rows; row++) {
    const most = maximumOf(z, columns);
    const log = logOfSum(z, columns, most);
    const label = load<i32>(labels + ((<usize>row) << 2));
    const below = <f64>most - <f64>load<f32>(z + ((<usize>label) << 2));
    let loss = (1 - smoothing) * weightOf(classWeights, label) * (log + below);
    if (smoothing > 0) {
      let spread: f64 = 0;
      for (let c = 0; c < columns; c++)
        spread += weightOf(classWeights, c) * (log + (<f64>most - <f64>load<f32>(z + ((<usize>c) << 2))));
      loss += (smoothing / <f64>columns) * spread;
    }
    loss *= weightOfRow(imageWeights, row);
    store<f32>(losses + ((<usize>row) << 2), <f32>loss);
    total += loss;
    z += (<usize>columns) << 2;
  }
  return total;
}

/** dz: (rows, columns) = scale (p_c sum over j of w_j t_j - w_c t_c). In place where dz is z. */
export function softmaxCrossEntropyBackward(
  dz: usize,
  z: usize,
  labels: usize,
  classWeights: usize,
  rows: i32,
  columns: i32,
  smoothing: f64,
  scale: f64,
): void {
  const share = smoothing / <f64>columns;
  let all: f64 = 0;
  for (let c = 0; c < columns; c++) all += weightOf(classWeights, c);
  for (let row = 0; row < rows; row++) {
    const most = maximumOf(z, columns);
    const sum = sumOfExponentials(z, columns, most);
    const label = load<i32>(labels + ((<usize>row) << 2));
    const onLabel = (1 - smoothing) * weightOf(classWeights, label);
    const whole = (onLabel + share * all) / sum;
    for (let c = 0; c < columns; c++) {
      const at = (<usize>c) << 2;
      let slope = whole * <f64>exp1(load<f32>(z + at) - most) - share * weightOf(classWeights, c);
      if (c == label) slope -= onLabel;
      store<f32>(dz + at, <f32>(scale * slope));
    }
    z += (<usize>columns) << 2;
    dz += (<usize>columns) << 2;
  }
}
