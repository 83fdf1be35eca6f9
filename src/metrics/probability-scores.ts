// What probabilities are worth as such: the Brier score, the log loss and the expected calibration error.
import { log } from "../elementary.ts";
import { checkSameLength } from "./measure.ts";
import type { Measure } from "./measure.ts";
import { isProbability, reliabilityCurve } from "./reliability.ts";
import { checkWeights } from "./weighted-ranks.ts";

/** Probabilities are held to [clip, 1 - clip] before the logarithm: one certain mistake would make the log loss infinite. */
export const clip = 1e-7;

/** What an image adds to the log loss at most. */
export const largestLoss = -log(clip);

/**
 * Brier score, 0 being perfect: for two classes the mean of `(p_1 - y_1)^2` (scikit-learn's brier_score_loss, from 0 to 1),
 * for more the mean of the sum over the classes of `(p_k - y_k)^2` (Brier 1950, from 0 to 2).
 *
 * @param labels n class indexes
 * @param probabilities (n, classes), row-major
 * @param weights what each counts, finite and at least 0
 * @returns null with a reason when there is no image, or none with a weight
 * @throws RangeError when there are not n * classes probabilities, one is no number from 0 to 1, or a weight is none
 * @example
 * ```ts
 * import { brier } from "voxgrad";
 *
 * console.log(brier([0, 1], [0.9, 0.1, 0.4, 0.6], 2).value); // (0.1^2 + 0.4^2) / 2
 * ```
 */
export function brier(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
  weights?: ArrayLike<number>,
): Measure {
  return meanOver(brierOfImages(labels, probabilities, classes), weights);
}

/**
 * Log loss: the mean of `-ln p(true class)`, in nats; what guessing evenly costs is ln(classes). Probabilities are held to
 * [1e-7, 1 - 1e-7] (scikit-learn holds them to the machine epsilon).
 *
 * @param labels n class indexes
 * @param probabilities (n, classes), row-major
 * @param weights what each counts, finite and at least 0
 * @returns null with a reason when there is no image, or none with a weight
 * @throws RangeError when there are not n * classes probabilities, one is no number from 0 to 1, or a weight is none
 * @example
 * ```ts
 * import { logLoss } from "voxgrad";
 *
 * console.log(logLoss([0, 1], [0.5, 0.5, 0.5, 0.5], 2).value); // ln 2
 * ```
 */
export function logLoss(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
  weights?: ArrayLike<number>,
): Measure {
  return meanOver(logLossOfImages(labels, probabilities, classes), weights);
}

/**
 * Expected calibration error: how far probability and frequency are apart, over ten bins of equal width,
 * `sum over bins of (n_b / n) |share that is right - mean probability|` (Naeini et al. 2015). For two classes of the
 * probability of the second; for more, of the probability of the likeliest (Guo et al. 2017). Bins are [k/10, (k+1)/10),
 * the last one closed. It depends on the bins, and is above 0 even for perfect probabilities of few images.
 *
 * @param labels n class indexes
 * @param probabilities (n, classes), row-major
 * @param weights what each counts, finite and at least 0
 * @returns null with a reason when there is no image, or none with a weight
 * @throws RangeError when there are not n * classes probabilities, one is no number from 0 to 1, or a weight is none
 * @example
 * ```ts
 * import { expectedCalibrationError } from "voxgrad";
 *
 * console.log(expectedCalibrationError([0, 1], [0.8, 0.2, 0.3, 0.7], 2).value); // (0.2 + 0.3) / 2
 * ```
 */
export function expectedCalibrationError(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
  weights?: ArrayLike<number>,
): Measure {
  checkProbabilities(labels, probabilities, classes);
  const { hit, probability } = decidedBy(labels, probabilities, classes);
  const { count, share, meanProbability } = reliabilityCurve(hit, probability, weights);
  const all = count.reduce((sum, part) => sum + part, 0);
  if (!(all > 0)) return nothing(labels.length);
  return {
    value: count.reduce(
      (sum, part, b) => sum + (part / all) * Math.abs((share[b] ?? 0) - (meanProbability[b] ?? 0)),
      0,
    ),
  };
}

/** Whether the event came (0 or 1) and its probability: class 1 for two classes, else that the likeliest class is right. */
export function decidedBy(labels: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number) {
  const hit = new Uint8Array(labels.length);
  const probability = new Float64Array(labels.length);
  for (let i = 0; i < labels.length; i++) {
    let k = 1;
    if (classes !== 2) {
      k = 0;
      for (let j = 1; j < classes; j++) if (probabilities[i * classes + j] > probabilities[i * classes + k]) k = j;
    }
    hit[i] = labels[i] === k ? 1 : 0;
    probability[i] = probabilities[i * classes + k];
  }
  return { hit, probability };
}

/** What each image adds to the Brier score. */
export function brierOfImages(labels: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number) {
  checkProbabilities(labels, probabilities, classes);
  return Float64Array.from({ length: labels.length }, (_, i) => {
    let sum = 0;
    for (let k = classes === 2 ? 1 : 0; k < classes; k++) {
      const error = probabilities[i * classes + k] - (labels[i] === k ? 1 : 0);
      sum += error * error;
    }
    return sum;
  });
}

/** What each image adds to the log loss. */
export function logLossOfImages(labels: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number) {
  checkProbabilities(labels, probabilities, classes);
  return Float64Array.from({ length: labels.length }, (_, i) => {
    const p = probabilities[i * classes + labels[i]];
    return -log(Math.max(clip, Math.min(1 - clip, p)));
  });
}

function meanOver(values: Float64Array, weights?: ArrayLike<number>): Measure {
  if (weights) checkWeights(values.length, weights);
  let sum = 0;
  let all = 0;
  values.forEach((value, i) => {
    const weight = weights ? weights[i] : 1;
    sum += weight * value;
    all += weight;
  });
  return all > 0 ? { value: sum / all } : nothing(values.length);
}

function nothing(images: number): Measure {
  return { value: null, reason: images === 0 ? "there is no image" : "no image has a weight" };
}

function checkProbabilities(labels: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number): void {
  checkSameLength("probabilities", labels.length * classes, probabilities.length);
  for (let i = 0; i < labels.length; i++) {
    if (!(labels[i] >= 0 && labels[i] < classes && Number.isInteger(labels[i])))
      throw new RangeError(`labels: expected class indexes from 0 to ${classes - 1}, got ${labels[i]} at index ${i}.`);
  }
  for (let i = 0; i < probabilities.length; i++) {
    if (!isProbability(probabilities[i]))
      throw new RangeError(
        `probabilities: expected numbers from 0 to 1, got ${probabilities[i]} of image ${Math.floor(i / classes)}.`,
      );
  }
}
