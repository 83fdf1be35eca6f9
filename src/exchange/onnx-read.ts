// An ONNX file of a plain dense network: its graph is followed from the image to the answer, node by node.
import { FormatError } from "../errors.ts";
import type { Model } from "../train/model.ts";
import { parseStrictly } from "../io/json-keys.ts";
import { identity } from "./onnx-formula.ts";
import { onnxCodec } from "./onnx-messages.ts";
import type { OnnxGraph, OnnxModel, OnnxValue } from "./onnx-messages.ts";
import { nodeReader } from "./onnx-node.ts";
import { followNode } from "./onnx-operations.ts";
import { settle } from "./onnx-state.ts";
import type { ReadState } from "./onnx-state.ts";
import { constantOf } from "./onnx-tensors.ts";
import { modelOfSteps } from "./steps.ts";
import type { ImportOptions } from "./steps.ts";

/** Nodes that a dense network may come to; each layer takes a handful. */
const mostNodes = 65536;
/** From the first opset with today's shapes of tensors to the last that was looked at. */
const opsets = { first: 7n, last: 25n } as const;

export function modelOfOnnx(bytes: Uint8Array, options: ImportOptions): Model {
  const file = options.name ?? "onnx";
  const model = onnxCodec.decode(bytes, file);
  const { graph } = model;
  if (!graph) throw new FormatError(`${file}: expected a model of ONNX, got a message without a graph`);
  const { node: nodes = [] } = graph;
  if (nodes.length > mostNodes) throw new FormatError(`${file}: expected at most ${mostNodes} nodes, got ${nodes.length}`); // prettier-ignore
  const opset = model.opsetImport?.find(({ domain = "" }) => domain === "" || domain === "ai.onnx")?.version ?? 0n;
  if (opset < opsets.first || opset > opsets.last) {
    throw new FormatError(`${file}: expected opset ${opsets.first} to ${opsets.last}, got ${opset}`);
  }
  const state: ReadState = { values: new Map(), steps: [], shape: [], left: 4 * bytes.length + 1048576 };
  readTensors(state, graph, file);
  const [input] = ends(graph, file);
  state.shape = options.input ?? shapeOf(input, state, nodes, file);
  if (state.shape.reduce((product, size) => product * size, 1) > bytes.length) {
    throw new FormatError(`${file}: expected weights for each pixel, got images of ${state.shape.join("x")}`);
  }
  const shape = state.shape;
  state.values.set(input.name ?? "", { kind: "polynomial", step: 0, c: identity });
  for (const node of nodes) followNode(state, nodeReader(node, file));
  return modelOfSteps(settled(state, graph, file), { file, shape, recipe: recipeOf(model, file) }, options);
}

function readTensors(state: ReadState, { initializer = [] }: OnnxGraph, file: string): void {
  for (const tensor of initializer) {
    const name = tensor.name ?? "";
    if (state.values.has(name)) throw new FormatError(`${file}: expected each tensor once, got "${name}" twice`);
    state.values.set(name, { kind: "constant", constant: constantOf(tensor, file) });
  }
}

/** The one input that is no tensor of the file, and the one output. */
function ends(graph: OnnxGraph, file: string): readonly [OnnxValue, OnnxValue] {
  const known = new Set((graph.initializer ?? []).map(({ name }) => name));
  const inputs = (graph.input ?? []).filter(({ name }) => !known.has(name));
  const outputs = graph.output ?? [];
  if (inputs.length === 1 && outputs.length === 1) return [inputs[0], outputs[0]];
  throw new FormatError(`${file}: expected one input and one output, got ${inputs.length} and ${outputs.length}`);
}

/** Of one image; where the file leaves it open, as many pixels as the first product takes. */
function shapeOf({ type, name = "" }: OnnxValue, state: ReadState, nodes: OnnxGraph["node"], file: string): number[] {
  const sizes = (type?.tensorType?.shape?.dim ?? []).slice(1).map(({ dimValue = 0n }) => Number(dimValue));
  if (sizes.length > 0 && sizes.every((size) => Number.isSafeInteger(size) && size > 0)) return sizes;
  const first = nodes?.find(({ opType }) => opType === "Gemm" || opType === "MatMul");
  const weights = state.values.get(first?.input?.[1] ?? "");
  if (sizes.length > 1 || weights?.kind !== "constant" || weights.constant.shape.length !== 2) {
    throw new FormatError(`${file}: expected the sizes of input "${name}", got none. Give { input }.`);
  }
  const isTurned = first?.attribute?.some(({ name: one, i }) => one === "transB" && i === 1n) ?? false;
  return [weights.constant.shape[isTurned ? 1 : 0]];
}

function settled(state: ReadState, graph: OnnxGraph, file: string): ReadState["steps"] {
  const name = graph.output?.[0].name ?? "";
  const end = nodeReader({ opType: "output", name, input: [name] }, file);
  const value = state.values.get(name);
  if (!value || value.kind === "constant") return end.fail("to be computed from the image");
  settle(state, value, end);
  return state.steps;
}

function recipeOf({ metadataProps = [] }: OnnxModel, file: string): unknown {
  const found = metadataProps.filter(({ key }) => key === "voxgrad");
  if (found.length > 1) throw new FormatError(`${file}: expected one recipe, got ${found.length}`);
  return found.length === 0 ? null : parseStrictly(found[0].value ?? "", `${file} recipe`);
}
