// The order of an epoch's images, as the sampling says: a pure function of the stream's seed and epoch.
import type { RandomStream } from "../random.ts";
import type { Dataset } from "./dataset.ts";
import { cumulativeSums } from "./sampling.ts";
import type { Sampling } from "./sampling.ts";

/** The order of an epoch, as long as the set has images: a pure function of the stream's seed and epoch. */
export type DrawOrder = (random: RandomStream) => Int32Array;

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
