// Each layer of a network as nodes of ONNX: what it does when nothing is trained.
import type { Layer } from "../model/layers.ts";
import type { Parameter, PlacedLayer } from "../model/shapes.ts";
import type { Weights } from "../model/weights.ts";
import type { OnnxBuilder } from "./onnx-builder.ts";

/** Adds y = layer(x) and gives the name of y. */
export function onnxLayer(
  graph: OnnxBuilder,
  { layer, index }: PlacedLayer,
  parameters: readonly Parameter[],
  weights: Weights,
  x: string,
): string {
  const own = parameters.filter(({ placed }) => placed.index === index);
  const tensor = (role: Parameter["role"]): string[] => {
    const parameter = own.find((one) => one.role === role);
    const values = parameter && weights.get(parameter.name);
    return values ? [graph.floats(parameter.name, parameter.shape, values.data)] : [];
  };
  switch (layer.kind) {
    case "dense":
      return graph.node("Gemm", [x, ...tensor("weight"), ...tensor("bias")], { transB: 1 });
    case "batchNorm": {
      const tensors = (["gain", "shift", "mean", "variance"] as const).flatMap(tensor);
      return graph.node("BatchNormalization", [x, ...tensors], { epsilon: { real: layer.epsilon } });
    }
    case "layerNorm": {
      const attributes = { axis: -1, epsilon: { real: layer.epsilon } };
      return graph.node("LayerNormalization", [x, ...tensor("gain"), ...tensor("shift")], attributes);
    }
    default:
      return activationNodes(graph, layer, x);
  }
}

function activationNodes(
  graph: OnnxBuilder,
  layer: Exclude<Layer, { kind: "dense" | "batchNorm" | "layerNorm" }>,
  x: string,
): string {
  const { node, number } = graph;
  switch (layer.kind) {
    case "dropout":
    case "gaussianDropout":
    case "spatialDropout":
      return x;
    case "relu":
      return node("Relu", [x]);
    case "leakyRelu":
      return node("LeakyRelu", [x], { alpha: { real: layer.slope } });
    case "elu":
      return node("Elu", [x], { alpha: { real: layer.alpha } });
    case "selu":
      return node("Selu", [x], { alpha: { real: 1.6732632423543772 }, gamma: { real: 1.0507009873554805 } });
    case "gelu":
      return half(graph, x, node("Erf", [node("Div", [x, number(Math.SQRT2)])]));
    case "geluTanh": {
      const cube = node("Mul", [node("Mul", [x, x]), x]);
      const inner = node("Add", [x, node("Mul", [cube, number(0.044715)])]);
      return half(graph, x, node("Tanh", [node("Mul", [inner, number(Math.sqrt(2 / Math.PI))])]));
    }
    case "sigmoid":
      return node("Sigmoid", [x]);
    case "tanh":
      return node("Tanh", [x]);
    case "softplus":
      return node("Softplus", [x]);
    case "silu":
      return node("Mul", [x, node("Sigmoid", [x])]);
    case "softmax":
      return node("Softmax", [x], { axis: -1 });
  }
}

/** x / 2 (1 + inner) */
function half({ node, number }: OnnxBuilder, x: string, inner: string): string {
  return node("Mul", [node("Mul", [x, node("Add", [inner, number(1)])]), number(0.5)]);
}
