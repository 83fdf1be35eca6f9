import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { loadTfjs, saveTfjs } from "../../src/exchange/tfjs.ts";
import { FormatError } from "../../src/errors.ts";
import { elu } from "../../src/model/layers.ts";
import { meanSquaredError, sigmoidCrossEntropy, sigmoidDice } from "../../src/model/loss.ts";
import { predict } from "../../src/train/predict.ts";
import type { Model } from "../../src/train/model.ts";
import { allLosses, around, furthest, imagesFor, layersByKind, modelOf, pixelsOf } from "./models.ts";

/** What is used of @tensorflow/tfjs. */
interface Tensor {
  dataSync(): Float32Array;
}
interface Tfjs {
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  tensor(values: Float32Array, shape: readonly number[]): Tensor;
  loadLayersModel(handler: { load(): Promise<object> }): Promise<{ predict(x: Tensor): Tensor; save(handler: { save(artifacts: object): Promise<object> }): Promise<unknown> }>; // prettier-ignore
}

const manifest = fileURLToPath(new URL("../../bench/compare/package.json", import.meta.url));
const hasTfjs = existsSync(
  fileURLToPath(new URL("../../bench/compare/node_modules/@tensorflow/tfjs", import.meta.url)),
);

async function tfjs(): Promise<Tfjs> {
  const quiet = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
  const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const tf = createRequire(manifest)("@tensorflow/tfjs") as Tfjs;
  await tf.setBackend("cpu");
  await tf.ready();
  quiet.mockRestore();
  warned.mockRestore();
  return tf;
}

/** The model as TensorFlow.js has it after loading. */
async function inTfjs(model: Model) {
  const tf = await tfjs();
  const files = await saveTfjs(model);
  const { modelTopology, weightsManifest } = JSON.parse(files["model.json"]) as { modelTopology: object; weightsManifest: { weights: object[] }[] }; // prettier-ignore
  const { weights: weightSpecs } = weightsManifest[0];
  const load = () => Promise.resolve({ modelTopology, weightSpecs, weightData: files["weights.bin"].buffer });
  return { tf, loaded: await tf.loadLayersModel({ load }) };
}

async function tfjsSays(model: Model): Promise<Float32Array> {
  const { tf, loaded } = await inTfjs(model);
  const set = imagesFor(model);
  return loaded.predict(tf.tensor(pixelsOf(set), [set.length, ...set.shape])).dataSync();
}

/** TensorFlow.js has no other alpha, and cannot load geluTanh. */
const layers = Object.entries({ ...layersByKind, elu: elu() }).filter(([kind]) => kind !== "geluTanh");

async function expectAlike(a: Model, b: Model, tolerance = 1e-6): Promise<void> {
  const set = imagesFor(a);
  const [one, other] = [await predict(a, set), await predict(b, set)];
  expect(furthest(one.probabilities, other.probabilities)).toBeLessThan(tolerance);
}

describe("loadTfjs reads what saveTfjs wrote", () => {
  it.each(layers)("with the layer %s", async (_, layer) => {
    const model = modelOf(around(layer));
    const read = await loadTfjs(await saveTfjs(model));
    expect([read.classes, read.task, read.loss]).toEqual([model.classes, model.task, model.loss]);
    await expectAlike(model, read);
  });

  it.each(allLosses)("trained by $kind", async (loss) => {
    const model = modelOf(around(layersByKind.tanh), { loss });
    const read = await loadTfjs(await saveTfjs(model));
    expect(read.loss).toEqual(loss);
    await expectAlike(model, read);
  });

  it("with scalings of pixels, a temperature, a single output, masks", async () => {
    const pixels = { kind: "pixelZScore", means: Array.from({ length: 12 }, (_, i) => 90.3 + i), deviations: Array.from({ length: 12 }, (_, i) => 9 * i) } as const;
    for (const model of [
      modelOf(around(layersByKind.relu), { normalization: pixels }),
      modelOf(around(layersByKind.relu), { normalization: { kind: "none" } }),
      modelOf(around(layersByKind.relu), { normalization: { kind: "unit", minimum: -16777.3, maximum: 255 } }),
      modelOf(around(layersByKind.relu), { outputs: 1, loss: sigmoidCrossEntropy() }),
      modelOf(around(layersByKind.relu), { input: [12] }),
    ]) await expectAlike(model, await loadTfjs(await saveTfjs(model)));
    const decision = { temperature: 1.7, threshold: 0.31, rule: "youden" };
    expect((await loadTfjs(await saveTfjs(modelOf(around(layersByKind.relu), { outputs: 2, decision })))).decision).toEqual(decision);
    const masks = modelOf(around(layersByKind.relu), { outputs: 24, maskClasses: [1, 5], loss: sigmoidDice() });
    const read = await loadTfjs(await saveTfjs(masks));
    expect([read.task, read.maskClasses, read.network.input]).toEqual(["segmentation", [1, 5], [3, 4]]);
    await expect(saveTfjs(modelOf([layersByKind.geluTanh]))).rejects.toThrow(/got geluTanh. Save it as ONNX/);
    await expect(saveTfjs(modelOf([layersByKind.elu]))).rejects.toThrow(/elu with alpha 1/);
    const clipped = modelOf([], { loss: meanSquaredError(), decision });
    await expect(saveTfjs(clipped)).rejects.toThrow(/a softmax or sigmoid for a temperature of 1.7, got meanSquaredError/);
  }); // prettier-ignore
});

