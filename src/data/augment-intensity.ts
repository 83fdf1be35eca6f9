// Augmentations of intensities: plain frozen values.
import { between, checkProbability, frozen } from "./augment-check.ts";
import type { AugmentationOptions, IntensityAugmentation } from "./augment.ts";

/**
 * Adds to all intensities up to a part of the image's own range (largest less smallest), or takes as much away.
 *
 * @param amount 0 to 1; 0.1 by default.
 * @throws RangeError for another amount.
 * @example
 * ```ts
 * import { brightness } from "voxgrad";
 *
 * console.log(brightness(0.2, { probability: 0.5 }).kind); // brightness
 * ```
 */
export function brightness(amount = 0.1, { probability = 1 }: AugmentationOptions = {}): IntensityAugmentation {
  between("brightness", "an amount", amount, 0, 1);
  return frozen({ kind: "brightness", amount, probability: checkProbability("brightness", probability) });
}

/**
 * Spreads intensities about the image's mean by a factor of 1 / (1 + amount) to 1 + amount.
 *
 * @param amount 0 to 9; 0.2 by default.
 * @throws RangeError for another amount.
 * @example
 * ```ts
 * import { contrast } from "voxgrad";
 *
 * console.log(contrast(0.3).kind); // contrast
 * ```
 */
export function contrast(amount = 0.2, { probability = 1 }: AugmentationOptions = {}): IntensityAugmentation {
  between("contrast", "an amount", amount, 0, 9);
  return frozen({ kind: "contrast", amount, probability: checkProbability("contrast", probability) });
}

/**
 * Raises intensities, within the image's own range, to a power of 1 / (1 + amount) to 1 + amount: dark and light ends stay.
 *
 * @param amount 0 to 9; 0.3 by default.
 * @throws RangeError for another amount.
 * @example
 * ```ts
 * import { gamma } from "voxgrad";
 *
 * console.log(gamma(0.3).kind); // gamma
 * ```
 */
export function gamma(amount = 0.3, { probability = 1 }: AugmentationOptions = {}): IntensityAugmentation {
  between("gamma", "an amount", amount, 0, 9);
  return frozen({ kind: "gamma", amount, probability: checkProbability("gamma", probability) });
}

/**
 * Adds independent normal noise to every voxel, its standard deviation up to a part of the image's own range.
 *
 * @param amount 0 to 1; 0.05 by default.
 * @throws RangeError for another amount.
 * @example
 * ```ts
 * import { gaussianNoise } from "voxgrad";
 *
 * console.log(gaussianNoise(0.1).kind); // gaussianNoise
 * ```
 */
export function gaussianNoise(amount = 0.05, { probability = 1 }: AugmentationOptions = {}): IntensityAugmentation {
  between("gaussianNoise", "an amount", amount, 0, 1);
  return frozen({ kind: "gaussianNoise", amount, probability: checkProbability("gaussianNoise", probability) });
}

/**
 * Smooths with a Gaussian of a standard deviation of up to `sigma` voxels, or millimetres where `millimetres` is true and
 * the images' spacing is known. It reaches 4 deviations far, and repeats the edge beside the image.
 *
 * @param sigma 0 to 8; 1 by default.
 * @throws RangeError for another sigma.
 * @example
 * ```ts
 * import { blur } from "voxgrad";
 *
 * console.log(blur(0.7).kind); // blur
 * ```
 */
export function blur(
  sigma = 1,
  { probability = 1, millimetres = false }: AugmentationOptions & { readonly millimetres?: boolean } = {},
): IntensityAugmentation {
  between("blur", "a sigma", sigma, 0, 8);
  return frozen({ kind: "blur", sigma, millimetres, probability: checkProbability("blur", probability) });
}

/**
 * Multiplies with a smooth field, as the coil of an MRI scanner does: exp of a polynomial of degree 3 in the place, whose
 * coefficients are drawn up to `amount` either way.
 *
 * @param amount 0 to 1; 0.3 by default.
 * @throws RangeError for another amount.
 * @example
 * ```ts
 * import { biasField } from "voxgrad";
 *
 * console.log(biasField(0.2).kind); // biasField
 * ```
 */
export function biasField(amount = 0.3, { probability = 1 }: AugmentationOptions = {}): IntensityAugmentation {
  between("biasField", "an amount", amount, 0, 1);
  return frozen({ kind: "biasField", amount, probability: checkProbability("biasField", probability) });
}

/**
 * Blanks a box anywhere in the image, its sides up to a fraction of the image's, with the image's mean. Masks stay.
 * (DeVries & Taylor 2017)
 *
 * @param fraction 0 to 1; 0.3 by default.
 * @throws RangeError for another fraction.
 * @example
 * ```ts
 * import { cutout } from "voxgrad";
 *
 * console.log(cutout(0.25).kind); // cutout
 * ```
 */
export function cutout(fraction = 0.3, { probability = 1 }: AugmentationOptions = {}): IntensityAugmentation {
  between("cutout", "a fraction of the size", fraction, 0, 1);
  return frozen({ kind: "cutout", fraction, probability: checkProbability("cutout", probability) });
}
