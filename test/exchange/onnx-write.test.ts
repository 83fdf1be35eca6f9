import * as ort from "onnxruntime-web/wasm";
import { beforeAll, describe, expect, it } from "vitest";
import type { Normalization } from "../../src/data/normalization.ts";
import { onnxCodec } from "../../src/exchange/onnx-messages.ts";
import { saveOnnx } from "../../src/exchange/onnx.ts";
import type { Layer } from "../../src/model/layers.ts";
import { meanSquaredError, sigmoidCrossEntropy, sigmoidDice, softmaxCrossEntropy } from "../../src/model/loss.ts";
import { predict } from "../../src/train/predict.ts";
import type { Model } from "../../src/train/model.ts";
import { allLosses, around, furthest, imagesFor, layersByKind, modelOf, pixelsOf } from "./models.ts";

beforeAll(() => {
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
});

/** What onnxruntime makes of the images, and the shape it says. */
async function answered(model: Model, count = 5) {
  const session = await ort.InferenceSession.create(await saveOnnx(model), { logSeverityLevel: 3 });
  const set = imagesFor(model, count);
  const feeds = { images: new ort.Tensor("float32", pixelsOf(set), [count, ...set.shape]) };
  const { probabilities } = await session.run(feeds);
  await session.release();
  return { data: probabilities.data as Float32Array, dims: probabilities.dims };
}

async function expectSame(model: Model, tolerance = 1e-5): Promise<void> {
  const { data } = await answered(model);
  const said = await predict({ ...model, decision: undefined }, imagesFor(model));
  expect(furthest(data, said.probabilities)).toBeLessThan(tolerance);
}

describe("an ONNX file of saveOnnx, run by onnxruntime-web, gives voxgrad's own probabilities to 1e-5", () => {
  it.each(Object.entries(layersByKind))("with the layer %s", async (_, layer: Layer) => {
    await expectSame(modelOf(around(layer)));
  });

  it.each(allLosses.map((loss) => [loss.kind, loss] as const))("trained by %s", async (_, loss) => {
    await expectSame(modelOf(around(layersByKind.tanh), { loss }));
  });

  it.each([sigmoidCrossEntropy(), meanSquaredError()])(
    "with a single output, a column a class: $kind",
    async (loss) => {
      const model = modelOf(around(layersByKind.relu), { outputs: 1, loss });
      expect((await answered(model)).dims).toEqual([5, 2]);
      await expectSame(model);
    },
  );

  const scalings: Normalization[] = [
    { kind: "none" },
    { kind: "zScore", mean: 16777.3, deviation: 61.7 },
    { kind: "unit", minimum: -3, maximum: 250.5 },
    { kind: "pixelZScore", means: Array.from({ length: 12 }, (_, i) => 100.1 + i), deviations: Array.from({ length: 12 }, (_, i) => 7 * i) },
  ]; // prettier-ignore
  it.each(scalings)("scaling pixels by $kind", async (normalization) => {
    await expectSame(modelOf(around(layersByKind.tanh), { normalization }));
  });

  it("of masks, (images, foreground classes, ...shape), colours left out", async () => {
    const loss = sigmoidDice();
    const gray = modelOf(around(layersByKind.relu), { input: [3, 4], outputs: 24, maskClasses: [1, 5], loss });
    expect((await answered(gray)).dims).toEqual([5, 2, 3, 4]);
    const coloured = modelOf(around(layersByKind.relu), { input: [3, 4, 3], outputs: 12, maskClasses: [1], loss });
    expect((await answered(coloured)).dims).toEqual([5, 1, 3, 4]);
    const { data } = await answered(gray);
    const set = imagesFor(gray);
    const said = await predict(gray, { ...set, labels: null });
    expect(furthest(data, said.probabilities)).toBeLessThan(1e-5);
  });

  it("of masks with the temperature inside, as predict calibrates them", async () => {
    const decision = { temperature: 2.5, threshold: 0.5, rule: "0.5" };
    const facts = { input: [3, 4], outputs: 24, maskClasses: [1, 5], loss: sigmoidDice(), decision };
    const model = modelOf(around(layersByKind.relu), facts);
    const { data } = await answered(model);
    const said = await predict(model, { ...imagesFor(model), labels: null });
    expect(said.calibrated).toHaveLength(data.length);
    expect(furthest(data, said.calibrated!)).toBeLessThan(1e-5);
    expect(furthest(said.calibrated!, said.probabilities)).toBeGreaterThan(0.01);
  });

  it("for any number of images", async () => {
    const model = modelOf(around(layersByKind.batchNorm));
    const [one, many] = [await answered(model, 1), await answered(model, 33)];
    expect([one.dims, many.dims]).toEqual([
      [1, 3],
      [33, 3],
    ]);
    expect(furthest(one.data, many.data.subarray(0, 3))).toBeLessThan(1e-6);
  });

  it.each([
    ["softmax", softmaxCrossEntropy(), 3],
    ["sigmoid", sigmoidCrossEntropy(), 3],
    ["clip", meanSquaredError(), 3],
    ["a single output", sigmoidCrossEntropy(), 1],
  ])("with the temperature inside: %s", async (_, loss, outputs) => {
    const decision = { temperature: 1.7, threshold: null, rule: "youden" };
    const plain = modelOf(around(layersByKind.relu), { loss, outputs });
    const { data } = await answered({ ...plain, decision });
    const { probabilities } = await predict(plain, imagesFor(plain));
    // p^(1/T), of each image over its classes where they exclude one another.
    const width = Math.max(2, outputs);
    const raised = Float64Array.from(probabilities, (p) => Math.pow(p, 1 / 1.7));
    const softened = raised.map((q, i) => {
      if (loss.kind !== "softmaxCrossEntropy") return q / (q + Math.pow(1 - probabilities[i], 1 / 1.7));
      return q / raised.subarray(i - (i % width), i - (i % width) + width).reduce((sum, one) => sum + one, 0);
    });
    expect(furthest(data, softened)).toBeLessThan(1e-5);
  });
});

