// An augmenter over a memory of its own, for tests: images go in as arrays and come out as arrays.
import { planAugmentation } from "../../src/data/augment-plan.ts";
import type { AugmentPlan } from "../../src/data/augment-plan.ts";
import type { ImageAugmentation } from "../../src/data/augment.ts";
import { createAugmenter, memoryIn } from "../../src/data/augmenter.ts";
import type { Augmenter } from "../../src/data/augmenter.ts";
import type { AugmentationRecord } from "../../src/data/augment-record.ts";
import { layOut } from "../../src/wasm/layout.ts";
import { allocate } from "../../src/wasm/memory.ts";
import type { Block } from "../../src/wasm/memory.ts";

export interface Bound {
  readonly plan: AugmentPlan;
  readonly augmenter: Augmenter;
  readonly block: Block;
  image(pixels: ArrayLike<number>, index: number, epoch?: number): number[];
  mask(classes: ArrayLike<number>, index: number, epoch?: number): number[];
  replay(pixels: ArrayLike<number>, record: AugmentationRecord): number[];
  replayMask(classes: ArrayLike<number>, record: AugmentationRecord): number[];
}

export async function bind(
  list: readonly ImageAugmentation[],
  shape: readonly number[],
  { spacing = null, seed = 1 }: { readonly spacing?: readonly number[] | null; readonly seed?: number } = {},
): Promise<Bound> {
  const plan = planAugmentation(list, shape, spacing);
  const size = shape.reduce((a, b) => a * b, 1);
  const block = await allocate(
    layOut([
      ["augment", plan.layout.bytes],
      ["image", 4 * size],
    ]),
  );
  const augmenter = createAugmenter(plan, block.kernels, memoryIn(block, "augment"), seed);
  const floats = block.floats("image");
  const at = block.address("image");
  const run = (pixels: ArrayLike<number>, what: () => void) => {
    floats.set(pixels);
    what();
    return [...floats.subarray(0, size)];
  };
  const onMask = (classes: ArrayLike<number>, what: (mask: Uint8Array) => void) => {
    const mask = Uint8Array.from(classes);
    what(mask);
    return [...mask];
  };
  return {
    plan,
    augmenter,
    block,
    image(pixels, index, epoch = 1) {
      augmenter.begin(epoch);
      return run(pixels, () => augmenter.image(index, at));
    },
    mask(classes, index, epoch = 1) {
      augmenter.begin(epoch);
      return onMask(classes, (mask) => augmenter.mask(index, mask, 0));
    },
    replay: (pixels, record) => run(pixels, () => augmenter.replay(record, at)),
    replayMask: (classes, record) => onMask(classes, (mask) => augmenter.replayMask(record, mask, 0)),
  };
}

/** A record by hand: what a list does with these numbers. */
export function recordOf(list: readonly ImageAugmentation[], ...drawn: Record<string, number>[]): AugmentationRecord {
  return {
    seed: 1,
    epoch: 1,
    index: 0,
    applied: list.map(({ kind }, place) => ({ place, kind, drawn: drawn[place] })),
  };
}
