// The operations of ONNX that bring weights or change the shape of the image.
import { areOpposite } from "./onnx-formula.ts";
import type { NodeReader } from "./onnx-node.ts";
import { charge, constantAt, featuresOf, formulaAt, give, settle } from "./onnx-state.ts";
import type { ReadState } from "./onnx-state.ts";

/** Gemm and MatMul: the image times weights. */
export function product(state: ReadState, node: NodeReader): void {
  settle(state, formulaAt(state, node), node);
  const weights = constantAt(state, node, 1) ?? node.fail("weights");
  const isGemm = node.op === "Gemm";
  if (isGemm && (node.real("alpha", 1) !== 1 || node.real("beta", 1) !== 1 || node.whole("transA", 0) !== 0))
    node.fail("alpha 1, beta 1 and transA 0");
  const isTurned = isGemm && node.whole("transB", 0) !== 0;
  const inputs = featuresOf(state);
  if (weights.shape.length !== 2 || state.shape.length !== 1 || weights.isWhole)
    node.fail(`weights of two axes and an image of one, got ${weights.shape.join("x")} and ${state.shape.join("x")}`);
  const [outputs, wanted] = isTurned ? weights.shape : [weights.shape[1], weights.shape[0]];
  if (wanted !== inputs || outputs < 1) node.fail(`weights for ${inputs} inputs, got ${weights.shape.join("x")}`);
  charge(state, inputs * outputs, node);
  const weight = new Float32Array(inputs * outputs);
  if (isTurned) weight.set(weights.data);
  else {
    for (let i = 0; i < inputs; i++) for (let o = 0; o < outputs; o++) weight[o * inputs + i] = weights.data[i * outputs + o]; // prettier-ignore
  }
  const offset = isGemm ? constantAt(state, node, 2) : null;
  let bias: Float32Array | null = null;
  if (offset) {
    const { data, shape } = offset;
    if ((data.length !== outputs && data.length !== 1) || shape.slice(0, -1).some((size) => size !== 1))
      node.fail(`a bias of ${outputs} values, got ${shape.join("x")}`);
    charge(state, outputs, node);
    bias = Float32Array.from({ length: outputs }, (_, o) => data[data.length === 1 ? 0 : o]);
  }
  state.steps.push({ kind: "dense", outputs, weight, bias });
  state.shape = [outputs];
  give(state, node);
}

/** The image's values in their order, in another shape. */
export function reshape(state: ReadState, node: NodeReader): void {
  settle(state, formulaAt(state, node), node);
  const features = featuresOf(state);
  if (node.op === "Flatten") {
    const axis = node.whole("axis", 1);
    if (axis !== 1 && axis !== -state.shape.length) node.fail("axis 1, which leaves one image after the other");
    state.shape = [features];
    return give(state, node);
  }
  const wanted = constantAt(state, node, 1) ?? node.fail("a shape");
  if (wanted.shape.length !== 1 || !wanted.isWhole || wanted.data.length < 2 || wanted.data.length > 9)
    node.fail("a shape of two axes or more");
  const [batch, ...sizes] = wanted.data;
  const given = [...sizes].map((size, axis) => (size === 0 && !node.whole("allowzero", 0) ? (state.shape[axis] ?? 0) : size)); // prettier-ignore
  const known = given.reduce((all, size) => (size === -1 ? all : all * size), 1);
  const open = given.filter((size) => size === -1).length;
  const shape = given.map((size) => (size === -1 ? features / known : size));
  const isWhole = shape.every((size) => Number.isSafeInteger(size) && size > 0);
  if (
    open + (batch === -1 ? 1 : 0) > 1 ||
    !isWhole ||
    shape.reduce((all, size) => all * size, 1) !== features ||
    !(batch === -1 || batch === 0 || batch === 1)
  )
    // prettier-ignore
    node.fail(`a shape of (images, ${features} values), got [${wanted.data.join(", ")}]`);
  state.shape = shape;
  give(state, node);
}

export function normalizeLayer(state: ReadState, node: NodeReader): void {
  settle(state, formulaAt(state, node), node);
  if (state.shape.length !== 1) node.fail(`an image of one axis, got ${state.shape.join("x")}`);
  const features = featuresOf(state);
  const epsilon = node.real("epsilon", 1e-5);
  const values = (index: number, otherwise: number | null) => {
    const constant = constantAt(state, node, index);
    if (!constant && otherwise === null) node.fail(`a tensor as input ${index}`);
    if (constant && constant.data.length !== features) node.fail(`${features} values as input ${index}, got ${constant.data.length}`); // prettier-ignore
    charge(state, features, node);
    return constant ? Float32Array.from(constant.data) : new Float32Array(features).fill(otherwise ?? 0);
  };
  if (node.op === "LayerNormalization") {
    const axis = node.whole("axis", -1);
    if (axis !== -1 && axis !== 1) node.fail("axis -1");
    state.steps.push({ kind: "layerNorm", epsilon, tensors: [values(1, null), values(2, 0)] });
  } else {
    if (node.whole("training_mode", 0) !== 0) node.fail("to be used, not trained: training_mode 0");
    const tensors = [values(1, null), values(2, null), values(3, null), values(4, null)] as const;
    state.steps.push({ kind: "batchNorm", epsilon, momentum: 0.1, tensors });
  }
  give(state, node);
}

/** 1 - p and p beside each other: both classes of a network with a single output. */
export function joinBoth(state: ReadState, node: NodeReader): void {
  const [no, yes] = [formulaAt(state, node, 0), formulaAt(state, node, 1)];
  const isPair = node.inputs.length === 2 && featuresOf(state) === 1 && areOpposite(no, yes);
  if (!isPair || node.whole("axis", 0) !== 1) node.fail("1 - p and p of a single output, axis 1");
  settle(state, yes, node);
  state.steps.push({ kind: "both" });
  state.shape = [2];
  give(state, node);
}
