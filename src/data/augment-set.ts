// Whether the images of a set can be augmented: their colours and millimetres as the set knows them.
import { fitAugmentations } from "./augment-fit.ts";
import type { AugmentFit } from "./augment-fit.ts";
import { imageAugmentations, isMixing } from "./mixing.ts";
import type { Augmentation } from "./augment.ts";
import type { Dataset } from "./dataset.ts";
import type { ImageGeometry } from "./image-geometry.ts";
import { fitPatches, hasColours } from "./patches.ts";
import type { Patches } from "./patches.ts";

/**
 * @param shape of what is augmented: an image, or a patch.
 * @throws RangeError for a list that the images cannot have, such as millimetres without one spacing of all.
 */
export function fitOfSet(
  list: readonly Augmentation[],
  shape: readonly number[],
  set: Dataset,
  patches: Patches | null,
): AugmentFit {
  const own = imageAugmentations(list);
  const counted = own.find((one) => "millimetres" in one && (one.millimetres ?? false) !== false);
  const spacing = commonSpacing(set);
  if (counted && !spacing) refuseMillimetres(counted.kind, set);
  // A size of one number says nothing of colours.
  return fitAugmentations(own, shape, spacing, hasColours(patches ?? { size: 1 }, set));
}

/**
 * Whether the images of a set can have a list of augmentations, as training asks before it begins.
 *
 * @param patches where the network sees parts of images.
 * @throws RangeError that says what they cannot have, and what to do.
 * @example
 * ```ts
 * import { checkAugmentation, phantoms, rotate } from "voxgrad";
 *
 * checkAugmentation([rotate(10)], phantoms({ count: 3, seed: 1 }));
 * ```
 */
export function checkAugmentation(
  augment: readonly Augmentation[],
  set: Dataset,
  patches: Patches | null = null,
): void {
  const parts = patches && fitPatches(patches, set);
  if (augment.length === 0) return;
  const { sizes } = fitOfSet(augment, parts?.shape ?? set.shape, set, parts?.patches ?? null);
  const mixing = augment.filter(isMixing).map(({ kind }) => kind);
  if (new Set(mixing).size < mixing.length)
    throw new RangeError(`augment: expected "${mixing[0]}" at most once, got it ${mixing.length} times`);
  if (mixing.includes("cutmix") && sizes[1] === 1)
    throw new RangeError("augment: expected images of two or three axes for cutmix, got rows");
}

/** Millimetres along x, y, z, where all images have the same; null else. */
function commonSpacing({ geometry = [] }: Dataset): readonly number[] | null {
  const first = geometry.at(0);
  const spacing = first ? millimetresOf(first) : null;
  return geometry.every((one) => millimetresOf(one)?.join() === spacing?.join()) ? spacing : null;
}

function refuseMillimetres(kind: string, { geometry = [] }: Dataset): never {
  const [first, other] = new Set(geometry.map((one) => millimetresOf(one)?.join("x") ?? "unknown"));
  const [got, advice] =
    other === undefined
      ? ["none", "Give a fraction of the size, or voxels."]
      : [`${first} and ${other}`, "Resample them to one when they are read, as resampleTo({ spacing }) does."];
  throw new RangeError(
    `augment: expected images of one known spacing for "${kind}" in millimetres, got ${got}. ${advice}`,
  );
}

const factors = { mm: 1, m: 1000, um: 0.001, unknown: 1 } as const;

/** What counts in no known unit counts in millimetres. */
function millimetresOf({ spacing, unit }: ImageGeometry): readonly number[] | null {
  return spacing && spacing.map((distance) => distance * factors[unit]);
}
