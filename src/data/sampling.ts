// Which images an epoch takes, in which order: every one once, or as many drawn by weight, with replacement.
import type { RandomStream } from "../random.ts";
import type { Dataset } from "./dataset.ts";

/**
 * "shuffle": every image once, in random order. "balanced": as many draws with replacement as there are images, each class
 * as likely as the others. Weights: the same, each image as likely as its share of their sum.
 */
export type Sampling = "shuffle" | "balanced" | { readonly weights: readonly number[] };

/** The order of an epoch, as long as the set has images: a pure function of the stream's seed and epoch. */
export type DrawOrder = (random: RandomStream) => Int32Array;

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

/** The sampling of a set that has so many parts of each image, one behind the other: each counts as its image does. */
export function samplingOfParts(sampling: Sampling, parts: number): Sampling {
  if (typeof sampling === "string" || parts === 1) return sampling;
  return { weights: sampling.weights.flatMap((weight) => new Array<number>(parts).fill(weight)) };
}

/** How the epochs of a set are drawn. */
export function drawOrderOf(sampling: Sampling, set: Dataset): DrawOrder {
  const { length } = set;
  if (sampling === "shuffle") return (random) => random.permutation(length);
  const sums = cumulativeSums(sampling === "balanced" ? balancedWeights(set) : sampling.weights, length);
  const total = sums[length - 1];
  // A product that is rounded up to the total belongs to the last image that adds to it.
  let last = length - 1;
  while (last > 0 && sums[last - 1] === total) last--;
  return (random) =>
    Int32Array.from({ length }, (_, place) => firstAbove(sums, 0, last, random.uniform(place) * total));
}

/** 1 / images of the class, so that the images of every class weigh 1 together. */
function balancedWeights({ labels, classes }: Dataset): Float64Array {
  const counts = new Float64Array(classes.length);
  for (const label of labels ?? []) counts[label]++;
  return Float64Array.from(labels ?? [], (label) => 1 / counts[label]);
}

/** sums[i] = weights[0] + ... + weights[i], in this order. */
function cumulativeSums(weights: ArrayLike<number>, length: number): Float64Array {
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

/** The first index of [low, high] whose sum is above the value; `high` where none before it is. */
function firstAbove(sums: Float64Array, low: number, high: number, value: number): number {
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sums[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * For orders in which an image can come again: which draw each place takes. The k-th time an image comes it is
 * index + k * length, so that it is augmented otherwise.
 */
export function drawsOf(order: Int32Array, length: number): Int32Array {
  const seen = new Int32Array(length);
  return order.map((index) => index + length * seen[index]++);
}
