import { describe, expect, it } from "vitest";
import { FormatError } from "../../src/errors.ts";
import { readSafetensors, writeSafetensors } from "../../src/io/safetensors.ts";
import { dense, relu } from "../../src/model/layers.ts";
import { loadModel, saveModel } from "../../src/train/model.ts";
import { allLosses, around, layersByKind, modelOf } from "../exchange/models.ts";
import { patches } from "../../src/data/patches.ts";
import { rescale } from "../../src/data/preprocessing.ts";

type Recipe = Record<string, unknown>;

/** A saved model of dense(9), relu, dense(8), dense(3) with its recipe changed. */
function withRecipe(change: (recipe: Recipe) => unknown): Uint8Array {
  const { tensors, metadata } = readSafetensors(saveModel(modelOf([dense(9), relu(), dense(8)])));
  const recipe = JSON.parse(metadata.get("voxgrad") ?? "") as Recipe;
  return writeSafetensors(tensors, { format: "pt", voxgrad: JSON.stringify(change(recipe)) });
}

const layersOf = (recipe: Recipe) => recipe["layers"] as Recipe[];
const withLayer = (change: Recipe) => withRecipe((recipe) => ({ ...recipe, layers: [{ ...layersOf(recipe)[0], ...change }, ...layersOf(recipe).slice(1)] })); // prettier-ignore
const withField = (change: Recipe) => withRecipe((recipe) => ({ ...recipe, ...change }));

