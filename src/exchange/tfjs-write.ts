// A trained model as a layers model of TensorFlow.js: a Keras Sequential as JSON, and the bytes of its weights.
import { scalingOf, writePixelScaling } from "../data/normalization.ts";
import { littleEndianBytes } from "../endian.ts";
import type { Parameter, PlacedLayer } from "../model/shapes.ts";
import type { Model } from "../train/model.ts";
import { version } from "../version.ts";
import type { TfjsFiles } from "./tfjs.ts";

type Config = Readonly<Record<string, unknown>>;

/** What has been written so far. */
interface Writing {
  readonly layers: { readonly class_name: string; readonly config: Config }[];
  readonly specs: { readonly name: string; readonly shape: readonly number[]; readonly dtype: "float32" }[];
  readonly values: Float32Array[];
}

export function tfjsFiles(model: Model): TfjsFiles {
  const { network, task, classes, maskClasses, preprocessing, patches, loss } = model;
  const { placed } = network;
  const writing: Writing = { layers: [], specs: [], values: [] };
  const { shape, inputs } = placed[0];
  if (shape.length > 1) add(writing, "Flatten", { name: "flatten" });
  addNormalization(writing, model, inputs);
  for (const place of placed) addLayer(writing, model, place);
  const { outputs } = placed[placed.length - 1];
  addAnswers(writing, model, outputs);
  const [first, ...others] = writing.layers;
  const config = { ...first.config, batch_input_shape: [null, ...shape], dtype: "float32" };
  const recipe = { version: 1, task, classes, maskClasses, preprocessing, patches, loss, decision: model.decision }; // prettier-ignore
  const json = {
    format: "layers-model",
    generatedBy: `voxgrad ${version}`,
    convertedBy: null,
    modelTopology: {
      class_name: "Sequential",
      config: { name: "voxgrad", layers: [{ ...first, config }, ...others] },
      keras_version: "tfjs-layers 4.22.0",
      backend: "tensor_flow.js",
    },
    weightsManifest: [{ paths: ["weights.bin"], weights: writing.specs }],
    userDefinedMetadata: { voxgrad: recipe },
  };
  const bytes = new Uint8Array(writing.values.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const values of writing.values) {
    bytes.set(littleEndianBytes(values), at);
    at += values.byteLength;
  }
  return { "model.json": JSON.stringify(json), "weights.bin": bytes };
}

/** @param tensors by Keras's name, in Keras's order. */
function add(
  { layers, specs, values }: Writing,
  kind: string,
  config: Config & { readonly name: string },
  tensors: Readonly<Record<string, readonly [shape: readonly number[], data: Float32Array]>> = {},
): void {
  layers.push({ class_name: kind, config: { trainable: true, ...config } });
  for (const [name, [shape, data]] of Object.entries(tensors)) {
    specs.push({ name: `${config.name}/${name}`, shape, dtype: "float32" });
    values.push(data);
  }
}

/** y = factors x + offsets, as a batch normalisation that has mean 0 where it has an offset, and variance 1. */
function addAffine(writing: Writing, name: string, factors: Float64Array, shifts: Float64Array): void {
  const shape = [factors.length];
  const means = Float32Array.from(shifts);
  // What float32 leaves out of a mean.
  const offsets = Float32Array.from(shifts, (shift, i) => (means[i] - shift) * factors[i]);
  add(writing, "BatchNormalization", { name, axis: -1, momentum: 0.99, epsilon: 0, center: true, scale: true }, {
    gamma: [shape, Float32Array.from(factors)],
    beta: [shape, offsets],
    moving_mean: [shape, means],
    moving_variance: [shape, new Float32Array(factors.length).fill(1)],
  }); // prettier-ignore
}

function addNormalization(writing: Writing, { normalization }: Model, features: number): void {
  const scaling = scalingOf(normalization);
  if (scaling?.shift === 0 && scaling.factor === 1) return;
  const shifts = new Float64Array(features).fill(scaling?.shift ?? 0);
  const factors = new Float64Array(features).fill(scaling?.factor ?? 0);
  writePixelScaling(normalization, shifts, factors);
  addAffine(writing, "normalization", factors, shifts);
}

