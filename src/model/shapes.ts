// What follows from layers and the shape of one image: every layer's inputs, outputs, weights and names.
import type { DenseLayer, Layer } from "./layers.ts";
import type { NormalizationLayer } from "./normalization-layers.ts";

/** A layer in its place. */
export interface PlacedLayer {
  readonly layer: Layer;
  /** Position in the network, from 0; the same as in a PyTorch `Sequential` of the same layers. */
  readonly index: number;
  /** The layer's name, or its kind with a number: "hidden 1", "relu 1", "output". */
  readonly title: string;
  /** Features of one image that go in and come out. */
  readonly inputs: number;
  readonly outputs: number;
  /** The inputs' shape: the image's, behind a dense layer that of its outputs. */
  readonly shape: readonly number[];
}

/**
 * What a tensor is for. "weight" and "bias" are dense layers', "gain" and "shift" the factors and shifts that a
 * normalisation learns, "mean", "variance" and "batches" what batch normalisation keeps of the batches it has seen.
 */
export type ParameterRole = "weight" | "bias" | "gain" | "shift" | "mean" | "variance" | "batches";

/** One tensor: weights `(outputs, inputs)`, a number of batches `()`, or one value an output `(outputs)`. */
export interface Parameter {
  /** PyTorch's name: "0.weight", "0.bias", or "hidden 1.weight" for a named layer. */
  readonly name: string;
  readonly role: ParameterRole;
  readonly shape: readonly number[];
  readonly length: number;
  readonly placed: PlacedLayer & { readonly layer: DenseLayer | NormalizationLayer };
}

/** Whether gradients move it; running statistics follow the batches instead. */
export function isLearned({ role }: Pick<Parameter, "role">): boolean {
  return role === "weight" || role === "bias" || role === "gain" || role === "shift";
}

/** Whether a layer has something to learn. */
export function learns({ kind }: Layer): boolean {
  return kind === "dense" || kind === "batchNorm" || kind === "layerNorm";
}

/** Puts layers in their places, for images of a shape. @throws RangeError when a layer asks for an axis that is not there. */
export function placeLayers(layers: readonly Layer[], input: readonly number[]): readonly PlacedLayer[] {
  const titles = titlesOf(layers);
  let shape = input;
  let inputs = input.reduce((product, size) => product * size, 1);
  return layers.map((layer, index) => {
    const outputs = layer.kind === "dense" ? layer.outputs : inputs;
    const placed = { layer, index, title: titles[index], inputs, outputs, shape };
    checkAxis(placed);
    inputs = outputs;
    if (layer.kind === "dense") shape = [outputs];
    return placed;
  });
}

function checkAxis({ layer, title, shape }: PlacedLayer): void {
  if (layer.kind !== "spatialDropout" || shape.at(layer.axis) !== undefined) return;
  throw new RangeError(
    `spatialDropout "${title}": expected an axis from ${-shape.length} to ${shape.length - 1} of ${shape.join("x")}, ` +
      `got ${layer.axis}`,
  );
}

/** An image's features as (before, size, after), `size` along the axis of a spatial dropout. */
export function groupsOf(
  shape: readonly number[],
  axis: number,
): { readonly before: number; readonly size: number; readonly after: number } {
  const at = axis < 0 ? axis + shape.length : axis;
  const product = (sizes: readonly number[]) => sizes.reduce((all, size) => all * size, 1);
  return { before: product(shape.slice(0, at)), size: shape[at], after: product(shape.slice(at + 1)) };
}

/** Every tensor, in the order of the layers, under PyTorch's names. */
export function parametersOf(placed: readonly PlacedLayer[]): readonly Parameter[] {
  return placed.flatMap((place): Parameter[] => {
    const { layer, index, inputs, outputs } = place;
    const add = (role: ParameterRole, suffix: string, shape: readonly number[]): Parameter => ({
      name: `${layer.name ?? String(index)}.${suffix}`,
      role,
      shape,
      length: shape.reduce((product, size) => product * size, 1),
      placed: place as Parameter["placed"],
    });
    switch (layer.kind) {
      case "dense":
        return [add("weight", "weight", [outputs, inputs]), ...(layer.bias ? [add("bias", "bias", [outputs])] : [])];
      case "layerNorm":
        return [add("gain", "weight", [outputs]), add("shift", "bias", [outputs])];
      case "batchNorm":
        return [
          add("gain", "weight", [outputs]),
          add("shift", "bias", [outputs]),
          add("mean", "running_mean", [outputs]),
          add("variance", "running_var", [outputs]),
          add("batches", "num_batches_tracked", []),
        ];
      default:
        return [];
    }
  });
}

function titlesOf(layers: readonly Layer[]): string[] {
  const counts = new Map<string, number>();
  const last = layers.findLastIndex((layer) => layer.kind === "dense");
  return layers.map((layer, index) => {
    if (layer.name !== undefined) return layer.name;
    if (index === last) return "output";
    const word = layer.kind === "dense" ? "hidden" : layer.kind;
    const count = (counts.get(word) ?? 0) + 1;
    counts.set(word, count);
    return `${word} ${count}`;
  });
}
