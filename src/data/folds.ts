// k-fold cross-validation: every image is held out once, by group, balanced by class, from a seed.
import { stream } from "../random.ts";
import { assign } from "./assignment.ts";
import type { SplitSource } from "./split.ts";
import { imbalanceOf, membersOf, tally } from "./tally.ts";

export interface FoldsOptions {
  /** How many folds, from 2 to 100; 5 by default. */
  readonly k?: number;
  /** An integer 0 <= seed < 2^53. */
  readonly seed: number;
  /** Whether all images of a group are held out together (default: where there are groups). */
  readonly byGroup?: boolean;
  /** Whether each fold has the classes in the proportions of the whole (default true; without labels there are none). */
  readonly stratify?: boolean;
}

export interface Fold {
  /** Indices of images in ascending order: those to learn from, and those that are held out. */
  readonly train: Int32Array;
  readonly validation: Int32Array;
  /** The largest difference between a class's share of what is held out and its share of the whole, from 0 to 1. */
  readonly imbalance: number;
}

/**
 * Divides the images k times into those to learn from and those held out: each image is held out in exactly one fold, no
 * group is divided, no fold is empty, sizes and classes are as even as the groups allow. The same seed gives the same folds.
 *
 * @throws RangeError for a k out of range, or more folds than images or groups; TypeError for byGroup without groups
 * @example
 * ```ts
 * import { folds, phantoms } from "voxgrad";
 *
 * const data = phantoms({ count: 100, seed: 7 });
 * for (const { train, validation, imbalance } of folds(data, { k: 5, seed: 7 }))
 *   console.log(train.length, validation.length, imbalance);
 * ```
 */
export function folds(dataset: SplitSource, options: FoldsOptions): readonly Fold[] {
  const { k = 5, seed, byGroup = dataset.groups !== null, stratify = true } = options;
  if (!Number.isInteger(k) || k < 2 || k > 100)
    throw new RangeError(`folds k: expected a whole number from 2 to 100, got ${k}. Usual are 5 and 10.`);
  const { groupOf, tallies } = tally("folds", dataset, byGroup, stratify);
  const { groupCount } = tallies;
  if (groupCount < k)
    throw new RangeError(
      `folds: expected at least ${k} ${byGroup ? "groups" : "images"}, one for each fold, got ${groupCount}. ` +
        (byGroup ? "Add images of other patients, or make fewer folds." : "Add images, or make fewer folds."),
    );
  const shares = Array.from({ length: k }, () => 1 / k);
  const foldOf = assign(tallies, shares, stream(seed, "split").permutation(groupCount));
  return Object.freeze(
    membersOf(foldOf, groupOf, k).map((validation, fold) => {
      const images = Int32Array.from({ length: dataset.length }, (_, image) => image);
      const train = images.filter((image) => foldOf[groupOf[image]] !== fold);
      return Object.freeze({ train, validation, imbalance: imbalanceOf(dataset, [validation]) });
    }),
  );
}