function addLayer(writing: Writing, { weights, network }: Model, { layer, index, inputs, outputs }: PlacedLayer): void {
  const name = `${layer.kind}_${index}`;
  const tensor = (role: Parameter["role"]) => {
    const found = network.parameters.find((one) => one.placed.index === index && one.role === role);
    return (found && weights.get(found.name)?.data) ?? new Float32Array(0);
  };
  const own = [outputs];
  switch (layer.kind) {
    case "dense": {
      const kernel = turned(tensor("weight"), outputs, inputs);
      const config = { name, units: outputs, activation: "linear", use_bias: layer.bias };
      const weight = [[inputs, outputs], kernel] as const;
      return add(writing, "Dense", config, layer.bias ? { kernel: weight, bias: [own, tensor("bias")] } : { kernel: weight }); // prettier-ignore
    }
    case "batchNorm": {
      const config = {
        name,
        axis: -1,
        momentum: 1 - layer.momentum,
        epsilon: layer.epsilon,
        center: true,
        scale: true,
      };
      return add(writing, "BatchNormalization", config, {
        gamma: [own, tensor("gain")],
        beta: [own, tensor("shift")],
        moving_mean: [own, tensor("mean")],
        moving_variance: [own, tensor("variance")],
      });
    }
    case "layerNorm": {
      const config = { name, axis: -1, epsilon: layer.epsilon, center: true, scale: true };
      return add(writing, "LayerNormalization", config, { gamma: [own, tensor("gain")], beta: [own, tensor("shift")] });
    }
    case "dropout":
    case "spatialDropout":
      return add(writing, "Dropout", { name, rate: layer.rate });
    case "gaussianDropout":
      return add(writing, "GaussianDropout", { name, rate: layer.rate });
    case "leakyRelu":
      return add(writing, "LeakyReLU", { name, alpha: layer.slope });
    case "elu":
      if (layer.alpha !== 1) throw new RangeError(`saveTfjs: expected elu with alpha 1, which is all that TensorFlow.js has, got ${layer.alpha}`); // prettier-ignore
      return add(writing, "Activation", { name, activation: "elu" });
    case "geluTanh":
      // TensorFlow.js has gelu_new, and turns the name into geluNew when it loads, which it then does not find.
      throw new RangeError("saveTfjs: expected gelu, which TensorFlow.js can load, got geluTanh. Save it as ONNX.");
    default:
      return add(writing, "Activation", { name, activation: activations[layer.kind] });
  }
}

const activations = {
  relu: "relu",
  selu: "selu",
  gelu: "gelu",
  sigmoid: "sigmoid",
  tanh: "tanh",
  softplus: "softplus",
  silu: "swish",
  softmax: "softmax",
} as const;

function turned(weight: Float32Array, outputs: number, inputs: number): Float32Array {
  const kernel = new Float32Array(weight.length);
  for (let o = 0; o < outputs; o++) for (let i = 0; i < inputs; i++) kernel[i * outputs + o] = weight[o * inputs + i];
  return kernel;
}

/** What the outputs mean as probabilities. */
function addAnswers(writing: Writing, model: Model, outputs: number): void {
  const { loss, task, maskClasses, network } = model;
  const temperature = model.decision?.temperature ?? 1;
  const isClipped = !loss.kind.startsWith("softmax") && !loss.kind.startsWith("sigmoid");
  if (temperature !== 1) {
    if (isClipped) throw new RangeError(`saveTfjs: expected a softmax or sigmoid for a temperature of ${temperature}, got ${loss.kind}. Save it as ONNX.`); // prettier-ignore
    addAffine(writing, "temperature", new Float64Array(outputs).fill(1 / temperature), new Float64Array(outputs));
  }
  if (isClipped) add(writing, "ReLU", { name: "probabilities", max_value: 1 });
  else add(writing, "Activation", { name: "probabilities", activation: loss.kind.startsWith("softmax") ? "softmax" : "sigmoid" }); // prettier-ignore
  if (task !== "segmentation") return;
  const { shape, inputs } = network.placed[0];
  const own = inputs === outputs / maskClasses.length ? shape : shape.slice(0, -1);
  add(writing, "Reshape", { name: "masks", target_shape: [maskClasses.length, ...own] });
}
