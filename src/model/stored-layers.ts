// Layers and initializers as they stand in JSON, taken as nothing but data until each is known to be one.
import { constant, glorot, he, lecun, torchLinear, zeros } from "./init.ts";
import type { Initializer } from "./init.ts";
import * as layers from "./layers.ts";
import type { Layer } from "./layers.ts";
import { batchNorm, layerNorm } from "./normalization-layers.ts";

/** More than any dense network has: a file that claims more is not believed. */
export const mostLayers = 4096;

/** @throws RangeError that names the layer which is none, or has numbers that it may not have. */
export function layersOfJson(value: unknown): readonly Layer[] {
  if (!Array.isArray(value)) throw new RangeError(`expected a list of layers, got ${shown(value)}`);
  if (value.length > mostLayers) throw new RangeError(`expected at most ${mostLayers} layers, got ${value.length}`);
  return value.map(layerOf);
}

function layerOf(value: unknown, index: number): Layer {
  const fields = fieldsOf(value);
  const fail = (what: string): never => {
    throw new RangeError(`layer ${index}: expected ${what}, got ${shown(value)}`);
  };
  const number = (key: string): number => {
    const got = fields[key];
    return typeof got === "number" ? got : fail(`a number as ${key}`);
  };
  const { name } = fields;
  if (name !== undefined && typeof name !== "string") return fail("a text as name");
  const options = name === undefined ? {} : { name };
  const { kind } = fields;
  switch (kind) {
    case "dense": {
      const bias = fields["bias"];
      if (typeof bias !== "boolean") return fail("true or false as bias");
      const weightInitializer = initializerOf(fields["weightInitializer"]) ?? fail("how weights begin");
      const biasInitializer = initializerOf(fields["biasInitializer"]) ?? fail("how biases begin");
      return layers.dense(number("outputs"), { bias, weightInitializer, biasInitializer, ...options });
    }
    case "dropout":
      return layers.dropout(number("rate"), options);
    case "gaussianDropout":
      return layers.gaussianDropout(number("rate"), options);
    case "spatialDropout":
      return layers.spatialDropout(number("rate"), { axis: number("axis"), ...options });
    case "batchNorm":
      return batchNorm({ momentum: number("momentum"), epsilon: number("epsilon"), ...options });
    case "layerNorm":
      return layerNorm({ epsilon: number("epsilon"), ...options });
    case "leakyRelu":
      return layers.leakyRelu(number("slope"), options);
    case "elu":
      return layers.elu(number("alpha"), options);
    case "relu":
    case "selu":
    case "gelu":
    case "geluTanh":
    case "sigmoid":
    case "tanh":
    case "softplus":
    case "silu":
    case "softmax":
      return layers[kind](options);
  }
  return fail("a layer");
}

function initializerOf(value: unknown): Initializer | null {
  const { kind, distribution, value: one } = fieldsOf(value);
  const isDrawn = distribution === "uniform" || distribution === "normal";
  if (kind === "zeros") return zeros();
  if (kind === "torchLinear") return torchLinear();
  if (kind === "constant") return typeof one === "number" ? constant(one) : null;
  if (kind === "glorot" && isDrawn) return glorot(distribution);
  if (kind === "he" && isDrawn) return he(distribution);
  return kind === "lecun" && isDrawn ? lecun(distribution) : null;
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 100);
}
