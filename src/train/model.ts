// A trained model as a value: weights and the whole recipe that turns pixels into probabilities; its file.
import type { Normalization } from "../data/normalization.ts";
import { patches } from "../data/patches.ts";
import type { Patches } from "../data/patches.ts";
import type { Preprocessing } from "../data/preprocessing.ts";
import { preprocessingOfJson } from "../data/stored-preprocessing.ts";
import { FormatError } from "../errors.ts";
import { fileBytes } from "../own-bytes.ts";
import { readSafetensors, writeSafetensors } from "../io/safetensors.ts";
import type { Layer } from "../model/layers.ts";
import type { Loss } from "../model/loss.ts";
import { network } from "../model/network.ts";
import { layersOfJson } from "../model/stored-layers.ts";
import type { Network } from "../model/network.ts";
import { checkWeights } from "../model/weights.ts";
import type { Weights } from "../model/weights.ts";
import { answersOfJson, scalingOfJson } from "./recipe.ts";
import { joinScaling, scalingTensors } from "./scaling-tensors.ts";
import { decisionOfJson } from "./decision.ts";
import type { Decision } from "./decision.ts";
import { familiarOfJson } from "./familiar.ts";
import type { Familiar } from "./familiar.ts";
import type { Task } from "./settings.ts";

/** Everything that a prediction needs. */
export interface Model {
  readonly task: Task;
  readonly network: Network;
  readonly weights: Weights;
  /** Names of the classes by output; empty for masks. */
  readonly classes: readonly string[];
  /** Mask values of the foreground classes in the order of the outputs; empty for labels. */
  readonly maskClasses: readonly number[];
  /** What was done to the images when they were read, and is to be done to others; left out where nobody knows. */
  readonly preprocessing?: readonly Preprocessing[];
  /** The parts of images that the network sees; left out where it sees whole ones. */
  readonly patches?: Patches;
  readonly normalization: Normalization;
  /** The loss it was trained with: it says how outputs become probabilities. */
  readonly loss: Loss;
  /** How its probabilities become decisions, frozen when training or refining in a study ended; left out before. */
  readonly decision?: Decision;
  /** What the training set was like, to know an image that is unlike it; left out where nobody looked. */
  readonly familiar?: Familiar;
}

/** What stands in the file's metadata under "voxgrad", as JSON. */
interface Recipe {
  readonly version: 1;
  readonly task: Task;
  readonly layers: readonly Layer[];
  readonly input: readonly number[] | null;
  readonly classes: readonly string[];
  readonly maskClasses: readonly number[];
  readonly preprocessing?: readonly Preprocessing[];
  readonly patches?: Patches;
  readonly normalization: Normalization;
  readonly loss: Loss;
  readonly decision?: Decision;
  readonly familiar?: Familiar;
}

/**
 * A model as a safetensors file: tensors in PyTorch's names and layout, so that `torch.nn.Sequential` of the same layers
 * loads them, and the recipe as JSON in the metadata. Means and deviations of more than 65,536 pixels stand behind the
 * weights, as tensors "normalization.means" and "normalization.deviations".
 *
 * @example
 * ```ts
 * import { loadModel, phantoms, saveModel, study } from "voxgrad";
 *
 * const run = study({ data: phantoms({ count: 60, seed: 7 }), seed: 7 });
 * for await (const epoch of run.train({ epochs: 2 })) console.log(epoch.totalError);
 * const copy = loadModel(saveModel(await run.model()));
 * console.log(copy.network.summary());
 * ```
 */
export function saveModel(model: Model): Uint8Array<ArrayBuffer> {
  const { task, classes, maskClasses, preprocessing, normalization, loss, decision } = model;
  const { layers, input } = model.network;
  const scaling = scalingTensors(normalization);
  const { patches: parts, familiar } = model;
  const stored = { patches: parts, normalization: scaling.recipe, loss, decision, familiar };
  const trained = { classes, maskClasses, preprocessing, ...stored };
  const recipe: Recipe = { version: 1, task, layers, input, ...trained };
  const tensors = scaling.tensors.length > 0 ? new Map([...model.weights, ...scaling.tensors]) : model.weights;
  return writeSafetensors(tensors, { format: "pt", voxgrad: JSON.stringify(recipe) });
}

/**
 * Reads what saveModel wrote.
 * @param name stands in error messages.
 * @throws FormatError when the bytes are no safetensors file, hold no recipe of voxgrad, or tensors of another network;
 * when anything in the recipe is not what saveModel writes. TypeError for what is no bytes.
 */
export function loadModel(bytes: Uint8Array | ArrayBuffer, name = "model"): Model {
  const { tensors, metadata } = readSafetensors(fileBytes(name, bytes), name);
  const text = metadata.get("voxgrad");
  if (text === undefined) {
    throw new FormatError(
      `${name}: expected a model saved by voxgrad, got tensors without a recipe ("voxgrad" in the metadata)`,
    );
  }
  try {
    const recipe = (JSON.parse(text) ?? {}) as Recipe;
    if (recipe.version !== 1) throw new RangeError(`expected recipe version 1, got ${String(recipe.version)}`);
    const { layers, input, preprocessing, patches: parts } = recipe;
    const built = network(layersOfJson(layers), { input: input ?? [] });
    const { normalization: scaling, rest } = joinScaling(recipe.normalization, tensors);
    // In the network's order, whatever the file's.
    const weights: Weights = new Map(
      built.parameters.flatMap((parameter) => {
        const tensor = rest.get(parameter.name);
        return tensor ? [[parameter.name, tensor] as const] : [];
      }),
    );
    checkWeights(built, rest);
    const { task, classes, maskClasses, loss } = answersOfJson(recipe, built);
    const normalization = scalingOfJson(scaling, built);
    const read = {
      ...(preprocessing ? { preprocessing: preprocessingOfJson(preprocessing) } : {}),
      ...(parts ? { patches: patches(parts) } : {}),
    };
    const { decision, familiar } = recipe;
    const known = {
      ...(decision === undefined ? {} : { decision: decisionOfJson(decision) }),
      ...(familiar === undefined ? {} : { familiar: familiarOfJson(familiar) }),
    };
    return Object.freeze({
      task,
      network: built,
      weights,
      classes,
      maskClasses,
      ...read,
      normalization,
      loss,
      ...known,
    });
  } catch (cause) {
    throw new FormatError(`${name}: expected the recipe of a network, got ${(cause as Error).message}`, { cause });
  }
}
