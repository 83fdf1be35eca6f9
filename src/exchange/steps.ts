// What a file of another program does to an image, step by step, and the model of voxgrad that does the same.
import type { Normalization } from "../data/normalization.ts";
import { patches } from "../data/patches.ts";
import { preprocessingOfJson } from "../data/stored-preprocessing.ts";
import { FormatError } from "../errors.ts";
import { batchNorm, layerNorm } from "../model/normalization-layers.ts";
import { dense, softmax } from "../model/layers.ts";
import type { Layer } from "../model/layers.ts";
import { meanSquaredError, sigmoidCrossEntropy, softmaxCrossEntropy } from "../model/loss.ts";
import type { Loss } from "../model/loss.ts";
import { network } from "../model/network.ts";
import { mostLayers } from "../model/stored-layers.ts";
import type { Weights } from "../model/weights.ts";
import { decisionOfJson } from "../train/decision.ts";
import type { Decision } from "../train/decision.ts";
import type { Model } from "../train/model.ts";
import { answersOfJson } from "../train/recipe.ts";

/** One step; arrays are as long as the image's features are then. */
export type Step =
  | { readonly kind: "dense"; readonly outputs: number; readonly weight: Float32Array; readonly bias: Float32Array | null }
  | { readonly kind: "bias"; readonly values: ArrayLike<number> }
  /** y = scale x + offset */
  | { readonly kind: "affine"; readonly scale: number | Float64Array; readonly offset: number | Float64Array }
  | { readonly kind: "layer"; readonly layer: Layer }
  | { readonly kind: "batchNorm"; readonly epsilon: number; readonly momentum: number; readonly tensors: readonly [gain: Float32Array, shift: Float32Array, mean: Float32Array, variance: Float32Array] }
  | { readonly kind: "layerNorm"; readonly epsilon: number; readonly tensors: readonly [gain: Float32Array, shift: Float32Array] }
  /** To [0, 1]. */
  | { readonly kind: "clip" }
  /** One probability p becomes (1 - p, p). */
  | { readonly kind: "both" }; // prettier-ignore

export interface ImportOptions {
  /** Stands in error messages. */
  readonly name?: string;
  /** The shape of the images; the file's by default, axes of one value left out. Its values stay in the file's order. */
  readonly input?: readonly number[];
  /** Names of the classes by output; those of the file, else "0", "1", ... */
  readonly classes?: readonly string[];
  /** Values of the foreground classes, of a network that says something of each voxel. */
  readonly maskClasses?: readonly number[];
  /**
   * What a network gives that ends in no softmax, sigmoid or clip to [0, 1]: "logits", the default, become probabilities by
   * a softmax, or a sigmoid of a single output; "probabilities" are taken as they are.
   */
  readonly outputs?: "logits" | "probabilities";
}

export interface FileFacts {
  readonly file: string;
  /** The shape of an image, slowest index first. */
  readonly shape: readonly number[];
  /** What voxgrad itself wrote into the file beside the network; null where it did not. */
  readonly recipe: unknown;
}

/** @throws FormatError for steps that no dense network of voxgrad does. */
export function modelOfSteps(given: readonly Step[], facts: FileFacts, options: ImportOptions): Model {
  try {
    return assemble(given, facts, options);
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    throw new FormatError(`${facts.file}: expected a dense network, got ${(cause as Error).message}`, { cause });
  }
}

