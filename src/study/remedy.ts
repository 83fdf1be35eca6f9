// Remedies against overfitting, as plain values.
import { deform, rotate, scale, translate } from "../data/augment.ts";
import type { Augmentation } from "../data/augment.ts";
import { brightness, contrast, cutout, gaussianNoise } from "../data/augment-intensity.ts";
import { mixup } from "../data/mixing.ts";
import { ema } from "../train/average.ts";
import type { Average } from "../train/average.ts";

/** Changes to the settings of training that make overfitting harder. */
export interface Remedy {
  /** Dropout of this rate behind every hidden layer, in place of what is there. */
  readonly dropout?: number;
  readonly l1?: number;
  readonly l2?: number;
  /** The largest norm of each node's incoming weights. */
  readonly maxNorm?: number;
  /** Augmentation, in place of what is there. */
  readonly augment?: readonly Augmentation[];
  /** An average of the weights in their stead. */
  readonly average?: Average;
}

/** As much as positions of the same patient differ: turned by 10 degrees, moved by 5 %, scaled by 10 %. */
export const gentleAugmentation: readonly Augmentation[] = Object.freeze([rotate(10), translate(0.05), scale(0.1)]);

/**
 * As much as bodies, scanners and positions differ: turned by 20 degrees, moved by 10 %, scaled by 15 %, bent, brighter,
 * of more contrast, noisier. No flips: left is not right in every body.
 */
export const strongAugmentation: readonly Augmentation[] = Object.freeze([
  rotate(20),
  translate(0.1),
  scale(0.15),
  deform(),
  brightness(0.1),
  contrast(0.2),
  gaussianNoise(0.03),
]);

/** What is tried unless remedies are given, in this order; one that changes nothing, or that the images cannot have, is left out. */
export const defaultRemedies: readonly Remedy[] = Object.freeze(
  [
    { augment: gentleAugmentation },
    { augment: strongAugmentation },
    { augment: [cutout(0.3)] },
    { augment: [mixup(0.2)] },
    { dropout: 0.3 },
    { dropout: 0.5 },
    { l2: 1e-3 },
    { l2: 1e-2 },
    { average: ema({ decay: 0.99 }) },
    { augment: gentleAugmentation, dropout: 0.3 },
    { augment: strongAugmentation, dropout: 0.3 },
    { augment: gentleAugmentation, l2: 1e-3 },
    { augment: strongAugmentation, l2: 1e-3 },
    { augment: [mixup(0.2)], l2: 1e-3 },
    { augment: [cutout(0.3), mixup(0.2)], dropout: 0.5 },
    { dropout: 0.5, l2: 1e-3 },
    { augment: gentleAugmentation, average: ema({ decay: 0.99 }) },
    { augment: gentleAugmentation, dropout: 0.3, l2: 1e-3 },
    { dropout: 0.5, l2: 1e-3, average: ema({ decay: 0.99 }) },
    { augment: gentleAugmentation, dropout: 0.3, l2: 1e-3, average: ema({ decay: 0.99 }) },
  ].map((remedy) => Object.freeze(remedy)),
);
