// One image as training sees it: what is drawn for it in an epoch done to it, or what a record says done again.
import type { Augmenter } from "./augmenter.ts";
import type { Augmentation } from "./augment.ts";
import type { AugmentationRecord } from "./augment-record.ts";
import type { Dataset } from "./dataset.ts";
import type { Patches } from "./patches.ts";

/** An image after its augmentation. */
export interface AugmentedImage {
  /** Intensities before normalisation, as the set has them: row-major, of the shape below. */
  readonly pixels: Float32Array;
  /** The set's shape; with patches that of a patch. */
  readonly shape: readonly number[];
  /** Values of a voxel, last in the shape; 1 where it has no colours. */
  readonly colours: number;
  /** Class indexes (0 = background, k = maskClasses[k - 1]), moved with the image; null for a set without masks. */
  readonly mask: Uint8Array | null;
  /** What was done, as plain JSON; `replay` does it again. */
  readonly record: AugmentationRecord;
}

export interface AugmentedOptions {
  /** As training takes it. */
  readonly augment: readonly Augmentation[];
  /** The seed of training; 0 by default. */
  readonly seed?: number;
  /** Epochs count from 1, the default. */
  readonly epoch?: number;
  /** How often the image came before in the epoch, which weighted sampling lets it; 0 by default. */
  readonly repeat?: number;
  /** As training takes them: `index` is then a patch, `perImage` of each image one behind the other. */
  readonly patches?: Patches | null;
}

/**
 * The image as a training with this list and seed sees it in an epoch, before pixels are scaled. What is drawn is a pure
 * function of (seed, epoch, index).
 *
 * @param set the training set, whose numbers count.
 * @throws RangeError for an index that the set has not, or a list that its images cannot have.
 * @example
 * ```ts
 * import { augmented, flip, phantoms, rotate } from "voxgrad";
 *
 * const set = phantoms({ count: 3, seed: 1 });
 * const { pixels, mask, record } = await augmented(set, 0, { augment: [rotate(10), flip("x")], seed: 1, epoch: 2 });
 * console.log(pixels.length, mask?.length, record.applied[0].kind); // 1000 1000 rotate
 * ```
 */
export async function augmented(
  set: Dataset,
  index: number,
  { augment, seed = 0, epoch = 1, repeat = 0, patches = null }: AugmentedOptions,
): Promise<AugmentedImage> {
  const record = (augmenter: Augmenter, length: number) => {
    augmenter.begin(epoch);
    return augmenter.record(index + repeat * length);
  };
  const { augmentImage } = await import("./augment-image.ts");
  return augmentImage(set, index, { augment, patches, seed, epoch }, record);
}

/**
 * Does to an image what a record says: on the image that it is of it gives the same bits again, pixels and mask.
 *
 * @param index the image, or the patch of the record's epoch.
 * @throws RangeError for a record of another list.
 * @example
 * ```ts
 * import { augmented, deform, phantoms, replay } from "voxgrad";
 *
 * const set = phantoms({ count: 3, seed: 1 });
 * const augment = [deform()];
 * const { pixels, record } = await augmented(set, 0, { augment, seed: 1 });
 * const again = await replay(set, 0, { augment, record: JSON.parse(JSON.stringify(record)) });
 * console.log(again.pixels.every((value, i) => value === pixels[i])); // true
 * ```
 */
export async function replay(
  set: Dataset,
  index: number,
  { augment, record, patches = null }: Pick<AugmentedOptions, "augment" | "patches"> & { record: AugmentationRecord },
): Promise<AugmentedImage> {
  const { seed, epoch } = record;
  const { augmentImage } = await import("./augment-image.ts");
  return augmentImage(set, index, { augment, patches, seed, epoch }, () => record);
}
