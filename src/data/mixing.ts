// Augmentations that take two images of a batch: plain frozen values.
import { checkProbability, frozen } from "./augment-check.ts";
import type { Augmentation, AugmentationOptions, ImageAugmentation, MixingAugmentation } from "./augment.ts";

/**
 * Blends an image with another of its batch, and what is true of it with the other's in the same parts (Zhang et al. 2018):
 * the part is drawn from Beta(alpha, alpha). Labels and masks become parts of classes, and weights of images blend too.
 *
 * @param alpha above 0, at most 1: small values blend little; 0.2 by default.
 * @throws RangeError for another alpha or probability.
 * @example
 * ```ts
 * import { mixup } from "voxgrad";
 *
 * console.log(mixup(0.4, { probability: 0.5 })); // { kind: 'mixup', alpha: 0.4, probability: 0.5 }
 * ```
 */
export function mixup(alpha = 0.2, { probability = 1 }: AugmentationOptions = {}): MixingAugmentation {
  return mixing("mixup", alpha, probability);
}

/**
 * Puts a box of another image of the batch into an image (Yun et al. 2019): the part of it that the box is to have is drawn
 * from Beta(alpha, alpha), its centre anywhere. A label becomes parts of two classes, as large as what is seen of each; of
 * a mask the same box is taken. Weights of images blend in these parts too.
 *
 * @param alpha above 0, at most 1, the default: boxes of any size alike.
 * @throws RangeError for another alpha or probability.
 * @example
 * ```ts
 * import { cutmix } from "voxgrad";
 *
 * console.log(cutmix().alpha); // 1
 * ```
 */
export function cutmix(alpha = 1, { probability = 1 }: AugmentationOptions = {}): MixingAugmentation {
  return mixing("cutmix", alpha, probability);
}

function mixing(kind: MixingAugmentation["kind"], alpha: number, probability: number): MixingAugmentation {
  if (!(alpha > 0 && alpha <= 1)) throw new RangeError(`${kind}: expected an alpha above 0, at most 1, got ${alpha}`);
  return frozen({ kind, alpha, probability: checkProbability(kind, probability) });
}

export function isMixing(one: Augmentation): one is MixingAugmentation {
  return one.kind === "mixup" || one.kind === "cutmix";
}

/** Those of a list that take one image, in their order. */
export function imageAugmentations(list: readonly Augmentation[]): readonly ImageAugmentation[] {
  return list.filter((one): one is ImageAugmentation => !isMixing(one));
}