describe("a model's file", () => {
  it.each(Object.entries(layersByKind))("comes back with its whole recipe, the layer %s included", (_, layer) => {
    const model = modelOf(around({ ...layer, name: "own" }), { classes: ["no", "yes", "é"] });
    const read = loadModel(saveModel(model));
    expect(read.network.layers).toEqual(model.network.layers);
    expect([...read.weights]).toEqual([...model.weights]);
    const { network: _network, weights: _weights, ...recipe } = read;
    const { network: _own, weights: _values, ...wanted } = model;
    expect(recipe).toEqual(wanted);
  });

  it.each(allLosses)("comes back with its loss, preprocessing and patches: $kind", (loss) => {
    const more = { preprocessing: [rescale({ to: [0, 2] })], patches: patches({ size: 3 }) };
    const model = { ...modelOf(around(layersByKind.relu), { loss }), ...more };
    const { loss: read, preprocessing, patches: parts } = loadModel(saveModel(model));
    expect({ loss: read, preprocessing, patches: parts }).toEqual({ loss, ...more });
  });

  it("keeps means and deviations of 300,000 pixels as tensors behind the weights, to the last digit", () => {
    const digits = (i: number) => Number((1000 * Math.sin(i)).toPrecision(9));
    const count = 300000;
    const means = Array.from({ length: count }, (_, i) => digits(i));
    const deviations = Array.from({ length: count }, (_, i) => Math.abs(digits(i + 0.5)));
    const model = modelOf([], { input: [count], normalization: { kind: "pixelZScore", means, deviations } });
    const bytes = saveModel(model);
    expect([...readSafetensors(bytes).tensors.keys()]).toEqual(["0.weight", "0.bias", "normalization.means", "normalization.deviations"]); // prettier-ignore
    const read = loadModel(bytes);
    expect(read.normalization).toEqual(model.normalization);
    expect([...read.weights.keys()]).toEqual(["0.weight", "0.bias"]);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ["another version", withField({ version: 2 }), /expected recipe version 1, got 2/],
    ["no list of layers", withField({ layers: {} }), /expected a list of layers, got \{\}/],
    ["5,000 layers", withRecipe((recipe) => ({ ...recipe, layers: Array.from({ length: 5000 }, () => ({ kind: "relu" })) })), /expected at most 4096 layers, got 5000/],
    ["a layer of no kind", withLayer({ kind: "conv" }), /layer 0: expected a layer, got \{"kind":"conv"/],
    ["a kind from a prototype", withLayer({ kind: "toString" }), /layer 0: expected a layer/],
    ["a layer of 2^53 outputs", withLayer({ outputs: 2 ** 53 }), /expected a whole number of outputs/],
    ["a layer of a million outputs, with tensors of nine", withLayer({ outputs: 1e6 }), /expected 1000000x12, got 9x12/],
    ["a name that is no text", withLayer({ name: 7 }), /expected a text as name/],
    ["an initializer that is none", withLayer({ weightInitializer: { kind: "glorot", distribution: "cauchy" } }), /how weights begin/],
    ["two layers of one name", withRecipe((recipe) => ({ ...recipe, layers: layersOf(recipe).map((layer) => ({ ...layer, name: "a" })) })), /expected each name once, got "a" twice/],
    ["an input of no size", withField({ input: [0] }), /expected an input shape of whole numbers/],
    ["an input of 10^18 pixels", withField({ input: [1e9, 1e9] }), /expected 9x1000000000000000000, got 9x12/],
    ["a task that is none", withField({ task: "regression" }), /task: expected classification or segmentation/],
    ["classes for other outputs", withField({ classes: ["a", "b"] }), /classes: expected one for each of 3 outputs, got 2/],
    ["classes that are no texts", withField({ classes: [1, 2, 3] }), /expected texts as classes/],
    ["masks of softmax", withField({ task: "segmentation", maskClasses: [1] }), /by softmaxCrossEntropy/],
    ["mask values that do not divide the outputs", withField({ task: "segmentation", maskClasses: [1, 2], loss: { kind: "sigmoidDice", smooth: 1, reduction: "mean" } }), /some that divide 3 outputs, got 2/],
    ["a loss that is none", withField({ loss: { kind: "hinge", reduction: "mean" } }), /loss: expected a loss/],
    ["a loss with weights of other classes", withField({ loss: { kind: "softmaxCrossEntropy", labelSmoothing: 0, classWeights: [1, 1], reduction: "mean" } }), /expected 3 class weights, got 2/],
    ["a smoothing of 2", withField({ loss: { kind: "softmaxCrossEntropy", labelSmoothing: 2, classWeights: null, reduction: "mean" } }), /label smoothing in \[0, 1\)/],
    ["a scaling that is none", withField({ normalization: { kind: "log" } }), /normalization: expected one that scales images of 12 pixels/],
    ["a deviation of 0", withField({ normalization: { kind: "zScore", mean: 0, deviation: 0 } }), /normalization: expected/],
    ["means of other images", withField({ normalization: { kind: "pixelZScore", means: [1], deviations: [1] } }), /normalization: expected/],
    ["patches whose stride is larger", withField({ patches: { size: [2], stride: [3], perImage: 1, foreground: 0 } }), /a stride of at most the size/],
  ])("is refused with %s", (_, bytes, message) => {
    expect(() => loadModel(bytes, "m")).toThrow(FormatError);
    expect(() => loadModel(bytes, "m")).toThrow(message);
  }); // prettier-ignore

  it("is refused with a tensor too many, one missing, and tensors or fields called __proto__ are nothing but that", () => {
    const { tensors, metadata } = readSafetensors(saveModel(modelOf([dense(9)])));
    const recipe = { voxgrad: metadata.get("voxgrad") ?? "" };
    const one = { shape: [1], data: new Float32Array(1) };
    expect(() => loadModel(writeSafetensors(new Map([...tensors, ["__proto__", one]]), recipe))).toThrow(FormatError);
    expect(() => loadModel(writeSafetensors(new Map([...tensors].slice(1)), recipe))).toThrow(FormatError);
    const polluted = recipe.voxgrad.replace("{", '{"__proto__":{"task":"segmentation","maskClasses":[1]},');
    expect(loadModel(writeSafetensors(tensors, { voxgrad: polluted })).task).toBe("classification");
    expect(({} as { task?: string }).task).toBeUndefined();
  });
});
