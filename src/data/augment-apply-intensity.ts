// Applies what was drawn for an image's intensities, in the order of the list. Nothing here allocates from image to image.
import { expAt } from "../elementary.ts";
import { drawKinds } from "../random.ts";
import type { RandomStream } from "../random.ts";
import type { Address, Kernels } from "../wasm/kernels.ts";
import { drawnLength, mostAugmentations } from "./augment-drawn.ts";
import { offsetsOf } from "./augment-regions.ts";
import type { AugmentPlan } from "./augment-plan.ts";
import type { AugmentMemory } from "./augmenter.ts";

export interface IntensityChanger {
  apply(drawn: Float64Array, key: RandomStream, index: number, at: Address): void;
}

export function bindIntensity(
  plan: AugmentPlan,
  kernels: Kernels,
  { address, floats, doubles }: AugmentMemory,
): IntensityChanger {
  const { list, sizes, spacing, axes, colours } = plan;
  const [width, height, depth] = sizes;
  const features = width * height * depth * colours;
  const offset = offsetsOf(plan);
  const range = offset("range") / 4;
  const rangeAt = address + offset("range");
  const coefficients = offset("coefficients") / 8;
  const coefficientsAt = address + offset("coefficients");
  const weights = offset("weights") / 4;
  const weightsAt = address + offset("weights");
  const spare = address + offset("spare");
  const noise = address + offset("noise");
  /** Values of an axis's line before the axis: a line, a slice. */
  const inner = [colours, width * colours, width * height * colours];
  const outer = [depth * height, depth, 1];

  // Numbers that are handed over or returned may be put on the heap: they go by arrays.
  const density = new Float64Array(1);

  /** @param sigma where it stands in `drawn`. */
  function blurred(at: Address, drawn: Float64Array, sigma: number, inMillimetres: boolean): void {
    for (let axis = 0; axis < axes; axis++) {
      const deviation = inMillimetres ? drawn[sigma] / spacing[axis] : drawn[sigma];
      const radius = Math.floor(4 * deviation + 0.5);
      if (radius === 0) continue;
      let sum = 0;
      for (let k = -radius; k <= radius; k++) {
        density[0] = (-0.5 * k * k) / (deviation * deviation);
        expAt(density, 0);
        sum += density[0];
      }
      for (let k = -radius; k <= radius; k++) {
        density[0] = (-0.5 * k * k) / (deviation * deviation);
        expAt(density, 0);
        floats[weights + k + radius] = density[0] / sum;
      }
      kernels.blurAxisNearest(at, at, weightsAt, spare, outer[axis], sizes[axis], inner[axis], radius);
    }
  }

  function blanked(at: Address, drawn: Float64Array, first: number, value: number): void {
    const start = (axis: number) => Math.round(drawn[first + axis] * sizes[axis]);
    const end = (axis: number) => Math.round(drawn[first + 3 + axis] * sizes[axis]);
    kernels.fillBox(at, height, width, colours, start(2), end(2), start(1), end(1), start(0), end(0), value);
  }

  return {
    apply(drawn, key, index, at) {
      for (let place = 0; place < list.length; place++) {
        const first = place * drawnLength;
        if (drawn[first] === 0) continue;
        const augmentation = list[place];
        const value = drawn[first + 1];
        switch (augmentation.kind) {
          case "brightness":
            kernels.imageRange(rangeAt, at, features);
            kernels.linearIntensity(at, at, features, 1, value * (floats[range + 1] - floats[range]));
            break;
          case "contrast":
            kernels.imageRange(rangeAt, at, features);
            kernels.linearIntensity(at, at, features, value, (1 - value) * floats[range + 2]);
            break;
          case "gamma":
            kernels.imageRange(rangeAt, at, features);
            kernels.gammaIntensity(at, at, features, floats[range], floats[range + 1], value);
            break;
          case "gaussianNoise": {
            kernels.imageRange(rangeAt, at, features);
            const number = index * mostAugmentations + place;
            kernels.addNoise(at, at, noise, features, key.key[0], key.key[1], key.counter, drawKinds.noise, number, value * (floats[range + 1] - floats[range])); // prettier-ignore
            break;
          }
          case "blur":
            blurred(at, drawn, first + 1, augmentation.millimetres);
            break;
          case "biasField":
            for (let k = 0; k < 20; k++) doubles[coefficients + k] = drawn[first + 1 + k];
            kernels.biasField(at, at, coefficientsAt, depth, height, width, colours);
            break;
          case "cutout":
            kernels.imageRange(rangeAt, at, features);
            blanked(at, drawn, first + 1, floats[range + 2]);
            break;
          default:
            break;
        }
      }
    },
  };
}
