// What follows from layers and the shape of one image: every layer's inputs, outputs, weights and names.
import type { DenseLayer, Layer } from "./layers.ts";

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
}

/** One tensor of weights or biases, `(outputs, inputs)` or `(outputs)`. */
export interface Parameter {
  /** PyTorch's name: "0.weight", "0.bias", or "hidden 1.weight" for a named layer. */
  readonly name: string;
  readonly role: "weight" | "bias";
  readonly shape: readonly number[];
  readonly length: number;
  readonly placed: PlacedLayer & { readonly layer: DenseLayer };
}

/** Puts layers in their places, for images of `features` values. */
export function placeLayers(layers: readonly Layer[], features: number): readonly PlacedLayer[] {
  const titles = titlesOf(layers);
  let inputs = features;
  return layers.map((layer, index) => {
    const outputs = layer.kind === "dense" ? layer.outputs : inputs;
    const placed = { layer, index, title: titles[index], inputs, outputs };
    inputs = outputs;
    return placed;
  });
}

/** Every tensor of weights and biases, in the order of the layers. */
export function parametersOf(placed: readonly PlacedLayer[]): readonly Parameter[] {
  const parameters: Parameter[] = [];
  for (const place of placed) {
    const { layer, index, inputs, outputs } = place;
    if (layer.kind !== "dense") continue;
    const prefix = layer.name ?? String(index);
    const owner = { ...place, layer };
    parameters.push({
      name: `${prefix}.weight`,
      role: "weight",
      shape: [outputs, inputs],
      length: outputs * inputs,
      placed: owner,
    });
    if (layer.bias) {
      parameters.push({ name: `${prefix}.bias`, role: "bias", shape: [outputs], length: outputs, placed: owner });
    }
  }
  return parameters;
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
