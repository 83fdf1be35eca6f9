// A trained model as an ONNX graph from stored pixels to probabilities: opset 17, which has LayerNormalization, IR version 8.
import { scalingOf, writePixelScaling } from "../data/normalization.ts";
import type { Model } from "../train/model.ts";
import { version } from "../version.ts";
import { onnxBuilder } from "./onnx-builder.ts";
import type { OnnxBuilder } from "./onnx-builder.ts";
import { onnxLayer } from "./onnx-layers.ts";
import { onnxCodec, onnxType } from "./onnx-messages.ts";

export const opset = 17;

/** What protobuf holds in one message. */
const mostBytes = 2147483647;

export function onnxBytes(model: Model): Uint8Array<ArrayBuffer> {
  const { network, weights } = model;
  const { placed, parameters } = network;
  const bytes = parameters.reduce((sum, { length }) => sum + 4 * length, 0);
  if (bytes > mostBytes - 16777216) {
    throw new RangeError(
      `saveOnnx: expected at most 2 GB of weights, which ONNX holds in one file, got ${bytes} bytes`,
    );
  }
  const graph = onnxBuilder();
  const input = placed[0].shape;
  let x = graph.node("Flatten", ["images"], { axis: 1 });
  x = normalized(graph, model, placed[0].inputs, x);
  for (const place of placed) x = onnxLayer(graph, place, parameters, weights, x);
  const { outputs } = placed[placed.length - 1];
  x = answered(graph, model, outputs, probable(graph, model, x));
  graph.node("Identity", [x], {}, "probabilities");
  const answers = model.task === "classification" ? [Math.max(2, outputs)] : maskShape(model, outputs);
  return onnxCodec.encode({
    irVersion: 8n,
    producerName: "voxgrad",
    producerVersion: version,
    docString: "Stored pixels, preprocessed as in training, to probabilities.",
    graph: {
      name: "voxgrad",
      node: graph.nodes,
      initializer: graph.initializers,
      input: [valueOf("images", input)],
      output: [valueOf("probabilities", answers)],
    },
    opsetImport: [{ domain: "", version: BigInt(opset) }],
    metadataProps: metadataOf(model),
  });
}

function valueOf(name: string, shape: readonly number[]) {
  const dim = [{ dimParam: "batch" }, ...shape.map((size) => ({ dimValue: BigInt(size) }))];
  return { name, type: { tensorType: { elemType: onnxType.float, shape: { dim } } } };
}

/**
 * (x - shift) factor. The shift is subtracted as a float32 and what that leaves out of it: the difference is then as exact
 * as the float64 arithmetic of voxgrad, also where the shift is large against the deviation.
 */
function normalized(graph: OnnxBuilder, { normalization }: Model, features: number, x: string): string {
  const scaling = scalingOf(normalization);
  if (scaling?.shift === 0 && scaling.factor === 1) return x;
  const shifts = new Float64Array(scaling ? 1 : features);
  const factors = new Float64Array(shifts.length);
  if (scaling) [shifts[0], factors[0]] = [scaling.shift, scaling.factor];
  else writePixelScaling(normalization, shifts, factors);
  const near = Float32Array.from(shifts);
  const rest = Float32Array.from(shifts, (shift, i) => shift - near[i]);
  const shape = [shifts.length];
  let y = graph.node("Sub", [x, graph.floats("normalization.shift", shape, near)]);
  if (rest.some((value) => value !== 0)) y = graph.node("Sub", [y, graph.floats("normalization.rest", shape, rest)]);
  return graph.node("Mul", [y, graph.floats("normalization.factor", shape, Float32Array.from(factors))]);
}

/** What the outputs mean as probabilities, by the loss, softened by the temperature where there is one. */
function probable(graph: OnnxBuilder, model: Model, z: string): string {
  const { node, number } = graph;
  const temperature = model.decision?.temperature ?? 1;
  const softened = () => (temperature === 1 ? z : node("Div", [z, number(temperature)]));
  switch (model.loss.kind) {
    case "softmaxCrossEntropy":
      return node("Softmax", [softened()], { axis: -1 });
    case "sigmoidCrossEntropy":
    case "sigmoidDice":
    case "sigmoidFocal":
      return node("Sigmoid", [softened()]);
    case "meanSquaredError":
    case "meanAbsoluteError":
    case "huber": {
      const p = node("Clip", [z, number(0), number(1)]);
      if (temperature === 1) return p;
      // p^(1/T) / (p^(1/T) + (1 - p)^(1/T))
      const yes = node("Pow", [p, number(1 / temperature)]);
      const no = node("Pow", [node("Sub", [number(1), p]), number(1 / temperature)]);
      return node("Div", [yes, node("Add", [yes, no])]);
    }
  }
}

/** A column for each class also where the network has a single output; for masks the shape of the images. */
function answered(graph: OnnxBuilder, model: Model, outputs: number, p: string): string {
  const { node, number, integers } = graph;
  if (model.task === "segmentation") return node("Reshape", [p, integers("mask shape", [-1, ...maskShape(model, outputs)])]); // prettier-ignore
  return outputs > 1 ? p : node("Concat", [node("Sub", [number(1), p]), p], { axis: 1 });
}

/** (foreground classes, the image's shape without its colours) */
function maskShape({ maskClasses, network }: Model, outputs: number): readonly number[] {
  const voxels = outputs / maskClasses.length;
  const { shape, inputs } = network.placed[0];
  return [maskClasses.length, ...(inputs === voxels ? shape : shape.slice(0, -1))];
}

/** The recipe without what stands in the graph, as JSON under "voxgrad"; what others may look for, under its own name. */
function metadataOf(model: Model): { key: string; value: string }[] {
  const { task, classes, maskClasses, preprocessing, patches, loss } = model;
  const { decision } = model;
  const names = task === "classification" ? classes : maskClasses;
  const recipe = { version: 1, task, classes, maskClasses, preprocessing, patches, loss, decision };
  const entries: [string, string][] = [
    ["voxgrad", JSON.stringify(recipe)],
    ["classes", JSON.stringify(names)],
  ];
  if (decision) entries.push(["temperature", `${decision.temperature}`], ["threshold", JSON.stringify(decision.threshold)], ["rule", decision.rule]); // prettier-ignore
  return entries.map(([key, value]) => ({ key, value }));
}
