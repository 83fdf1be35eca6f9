// Layers as plain frozen values: what a network is made of, in the order in which an image passes through.
import type { Initializer } from "./init.ts";
import type { NormalizationLayer } from "./normalization-layers.ts";

/** Every output is a weighted sum of all inputs, plus a bias. */
export interface DenseLayer {
  readonly kind: "dense";
  readonly outputs: number;
  readonly bias: boolean;
  readonly name?: string;
  readonly weightInitializer: Initializer;
  readonly biasInitializer: Initializer;
}

/** Applied to every element alone, except softmax, which sees an image's outputs together. */
export type ActivationLayer =
  | {
      readonly kind: "relu" | "selu" | "gelu" | "geluTanh" | "sigmoid" | "tanh" | "softplus" | "silu" | "softmax";
      readonly name?: string;
    }
  | { readonly kind: "leakyRelu"; readonly slope: number; readonly name?: string }
  | { readonly kind: "elu"; readonly alpha: number; readonly name?: string };

/** In training, sets a part of the elements to zero and scales the others up; otherwise passes them through. */
export interface DropoutLayer {
  readonly kind: "dropout";
  readonly rate: number;
  readonly name?: string;
}

/** In training, sets whole slices along one axis of an image to zero and scales the others up. */
export interface SpatialDropoutLayer {
  readonly kind: "spatialDropout";
  readonly rate: number;
  /** Which axis of the image; counted from the end where negative. */
  readonly axis: number;
  readonly name?: string;
}

/** In training, multiplies every element by a normal factor of mean 1; otherwise passes them through. */
export interface GaussianDropoutLayer {
  readonly kind: "gaussianDropout";
  readonly rate: number;
  readonly name?: string;
}

/** The layers that are noise in training and nothing otherwise. */
export type NoiseLayer = DropoutLayer | SpatialDropoutLayer | GaussianDropoutLayer;

export type Layer = DenseLayer | ActivationLayer | NoiseLayer | NormalizationLayer;

export interface LayerOptions {
  /** Names the layer in summaries, errors and saved files; its index otherwise. */
  readonly name?: string;
}

export interface DenseOptions extends LayerOptions {
  /** Whether there is a bias; true by default. */
  readonly bias?: boolean;
  /** How weights begin; as PyTorch's `Linear` by default. */
  readonly weightInitializer?: Initializer;
  /** How biases begin; as PyTorch's `Linear` by default. */
  readonly biasInitializer?: Initializer;
}

const asTorch: Initializer = Object.freeze({ kind: "torchLinear" });

/**
 * y = x W^T + b for `outputs` outputs; the number of inputs follows from the layer before.
 *
 * @throws RangeError when `outputs` is not a whole number of at least 1.
 * @example
 * ```ts
 * import { dense, he } from "voxgrad";
 *
 * const hidden = dense(12, { name: "hidden 1", weightInitializer: he() });
 * console.log(hidden.outputs); // 12
 * ```
 */
export function dense(outputs: number, options: DenseOptions = {}): DenseLayer {
  if (!Number.isSafeInteger(outputs) || outputs < 1) {
    throw new RangeError(`dense: expected a whole number of outputs, at least 1, got ${outputs}`);
  }
  const { bias = true, weightInitializer = asTorch, biasInitializer = asTorch, name } = options;
  return Object.freeze({ kind: "dense", outputs, bias, weightInitializer, biasInitializer, ...named(name) });
}

/**
 * Inverted dropout (Srivastava et al. 2014): in training each element is zero with probability `rate` and divided by
 * (1 - rate) otherwise; a new mask at each step.
 *
 * @throws RangeError when `rate` is not in [0, 1).
 * @example
 * ```ts
 * import { dense, dropout, network, relu } from "voxgrad";
 *
 * const net = network([dense(64), relu(), dropout(0.3), dense(2)], { input: [28, 28] });
 * console.log(net.weightCount); // 50304
 * ```
 */
export function dropout(rate: number, options: LayerOptions = {}): DropoutLayer {
  if (!(rate >= 0 && rate < 1)) throw new RangeError(`dropout: expected a rate in [0, 1), got ${rate}`);
  return Object.freeze({ kind: "dropout", rate, ...named(options.name) });
}

