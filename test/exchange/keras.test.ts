import { describe, expect, it } from "vitest";
import { loadKeras } from "../../src/exchange/keras.ts";
import type { KerasArray } from "../../src/exchange/keras.ts";
import { FormatError } from "../../src/errors.ts";
import { writeNpz } from "../../src/io/write-npz.ts";
import { predict } from "../../src/train/predict.ts";
import { furthest, imagesFor, numbers, pixelsOf } from "./models.ts";

const array = (shape: number[], seed: number, centre = 0): KerasArray => {
  const next = numbers(seed);
  const length = shape.reduce((product, size) => product * size, 1);
  return { shape, data: Float32Array.from({ length }, () => centre + 0.01 * next()) };
};

type Config = Record<string, unknown>;
const layer = (class_name: string, config: Config) => ({
  module: "keras.layers",
  class_name,
  config,
  registered_name: null,
});

/** As Keras 3 writes: Sequential(Input((2, 2, 1)), Flatten, Dense(3, relu), BatchNormalization, Dropout, Dense(2, softmax)). */
const keras3 = {
  module: "keras",
  class_name: "Sequential",
  config: {
    name: "sequential",
    layers: [
      layer("InputLayer", { batch_shape: [null, 2, 2, 1], dtype: "float32", sparse: false, name: "input_layer" }),
      layer("Flatten", { name: "flatten", data_format: "channels_last" }),
      layer("Dense", { name: "dense", units: 3, activation: "relu", use_bias: true, kernel_initializer: { class_name: "GlorotUniform" } }),
      layer("BatchNormalization", { name: "batch_normalization", axis: -1, momentum: 0.99, epsilon: 0.001, center: true, scale: true }),
      layer("Dropout", { name: "dropout", rate: 0.3, seed: null }),
      layer("Dense", { name: "dense_1", units: 2, activation: "softmax", use_bias: true }),
    ],
    build_input_shape: [null, 2, 2, 1],
  },
  keras_version: "3.4.1",
}; // prettier-ignore
const weights = [array([4, 3], 1), array([3], 2), array([3], 3, 1), array([3], 4), array([3], 5), array([3], 6, 0.7), array([3, 2], 7), array([2], 8)]; // prettier-ignore

const withLayers = (...layers: object[]) => ({ class_name: "Sequential", config: { name: "s", layers } });
const input = layer("InputLayer", { name: "in", batch_input_shape: [null, 2] });