function assemble(given: readonly Step[], { file, shape, recipe }: FileFacts, options: ImportOptions): Model {
  if (given.length > mostLayers) throw new RangeError(`${given.length} layers, more than ${mostLayers}`);
  const steps = withBiases(given);
  const normalization = takeNormalization(steps);
  const { loss, temperature } = takeAnswers(steps, options);
  const layers: Layer[] = [];
  const tensors: [string, Float32Array][] = [];
  for (const step of steps) {
    const own = (names: readonly string[], values: readonly (Float32Array | null)[]) =>
      values.forEach((value, i) => value && tensors.push([`${layers.length}.${names[i]}`, value]));
    switch (step.kind) {
      case "dense":
        own(["weight", "bias"], [step.weight, step.bias]);
        layers.push(dense(step.outputs, { bias: step.bias !== null }));
        break;
      case "batchNorm":
        own(["weight", "bias", "running_mean", "running_var", "num_batches_tracked"], [...step.tensors, new Float32Array(1)]); // prettier-ignore
        layers.push(batchNorm({ epsilon: step.epsilon, momentum: step.momentum }));
        break;
      case "layerNorm":
        own(["weight", "bias"], step.tensors);
        layers.push(layerNorm({ epsilon: step.epsilon }));
        break;
      case "layer":
        layers.push(step.layer);
        break;
      default:
        throw new RangeError(`${titles[step.kind]} between layers`);
    }
  }
  const kept = shape.filter((size) => size !== 1);
  const built = network(layers, { input: options.input ?? (kept.length > 0 ? kept : [1]) });
  const values = new Map(tensors);
  const weights: Weights = new Map(
    built.parameters.map(({ name, shape: wanted, length }) => {
      const data = values.get(name) ?? new Float32Array(0);
      if (data.length === length) return [name, { shape: wanted, data }];
      throw new RangeError(`${data.length} values for ${wanted.join("x")} in layer ${name}`);
    }),
  );
  const outputs = built.placed[built.placed.length - 1].outputs;
  const said = (recipe ?? {}) as Readonly<Record<string, unknown>>;
  const answers = answersOfJson(answersOf(said, outputs, loss, options), built);
  const { preprocessing, patches: parts } = said;
  const own = {
    ...(preprocessing === undefined ? {} : { preprocessing: preprocessingOfJson(preprocessing) }),
    ...(parts === undefined ? {} : { patches: patches(parts as Parameters<typeof patches>[0]) }),
  };
  const decision = decided(said["decision"], temperature);
  if (normalization.kind === "pixelZScore" && normalization.means.length !== built.placed[0].inputs)
    throw new RangeError(`a scaling of ${normalization.means.length} pixels in ${file}`);
  const model = { network: built, weights, normalization, ...answers, ...own };
  return Object.freeze(decision ? { ...model, decision } : model);
}

const titles = {
  bias: "an addition",
  affine: "a multiplication",
  clip: "a clip",
  both: "a second probability",
} as const;

/** A bias that is added behind the product belongs to the layer. */
function withBiases(given: readonly Step[]): Step[] {
  const steps: Step[] = [];
  for (const step of given) {
    const last = steps.at(-1);
    if (step.kind === "bias" && last?.kind === "dense" && last.bias === null) {
      steps[steps.length - 1] = { ...last, bias: Float32Array.from(step.values) };
    } else steps.push(step);
  }
  return steps;
}

/** y = scale x + offset of the pixels is (x - mean) / deviation. */
function takeNormalization(steps: Step[]): Normalization {
  if (steps[0]?.kind !== "affine") return Object.freeze({ kind: "none" });
  const { scale, offset } = steps.shift() as Extract<Step, { kind: "affine" }>;
  if (typeof scale === "number" && typeof offset === "number") {
    if (scale > 0 && Number.isFinite(scale) && Number.isFinite(offset)) return Object.freeze({ kind: "zScore", mean: 0 - offset / scale, deviation: 1 / scale }); // prettier-ignore
    throw new RangeError(`pixels times ${scale}, which no scaling does`);
  }
  const count = typeof scale === "number" ? (offset as Float64Array).length : scale.length;
  const at = (values: number | Float64Array, i: number) => (typeof values === "number" ? values : values[i]);
  const indexes = Array.from({ length: count }, (_, i) => i);
  const isOdd = indexes.some((i) => !(at(scale, i) >= 0 && at(scale, i) < Infinity && Number.isFinite(at(offset, i))) || (at(scale, i) === 0 && at(offset, i) !== 0)); // prettier-ignore
  if (isOdd) throw new RangeError("a scaling of pixels that none of voxgrad's does");
  const means = indexes.map((i) => (at(scale, i) > 0 ? 0 - at(offset, i) / at(scale, i) : 0));
  const deviations = indexes.map((i) => (at(scale, i) > 0 ? 1 / at(scale, i) : 0));
  if (!means.every(Number.isFinite) || !deviations.every(Number.isFinite))
    throw new RangeError("pixels times almost 0");
  return Object.freeze({ kind: "pixelZScore", means: Object.freeze(means), deviations: Object.freeze(deviations) });
}

