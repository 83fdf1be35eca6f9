// What is known while a graph is read: what each name stands for, and the steps that the image has gone through.
import { activationOf, identity, isPolynomial } from "./onnx-formula.ts";
import type { Formula } from "./onnx-formula.ts";
import type { NodeReader } from "./onnx-node.ts";
import type { Constant } from "./onnx-tensors.ts";
import type { Step } from "./steps.ts";

export type Value = { readonly kind: "constant"; readonly constant: Constant } | Formula;

export interface ReadState {
  readonly values: Map<string, Value>;
  readonly steps: Step[];
  /** The shape of an image after the steps so far. */
  shape: readonly number[];
  /** Numbers that may still be made of the file's: a file that uses its own again and again is not believed. */
  left: number;
}

export const featuresOf = ({ shape }: ReadState): number => shape.reduce((product, size) => product * size, 1);

/** @throws FormatError when more numbers are asked for than a file of its size can mean. */
export function charge(state: ReadState, count: number, node: NodeReader): void {
  state.left -= count;
  if (!(state.left >= 0)) node.fail("to use each tensor of the file once or twice, not again and again");
}

/** The value behind an input. @throws FormatError where there is none. */
export function valueOf(state: ReadState, node: NodeReader, index: number): Value {
  const name = node.inputs[index] ?? "";
  return state.values.get(name) ?? node.fail(`a value as input ${index}, got "${name}", which nothing gives`);
}

/** The tensor behind an input; null where it is left out. @throws FormatError where it is computed from the image. */
export function constantAt(state: ReadState, node: NodeReader, index: number): Constant | null {
  if ((node.inputs[index] ?? "") === "") return null;
  const value = valueOf(state, node, index);
  return value.kind === "constant" ? value.constant : node.fail(`a tensor of the file as input ${index}`);
}

/** The formula behind the first input, which must be the image's. */
export function formulaAt(state: ReadState, node: NodeReader, index = 0): Formula {
  const value = valueOf(state, node, index);
  return value.kind === "constant" ? node.fail(`the image as input ${index}, got a tensor of the file`) : value;
}

/** What the image is now: a formula that is no step yet becomes one. @throws FormatError where the graph branches. */
export function settle(state: ReadState, formula: Formula, node: NodeReader): void {
  const { steps } = state;
  if (formula.step !== steps.length) node.fail("one layer behind the other, got a graph that branches");
  switch (formula.kind) {
    case "polynomial": {
      const [c0, c1, c2, c3] = formula.c;
      if (isPolynomial(formula.c, identity)) return;
      if (c2 !== 0 || c3 !== 0) node.fail("the formula of an activation, got a power of the image");
      if (c1 === 1 && steps.at(-1)?.kind === "dense")
        steps.push(biasStep(state, new Float64Array(featuresOf(state)).fill(c0), node)); // prettier-ignore
      else steps.push({ kind: "affine", scale: c1, offset: c0 });
      return;
    }
    case "scaled":
      if (formula.scale.every((factor) => factor === 1) && steps.at(-1)?.kind === "dense") {
        steps.push(biasStep(state, formula.offset, node));
      } else steps.push({ kind: "affine", scale: formula.scale, offset: formula.offset });
      return;
    case "function": {
      const layer =
        activationOf(formula) ?? node.fail(`the formula of a known activation, got another of ${formula.of}`);
      steps.push({ kind: "layer", layer });
    }
  }
}

function biasStep(state: ReadState, values: Float64Array, node: NodeReader): Step {
  charge(state, values.length, node);
  return { kind: "bias", values };
}

/** The image as it is now, under the name of a node's output. */
export function give(state: ReadState, node: NodeReader): void {
  name(state, node, { kind: "polynomial", step: state.steps.length, c: identity });
}

/** @throws FormatError when another node gives the same name. */
export function name(state: ReadState, node: NodeReader, value: Value): void {
  if (node.output === "" || state.values.has(node.output)) node.fail(`a new name for its output, got "${node.output}"`);
  state.values.set(node.output, value);
}
