// The division of a dataset into training, validation and test set: by group, balanced by class, from a seed.
import { stream } from "../random.ts";
import { assign } from "./assignment.ts";
import { imbalanceOf, membersOf, tally } from "./tally.ts";

/** What split reads of a dataset; every Dataset is one. */
export interface SplitSource {
  readonly length: number;
  /** The class index of each image, or null. */
  readonly labels: Int32Array | null;
  /** The group (patient) of each image, or null. */
  readonly groups: readonly string[] | null;
  readonly classes: readonly string[];
}

export interface SplitOptions {
  /** An integer 0 <= seed < 2^53. */
  seed: number;
  /** The parts of training, validation and test set, each above 0; [70, 15, 15] means the same as the default. */
  ratios?: readonly number[];
  /** Whether each set has the classes in the proportions of the whole (default true; without labels there are none). */
  stratify?: boolean;
  /** Whether all images of a group go into one set (default: where there are groups). */
  byGroup?: boolean;
}

export interface Split {
  /** Indices of images in ascending order; each image is in exactly one of the three. */
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
  /**
   * How far the classes are off balance: the largest difference between a class's share of a set and its share of the
   * whole, from 0 to 1; 0 without labels.
   */
  readonly imbalance: number;
}

/**
 * Divides the images into three sets: no image lost or doubled, no group divided, no set empty, the classes in the same
 * proportions as far as the groups allow. The same seed gives the same sets.
 * @throws RangeError for fewer than three images or groups, or a ratio that is not above 0; TypeError for byGroup without groups
 * @example
 * ```ts
 * import { phantoms, split } from "voxgrad";
 * const data = phantoms({ count: 100, seed: 7 });
 * const { train, validation, test } = split(data, { seed: 7, ratios: [0.8, 0.1, 0.1] });
 * console.log(train.length, validation.length, test.length);
 * ```
 */
export function split(dataset: SplitSource, options: SplitOptions): Split {
  const { seed, ratios = [0.7, 0.15, 0.15], stratify = true, byGroup = dataset.groups !== null } = options;
  const shares = sharesOf(ratios);
  const { groupOf, tallies } = tally("split", dataset, byGroup, stratify);
  const { groupCount } = tallies;
  if (groupCount < 3)
    throw new RangeError(
      `split: expected at least 3 ${byGroup ? "groups" : "images"}, one for each set, got ${groupCount}. ` +
        (byGroup ? "Add images of other patients, or set byGroup: false to let sets share them." : "Add images."),
    );
  const setOf = assign(tallies, shares, stream(seed, "split").permutation(groupCount));
  const [train, validation, test] = membersOf(setOf, groupOf, 3);
  return { train, validation, test, imbalance: imbalanceOf(dataset, [train, validation, test]) };
}

/** Parts as fractions of their sum. */
function sharesOf(ratios: readonly number[]): number[] {
  const total = ratios.reduce((sum, ratio) => sum + ratio, 0);
  const shares = ratios.map((ratio) => ratio / total);
  if (shares.length !== 3 || !ratios.every((ratio) => ratio > 0) || !shares.every((share) => share > 0))
    throw new RangeError(
      `split ratios: expected three numbers above 0 (training, validation, test), got [${ratios.join(", ")}]. ` +
        `Give the three parts, as in ratios: [0.7, 0.15, 0.15].`,
    );
  return shares;
}
