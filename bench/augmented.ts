// Images in turn under a list of augmentations, to be timed.
import type { ImageAugmentation } from "../src/data/augment.ts";
import { planAugmentation } from "../src/data/augment-plan.ts";
import { createAugmenter, memoryIn } from "../src/data/augmenter.ts";
import { layOut } from "../src/wasm/layout.ts";
import { allocate } from "../src/wasm/memory.ts";

/** Augments `images` images of a shape in turn, as a batch; another batch at each call. */
export async function bindVolumes(list: readonly ImageAugmentation[], shape: readonly number[], images: number) {
  const plan = planAugmentation(list, shape);
  const size = shape.reduce((a, b) => a * b, 1);
  const block = await allocate(
    layOut([
      ["augment", plan.layout.bytes],
      ["originals", 4 * size * images],
      ["input", 4 * size * images],
    ]),
  );
  const augmenter = createAugmenter(plan, block.kernels, memoryIn(block, "augment"), 1);
  const originals = block.floats("originals");
  originals.forEach((_, i) => (originals[i] = ((i * 7919) % 1021) / 510 - 1));
  const input = block.address("input");
  const floats = block.floats("input");
  let next = 0;
  return {
    run: () => {
      floats.set(originals);
      for (let k = 0; k < images; k++) augmenter.image(next++ % 1000000, input + 4 * size * k);
    },
    free: () => {
      block.free();
    },
  };
}
