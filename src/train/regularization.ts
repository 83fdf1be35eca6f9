// Penalties on the size of weights, and limits on the size of gradients, as plain values.

/** penalty = l1 * sum |w| + l2 * sum w^2, over weights and not over biases; added to the loss of every step. */
export interface Regularization {
  readonly l1: number;
  readonly l2: number;
}

/** Gradients are scaled down to a global norm, or cut off at a value, before each update. */
export type Clipping =
  { readonly kind: "norm"; readonly maximum: number } | { readonly kind: "value"; readonly maximum: number };

/**
 * L1 (lasso) and L2 (ridge) penalties; both together are the elastic net (Zou & Hastie 2005).
 *
 * @throws RangeError when a factor is negative or not finite.
 * @example
 * ```ts
 * import { regularization } from "voxgrad";
 *
 * console.log(regularization({ l2: 1e-3 })); // { l1: 0, l2: 0.001 }
 * ```
 */
export function regularization({ l1 = 0, l2 = 0 }: Partial<Regularization> = {}): Regularization {
  for (const [name, value] of Object.entries({ l1, l2 })) {
    if (!(Number.isFinite(value) && value >= 0)) {
      throw new RangeError(`regularization: expected ${name} of at least 0, got ${value}`);
    }
  }
  return Object.freeze({ l1, l2 });
}

/**
 * Scales all gradients by maximum / norm when the norm over all of them is larger (Pascanu et al. 2013), as PyTorch's
 * `clip_grad_norm_`.
 */
export function clipNorm(maximum: number): Clipping {
  return Object.freeze({ kind: "norm", maximum: positive("clipNorm", maximum) });
}

/** Cuts every element of every gradient off at +-maximum, as PyTorch's `clip_grad_value_`. */
export function clipValue(maximum: number): Clipping {
  return Object.freeze({ kind: "value", maximum: positive("clipValue", maximum) });
}

function positive(name: string, maximum: number): number {
  if (!(Number.isFinite(maximum) && maximum > 0)) {
    throw new RangeError(`${name}: expected a maximum above 0, got ${maximum}`);
  }
  return maximum;
}
