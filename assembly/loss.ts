// Softmax cross-entropy: what an image's outputs cost, given its label; C = columns, one column a class.
//
// z: (rows, columns) logits, labels: (rows) int32 in [0, C), classWeights: (columns), imageWeights: (rows), each at address 0
// where all are 1.
//   p_c = e^z_c / sum e^z_j,   t_c = (1 - s) [c = label] + s / C,   loss = -sum over c of w_c t_c log p_c
// with label smoothing s (Szegedy et al. 2016) and class weights w, as PyTorch 2's cross_entropy.
// log p_c = z_c - max - log(sum e^(z_j - max)): no logit overflows. Sums over a row are float64 in the order of the columns.
import { exp1, logOfSum, maximumOf, sumOfExponentials, weightOf } from "./logits";
import { weightOfRow } from "./rows";

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