/**
 * Spatial dropout (Tompson et al. 2015): in training each slice of an image along `axis` is zero with probability `rate`
 * and divided by (1 - rate) otherwise, all of it together. The last axis, the default, is the colour of images that have
 * one: whole colour channels go, as in Keras's `SpatialDropout2D` and PyTorch's `Dropout2d`. Of [depth, height, width]
 * axis 0 drops whole slices of the volume. Behind a dense layer there is one axis, and it drops nodes, as `dropout` does.
 *
 * @throws RangeError when `rate` is not in [0, 1) or `axis` no whole number; from `network` when the image has no such axis.
 * @example
 * ```ts
 * import { dense, network, relu, spatialDropout } from "voxgrad";
 *
 * const layers = [spatialDropout(0.1, { axis: 0 }), dense(12), relu(), dense(2)];
 * console.log(network(layers, { input: [10, 10, 10] }).summary());
 * ```
 */
export function spatialDropout(rate: number, options: LayerOptions & { axis?: number } = {}): SpatialDropoutLayer {
  const { axis = -1, name } = options;
  if (!(rate >= 0 && rate < 1)) throw new RangeError(`spatialDropout: expected a rate in [0, 1), got ${rate}`);
  if (!Number.isSafeInteger(axis)) throw new RangeError(`spatialDropout: expected a whole number as axis, got ${axis}`);
  return Object.freeze({ kind: "spatialDropout", rate, axis, ...named(name) });
}

/**
 * Gaussian dropout (Srivastava et al. 2014, section 10): in training each element is multiplied by a normal factor of
 * mean 1 and standard deviation sqrt(rate / (1 - rate)), the deviation that dropout's factors have; as in Keras.
 *
 * @throws RangeError when `rate` is not in [0, 1).
 * @example
 * ```ts
 * import { dense, gaussianDropout, network, relu } from "voxgrad";
 *
 * console.log(network([dense(64), relu(), gaussianDropout(0.3), dense(2)], { input: [28, 28] }).weightCount); // 50304
 * ```
 */
export function gaussianDropout(rate: number, options: LayerOptions = {}): GaussianDropoutLayer {
  if (!(rate >= 0 && rate < 1)) throw new RangeError(`gaussianDropout: expected a rate in [0, 1), got ${rate}`);
  return Object.freeze({ kind: "gaussianDropout", rate, ...named(options.name) });
}

/** max(0, x) */
export const relu = (options: LayerOptions = {}): ActivationLayer => plain("relu", options);

/** x if x > 0, else slope x; the slope is 0.01 unless given. (Maas et al. 2013) */
export function leakyRelu(slope = 0.01, options: LayerOptions = {}): ActivationLayer {
  if (!Number.isFinite(slope)) throw new RangeError(`leakyRelu: expected a finite slope, got ${slope}`);
  return Object.freeze({ kind: "leakyRelu", slope, ...named(options.name) });
}

/** x if x > 0, else alpha (e^x - 1); alpha is 1 unless given. (Clevert et al. 2016) */
export function elu(alpha = 1, options: LayerOptions = {}): ActivationLayer {
  if (!Number.isFinite(alpha)) throw new RangeError(`elu: expected a finite alpha, got ${alpha}`);
  return Object.freeze({ kind: "elu", alpha, ...named(options.name) });
}

/** Scaled elu, which keeps mean 0 and variance 1. (Klambauer et al. 2017) */
export const selu = (options: LayerOptions = {}): ActivationLayer => plain("selu", options);

/** x Phi(x), by the error function. (Hendrycks & Gimpel 2016) */
export const gelu = (options: LayerOptions = {}): ActivationLayer => plain("gelu", options);

/** x Phi(x), by the approximation with tanh. (Hendrycks & Gimpel 2016) */
export const geluTanh = (options: LayerOptions = {}): ActivationLayer => plain("geluTanh", options);

/** 1 / (1 + e^-x) */
export const sigmoid = (options: LayerOptions = {}): ActivationLayer => plain("sigmoid", options);

/** Hyperbolic tangent. */
export const tanh = (options: LayerOptions = {}): ActivationLayer => plain("tanh", options);

/** log(1 + e^x) */
export const softplus = (options: LayerOptions = {}): ActivationLayer => plain("softplus", options);

/** x sigmoid(x), also called swish. (Elfwing et al. 2018) */
export const silu = (options: LayerOptions = {}): ActivationLayer => plain("silu", options);

/** e^x_i / sum of e^x_j over an image's outputs. Not needed before `softmaxCrossEntropy`, which has it inside. */
export const softmax = (options: LayerOptions = {}): ActivationLayer => plain("softmax", options);

type PlainKind = Exclude<ActivationLayer["kind"], "leakyRelu" | "elu">;

function plain(kind: PlainKind, options: LayerOptions): ActivationLayer {
  return Object.freeze({ kind, ...named(options.name) });
}

function named(name: string | undefined): { name?: string } {
  return name === undefined ? {} : { name };
}
