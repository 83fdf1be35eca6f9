// Penalties on the size of weights, and limits on the size of gradients, as plain values.

/** penalty = l1 * sum |w| + l2 * sum w^2, added to the loss of every step; and a limit on norms. */
export interface Regularization {
  readonly l1: number;
  readonly l2: number;
  /** The longest vector of weights that may lead into a node, after each update; null for no limit. */
  readonly maxNorm: number | null;
  /**
   * Whether penalties and the optimizer's weight decay reach biases and what normalisation layers learn, as PyTorch's
   * optimizers have it; false, the default, leaves both to the weights alone. Max-norm is of weights in any case.
   */
  readonly biases: boolean;
}

/** Gradients are scaled down to a global norm, or cut off at a value, before each update. */
export type Clipping =
  { readonly kind: "norm"; readonly maximum: number } | { readonly kind: "value"; readonly maximum: number };

/**
 * L1 (lasso) and L2 (ridge) penalties; both together are the elastic net (Zou & Hastie 2005). Max-norm: after each update
 * the weights that lead into a node are scaled down to the norm `maxNorm` where theirs is larger (Srebro & Shraibman 2005;
 * Srivastava et al. 2014), as Keras's `MaxNorm` does along the inputs; 3 or 4 go well with dropout.
 *
 * @throws RangeError when a factor is negative or not finite, or `maxNorm` not above 0.
 * @example
 * ```ts
 * import { regularization } from "voxgrad";
 *
 * console.log(regularization({ l2: 1e-3, maxNorm: 3 })); // { l1: 0, l2: 0.001, maxNorm: 3, biases: false }
 * ```
 */
export function regularization(options: Partial<Regularization> = {}): Regularization {
  const { l1 = 0, l2 = 0, maxNorm = null, biases = false } = options;
  for (const [name, value] of Object.entries({ l1, l2 })) {
    if (!(Number.isFinite(value) && value >= 0)) {
      throw new RangeError(`regularization: expected ${name} of at least 0, got ${value}`);
    }
  }
  if (maxNorm !== null) positive("regularization: maxNorm", maxNorm);
  return Object.freeze({ l1, l2, maxNorm, biases });
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
