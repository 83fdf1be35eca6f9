// What augmenting the images of a set takes.
import { planFitted } from "./augment-plan.ts";
import type { AugmentPlan } from "./augment-plan.ts";
import { fitOfSet } from "./augment-set.ts";
import type { Augmentation } from "./augment.ts";
import type { Dataset } from "./dataset.ts";
import type { Patches } from "./patches.ts";

/**
 * @param shape of what is augmented: an image, or a patch.
 * @throws RangeError for a list that the images cannot have, such as millimetres without one spacing of all.
 */
export function planOfSet(
  list: readonly Augmentation[],
  shape: readonly number[],
  set: Dataset,
  patches: Patches | null,
): AugmentPlan {
  return planFitted(fitOfSet(list, shape, set, patches));
}