describe.skipIf(!hasTfjs)("TensorFlow.js gives voxgrad's probabilities to 1e-5 (skipped unless npm ci --prefix bench/compare was run)", () => {
  it.each(layers)("with the layer %s", async (_, layer) => {
    const model = modelOf(around(layer));
    expect(furthest(await tfjsSays(model), (await predict(model, imagesFor(model))).probabilities)).toBeLessThan(1e-5);
  }, 30000);

  it.each(allLosses)("trained by $kind", async (loss) => {
    const model = modelOf(around(layersByKind.tanh), { loss });
    expect(furthest(await tfjsSays(model), (await predict(model, imagesFor(model))).probabilities)).toBeLessThan(1e-5);
  });

  it("loadTfjs reads what TensorFlow.js itself saves", async () => {
    const model = modelOf(around(layersByKind.layerNorm));
    const { loaded } = await inTfjs(model);
    const files: Record<string, string | object> = {};
    await loaded.save({
      save(artifacts) {
        const { modelTopology, weightSpecs, weightData } = artifacts as { modelTopology: object; weightSpecs: object[]; weightData: ArrayBuffer };
        files["model.json"] = { format: "layers-model", modelTopology, weightsManifest: [{ paths: ["a"], weights: weightSpecs }] };
        files["a"] = new Uint8Array(weightData);
        return Promise.resolve({ modelArtifactsInfo: {} });
      },
    });
    await expectAlike(model, await loadTfjs(files));
  });
}); // prettier-ignore

describe("loadTfjs refuses", () => {
  const changed = async (change: (json: Record<string, unknown>) => unknown, files: Record<string, string | object> = {}) => {
    const own = await saveTfjs(modelOf(around(layersByKind.relu)));
    return loadTfjs({ ...own, "model.json": JSON.stringify(change(JSON.parse(own["model.json"]) as Record<string, unknown>)), ...files });
  }; // prettier-ignore
  type Manifest = { paths: string[]; weights: Record<string, unknown>[] }[];
  const withManifest = (change: (manifest: Manifest) => void) => changed((json) => {
    change(json["weightsManifest"] as Manifest);
    return json;
  }); // prettier-ignore
  it.each<[string, () => Promise<Model>, RegExp]>([
    ["a graph model", () => changed((json) => ({ ...json, format: "graph-model" })), /a layers-model, got graph-model/],
    ["no model.json", () => loadTfjs({}), /the file "model.json"/],
    ["a file that is missing", () => withManifest((manifest) => manifest[0].paths.push("b.bin")), /the bytes of "b.bin"/],
    ["a file twice", () => withManifest((manifest) => manifest[0].paths.push("weights.bin")), /each file once/],
    ["quantised weights", () => withManifest((manifest) => (manifest[0].weights[0]["quantization"] = { scale: 1, min: 0, dtype: "uint8" })), /not quantised/],
    ["whole numbers", () => withManifest((manifest) => (manifest[0].weights[0]["dtype"] = "int32")), /float32 for "normalization\/gamma"/],
    ["a shape of 2^60 values", () => withManifest((manifest) => (manifest[0].weights[0]["shape"] = [2 ** 30, 2 ** 30])), /got a file of/],
    ["weights that are left", () => withManifest((manifest) => manifest[0].weights.push({ name: "x/y", shape: [0], dtype: "float32" })), /a layer for the weights "x\/y"/],
    ["a name twice", () => withManifest((manifest) => manifest[0].weights.push({ ...manifest[0].weights[0], shape: [0] })), /each name once/],
    ["bytes that are left", () => changed((json) => json, { "weights.bin": new Uint8Array(100000) }), /bytes of weights, got 100000/],
    ["no manifest", () => changed(({ weightsManifest: _, ...json }) => json), /a weightsManifest, got none/],
    ["a functional model", () => changed((json) => ({ ...json, modelTopology: { class_name: "Functional", config: {} } })), /a Sequential model, got "Functional"/],
  ])("%s", async (_, load, message) => {
    await expect(load()).rejects.toThrow(FormatError);
    await expect(load()).rejects.toThrow(message);
  }); // prettier-ignore
});
