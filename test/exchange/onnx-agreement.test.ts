import * as ort from "onnxruntime-web/wasm";
import { beforeAll, describe, expect, it } from "vitest";
import { onnxCodec } from "../../src/exchange/onnx-messages.ts";
import { loadOnnx } from "../../src/exchange/onnx.ts";
import { predict } from "../../src/train/predict.ts";
import type { Model } from "../../src/train/model.ts";
import { drawsOf } from "../fuzz/draws.ts";
import { changedGraphs } from "../fuzz/exchange-targets.ts";
import { furthest, imagesFor, pixelsOf } from "./models.ts";

const seed = Number(process.env["VOXGRAD_TEST_SEED"] ?? 20260101);

beforeAll(() => {
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "fatal";
});

/** What onnxruntime makes of the same pixels; null where it refuses the file. */
async function runtimeSays(bytes: Uint8Array<ArrayBuffer>, model: Model): Promise<Float32Array | null> {
  const [input] = onnxCodec.decode(bytes, "x").graph?.input ?? [];
  const dims = (input.type?.tensorType?.shape?.dim ?? []).map(({ dimValue = 0n }) => Number(dimValue));
  const set = imagesFor(model, dims[0] > 0 ? dims[0] : 3);
  const shape = dims.length > 1 ? dims.slice(1) : set.shape;
  let session: ort.InferenceSession | null = null;
  try {
    session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3 });
    const feeds = { [session.inputNames[0]]: new ort.Tensor("float32", pixelsOf(set), [set.length, ...shape]) };
    return (await session.run(feeds))[session.outputNames[0]].data as Float32Array;
  } catch {
    return null;
  } finally {
    await session?.release();
  }
}

/** What outputs may mean: probabilities as they are, or logits. */
function meanings(outputs: Float32Array, width: number): ArrayLike<number>[] {
  const rows = Array.from({ length: outputs.length / width }, (_, i) => [...outputs.subarray(i * width, (i + 1) * width)]);
  const softmax = rows.flatMap((row) => {
    const odds = row.map((z) => Math.exp(z - Math.max(...row)));
    return odds.map((one) => one / odds.reduce((sum, each) => sum + each, 0));
  });
  return [outputs, softmax, outputs.map((z) => 1 / (1 + Math.exp(-z)))];
} // prettier-ignore

/** Whether float32 arithmetic in another order comes to nearly the same: numbers of 1e26 do not. */
function isTame({ weights, normalization }: Model): boolean {
  const scaling = normalization.kind === "pixelZScore" ? normalization.means : normalization.kind === "zScore" ? [normalization.mean] : []; // prettier-ignore
  const factors = normalization.kind === "pixelZScore" ? normalization.deviations.filter((one) => one > 0).map((one) => 1 / one) : []; // prettier-ignore
  return [...scaling, ...factors, ...[...weights.values()].flatMap(({ data }) => [...data])].every((value) => Math.abs(value) < 1e4); // prettier-ignore
}

describe(`an ONNX file that was changed and is still accepted (seed ${seed})`, () => {
  it("means to voxgrad what it means to onnxruntime, to 1e-4, wherever that runs it (300 draws)", async () => {
    const changed = await changedGraphs();
    const apart: string[] = [];
    let compared = 0;
    for (let index = 0; index < 300; index++) {
      const bytes = changed(drawsOf(seed, index));
      const model = await loadOnnx(bytes).catch(() => null);
      if (!model || model.decision || !isTame(model)) continue;
      const outputs = await runtimeSays(bytes, model);
      if (!outputs?.every(Number.isFinite)) continue;
      const width = model.network.placed[model.network.placed.length - 1].outputs;
      const images = outputs.length / Math.max(width, model.classes.length);
      if (model.task === "segmentation" || !Number.isInteger(images)) continue;
      const { probabilities } = await predict(model, imagesFor(model, images));
      // A single output stands for two classes.
      const said = outputs.length === probabilities.length ? probabilities : probabilities.filter((_, i) => i % 2 === 1);
      const nearest = Math.min(...meanings(outputs, said.length / images).map((meant) => furthest(said, meant)));
      if (!(nearest < 1e-4)) apart.push(`draw ${index}: ${nearest}`);
      compared++;
    }
    expect(apart).toEqual([]);
    expect(compared).toBeGreaterThan(60);
  }, 120000);
}); // prettier-ignore
