import { describe, expect, it } from "vitest";
import { crop, deform, flip, rotate, scale, shear, stretch, translate } from "../../src/data/augment.ts";
import type { ImageAugmentation } from "../../src/data/augment.ts";
import {
  biasField, blur, brightness, contrast, cutout, gamma, gaussianNoise,
} from "../../src/data/augment-intensity.ts"; // prettier-ignore
import { planAugmentation } from "../../src/data/augment-plan.ts";
import { createAugmenter, memoryIn } from "../../src/data/augmenter.ts";
import { layOut } from "../../src/wasm/layout.ts";
import { allocate } from "../../src/wasm/memory.ts";

/** Lists, and how many fractions kernels are handed for an image: the engine may put each on the heap, 16 bytes, on its way. */
const lists: [string, readonly ImageAugmentation[], number][] = [
  ["flips", [flip(["x", "y", "z"])], 0],
  ["an affine map", [rotate(10), scale(0.1), translate(0.05)], 1],
  ["everything that moves", [rotate(10), scale(), translate(), crop(), stretch(), shear(), flip("x"), deform()], 1],
  ["all intensities", [brightness(), contrast(), gamma(), gaussianNoise(), blur(), biasField(), cutout()], 10],
];

const images = 400;

describe("augmenting an image", () => {
  it.each(lists)(
    "puts nothing on the heap, not even for a moment, but what the engine does with arguments: %s",
    async (_, list, fractions) => {
      const plan = planAugmentation(list, [6, 5, 4]);
      const block = await allocate(
        layOut([
          ["augment", plan.layout.bytes],
          ["image", 480],
        ]),
      );
      const augmenter = createAugmenter(plan, block.kernels, memoryIn(block, "augment"), 1);
      const image = block.address("image");
      const pixels = block.floats("image");
      pixels.forEach((_pixel, i) => (pixels[i] = ((i * 7919) % 1021) / 510 - 1));
      const run = (first: number) => {
        for (let i = 0; i < images; i++) augmenter.image(first + i, image);
      };
      // The engine compiles what runs often; until then it keeps numbers on the heap. Where less is in use, it was collected.
      let least = Infinity;
      for (let window = 0; window < 3000 && least > 16 * fractions * images; window++) {
        const before = process.memoryUsage().heapUsed;
        run((images * window) % 100_000);
        const grown = process.memoryUsage().heapUsed - before;
        if (grown >= 0) least = Math.min(least, grown);
      }
      expect(least / images).toBeLessThan(16 * fractions + 8);
      block.free();
    },
    60_000,
  );
});
