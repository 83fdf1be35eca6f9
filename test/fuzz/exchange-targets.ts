// Files of other programs' models, changed as bytes and by their structure: refused, or a model that predicts.
import { onnxCodec } from "../../src/exchange/onnx-messages.ts";
import { loadKeras } from "../../src/exchange/keras.ts";
import type { KerasArray } from "../../src/exchange/keras.ts";
import { loadOnnx, saveOnnx } from "../../src/exchange/onnx.ts";
import { loadTfjs, saveTfjs } from "../../src/exchange/tfjs.ts";
import * as layers from "../../src/model/layers.ts";
import { sigmoidCrossEntropy } from "../../src/model/loss.ts";
import { batchNorm, layerNorm } from "../../src/model/normalization-layers.ts";
import { saveModel } from "../../src/train/model.ts";
import type { Model } from "../../src/train/model.ts";
import { modelOf } from "../exchange/models.ts";
import { tensorflowFile, torchFile } from "../exchange/onnx-files.ts";
import type { Draws } from "./draws.ts";
import { mutated } from "./mutations.ts";
import type { Target } from "./run.ts";

type Json = null | boolean | number | string | bigint | Uint8Array | Json[] | { [key: string]: Json };

const odd: readonly Json[] = [null, -1, 0, 1, 2, 1.5, 1e308, -1e308, 2147483648, 9007199254740991, "", "x", "__proto__", [], {}, [1], [-1, 4], true, false, "relu", "Dense"]; // prettier-ignore

/** A value somewhere inside becomes another of any kind, or goes, or stands there twice. */
function changed(value: Json, draws: Draws, of: (old: Json) => Json): Json {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array || draws.chance(0.08))
    return of(value);
  if (Array.isArray(value)) {
    if (value.length === 0) return draws.chance(0.5) ? value : [draws.pick(odd)];
    const at = draws.below(value.length);
    if (draws.chance(0.1)) return value.filter((_, i) => i !== at);
    if (draws.chance(0.1)) return [...value.slice(0, at), value[draws.below(value.length)], ...value.slice(at)];
    return value.map((one, i) => (i === at ? changed(one, draws, of) : one));
  }
  const keys = Object.keys(value);
  if (keys.length === 0) return of(value);
  const key = draws.pick(keys);
  if (draws.chance(0.05)) return Object.fromEntries(Object.entries(value).filter(([one]) => one !== key));
  return { ...value, [key]: changed(value[key], draws, of) };
}

/** As changed, with values of the same kind: messages have no others. */
function alike(draws: Draws): (old: Json) => Json {
  const names = ["Gemm", "MatMul", "Add", "Sub", "Mul", "Div", "Pow", "Erf", "Tanh", "Relu", "Softmax", "Clip", "Concat", "Flatten", "Reshape", "Identity", "Transpose", "Conv", "x", "y", "", "a", "b"]; // prettier-ignore
  return (old) => {
    if (typeof old === "bigint") return draws.pick([0n, 1n, -1n, 2n, 3n, 4n, 12n, 1n << 31n, 1n << 62n]);
    if (typeof old === "number") return draws.pick([0, 1, 2, 6, 7, 10, 0.5, -1, 1e30, NaN]);
    if (typeof old === "string") return draws.pick(names);
    if (old instanceof Uint8Array) return mutated(old, [old], draws);
    return old;
  };
}

/** What was accepted must be whole: it is saved, every number of it, and its network can be planned. */
function check(model: Model): void {
  const bytes = saveModel(model);
  const { length } = model.network.placed;
  if (bytes.length === 0 || length === 0) throw new Error("a model without anything");
  model.network.plan({ batchSize: 1, training: false });
}

function seedModels(): Model[] {
  const decision = { temperature: 1.5, threshold: 0.3, rule: "youden" };
  return [
    modelOf([layers.dense(4), layers.gelu(), layers.dense(4), batchNorm(), layers.silu()], { outputs: 2, decision }),
    modelOf([layers.dense(4), layerNorm(), layers.leakyRelu()], { normalization: pixels }),
    modelOf([layers.dense(3), layers.elu()], { outputs: 1, loss: sigmoidCrossEntropy() }),
  ];
}

