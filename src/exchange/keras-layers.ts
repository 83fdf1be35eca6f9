// The layers of a Keras Sequential model as steps: of Keras 2, Keras 3 and TensorFlow.js, which write them almost alike.
import { FormatError } from "../errors.ts";
import * as layers from "../model/layers.ts";
import type { Layer } from "../model/layers.ts";
import { mostLayers } from "../model/stored-layers.ts";
import { fieldsOf } from "./keras-values.ts";
import type { Fields } from "./keras-values.ts";
import type { Step } from "./steps.ts";

/** The next weights of a layer, by their Keras name: "kernel", "bias", "gamma". @throws FormatError when they have another shape. */
export type TakeWeights = (layer: string, weight: string, shape: readonly number[]) => Float32Array;

export interface Sequential {
  readonly steps: readonly Step[];
  /** The shape of an image. */
  readonly shape: readonly number[];
}

/**
 * @param available how many numbers the file's weights have.
 * @throws FormatError for another model than Sequential, and for every layer that is none of a dense network, by name.
 */
export function readSequential(
  topology: unknown,
  file: string,
  options: { readonly input?: readonly number[] },
  take: TakeWeights,
  available: number,
): Sequential {
  const model = fieldsOf(topology, file);
  const kind = model.text("class_name", "");
  if (kind !== "Sequential") model.fail(`a Sequential model, got ${JSON.stringify(kind)}`);
  const config = model.raw("config");
  const list = Array.isArray(config) ? (config as unknown[]) : fieldsOf(config, `${file} config`).raw("layers");
  if (!Array.isArray(list)) return model.fail("a list of layers");
  if (list.length > mostLayers) model.fail(`at most ${mostLayers} layers, got ${list.length}`);
  const entries = list.map((entry, i) => {
    const one = fieldsOf(entry, `${file} layer ${i}`);
    const kindOf = one.text("class_name");
    const settings = fieldsOf(one.raw("config"), `${file} layer ${i} (${kindOf})`);
    return { kind: kindOf, settings, name: settings.text("name", `layer ${i}`) };
  });
  const names = new Set(entries.map(({ name }) => name));
  if (names.size !== entries.length) model.fail("each layer's name once");
  const built = Array.isArray(config) ? undefined : fieldsOf(config, file).raw("build_input_shape");
  const shape = options.input ?? shapeOf(entries.slice(0, 2), built, file);
  const state: State = { shape: [...shape], steps: [], take, left: 4 * available + 1048576 };
  for (const { kind: of, settings, name } of entries) followLayer(state, of, settings, name);
  return { steps: state.steps, shape };
}

interface State {
  shape: number[];
  readonly steps: Step[];
  readonly take: TakeWeights;
  /** Numbers that may still be made up where a layer has no weights: settings alone must not fill the memory. */
  left: number;
}

/** Weights of a layer that the file leaves out. */
function filled(state: State, count: number, value: number, settings: Fields): Float32Array {
  state.left -= count;
  if (!(state.left >= 0)) settings.fail(`weights in the file, got none for ${count} inputs`);
  return new Float32Array(count).fill(value);
}

/** Without the first axis, the images. */
function shapeOf(first: readonly { readonly settings: Fields }[], built: unknown, file: string): number[] {
  for (const { settings } of first) {
    for (const key of ["batch_shape", "batch_input_shape"])
      if (settings.has(key)) return sizesOf(settings.raw(key), file);
  }
  return sizesOf(built, file);
}

function sizesOf(value: unknown, file: string): number[] {
  const sizes = Array.isArray(value) ? (value as unknown[]).slice(1) : [];
  const isShape = sizes.length > 0 && sizes.length <= 8 && sizes.every((size) => Number.isSafeInteger(size) && (size as number) > 0); // prettier-ignore
  if (isShape) return sizes as number[];
  throw new FormatError(`${file}: expected the shape of the images, got ${(JSON.stringify(value) ?? "none").slice(0, 80)}. Give { input }.`); // prettier-ignore
}

const featuresOf = ({ shape }: State) => shape.reduce((product, size) => product * size, 1);

