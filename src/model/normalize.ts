// Which kernels belong to batch and layer normalisation, forward and backward.
import type { CallableKernels } from "../wasm/calls.ts";
import type { Address } from "../wasm/kernels.ts";
import type { BoundLayer } from "./bind.ts";
import type { LayerNormLayer } from "./normalization-layers.ts";

/** Batch normalisation by the batch's statistics, which move the running ones; or by the running ones, as a frozen layer. */
export function normalize(
  kernels: CallableKernels,
  { placed: { outputs }, x, y, statistics, tensors, isFrozen }: BoundLayer,
  rows: number,
  ofBatch: boolean,
  momentum: number,
  epsilon: number,
): void {
  const { weight, bias, mean, variance, batches } = tensors;
  if (ofBatch && !isFrozen) {
    kernels.batchNormStatistics(statistics, mean, variance, batches, x, rows, outputs, momentum, epsilon);
  } else {
    kernels.batchNormFixedStatistics(statistics, mean, variance, outputs, epsilon);
  }
  kernels.batchNormForward(y, x, weight, bias, statistics, rows, outputs);
}

/** The gradients of what batch normalisation learns, unless it is frozen, and of its input, where `dx` is not 0. */
export function normalizeGradients(
  kernels: CallableKernels,
  { placed: { outputs }, x, statistics, tensors, isFrozen }: BoundLayer,
  rows: number,
  add: boolean,
  dy: Address,
  dx: Address,
  ofBatch: boolean,
): void {
  const { weight, weightGradient, biasGradient } = tensors;
  if (!isFrozen) {
    const gradients = add ? kernels.batchNormBackwardParametersAdd : kernels.batchNormBackwardParameters;
    gradients(weightGradient, biasGradient, statistics, dy, x, rows, outputs);
  }
  if (dx === 0) return;
  if (ofBatch && !isFrozen) kernels.batchNormBackwardInput(dx, dy, x, weight, statistics, rows, outputs);
  else kernels.batchNormFixedBackwardInput(dx, dy, weight, statistics, rows, outputs);
}

export function normalizeRows(
  kernels: CallableKernels,
  { epsilon }: LayerNormLayer,
  { placed: { outputs }, x, y, statistics, tensors }: BoundLayer,
  rows: number,
): void {
  kernels.layerNormForward(y, statistics, x, tensors.weight, tensors.bias, rows, outputs, epsilon);
}

/** As normalizeGradients, of layer normalisation. */
export function layerNormGradients(
  kernels: CallableKernels,
  { placed: { outputs }, x, statistics, tensors, isFrozen }: BoundLayer,
  rows: number,
  add: boolean,
  dy: Address,
  dx: Address,
): void {
  const { weight, weightGradient, biasGradient } = tensors;
  if (!isFrozen) {
    const gradients = add ? kernels.layerNormBackwardParametersAdd : kernels.layerNormBackwardParameters;
    gradients(weightGradient, biasGradient, dy, x, statistics, rows, outputs);
  }
  if (dx !== 0) kernels.layerNormBackwardInput(dx, dy, x, weight, statistics, rows, outputs);
}
