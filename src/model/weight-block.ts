// The tensors of a network in one block of panels, as its kernels have them: drawn, copied into the block and out of it.
import { stream } from "../random.ts";
import { drawInitial } from "./draw-initial.ts";
import type { Network } from "./network.ts";
import { fromPanels, toPanels } from "./panels.ts";
import { parameterPlaces } from "./plan.ts";
import type { Parameter } from "./shapes.ts";
import { checkWeights } from "./weights.ts";
import type { Weights } from "./weights.ts";

/**
 * Draws dense layers' tensors from the stream "init" of a seed: the same seed, the same bits, with and without layers that
 * normalise, whose factors and variances are 1 and everything else 0. `block` is the region "parameters".
 */
export function initializeWeights(network: Network, seed: number, block: Float32Array): void {
  const random = stream(seed, "init");
  const { offsets } = parameterPlaces(network.parameters);
  block.fill(0);
  let drawn = 0;
  network.parameters.forEach((parameter, i) => {
    const { role, length, placed } = parameter;
    const { layer, inputs, outputs } = placed;
    if (layer.kind !== "dense") {
      if (role === "gain" || role === "variance") block.fill(1, offsets[i], offsets[i] + length);
      return;
    }
    const initializer = role === "weight" ? layer.weightInitializer : layer.biasInitializer;
    const data = new Float32Array(length);
    drawInitial(data, initializer, { inputs, outputs }, random, drawn);
    place(parameter, data, block.subarray(offsets[i]));
    drawn += length;
  });
}

/** Copies a tensor to the start of its place in a block. */
function place({ role, placed }: Parameter, data: Float32Array, into: Float32Array): void {
  if (role === "weight") toPanels(data, into, placed.outputs, placed.inputs);
  else into.set(data);
}

/** A copy of a tensor out of its place in a block. */
function take({ role, length, placed }: Parameter, from: Float32Array): Float32Array {
  if (role !== "weight") return from.slice(0, length);
  const data = new Float32Array(length);
  fromPanels(from, data, placed.outputs, placed.inputs);
  return data;
}

/** Copies the tensors out of a block. */
export function readWeights(network: Network, block: Float32Array): Weights {
  const { offsets } = parameterPlaces(network.parameters);
  return new Map(
    network.parameters.map((parameter, i) => [
      parameter.name,
      { shape: parameter.shape, data: take(parameter, block.subarray(offsets[i])) },
    ]),
  );
}

/** Values in all tensors. */
function lengthOf(network: Network): number {
  return network.parameters.reduce((sum, { length }) => sum + length, 0);
}

/** A copy of a block, of weights or of what an optimizer keeps of each, as one tensor after the other, row-major. */
export function readFlat(network: Network, block: Float32Array): Float32Array {
  const { offsets } = parameterPlaces(network.parameters);
  const flat = new Float32Array(lengthOf(network));
  let at = 0;
  network.parameters.forEach((parameter, i) => {
    flat.set(take(parameter, block.subarray(offsets[i])), at);
    at += parameter.length;
  });
  return flat;
}

/** Copies what readFlat gave into a block. @throws RangeError when it is of another network. */
export function writeFlat(network: Network, flat: Float32Array, block: Float32Array): void {
  const { offsets } = parameterPlaces(network.parameters);
  const length = lengthOf(network);
  if (flat.length !== length) throw new RangeError(`weights: expected ${length} values, got ${flat.length}`);
  block.fill(0);
  let at = 0;
  network.parameters.forEach((parameter, i) => {
    place(parameter, flat.subarray(at, at + parameter.length), block.subarray(offsets[i]));
    at += parameter.length;
  });
}

/**
 * Copies tensors into a block.
 * @throws RangeError when a tensor is missing, has another shape or length, or belongs to no layer.
 */
export function writeWeights(network: Network, weights: Weights, block: Float32Array): void {
  checkWeights(network, weights);
  const { offsets } = parameterPlaces(network.parameters);
  block.fill(0);
  network.parameters.forEach((parameter, i) => {
    const tensor = weights.get(parameter.name);
    if (tensor) place(parameter, tensor.data, block.subarray(offsets[i]));
  });
}
