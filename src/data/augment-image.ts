// Augments one image of a set: drawn or recorded, on memory of its own.
import { allocate } from "../wasm/memory.ts";
import { layOut } from "../wasm/layout.ts";
import type { AugmentationRecord } from "./augment-record.ts";
import { planOfSet } from "./augment-plan-of-set.ts";
import type { AugmentedImage, AugmentedOptions } from "./augmented.ts";
import { createAugmenter, memoryIn } from "./augmenter.ts";
import type { Augmenter } from "./augmenter.ts";
import { checkIndex } from "./bounds.ts";
import { featuresOf } from "./dataset.ts";
import type { Dataset } from "./dataset.ts";
import { fitPatches } from "./patches.ts";
import { trainingPatches } from "./patch-views.ts";

/** @param recordOf says what is done, of an augmenter for a set of so many images. */
export async function augmentImage(
  images: Dataset,
  index: number,
  { augment, patches, seed, epoch }: Required<Omit<AugmentedOptions, "repeat">>,
  recordOf: (augmenter: Augmenter, length: number) => AugmentationRecord,
): Promise<AugmentedImage> {
  const parts = patches && fitPatches(patches, images).patches;
  const view = parts && trainingPatches(images, parts, seed);
  view?.begin(epoch);
  const set = view ?? images;
  checkIndex("augmented", index, set.length);
  const plan = planOfSet(augment, set.shape, images, parts);
  const size = featuresOf(set);
  const block = await allocate(
    layOut([
      ["augmentation", plan.layout.bytes],
      ["image", 4 * size],
    ]),
  );
  try {
    const augmenter = createAugmenter(plan, block.kernels, memoryIn(block, "augmentation"), seed);
    const pixels = block.floats("image");
    await set.prepare?.([index]);
    set.read(index, pixels, 0);
    const mask = set.maskLength > 0 ? new Uint8Array(set.maskLength) : null;
    if (mask) set.readMask(index, mask, 0);
    const record = recordOf(augmenter, set.length);
    augmenter.replay(record, block.address("image"));
    if (mask) augmenter.replayMask(record, mask, 0);
    return { pixels: pixels.slice(0, size), shape: set.shape, colours: plan.colours, mask, record };
  } finally {
    block.free();
  }
}
