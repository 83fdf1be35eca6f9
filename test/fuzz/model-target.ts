// Model files whose recipe (layers, preprocessing, normalization) was changed, as text and by its structure.
import { network } from "../../src/model/network.ts";
import { softmaxCrossEntropy } from "../../src/model/loss.ts";
import { dense } from "../../src/model/layers.ts";
import { loadModel } from "../../src/train/model.ts";
import { readSafetensors, writeSafetensors } from "../../src/io/safetensors.ts";
import { fromStructure } from "../../src/data/structure.ts";
import { preprocess } from "../../src/data/preprocess.ts";
import type { Draws } from "./draws.ts";
import { mutated } from "./mutations.ts";
import type { Target } from "./run.ts";

const steps = [
  { kind: "gray" },
  { kind: "window", centre: 40, width: 400 },
  { kind: "percentileClip", low: 1, high: 99 },
  { kind: "rescale", to: [0, 1] },
  { kind: "standardize" },
  { kind: "resampleTo", size: [3, 2] },
  { kind: "resampleTo", spacing: 2 },
  { kind: "centreCropOrPad", size: [3, 2], fill: null },
];
const layers = network([dense(2)], { input: [6] });
const recipe = {
  ...{ version: 1, task: "classification", layers: layers.layers, input: [6], classes: ["a", "b"], maskClasses: [] },
  ...{ preprocessing: steps, normalization: { kind: "none" }, loss: softmaxCrossEntropy() },
};
const tensors = new Map(layers.parameters.map(({ name, shape }) => [name, { shape, data: new Float32Array(shape.reduce((all, length) => all * length, 1)) }])); // prettier-ignore
const odd = [null, -1, 0, 1e308, 1.5, "x", [], {}, [1, 2, 3], [1e9, 1e9], true, 2147483648, "resampleTo"];

/** A value somewhere inside becomes another. */
function withOddValue(value: unknown, draws: Draws): unknown {
  if (typeof value !== "object" || value === null || draws.chance(0.15)) return draws.pick(odd);
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<string, unknown>;
  const keys = Object.keys(copy);
  if (keys.length === 0) return draws.pick(odd);
  const key = draws.pick(keys);
  copy[key] = withOddValue(copy[key], draws);
  return copy;
}

export const modelTarget: Target = {
  name: "model",
  async run(draws) {
    const changed = draws.chance(0.7) ? { ...recipe, preprocessing: withOddValue(steps, draws) } : withOddValue(recipe, draws); // prettier-ignore
    const text = JSON.stringify(changed);
    const bytes = new TextEncoder().encode(text);
    const mangled = draws.chance(0.3) ? new TextDecoder().decode(mutated(bytes, [bytes], draws)) : text;
    const model = loadModel(writeSafetensors(tensors, { format: "pt", voxgrad: mangled }));
    // What was accepted must run: on an image that does not suit it with a RangeError.
    const image = fromStructure({ data: new Uint8Array(6), dims: [3, 2], spacing: [1, 1] });
    await Promise.resolve().then(() => preprocess(image, model.preprocessing ?? [])).catch((cause: unknown) => {
      if (!(cause instanceof RangeError)) throw cause;
    }); // prettier-ignore
    readSafetensors(writeSafetensors(tensors));
  },
};