describe("what an ONNX file of saveOnnx says", () => {
  it("is opset 17 with a dynamic batch, and a recipe in the metadata", async () => {
    const decision = { temperature: 1.5, threshold: 0.3, rule: "youden" };
    const model = modelOf(around(layersByKind.relu), { outputs: 2, classes: ["healthy", "tumour"], decision });
    const bytes = await saveOnnx(model);
    const read = onnxCodec.decode(bytes, "x");
    expect([read.irVersion, read.opsetImport?.map(({ version }) => version)]).toEqual([8n, [17n]]);
    const dims = (list?: readonly { type?: { tensorType?: { shape?: { dim?: readonly { dimValue?: bigint; dimParam?: string }[] } } } }[]) =>
      list?.map(({ type }) => type?.tensorType?.shape?.dim?.map(({ dimValue, dimParam }) => dimParam || Number(dimValue)));
    expect(dims(read.graph?.input)).toEqual([["batch", 3, 4]]);
    expect(dims(read.graph?.output)).toEqual([["batch", 2]]);
    const metadata: Record<string, string | undefined> = Object.fromEntries((read.metadataProps ?? []).map(({ key = "", value }) => [key, value])); // prettier-ignore
    expect(JSON.parse(metadata["classes"] ?? "")).toEqual(["healthy", "tumour"]);
    expect([metadata["temperature"], metadata["threshold"], metadata["rule"]]).toEqual(["1.5", "0.3", "youden"]);
    const recipe = JSON.parse(metadata["voxgrad"] ?? "") as Record<string, unknown>;
    expect([recipe["task"], recipe["decision"]]).toEqual(["classification", decision]);
    expect(Buffer.from(await saveOnnx(model)).equals(Buffer.from(bytes))).toBe(true);
  }); // prettier-ignore
});
