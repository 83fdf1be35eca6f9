// Says which images are unlike those that a network was trained on: by shape, intensities, or in its last hidden layer.
import type { Dataset } from "../data/dataset.ts";
import { nearestDistances } from "./distance.ts";
import type { Spread } from "./distance.ts";
import { decodeNumbers } from "./familiar.ts";
import type { Familiar, FamiliarFeatures } from "./familiar.ts";
import { intensityNames } from "./observe.ts";
import type { Observations } from "./observe.ts";

/** What is unusual about an image: bits, which add up. */
export const unlikeBits = { shape: 1, intensities: 2, distance: 4 } as const;

/** Which images of a set are unlike the training set. */
export interface Novelty {
  /** Of each image why it is unlike the training set, in words; null where it is not. */
  readonly reasons: readonly (string | null)[];
  /** The same as bits that add up: 1 shape, 2 intensities, 4 distance; 0 where an image is like the training set. */
  readonly unlike: Uint8Array;
  /**
   * Distance of each image's activations in the last hidden layer to the nearest class's mean, in units of the limit: above
   * 1 it is beyond the 99.5th percentile. null for a network without a hidden layer.
   */
  readonly distances: Float32Array | null;
}

/** What these observations of a set say of each image. */
export function noveltyOf(
  { shape, intensities, features }: Familiar,
  set: Dataset,
  { intensities: seen, features: activations }: Observations,
): Novelty {
  const isOtherShape = set.shape.join("x") !== shape.join("x");
  const distances = features && activations ? distancesOf(features, activations) : null;
  const unlike = new Uint8Array(set.length);
  const reasons = Array.from({ length: set.length }, (_, image) => {
    const found: string[] = [];
    if (isOtherShape) {
      unlike[image] |= unlikeBits.shape;
      found.push(`shape ${set.shape.join("x")}, of training ${shape.join("x")}`);
    }
    for (const [k, name] of intensityNames.entries()) {
      const value = seen[image * intensityNames.length + k];
      const [low, high] = intensities[name];
      if (value >= low && value <= high) continue;
      unlike[image] |= unlikeBits.intensities;
      found.push(`${spoken[name]} ${short(value)}, of training ${short(low)} to ${short(high)}`);
    }
    if (distances && !(distances[image] <= 1)) {
      unlike[image] |= unlikeBits.distance;
      found.push(`distance ${short(distances[image])} times the limit`);
    }
    return found.length > 0 ? found.join("; ") : null;
  });
  return { reasons, unlike, distances };
}

const spoken = {
  darkest: "darkest intensity",
  brightest: "brightest intensity",
  mean: "mean intensity",
  deviation: "deviation of intensities",
} as const;

function distancesOf({ width, covariance, means, factor, limit }: FamiliarFeatures, activations: Float64Array) {
  const spread: Spread = { width, covariance, means: decodeNumbers(means), factor: decodeNumbers(factor) };
  return Float32Array.from(nearestDistances(activations, spread), (distance) => distance / limit);
}

function short(value: number): string {
  return `${Number(value.toPrecision(4))}`;
}
