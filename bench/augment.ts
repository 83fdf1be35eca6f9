// How long augmenting takes: a volume of 64^3, beside what it costs per voxel, and the article's batch beside its training step.
import { biasField, blur, brightness, contrast, cutout, gamma, gaussianNoise } from "../src/data/augment-intensity.ts";
import { deform, flip, rotate, scale, translate } from "../src/data/augment.ts";
import type { ImageAugmentation } from "../src/data/augment.ts";
import { bindVolumes } from "./augmented.ts";
import { ratio, time } from "./harness.ts";
import { bindTrainingStep, networks } from "./step.ts";

const all: Record<string, readonly ImageAugmentation[]> = {
  flip: [flip(["x", "y", "z"])],
  "brightness, contrast": [brightness(), contrast()],
  gamma: [gamma()],
  "bias field": [biasField()],
  noise: [gaussianNoise()],
  cutout: [cutout()],
  blur: [blur()],
  affine: [rotate(10), scale(0.1), translate(0.05)],
  "affine, deformation": [rotate(10), scale(0.1), translate(0.05), deform()],
};

/** Those that are named: `npm run bench -- augment affine`; all by default. */
const [wanted = ""] = process.argv.slice(2);
const lists = Object.fromEntries(Object.entries(all).filter(([name]) => name.includes(wanted)));

const [{ sizes, batch: images }] = networks;
const step = await bindTrainingStep(sizes, images, "reproducible");
for (const [name, list] of Object.entries(lists)) {
  const batch = await bindVolumes(list, [10, 10, 10], images);
  const [stepped, augmented] = time([
    { name: "step", run: step.run },
    { name, run: batch.run },
  ]);
  const share = ratio(augmented, stepped);
  console.log(
    `${name}: ${images} images of 10x10x10 ${(1000 * augmented.median).toFixed(1)} microseconds, ` +
      `${share.toFixed(2)} of a step of ${sizes.join("-")} (${(1000 * stepped.median).toFixed(1)})`,
  );
  batch.free();
}
for (const [name, list] of Object.entries(lists)) {
  const volume = await bindVolumes(list, [64, 64, 64], 1);
  const [{ median }] = time([{ name, run: volume.run }], { milliseconds: 20, warmUp: 300 });
  console.log(`${name}: 64x64x64 ${median.toFixed(3)} ms, ${(64 ** 3 / median / 1000).toFixed(0)} Mvoxel/s`);
  volume.free();
}