function followLayer(state: State, kind: string, settings: Fields, name: string): void {
  const { steps } = state;
  const push = (layer: Layer) => steps.push({ kind: "layer", layer });
  const [features] = state.shape;
  const flat = () => {
    if (state.shape.length !== 1) settings.fail(`an image of one axis, got ${state.shape.join("x")}. Flatten it first.`);
  };
  switch (kind) {
    case "InputLayer":
    case "Dropout":
    case "GaussianDropout":
    case "GaussianNoise":
    case "ActivityRegularization":
      return;
    case "Flatten":
      if (settings.text("data_format", "channels_last") !== "channels_last" && state.shape.length > 1) settings.fail("data_format channels_last"); // prettier-ignore
      state.shape = [featuresOf(state)];
      return;
    case "Reshape":
      return reshape(state, settings);
    case "Dense": {
      flat();
      const outputs = settings.number("units");
      if (!Number.isSafeInteger(outputs) || outputs < 1) settings.fail(`a whole number of units, got ${outputs}`);
      const kernel = state.take(name, "kernel", [features, outputs]);
      const bias = settings.flag("use_bias", true) ? state.take(name, "bias", [outputs]) : null;
      steps.push({ kind: "dense", outputs, weight: turned(kernel, features, outputs), bias });
      state.shape = [outputs];
      activate(steps, settings);
      return;
    }
    case "Activation":
      return activate(steps, settings);
    case "BatchNormalization": {
      flat();
      checkAxis(settings);
      const values = (key: string, weight: string, otherwise: number) =>
        settings.flag(key, true) ? state.take(name, weight, [features]) : filled(state, features, otherwise, settings);
      const gain = values("scale", "gamma", 1);
      const shift = values("center", "beta", 0);
      const mean = state.take(name, "moving_mean", [features]);
      const variance = state.take(name, "moving_variance", [features]);
      // What Keras calls momentum is what stays of the running statistics.
      const momentum = 1 - settings.number("momentum", 0.99);
      const epsilon = settings.number("epsilon", 1e-3);
      if (epsilon === 0 && variance.every((value) => value === 1)) steps.push(affine(gain, shift, mean));
      else steps.push({ kind: "batchNorm", epsilon, momentum, tensors: [gain, shift, mean, variance] });
      return;
    }
    case "LayerNormalization": {
      flat();
      checkAxis(settings);
      const gain = settings.flag("scale", true) ? state.take(name, "gamma", [features]) : filled(state, features, 1, settings);
      const shift = settings.flag("center", true) ? state.take(name, "beta", [features]) : filled(state, features, 0, settings);
      steps.push({ kind: "layerNorm", epsilon: settings.number("epsilon", 1e-3), tensors: [gain, shift] });
      return;
    }
    case "ReLU": {
      const [slope, most] = [settings.number("negative_slope", 0), settings.has("max_value") ? settings.number("max_value") : null];
      if (settings.number("threshold", 0) !== 0 || (most !== null && (most !== 1 || slope !== 0))) settings.fail("threshold 0 and max_value 1 or none");
      if (most === 1) steps.push({ kind: "clip" });
      else push(slope === 0 ? layers.relu() : layers.leakyRelu(slope));
      return;
    }
    case "LeakyReLU":
      push(layers.leakyRelu(settings.number(settings.has("negative_slope") ? "negative_slope" : "alpha", 0.3)));
      return;
    case "ELU":
      push(layers.elu(settings.number("alpha", 1)));
      return;
    case "Softmax":
      flat();
      checkAxis(settings);
      push(layers.softmax());
      return;
  }
  settings.fail(
    `Dense, Activation, Dropout, Flatten, Reshape, BatchNormalization, LayerNormalization, ReLU, LeakyReLU, ELU or Softmax, got ${kind}`,
  );
} // prettier-ignore

/** What saveTfjs makes of a scaling of pixels, or a temperature: y = gain (x - mean) + shift. */
function affine(gain: Float32Array, shift: Float32Array, mean: Float32Array): Step {
  const scale = Float64Array.from(gain);
  const offset = Float64Array.from(gain, (factor, i) => shift[i] - factor * mean[i]);
  const isEven = scale.every((factor, i) => factor === scale[0] && offset[i] === offset[0]);
  return { kind: "affine", scale: isEven ? scale[0] : scale, offset: isEven ? offset[0] + 0 : offset };
}

function turned(kernel: Float32Array, inputs: number, outputs: number): Float32Array {
  const weight = new Float32Array(kernel.length);
  for (let i = 0; i < inputs; i++) for (let o = 0; o < outputs; o++) weight[o * inputs + i] = kernel[i * outputs + o];
  return weight;
}

function checkAxis(settings: Fields): void {
  const axis = settings.raw("axis") ?? -1;
  const only: unknown = Array.isArray(axis) && axis.length === 1 ? (axis as unknown[])[0] : axis;
  if (only !== -1 && only !== 1) settings.fail(`axis -1, got ${JSON.stringify(axis)}`);
}

function reshape(state: State, settings: Fields): void {
  const target = settings.raw("target_shape");
  if (!Array.isArray(target) || target.length === 0 || target.length > 8) return settings.fail("a target_shape");
  const features = featuresOf(state);
  const known = (target as number[]).reduce((all, size) => (size === -1 ? all : all * size), 1);
  const shape = (target as number[]).map((size) => (size === -1 ? features / known : size));
  const isWhole = shape.every((size) => Number.isSafeInteger(size) && size > 0) && (target as number[]).filter((size) => size === -1).length <= 1; // prettier-ignore
  if (!isWhole || shape.reduce((all, size) => all * size, 1) !== features) settings.fail(`a target_shape of ${features} values`); // prettier-ignore
  state.shape = shape;
}

/** Keras 3 may write a function as { class_name: "function", config: "relu" }, TensorFlow.js as { class_name: "relu" }. */
function activate(steps: Step[], settings: Fields): void {
  const given = settings.raw("activation") ?? "linear";
  const name = typeof given === "string" ? given : functionName(fieldsOf(given, "activation"));
  const layer = Object.hasOwn(activations, name) ? activations[name] : undefined;
  if (layer === undefined) settings.fail(`an activation of ${Object.keys(activations).join(", ")}, got ${JSON.stringify(name).slice(0, 80)}`); // prettier-ignore
  if (layer) steps.push({ kind: "layer", layer: layer() });
}

function functionName(fields: Fields): string {
  return fields.text(fields.text("class_name", "function") === "function" ? "config" : "class_name", "");
}

const activations: Readonly<Record<string, (() => Layer) | null>> = {
  linear: null,
  relu: layers.relu,
  elu: () => layers.elu(),
  selu: layers.selu,
  gelu: layers.gelu,
  gelu_new: layers.geluTanh,
  sigmoid: layers.sigmoid,
  tanh: layers.tanh,
  softplus: layers.softplus,
  silu: layers.silu,
  swish: layers.silu,
  leaky_relu: () => layers.leakyRelu(0.2),
  softmax: layers.softmax,
};
