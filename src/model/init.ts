// Initial weights: how they are drawn, as plain values, and the drawing itself.
import type { RandomStream } from "../random.ts";

/** How the initial values of one tensor are chosen. Fans are the layer's inputs and outputs. */
export type Initializer =
  | { readonly kind: "zeros" }
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "glorot" | "he" | "lecun"; readonly distribution: "uniform" | "normal" }
  | { readonly kind: "torchLinear" };

/** All zero. */
export function zeros(): Initializer {
  return Object.freeze({ kind: "zeros" });
}

/** Every element the same value. */
export function constant(value: number): Initializer {
  if (!Number.isFinite(Math.fround(value)))
    throw new RangeError(`constant: expected a finite float32 value, got ${value}`);
  return Object.freeze({ kind: "constant", value });
}

/** Variance 2 / (inputs + outputs): for tanh and sigmoid (Glorot & Bengio 2010). */
export function glorot(distribution: "uniform" | "normal" = "uniform"): Initializer {
  return Object.freeze({ kind: "glorot", distribution });
}

/** Variance 2 / inputs: for relu and its relatives (He et al. 2015). */
export function he(distribution: "uniform" | "normal" = "normal"): Initializer {
  return Object.freeze({ kind: "he", distribution });
}

/** Variance 1 / inputs: for selu (LeCun et al. 1998). */
export function lecun(distribution: "uniform" | "normal" = "normal"): Initializer {
  return Object.freeze({ kind: "lecun", distribution });
}

/** Uniform within 1 / sqrt(inputs), weights and biases alike: the default, as PyTorch's `Linear` has it. */
export function torchLinear(): Initializer {
  return Object.freeze({ kind: "torchLinear" });
}

/**
 * Fills `target` from the draws `first`, `first + 1`, ... of a stream: element i is a pure function of (stream, first + i).
 */
export function drawInitial(
  target: Float32Array,
  initializer: Initializer,
  fans: { readonly inputs: number; readonly outputs: number },
  random: RandomStream,
  first: number,
): void {
  switch (initializer.kind) {
    case "zeros":
      target.fill(0);
      return;
    case "constant":
      target.fill(initializer.value);
      return;
    case "torchLinear":
      fillUniform(target, 1 / Math.sqrt(fans.inputs), random, first);
      return;
    case "glorot":
    case "he":
    case "lecun": {
      const variance = drawnVariance(initializer.kind, fans);
      if (initializer.distribution === "uniform") fillUniform(target, Math.sqrt(3 * variance), random, first);
      else fillNormal(target, Math.sqrt(variance), random, first);
    }
  }
}

function drawnVariance(
  kind: "glorot" | "he" | "lecun",
  { inputs, outputs }: { inputs: number; outputs: number },
): number {
  switch (kind) {
    case "glorot":
      return 2 / (inputs + outputs);
    case "he":
      return 2 / inputs;
    case "lecun":
      return 1 / inputs;
  }
}

function fillUniform(target: Float32Array, bound: number, random: RandomStream, first: number): void {
  for (let i = 0; i < target.length; i++) target[i] = (2 * random.uniform(first + i) - 1) * bound;
}

function fillNormal(target: Float32Array, deviation: number, random: RandomStream, first: number): void {
  for (let i = 0; i < target.length; i++) target[i] = random.normal(first + i) * deviation;
}