const numbered = Array.from({ length: 12 }, (_, i) => i);
const pixels = { kind: "pixelZScore", means: numbered, deviations: numbered } as const;

async function onnxSeeds(): Promise<Uint8Array<ArrayBuffer>[]> {
  const spelled = modelOf([layers.dense(4), layers.geluTanh()], { normalization: pixels });
  return [...(await Promise.all([...seedModels(), spelled].map(saveOnnx))), torchFile(), tensorflowFile()];
}

/** ONNX files whose messages were changed by their structure. */
export async function changedGraphs(): Promise<(draws: Draws) => Uint8Array<ArrayBuffer>> {
  const { encode, decode } = onnxCodec;
  const onnx = await onnxSeeds();
  const messages = onnx.map((bytes) => decode(bytes, "seed") as unknown as Json);
  return (draws) => {
    let message = draws.pick(messages);
    for (let left = 1 + draws.below(3); left > 0; left--) message = changed(message, draws, alike(draws));
    try {
      return encode(message as Parameters<typeof encode>[0]);
    } catch {
      // A number that its field cannot hold is no file.
      return mutated(draws.pick(onnx), onnx, draws);
    }
  };
}

export async function exchangeTargets(): Promise<readonly Target[]> {
  const models = seedModels();
  const onnx = await onnxSeeds();
  const graph = await changedGraphs();
  const tfjs = await Promise.all(models.map(saveTfjs));
  const topologies = tfjs.map((files) => JSON.parse(files["model.json"]) as { [key: string]: Json });
  const kerasArrays = tfjs.map((files, i) => arraysOf(topologies[i], files["weights.bin"]));
  const text = (value: Json, draws: Draws) => {
    const written = JSON.stringify(value);
    if (!draws.chance(0.2)) return written;
    const bytes = new TextEncoder().encode(written);
    return new TextDecoder().decode(mutated(bytes, [bytes], draws));
  };
  return [
    { name: "onnx", run: async (draws) => check(await loadOnnx(mutated(draws.pick(onnx), onnx, draws))) },
    { name: "onnx-graph", run: async (draws) => check(await loadOnnx(graph(draws))) },
    {
      name: "keras",
      async run(draws) {
        const which = draws.below(topologies.length);
        let json = topologies[which]["modelTopology"];
        for (let left = draws.below(3); left > 0; left--) json = changed(json, draws, () => draws.pick(odd));
        const arrays = kerasArrays[which];
        const given = draws.chance(0.7)
          ? arrays
          : arrays.map((array) => (draws.chance(0.2) ? draws.pick(arrays) : array));
        check(await loadKeras(text(json, draws), draws.chance(0.1) ? given.slice(1) : given));
      },
    },
    {
      name: "tfjs",
      async run(draws) {
        const which = draws.below(topologies.length);
        const json = draws.chance(0.2) ? topologies[which] : changed(topologies[which], draws, () => draws.pick(odd));
        const bytes = tfjs[which]["weights.bin"];
        const weights = draws.chance(0.3) ? mutated(bytes, [bytes], draws) : bytes;
        check(await loadTfjs({ "model.json": text(json, draws), "weights.bin": weights }));
      },
    },
  ];
}

/** The manifest's weights as get_weights() gives them. */
function arraysOf(json: { [key: string]: Json }, bytes: Uint8Array<ArrayBuffer>): KerasArray[] {
  const [{ weights }] = json["weightsManifest"] as unknown as [{ weights: { shape: number[] }[] }];
  let at = 0;
  return weights.map(({ shape }) => {
    const length = shape.reduce((product, size) => product * size, 1);
    at += 4 * length;
    return { shape, data: new Float32Array(bytes.buffer, at - 4 * length, length) };
  });
}
