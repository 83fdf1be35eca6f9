// Softmax cross-entropy against parts of several classes: what an image's outputs cost that is a blend of images.
//
// z: (rows, columns) logits, targets y: (rows, columns), parts of classes that sum to 1; weights as in loss.ts.
//   t_c = (1 - s) y_c + s / C,   loss = -sum over c of w_c t_c log p_c
// as PyTorch's cross_entropy has it of class probabilities. It is linear in y: that of a blend is the blend of losses.
// Sums over a row are float64 in the order of the columns.
import { exp1, logOfSum, maximumOf, sumOfExponentials, weightOf } from "./logits";
import { weightOfRow } from "./rows";

/** losses: (rows), times the images' weights; returns their float64 sum, in the order of the rows. */
export function softCrossEntropyForward(
  losses: usize,
  z: usize,
  targets: usize,
  classWeights: usize,
  imageWeights: usize,
  rows: i32,
  columns: i32,
  smoothing: f64,
): f64 {
  const share = smoothing / <f64>columns;
  let total: f64 = 0;
  for (let row = 0; row < rows; row++) {
    const most = maximumOf(z, columns);
    const log = logOfSum(z, columns, most);
    let loss: f64 = 0;
    for (let c = 0; c < columns; c++) {
      const at = (<usize>c) << 2;
      const target = (1 - smoothing) * <f64>load<f32>(targets + at) + share;
      loss += weightOf(classWeights, c) * target * (log + (<f64>most - <f64>load<f32>(z + at)));
    }
    loss *= weightOfRow(imageWeights, row);
    store<f32>(losses + ((<usize>row) << 2), <f32>loss);
    total += loss;
    z += (<usize>columns) << 2;
    targets += (<usize>columns) << 2;
  }
  return total;
}

/** dz: (rows, columns) = scale (p_c sum over j of w_j t_j - w_c t_c). In place where dz is z. */
export function softCrossEntropyBackward(
  dz: usize,
  z: usize,
  targets: usize,
  classWeights: usize,
  rows: i32,
  columns: i32,
  smoothing: f64,
  scale: f64,
): void {
  const share = smoothing / <f64>columns;
  for (let row = 0; row < rows; row++) {
    const most = maximumOf(z, columns);
    const sum = sumOfExponentials(z, columns, most);
    let all: f64 = 0;
    for (let c = 0; c < columns; c++)
      all += weightOf(classWeights, c) * ((1 - smoothing) * <f64>load<f32>(targets + ((<usize>c) << 2)) + share);
    const whole = all / sum;
    for (let c = 0; c < columns; c++) {
      const at = (<usize>c) << 2;
      const target = (1 - smoothing) * <f64>load<f32>(targets + at) + share;
      const slope = whole * <f64>exp1(load<f32>(z + at) - most) - weightOf(classWeights, c) * target;
      store<f32>(dz + at, <f32>(scale * slope));
    }
    z += (<usize>columns) << 2;
    dz += (<usize>columns) << 2;
    targets += (<usize>columns) << 2;
  }
}
