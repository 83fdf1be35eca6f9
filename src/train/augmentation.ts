// Augmentation as training uses it: planned for the images that a step sees, bound to the run's memory.
import { planOfSet } from "../data/augment-plan-of-set.ts";
import type { AugmentPlan } from "../data/augment-plan.ts";
import { createAugmenter, memoryIn } from "../data/augmenter.ts";
import type { Augmenting } from "../data/batch.ts";
import type { Dataset } from "../data/dataset.ts";
import { isMixing } from "../data/mixing.ts";
import type { Block } from "../wasm/memory.ts";
import type { TrainingSettings } from "./settings.ts";

/** What augmenting takes; null where nothing is to be augmented. */
export function planFor({ augment, network, patches }: TrainingSettings, train: Dataset): AugmentPlan | null {
  return augment.every(isMixing) ? null : planOfSet(augment, network.input ?? train.shape, train, patches);
}

/** Binds a plan to the region "augmentation". */
export function bindAugmentation(plan: AugmentPlan, block: Block, seed: number): Augmenting {
  return { augmenter: createAugmenter(plan, block.kernels, memoryIn(block, "augmentation"), seed), draws: null };
}
