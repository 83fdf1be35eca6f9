// Which images an epoch takes, as a plain value: every one once, or as many drawn by weight, with replacement.
import type { Dataset } from "./dataset.ts";

/**
 * "shuffle": every image once, in random order. "balanced": as many draws with replacement as there are images, each class
 * as likely as the others. Weights: the same, each image as likely as its share of their sum.
 */
export type Sampling = "shuffle" | "balanced" | { readonly weights: readonly number[] };

/**
 * A sampling as a frozen value that fits the set.
 * @throws RangeError for weights that are not one for each image, finite, at least 0 and not all 0; TypeError for classes
 * that are to be balanced without labels.
 */
export function samplingFor(given: Sampling, set: Dataset): Sampling {
  if (given === "shuffle") return given;
  if (given === "balanced") {
    if (set.labels) return given;
    throw new TypeError(
      'sampling "balanced": expected a set with labels, got one without. Leave it out, or give weights.',
    );
  }
  if (typeof given !== "object" || given === null || !("weights" in given)) {
    throw new RangeError(`sampling: expected "shuffle", "balanced" or { weights }, got ${JSON.stringify(given)}`);
  }
  const weights = Object.freeze(Array.from(given.weights));
  cumulativeSums(weights, set.length);
  return Object.freeze({ weights });
}

/** sums[i] = weights[0] + ... + weights[i], in this order. @throws RangeError as samplingFor. */
export function cumulativeSums(weights: ArrayLike<number>, length: number): Float64Array {
  if (weights.length !== length) {
    throw new RangeError(`sampling: expected ${length} weights, one for each training image, got ${weights.length}`);
  }
  const sums = new Float64Array(length);
  let sum = 0;
  for (let i = 0; i < length; i++) {
    if (!(Number.isFinite(weights[i]) && weights[i] >= 0)) {
      throw new RangeError(`sampling: expected finite weights of at least 0, got ${weights[i]} for image ${i}`);
    }
    sums[i] = sum += weights[i];
  }
  if (!(sum > 0 && Number.isFinite(sum))) {
    throw new RangeError(`sampling: expected weights with a finite sum above 0, got the sum ${sum}`);
  }
  return sums;
}
