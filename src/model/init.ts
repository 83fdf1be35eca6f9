// How initial weights are drawn, as plain values.

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
