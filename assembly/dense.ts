// The dense layer: every output is a weighted sum of all inputs, plus a bias.
//
// x: (batch, inputs), weight: (outputs, inputs) in panels, bias: (outputs), y: (batch, outputs); dy is the loss's gradient
// with respect to y.
//   y = x W^T + b      dx = dy W      dW = dy^T x      db = sum of dy over the batch
// (Rumelhart, Hinton & Williams 1986; layout and names as PyTorch's Linear.)
//
// Weights and their gradients lie in the panels that the forward product reads (panels.ts), for good: panel after panel of
// (inputs, width) with width outputs side by side, 4 ceil(outputs / 4) inputs floats in all; what is beyond is zero.
// scratch: the matmulScratchBytes of (batch, outputs, inputs) forward, (batch, inputs, outputs) and (inputs, outputs, batch) back.
import { product } from "./blocks";
import { Order } from "./panels";
import { loadPartial, storePartial } from "./simd";

/** y = x W^T + b, each sum in the order of the inputs, the bias added last. Address 0 stands for no bias. */
export function denseForward(
  y: usize,
  x: usize,
  weight: usize,
  bias: usize,
  scratch: usize,
  batch: i32,
  inputs: i32,
  outputs: i32,
): void {
  // prettier-ignore
  product(y, x, weight, scratch, batch, outputs, inputs, outputs, inputs, 0, Order.Rows, Order.Panels, false, false);
  if (bias != 0) addBias(y, bias, batch, outputs);
}

/** dx = dy W, each sum in the order of the outputs. */
export function denseBackwardInput(
  dx: usize,
  dy: usize,
  weight: usize,
  scratch: usize,
  batch: i32,
  inputs: i32,
  outputs: i32,
): void {
  // prettier-ignore
  product(dx, dy, weight, scratch, batch, inputs, outputs, inputs, outputs, 0, Order.Rows, Order.PanelsTransposed, false, false);
}

/** dW = dy^T x in panels, each sum in the order of the batch. */
export function denseBackwardWeight(
  dWeight: usize,
  dy: usize,
  x: usize,
  scratch: usize,
  batch: i32,
  inputs: i32,
  outputs: i32,
): void {
  weightGradient(dWeight, dy, x, scratch, batch, inputs, outputs, outputs, false);
}

/** dW += dy^T x: goes on with the chain of sums, so that two half batches give the bits of the whole one. */
export function denseBackwardWeightAdd(
  dWeight: usize,
  dy: usize,
  x: usize,
  scratch: usize,
  batch: i32,
  inputs: i32,
  outputs: i32,
): void {
  weightGradient(dWeight, dy, x, scratch, batch, inputs, outputs, outputs, true);
}

/**
 * dW = dy^T x of some of the outputs, whole panels of them: dWeight and dy begin at the first, and a row of dy has `stride` outputs.
 * The same bits, as long as the part is not of 9 to 12 outputs, whose panel would be another one.
 */
export function denseBackwardWeightPart(
  dWeight: usize,
  dy: usize,
  x: usize,
  scratch: usize,
  batch: i32,
  inputs: i32,
  outputs: i32,
  stride: i32,
): void {
  weightGradient(dWeight, dy, x, scratch, batch, inputs, outputs, stride, false);
}

/** As denseBackwardWeightPart, but adds. */
export function denseBackwardWeightPartAdd(
  dWeight: usize,
  dy: usize,
  x: usize,
  scratch: usize,
  batch: i32,
  inputs: i32,
  outputs: i32,
  stride: i32,
): void {
  weightGradient(dWeight, dy, x, scratch, batch, inputs, outputs, stride, true);
}

/** Computed as x^T dy, (inputs, outputs), whose panels of columns are those of the weights. */
// @ts-ignore: decorator
@inline
function weightGradient(
  dWeight: usize,
  dy: usize,
  x: usize,
  scratch: usize,
  batch: i32,
  inputs: i32,
  outputs: i32,
  stride: i32,
  add: bool,
): void {
  // prettier-ignore
  product(dWeight, x, dy, scratch, inputs, outputs, batch, 0, inputs, stride, Order.Columns, Order.Columns, true, add);
}

/** db = sum of dy over the batch, in its order. */
export function denseBackwardBias(dBias: usize, dy: usize, batch: i32, outputs: i32): void {
  memory.fill(dBias, 0, (<usize>outputs) << 2);
  denseBackwardBiasAdd(dBias, dy, batch, outputs);
}

/** db += sum of dy over the batch, in its order. */
export function denseBackwardBiasAdd(dBias: usize, dy: usize, batch: i32, outputs: i32): void {
  const rowBytes = (<usize>outputs) << 2;
  let j = 0;
  for (; j + 4 <= outputs; j += 4) {
    const column = (<usize>j) << 2;
    let sum = v128.load(dBias + column);
    let row = dy + column;
    for (let i = 0; i < batch; i++) {
      sum = f32x4.add(sum, v128.load(row));
      row += rowBytes;
    }
    v128.store(dBias + column, sum);
  }
  for (; j < outputs; j++) {
    const column = (<usize>j) << 2;
    let sum = load<f32>(dBias + column);
    let row = dy + column;
    for (let i = 0; i < batch; i++) {
      sum += load<f32>(row);
      row += rowBytes;
    }
    store<f32>(dBias + column, sum);
  }
}

/** y: (batch, outputs) += bias: (outputs) in every row. */
function addBias(y: usize, bias: usize, batch: i32, outputs: i32): void {
  const rest = outputs & 3;
  for (let i = 0; i < batch; i++) {
    let b = bias;
    const end = bias + ((<usize>(outputs - rest)) << 2);
    for (; b < end; b += 16) {
      v128.store(y, f32x4.add(v128.load(y), v128.load(b)));
      y += 16;
    }
    if (rest > 0) {
      storePartial(y, f32x4.add(loadPartial(y, rest), loadPartial(b, rest)), rest);
      y += (<usize>rest) << 2;
    }
  }
}
