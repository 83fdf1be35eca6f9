// What each operation of ONNX that a dense network may have does to the image.
import * as layers from "../model/layers.ts";
import {
  cubic,
  functionOf,
  halved,
  identity,
  isPolynomial,
  productOf,
  shifted,
  spread,
  sumOf,
} from "./onnx-formula.ts";
import type { Formula } from "./onnx-formula.ts";
import type { NodeReader } from "./onnx-node.ts";
import { onnxType } from "./onnx-messages.ts";
import { charge, constantAt, featuresOf, formulaAt, give, name, settle, valueOf } from "./onnx-state.ts";
import type { ReadState } from "./onnx-state.ts";
import { constantOf } from "./onnx-tensors.ts";
import type { Constant } from "./onnx-tensors.ts";
import { joinBoth, normalizeLayer, product, reshape } from "./onnx-shapes.ts";

/** @throws FormatError for every other operation, by its name. */
export function followNode(state: ReadState, node: NodeReader): void {
  switch (node.op) {
    case "Constant":
      return name(state, node, { kind: "constant", constant: ownTensor(node) });
    case "Identity":
    case "Dropout":
      if (node.op === "Dropout" && constantAt(state, node, 2)?.data[0]) node.fail("to be used, not trained: training_mode false"); // prettier-ignore
      return name(state, node, valueOf(state, node, 0));
    case "Cast":
      if (node.whole("to", 0) !== onnxType.float && valueOf(state, node, 0).kind !== "constant") node.fail("to become float32"); // prettier-ignore
      return name(state, node, valueOf(state, node, 0));
    case "Transpose":
      return turn(state, node);
    case "Add":
    case "Sub":
    case "Mul":
    case "Div":
      return name(state, node, arithmetic(state, node, node.op));
    case "Pow":
      return power(state, node);
    case "Erf": {
      const formula = formulaAt(state, node);
      if (formula.kind !== "polynomial" || !isPolynomial(formula.c, halved)) node.fail("x / sqrt(2), as gelu has it");
      return name(state, node, functionOf(formula.step, "half erf"));
    }
    case "Tanh": {
      const formula = formulaAt(state, node);
      const isCubic = formula.kind === "polynomial" && isPolynomial(formula.c, cubic);
      if (isCubic) return name(state, node, functionOf(formula.step, "cubic tanh"));
      settle(state, formula, node);
      return name(state, node, functionOf(state.steps.length, "tanh"));
    }
    case "Sigmoid":
      settle(state, formulaAt(state, node), node);
      return name(state, node, functionOf(state.steps.length, "sigmoid"));
    case "Gemm":
    case "MatMul":
      return product(state, node);
    case "Flatten":
    case "Reshape":
      return reshape(state, node);
    case "BatchNormalization":
    case "LayerNormalization":
      return normalizeLayer(state, node);
    case "Concat":
      return joinBoth(state, node);
    default:
      settle(state, formulaAt(state, node), node);
      state.steps.push(activationStep(state, node));
      return give(state, node);
  }
}

function activationStep(state: ReadState, node: NodeReader): ReadState["steps"][number] {
  const layer = (made: ReturnType<typeof layers.relu>) => ({ kind: "layer", layer: made }) as const;
  switch (node.op) {
    case "Relu":
      return layer(layers.relu());
    case "LeakyRelu":
      return layer(layers.leakyRelu(node.real("alpha", 0.01)));
    case "Elu":
      return layer(layers.elu(node.real("alpha", 1)));
    case "Selu": {
      const [alpha, gamma] = [node.real("alpha", 1.6732632), node.real("gamma", 1.0507009)];
      if (Math.abs(alpha - 1.6732632) > 1e-5 || Math.abs(gamma - 1.0507009) > 1e-5)
        node.fail("the usual alpha and gamma");
      return layer(layers.selu());
    }
    case "Softplus":
      return layer(layers.softplus());
    case "Gelu": {
      const approximate = new TextDecoder().decode(node.attribute("approximate")?.s ?? new Uint8Array(0));
      if (approximate !== "" && approximate !== "none" && approximate !== "tanh") node.fail("approximate none or tanh");
      return layer(approximate === "tanh" ? layers.geluTanh() : layers.gelu());
    }
    case "Softmax": {
      const axis = node.whole("axis", -1);
      if (state.shape.length !== 1 || (axis !== -1 && axis !== 1)) node.fail("to go over an image's outputs, axis -1");
      return layer(layers.softmax());
    }
    case "Clip": {
      const [low, high] = [constantAt(state, node, 1)?.data[0], constantAt(state, node, 2)?.data[0]];
      if ((low ?? node.real("min", NaN)) === 0 && (high ?? node.real("max", NaN)) === 1) return { kind: "clip" };
      return node.fail("to clip to [0, 1]");
    }
  }
  return node.fail(
    "one of Gemm, MatMul, Add, Sub, Mul, Div, Flatten, Reshape, Identity, Dropout, Cast, Constant, Transpose, " +
      "BatchNormalization, LayerNormalization, Softmax, Clip, Concat and the activations of voxgrad",
  );
}

