// A trained model as a value: weights and the whole recipe that turns pixels into probabilities; its file.
import type { Normalization } from "../data/normalization.ts";
import { FormatError } from "../errors.ts";
import { readSafetensors, writeSafetensors } from "../io/safetensors.ts";
import type { Layer } from "../model/layers.ts";
import type { Loss } from "../model/loss.ts";
import { network } from "../model/network.ts";
import type { Network } from "../model/network.ts";
import type { Weights } from "../model/weights.ts";
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
  readonly normalization: Normalization;
  /** The loss it was trained with: it says how outputs become probabilities. */
  readonly loss: Loss;
}

/** What stands in the file's metadata under "voxgrad". */
interface Recipe {
  readonly version: 1;
  readonly task: Task;
  readonly layers: readonly Layer[];
  readonly input: readonly number[];
  readonly classes: readonly string[];
  readonly maskClasses: readonly number[];
  readonly normalization: Normalization;
  readonly loss: Loss;
}

/**
 * A model as a safetensors file: tensors in PyTorch's names and layout, so that `torch.nn.Sequential` of the same layers
 * loads them, and the recipe as JSON in the metadata.
 */
export function saveModel(model: Model): Uint8Array<ArrayBuffer> {
  const { task, classes, maskClasses, normalization, loss } = model;
  const recipe: Recipe = {
    version: 1,
    task,
    layers: model.network.layers,
    input: model.network.input ?? [],
    classes,
    maskClasses,
    normalization,
    loss,
  };
  return writeSafetensors(model.weights, { format: "pt", voxgrad: JSON.stringify(recipe) });
}
