// What the images of a set count together.
import type { Dataset } from "./dataset.ts";

type Weighted = Pick<Dataset, "length" | "weights">;

/** The sum of the images' weights in float64, in their order: the number of images where they have none. */
export function totalWeight({ length, weights }: Weighted): number {
  return weights ? weights.reduce((sum, weight) => sum + weight, 0) : length;
}

/** @throws RangeError where every image of a set counts nothing: it has neither a loss nor figures. */
export function checkTotalWeight(name: string, set: Weighted): void {
  if (totalWeight(set) > 0) return;
  throw new RangeError(
    `${name} set: expected a weight above 0, got 0 for each of its ${set.length} images. Leave the weights out, or divide otherwise.`,
  );
}
