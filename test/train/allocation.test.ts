import { describe, expect, it } from "vitest";
import { crop, deform, flip, rotate, scale, shear, stretch, translate } from "../../src/data/augment.ts";
import {
  biasField,
  blur,
  brightness,
  contrast,
  cutout,
  gamma,
  gaussianNoise,
} from "../../src/data/augment-intensity.ts";
import { cutmix, mixup } from "../../src/data/mixing.ts";
import { patches } from "../../src/data/patches.ts";
import { dense, dropout, gaussianDropout, relu, spatialDropout } from "../../src/model/layers.ts";
import { sigmoidDice } from "../../src/model/loss.ts";
import { network } from "../../src/model/network.ts";
import { batchNorm, layerNorm } from "../../src/model/normalization-layers.ts";
import { ema } from "../../src/train/average.ts";
import { adam, adamw, gradientDescent, nadam, rmsprop, sgd } from "../../src/train/optimizer.ts";
import { clipNorm } from "../../src/train/regularization.ts";
import type { Task, TrainOptions } from "../../src/train/settings.ts";
import { start } from "./toy.ts";
import type { ToyOptions } from "./toy.ts";

const layers = [dense(16), relu(), dropout(0.3), dense(8), relu(), dropout(0.2), dense(2)];

const noisy = [spatialDropout(0.1), dense(16), batchNorm(), relu(), gaussianDropout(0.3), dense(8), layerNorm(), relu(), dense(2)]; // prettier-ignore

const everything = [
  rotate(10), scale(0.1), translate(0.1), crop(0.1), stretch(), shear(), flip(["x", "y"]), deform(),
  brightness(), contrast(), gamma(), gaussianNoise(), blur(1), biasField(), cutout(),
]; // prettier-ignore

const settings: [string, TrainOptions, Task, ToyOptions?][] = [
  ["adam, dropout, penalties and clipping", { optimizer: adam(), network: network(layers), regularization: { l1: 1e-4, l2: 1e-3 }, clip: clipNorm(1) }, "classification"],
  ["sgd with momentum, accumulating 3 batches", { optimizer: sgd({ momentum: 0.9 }), network: network(layers), accumulate: 3 }, "classification"],
  ["full-batch gradient descent", { optimizer: gradientDescent() }, "classification"],
  ["nadam on masks with soft Dice", { optimizer: nadam(), network: network([dense(8), relu(), dense(9)]), loss: sigmoidDice() }, "segmentation"],
  ["patches of masks, half of them by the foreground", { patches: patches({ size: 2, foreground: 0.5 }), network: network([dense(8), relu(), dense(4)]) }, "segmentation"],
  ["normalisation, every noise, max-norm and a moving average", { optimizer: adamw(), network: network(noisy), regularization: { maxNorm: 3 }, average: ema() }, "classification"],
  ["images with weights, accumulating 2 batches", { optimizer: adam(), accumulate: 2 }, "classification", { weights: (i) => (i % 5) / 2 }],
  ["images drawn by class", { optimizer: adam(), sampling: "balanced" }, "classification"],
  ["augmented images: an affine map, a deformation, intensities, noise, blur", { augment: everything }, "classification", { shape: [6, 5] }],
  ["augmented images and masks, drawn by class", { augment: everything, sampling: "balanced", network: network([dense(8), relu(), dense(30)]) }, "segmentation", { shape: [6, 5] }],
  ["images mixed up and cut, with class weights", { augment: [mixup(), cutmix()], classWeights: [1, 2] }, "classification", { shape: [6, 5], weights: (i) => (i % 5) / 2 }],
  ["masks mixed up and cut, augmented before", { augment: [rotate(), mixup(), cutmix()], network: network([dense(8), relu(), dense(30)]) }, "segmentation", { shape: [6, 5] }],
  ["flipped images and masks", { augment: [flip("x"), cutout()], network: network([dense(8), relu(), dense(30)]) }, "segmentation", { shape: [6, 5] }],
  ["centered rmsprop", { optimizer: rmsprop({ centered: true, momentum: 0.5 }) }, "classification"],
]; // prettier-ignore

/** Bytes in use once everything that can be collected is. */
function bytesInUse() {
  if (!globalThis.gc) throw new TypeError("this test needs node --expose-gc, as vitest.config.ts sets it");
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return { heapUsed, external, arrayBuffers };
}

/** Windows of a thousand steps that are measured: what stays of every step grows in each of them. */
const windows = 6;
const measured = 1000 * windows + 10;

describe("a training step", () => {
  it.each(settings)(
    "allocates nothing that stays: %s leaves heap (to 64 bytes a step) and array buffers after 1,000 steps as after 10",
    async (_name, options, task, set) => {
      const isWhole = options.optimizer?.kind === "gradientDescent";
      const batchesPerStep = options.accumulate ?? 1;
      // One epoch of all the steps; a whole pass is one step of gradient descent, so there as many epochs.
      const count = isWhole ? 12 : measured * 4 * batchesPerStep;
      // The engine compiles what runs often, and keeps that: first all of it runs once.
      const first = await start({ batchSize: 4, ...options }, { count, task, set });
      for (let steps = 0; steps < measured;) await first.epoch(undefined, () => void steps++);
      first.free();
      const fit = await start({ batchSize: 4, ...options }, { count, task, set });
      const seen: ReturnType<typeof bytesInUse>[] = [];
      let steps = 0;
      const onStep = () => {
        steps++;
        if (steps % 1000 === 10) seen.push(bytesInUse());
      };
      while (steps < measured) await fit.epoch(undefined, onStep);
      fit.free();
      // The epochs' figures are kept: about 450 bytes each.
      const allowed = 64000 + (isWhole ? 1000 * 600 : 0);
      // What the engine compiles in the background, or what runs the tests keeps, grows in some of them.
      const growth = (of: keyof (typeof seen)[0]) =>
        Math.min(...seen.slice(1).map((after, window) => after[of] - seen[window][of]));
      expect(growth("heapUsed")).toBeLessThan(allowed);
      expect(growth("arrayBuffers")).toBeLessThanOrEqual(0);
      expect(growth("external")).toBeLessThan(64000);
    },
  );

  it("works in the memory that was reserved: 1,000 steps leave its buffer in place, as large as the plan says", async () => {
    const fit = await start({ batchSize: 4, optimizer: adam() }, { count: 4000 });
    const before = fit.state().tensors;
    await fit.epoch();
    expect(fit.bytes).toBe(fit.settings.network.plan({ batchSize: 4, state: ["m", "v"] }).bytes);
    // A view that was made before a growth of the memory would be empty now.
    for (const [name, tensor] of fit.state().tensors) expect(tensor.length, name).toBe(before.get(name)!.length);
    fit.free();
  });
});