function ownTensor(node: NodeReader): Constant {
  const tensor = node.attribute("value")?.t;
  if (tensor) return constantOf(tensor, "constant");
  const real = node.attribute("value_float");
  if (real) return { shape: [], data: Float32Array.of(real.f ?? 0), isWhole: false };
  const wholes = node.attribute("value_ints")?.ints;
  if (wholes) return { shape: [wholes.length], data: Float64Array.from(wholes, Number), isWhole: true };
  const whole = node.attribute("value_int");
  if (whole) return { shape: [], data: Float64Array.of(Number(whole.i ?? 0n)), isWhole: true };
  return node.fail("a tensor or a number as value");
}

/** Weights that are turned before they are multiplied. */
function turn(state: ReadState, node: NodeReader): void {
  const { shape, data, isWhole } = constantAt(state, node, 0) ?? node.fail("a tensor");
  const order = node.attribute("perm")?.ints ?? [];
  if (shape.length !== 2 || (order.length > 0 && (order.length !== 2 || order[0] !== 1n || order[1] !== 0n)))
    node.fail("to exchange the two axes of weights");
  charge(state, data.length, node);
  const [rows, columns] = shape;
  const turned = new (data.constructor as typeof Float32Array)(data.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) turned[j * rows + i] = data[i * columns + j];
  name(state, node, { kind: "constant", constant: { shape: [columns, rows], data: turned, isWhole } });
}

function arithmetic(state: ReadState, node: NodeReader, op: "Add" | "Sub" | "Mul" | "Div"): Formula {
  const [a, b] = [valueOf(state, node, 0), valueOf(state, node, 1)];
  const unknown = () => node.fail("the formula of a known activation, a bias or a scaling of pixels, got another");
  if (a.kind !== "constant" && b.kind !== "constant") {
    const of = op === "Mul" ? productOf(a, b) : op === "Div" ? null : sumOf(a, b, op === "Add" ? 1 : -1);
    return of ?? unknown();
  }
  if (a.kind === "constant") {
    if (b.kind === "constant" || op === "Div") return unknown();
    if (op !== "Sub") return withConstant(state, node, b, a.constant, op) ?? unknown();
    const negative = shifted(b, -1, 0);
    return (negative && withConstant(state, node, negative, a.constant, "Add")) ?? unknown();
  }
  return (b.kind === "constant" ? withConstant(state, node, a, b.constant, op) : null) ?? unknown();
}

function withConstant(
  state: ReadState,
  node: NodeReader,
  a: Formula,
  { shape, data }: Constant,
  op: "Add" | "Sub" | "Mul" | "Div",
): Formula | null {
  // prettier-ignore
  if (data.length === 1 && shape.length <= state.shape.length + 1) {
    const [value] = data;
    if (op === "Div" && value === 0) return null;
    const factor = op === "Mul" ? value : op === "Div" ? 1 / value : 1;
    const offset = op === "Add" ? value : op === "Sub" ? -value : 0;
    return Number.isFinite(factor) && Number.isFinite(offset) ? shifted(a, factor, offset) : null;
  }
  if (a.step !== state.steps.length) node.fail("one layer behind the other, got a graph that branches");
  const values = repeated(state, node, shape, data);
  if (!values.every(Number.isFinite)) return null;
  if (op === "Mul") return spread(a, values, null);
  if (op === "Add") return spread(a, null, values);
  if (op === "Sub") return spread(a, null, values.map((value) => -value)); // prettier-ignore
  return values.every((value) => value !== 0) ? spread(a, values.map((value) => 1 / value), null) : null; // prettier-ignore
}

/** A tensor over an image of the shape that it has now, repeated along axes of one value, as NumPy does. */
function repeated(state: ReadState, node: NodeReader, shape: readonly number[], data: Constant["data"]): Float64Array {
  const own = shape.length > state.shape.length && shape[0] === 1 ? shape.slice(1) : shape;
  const wanted = state.shape;
  const padded = [...wanted.slice(own.length).map(() => 1), ...own];
  if (own.length > wanted.length || padded.some((size, axis) => size !== 1 && size !== wanted[axis]))
    node.fail(`values for ${wanted.join("x")}, got ${shape.join("x")}`);
  const count = featuresOf(state);
  charge(state, 2 * count, node);
  if (data.length === count) return Float64Array.from(data);
  return Float64Array.from({ length: count }, (_, i) => {
    let [from, left, stride] = [0, i, 1];
    for (let axis = wanted.length - 1; axis >= 0; axis--) {
      const at = left % wanted[axis];
      left = (left - at) / wanted[axis];
      if (padded[axis] > 1) from += at * stride;
      stride *= padded[axis];
    }
    return data[from];
  });
}

function power(state: ReadState, node: NodeReader): void {
  const formula = formulaAt(state, node);
  const exponent = constantAt(state, node, 1)?.data[0];
  if (formula.kind !== "polynomial" || !isPolynomial(formula.c, identity) || (exponent !== 2 && exponent !== 3))
    return node.fail("the square or cube of the image, as gelu has it");
  name(state, node, { ...formula, c: exponent === 2 ? [0, 0, 1, 0] : [0, 0, 0, 1] });
}
