// Dense networks of Keras: a Sequential model's JSON and its weights as a model of voxgrad.
import type { Model } from "../train/model.ts";
import { asFormatError } from "./refusal.ts";
import type { ImportOptions } from "./steps.ts";

/** One of `model.get_weights()`, row-major. */
export interface KerasArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

/**
 * Reads a Sequential model of dense layers, as `model.to_json()` of Keras 2 and 3 writes it. Layers that are read: Dense,
 * Activation, Dropout and other noise, Flatten, Reshape, BatchNormalization, LayerNormalization, ReLU, LeakyReLU, ELU,
 * Softmax, InputLayer. A last softmax or sigmoid becomes the loss's; without one the outputs are taken for logits.
 *
 * @param json the text, or what it parses to. @param weights `model.get_weights()`, or the `.npz` that
 * `np.savez(file, *model.get_weights())` makes of them.
 * @throws FormatError for every other layer and activation, by its name, and for weights that do not fit.
 * @example
 * ```ts
 * import { loadKeras } from "voxgrad/io";
 *
 * const layers = [
 *   { class_name: "InputLayer", config: { name: "in", batch_shape: [null, 2] } },
 *   { class_name: "Dense", config: { name: "out", units: 2, activation: "softmax" } },
 * ];
 * const kernel = { shape: [2, 2], data: new Float32Array([1, 0, 0, 1]) };
 * const bias = { shape: [2], data: new Float32Array(2) };
 * const model = await loadKeras({ class_name: "Sequential", config: { layers } }, [kernel, bias]);
 * console.log(model.network.weightCount, model.loss.kind); // 4 softmaxCrossEntropy
 * ```
 */
export async function loadKeras(
  json: string | object,
  weights: readonly KerasArray[] | Uint8Array | ArrayBuffer,
  options: ImportOptions = {},
): Promise<Model> {
  const { modelOfKeras } = await import("./keras-read.ts");
  return asFormatError(options.name ?? "keras", () => modelOfKeras(json, weights, options));
}
