// Batch and layer normalisation as plain frozen values.
import type { LayerOptions } from "./layers.ts";

/** Every feature is brought to mean 0 and variance 1 over the batch, then scaled and shifted by what is learned. */
export interface BatchNormLayer {
  readonly kind: "batchNorm";
  readonly momentum: number;
  readonly epsilon: number;
  readonly name?: string;
}

/** Every image's features are brought to mean 0 and variance 1, then scaled and shifted by what is learned. */
export interface LayerNormLayer {
  readonly kind: "layerNorm";
  readonly epsilon: number;
  readonly name?: string;
}

export type NormalizationLayer = BatchNormLayer | LayerNormLayer;

/**
 * Batch normalisation (Ioffe & Szegedy 2015), as PyTorch's `BatchNorm1d`: in training y = weight (x - mean) /
 * sqrt(variance + epsilon) + bias with the mean and variance of each feature over the batch; otherwise with running ones,
 * which each batch moves by `momentum` (the variance there divided by one less than the images). Goes before or behind
 * the activation; a dense layer in front of it needs no bias.
 *
 * A batch needs at least 2 images: a batch size of 1 is refused. A single image that is left at an epoch's end is
 * normalised by the running statistics, which it does not move. A frozen layer always uses the running ones.
 *
 * @throws RangeError when `momentum` is not in (0, 1] or `epsilon` not above 0.
 * @example
 * ```ts
 * import { batchNorm, dense, network, relu } from "voxgrad";
 *
 * const net = network([dense(64, { bias: false }), batchNorm(), relu(), dense(2)], { input: [28, 28] });
 * console.log(net.weightCount, net.normalizationCount); // 50304 128
 * ```
 */
export function batchNorm(options: LayerOptions & { momentum?: number; epsilon?: number } = {}): BatchNormLayer {
  const { momentum = 0.1, epsilon = 1e-5, name } = options;
  if (!(momentum > 0 && momentum <= 1)) {
    throw new RangeError(`batchNorm: expected a momentum in (0, 1], got ${momentum}`);
  }
  checkEpsilon("batchNorm", epsilon);
  return Object.freeze({ kind: "batchNorm", momentum, epsilon, ...(name === undefined ? {} : { name }) });
}

/**
 * Layer normalisation (Ba, Kiros & Hinton 2016), as PyTorch's `LayerNorm`: y = weight (x - mean) / sqrt(variance +
 * epsilon) + bias with the mean and variance over an image's features. The same in training and out of it, at any batch
 * size.
 *
 * @throws RangeError when `epsilon` is not above 0.
 * @example
 * ```ts
 * import { dense, layerNorm, network, relu } from "voxgrad";
 *
 * const net = network([dense(12), layerNorm(), relu(), dense(2)], { input: [10, 10, 10] });
 * console.log(net.summary());
 * ```
 */
export function layerNorm(options: LayerOptions & { epsilon?: number } = {}): LayerNormLayer {
  const { epsilon = 1e-5, name } = options;
  checkEpsilon("layerNorm", epsilon);
  return Object.freeze({ kind: "layerNorm", epsilon, ...(name === undefined ? {} : { name }) });
}

function checkEpsilon(layer: string, epsilon: number): void {
  if (!(Number.isFinite(epsilon) && epsilon > 0)) {
    throw new RangeError(`${layer}: expected an epsilon above 0, got ${epsilon}`);
  }
}