/** The end of the file: what makes probabilities of outputs is the loss's business, a factor before it the temperature's. */
function takeAnswers(steps: Step[], options: ImportOptions): { loss: Loss; temperature: number } {
  const both = steps.at(-1)?.kind === "both" && steps.pop() !== undefined;
  const last = steps.at(-1);
  const kind = last?.kind === "layer" ? last.layer.kind : last?.kind;
  if (kind === "clip" || kind === "softmax" || kind === "sigmoid") steps.pop();
  if (both && kind !== "clip" && kind !== "sigmoid") throw new RangeError("1 - x of what is no probability");
  if (kind === "clip") return { loss: meanSquaredError(), temperature: 1 };
  const ends = steps.at(-1);
  let temperature = 1;
  if (ends?.kind === "affine" && (kind === "softmax" || kind === "sigmoid")) {
    const { scale, offset } = ends;
    if (typeof scale !== "number" || !(scale > 0) || offset !== 0)
      throw new RangeError(titles.affine + " before the end");
    temperature = 1 / scale;
    steps.pop();
  }
  if (kind === "softmax") return { loss: softmaxCrossEntropy(), temperature };
  if (kind === "sigmoid") return { loss: sigmoidCrossEntropy(), temperature };
  if (options.outputs === "probabilities") return { loss: meanSquaredError(), temperature };
  const outputs = steps.findLast((step) => step.kind === "dense")?.outputs ?? 0;
  const isMask = options.maskClasses !== undefined;
  return { loss: outputs === 1 || isMask ? sigmoidCrossEntropy() : softmaxCrossEntropy(), temperature };
}

function answersOf(
  said: Readonly<Record<string, unknown>>,
  outputs: number,
  loss: Loss,
  options: ImportOptions,
): object {
  const count = Math.max(2, outputs);
  if (options.maskClasses) return { task: "segmentation", classes: [], maskClasses: options.maskClasses, loss };
  const own = said["loss"] as Partial<Loss> | undefined;
  const means = (kind?: string) => (kind === undefined ? "" : /^s[a-z]+/.test(kind) ? kind.slice(0, 4) : "mean");
  const trained = means(own?.kind) === means(loss.kind) ? own : loss;
  // A file that is no classification and says nothing else has a number for each output.
  const numbered = Array.from({ length: count > 65536 ? 0 : count }, (_, k) => `${k}`);
  const { task = "classification", classes = numbered, maskClasses = [] } = said;
  return { task, classes: options.classes ?? classes, maskClasses, loss: trained };
}

function decided(own: unknown, temperature: number): Decision | null {
  if (own === undefined || own === null) {
    return temperature === 1 ? null : Object.freeze({ temperature, threshold: null, rule: "likeliest" });
  }
  const decision = decisionOfJson(own);
  // The file's arithmetic is float32.
  if (Math.abs(decision.temperature / temperature - 1) < 1e-5) return decision;
  throw new RangeError(`a temperature of ${temperature}, and ${decision.temperature} beside it`);
}

/** The layer of an activation without settings. */
export const softmaxStep = (): Step => ({ kind: "layer", layer: softmax() });