describe("loadKeras", () => {
  it("reads Keras 3's JSON and get_weights(): the same probabilities as by hand to 1e-6", async () => {
    const model = await loadKeras(JSON.stringify(keras3), weights);
    expect(model.network.layers.map(({ kind }) => kind)).toEqual(["dense", "relu", "batchNorm", "dense"]);
    expect([model.network.input, model.loss.kind, model.classes]).toEqual([[2, 2], "softmaxCrossEntropy", ["0", "1"]]);
    const set = imagesFor(model);
    const pixels = pixelsOf(set);
    const [kernel, bias, gamma, beta, mean, variance, last, lastBias] = weights.map(({ data }) => data);
    const wanted = Array.from({ length: set.length }, (_, image) => {
      const hidden = Array.from({ length: 3 }, (_, j) => {
        let sum = bias[j];
        for (let i = 0; i < 4; i++) sum += pixels[4 * image + i] * kernel[3 * i + j];
        return (gamma[j] * (Math.max(0, sum) - mean[j])) / Math.sqrt(variance[j] + 0.001) + beta[j];
      });
      const z = [0, 1].map((k) => hidden.reduce((sum, value, j) => sum + value * last[2 * j + k], lastBias[k]));
      const odds = z.map((value) => Math.exp(value));
      return odds.map((value) => value / (odds[0] + odds[1]));
    }).flat();
    expect(furthest((await predict(model, set)).probabilities, wanted)).toBeLessThan(1e-6);
  });

  it("reads the .npz of np.savez(file, *model.get_weights()), whatever the order of its entries", async () => {
    const entries = weights.map((one, i) => [`arr_${i}`, one] as const).reverse();
    const read = await loadKeras(keras3, await writeNpz(Object.fromEntries(entries)));
    expect([...read.weights]).toEqual([...(await loadKeras(keras3, weights)).weights]);
    await expect(loadKeras(keras3, await writeNpz({ arr_1: weights[0] }))).rejects.toThrow(/arrays arr_0, arr_1/);
    await expect(loadKeras(keras3, new Uint8Array(9))).rejects.toThrow(FormatError);
  });

  it("reads Keras 2's settings, activations in layers of their own, and outputs as logits", async () => {
    const json = withLayers(
      layer("Dense", { name: "a", units: 4, activation: "linear", use_bias: false, batch_input_shape: [null, 5] }),
      layer("LeakyReLU", { name: "b", alpha: 0.25 }),
      layer("LayerNormalization", { name: "c", axis: [1], epsilon: 0.01, center: false }),
      layer("Activation", { name: "d", activation: "swish" }),
      layer("ELU", { name: "e", alpha: 0.5 }),
      layer("Dense", { name: "f", units: 1, activation: { class_name: "function", config: "linear" } }),
    );
    const model = await loadKeras(json, [array([5, 4], 1), array([4], 2, 1), array([4, 1], 3), array([1], 4)], { classes: ["no", "yes"] });
    expect(model.network.layers.map(({ kind }) => kind)).toEqual(["dense", "leakyRelu", "layerNorm", "silu", "elu", "dense"]);
    expect(model.network.layers[1]).toMatchObject({ slope: 0.25 });
    expect([model.loss.kind, model.classes, model.network.biasCount]).toEqual(["sigmoidCrossEntropy", ["no", "yes"], 1]);
  }); // prettier-ignore

  it("reads the list of layers that older files have as configuration", async () => {
    const list = [input, layer("Dense", { name: "d", units: 2, activation: "softmax" })];
    const model = await loadKeras({ class_name: "Sequential", config: list }, [array([2, 2], 1), array([2], 2)]);
    expect(model.network.layers.map(({ kind }) => kind)).toEqual(["dense"]);
  });

  const dense = layer("Dense", { name: "d", units: 2, activation: "linear" });
  const fitting = [array([2, 2], 1), array([2], 2)];
  it.each<[string, unknown, readonly KerasArray[], RegExp]>([
    ["a convolution", withLayers(input, layer("Conv2D", { name: "c", filters: 3 })), [], /layer 1 \(Conv2D\): expected Dense, .* got Conv2D/],
    ["an activation", withLayers(input, layer("Dense", { name: "d", units: 2, activation: "mish" })), fitting, /an activation of .* got "mish"/],
    ["an activation of a prototype", withLayers(input, layer("Dense", { name: "d", units: 2, activation: "constructor" })), fitting, /got "constructor"/],
    ["a functional model", { class_name: "Functional", config: {} }, [], /a Sequential model, got "Functional"/],
    ["no shape", withLayers(dense), fitting, /the shape of the images, got none. Give \{ input \}/],
    ["images that are not flat", withLayers(layer("InputLayer", { name: "in", batch_shape: [null, 2, 2] }), dense), fitting, /Flatten it first/],
    ["kernels of another shape", withLayers(input, dense), [array([3, 2], 1), array([2], 2)], /array 0 to be d's kernel of 2x2, got 3x2/],
    ["too few arrays", withLayers(input, dense), fitting.slice(1), /array 0 to be d's kernel of 2x2, got 2/],
    ["too many arrays", withLayers(input, dense), [...fitting, array([1], 3)], /expected 2 arrays of weights, got 3/],
    ["data of another length than its shape", withLayers(input, dense), [{ shape: [2, 2], data: new Float32Array(3) }], /got 2x2/],
    ["10^9 units", withLayers(input, layer("Dense", { name: "d", units: 1e9 })), fitting, /kernel of 2x1000000000, got 2x2/],
    ["5,000 layers", withLayers(input, ...Array.from({ length: 5000 }, (_, i) => layer("Dropout", { name: `${i}` }))), [], /at most 4096 layers, got 5001/],
    ["two layers of one name", withLayers(input, dense, dense), fitting, /each layer's name once/],
    ["a normalisation over another axis", withLayers(input, layer("BatchNormalization", { name: "b", axis: 2 })), [], /axis -1, got 2/],
    ["a ReLU up to 6", withLayers(input, dense, layer("ReLU", { name: "r", max_value: 6 })), fitting, /max_value 1 or none/],
    ["nothing to learn", withLayers(input), [], /at least one dense layer/],
    ["normalisations of 10^9 inputs without weights", withLayers(layer("InputLayer", { name: "in", batch_shape: [null, 1e9] }), layer("LayerNormalization", { name: "l", scale: false, center: false })), [], /weights in the file, got none for 1000000000 inputs/],
    ["batches of 10^9 inputs without weights", withLayers(layer("InputLayer", { name: "in", batch_shape: [null, 1e9] }), layer("BatchNormalization", { name: "l", scale: false })), [], /weights in the file, got none for 1000000000 inputs/],
    ["no object", [], [], /expected an object/],
  ])("refuses %s", async (_, json, arrays, message) => {
    const read = loadKeras(json as object, arrays, { name: "k" });
    await expect(read).rejects.toThrow(FormatError);
    await expect(read).rejects.toThrow(message);
  }); // prettier-ignore

  it("refuses a text that is no JSON, or names a key twice", async () => {
    await expect(loadKeras("{", [])).rejects.toThrow(/expected JSON/);
    await expect(loadKeras('{"class_name":"Sequential","class_name":"Model"}', [])).rejects.toThrow(/got "class_name" twice/);
  }); // prettier-ignore
});
