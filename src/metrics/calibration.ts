// Calibration: a temperature that makes probabilities mean what they say.
import { exp, log } from "../elementary.ts";
import { checkSameLength } from "./measure.ts";
import { temperatureOf } from "./temperature.ts";
import { checkWeights } from "./weighted-ranks.ts";

/** The smallest normal float32: a probability of 0 is what a softmax could not tell from it. */
const leastProbability = 1.1754943508222875e-38;

/** 2^-23: float32 has nothing finer beside 1. */
const lastBit = 1.1920928955078125e-7;

/**
 * Probabilities at a temperature: p_k^(1/T) / sum_j p_j^(1/T), which is softmax(logits / T) where p = softmax(logits), and
 * sigmoid(logit / T) where there are two classes (Guo et al. 2017). Above 1 they move towards one another, below 1 apart; at
 * 1 they are left as they are. The likeliest class of an image stays the likeliest, also where the rounding to float32 would
 * make it equal to another.
 *
 * @param probabilities (images, classes), row-major, each row with the sum 1
 * @returns the same, (images, classes)
 * @throws RangeError when the temperature is no number above 0, or there are no whole rows
 * @example
 * ```ts
 * import { calibrate } from "voxgrad";
 *
 * console.log(calibrate(new Float32Array([0.1, 0.9]), 2, 2)); // 0.25, 0.75: the logit of 2.2 is halved
 * ```
 */
export function calibrate(probabilities: Float32Array, classes: number, temperature: number): Float32Array {
  if (!(temperature > 0) || temperature === Infinity)
    throw new RangeError(`temperature: expected a number above 0, got ${temperature}`);
  checkRows(probabilities, classes);
  const calibrated = probabilities.slice();
  if (temperature === 1) return calibrated;
  for (let at = 0; at < calibrated.length; at += classes) {
    const largest = likeliest(probabilities, at, classes);
    const top = log(Math.max(probabilities[at + largest], leastProbability));
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      const p = probabilities[at + k];
      // Unrounded until the sum is known: terms below float32's range count for nothing.
      sum += p > 0 ? exp((log(p) - top) / temperature) : 0;
    }
    for (let k = 0; k < classes; k++) {
      const p = probabilities[at + k];
      calibrated[at + k] = p > 0 && sum > 0 ? exp((log(p) - top) / temperature) / sum : 0;
    }
    // Two that differ may be rounded to one value: the smaller one gives way by a bit or two.
    const first = calibrated[at + largest];
    for (let k = 0; k < classes; k++) {
      if (calibrated[at + k] >= first && probabilities[at + k] < probabilities[at + largest])
        calibrated[at + k] = first - first * lastBit;
    }
  }
  return calibrated;
}

/**
 * The temperature at which the truth is likeliest: it minimises the weighted mean of -log p(truth). In 1/T that is convex,
 * so the zero of its slope is found by halving. Where the likeliest class is the true one of every image nothing speaks
 * against ever smaller temperatures, and it is not below 1.
 *
 * @param truth class index of each of n images
 * @param probabilities (n, classes), row-major, each row with the sum 1
 * @param weights what each image counts; all the same when left out
 * @param least what a probability of 0 is taken for: of a single sigmoid 2^-25, since 1 - p is rounded
 * @returns from 1/20 to 20
 * @throws RangeError when lengths differ, or an index is no class
 * @example
 * ```ts
 * import { fitTemperature } from "voxgrad";
 *
 * // It says 90 % and is right three times of four: 75 % would be right, and that takes half of the logit.
 * const said = new Float32Array([0.9, 0.1, 0.9, 0.1, 0.9, 0.1, 0.9, 0.1]);
 * console.log(fitTemperature([0, 0, 0, 1], said, 2).toFixed(3)); // 2.000
 * ```
 */
export function fitTemperature(
  truth: ArrayLike<number>,
  probabilities: Float32Array,
  classes: number,
  weights?: ArrayLike<number>,
  least = leastProbability,
): number {
  checkRows(probabilities, classes);
  checkSameLength("probabilities", truth.length * classes, probabilities.length);
  if (weights) checkWeights(truth.length, weights);
  const logits = Float64Array.from(probabilities, (p) => log(Math.max(p, least)));
  let isAllRight = true;
  for (let i = 0; i < truth.length; i++) {
    if (!Number.isInteger(truth[i]) || truth[i] < 0 || truth[i] >= classes)
      throw new RangeError(`truth: expected a class from 0 to ${classes - 1}, got ${truth[i]} of image ${i}`);
    if (likeliest(probabilities, i * classes, classes) !== truth[i]) isAllRight = false;
  }

  /** d/db of the sum of -log p(truth) at b = 1/T: sum w (E[z] - z_truth), the mean over softmax(b z). */
  function slope(b: number): number {
    let total = 0;
    for (let i = 0; i < truth.length; i++) {
      const at = i * classes;
      let top = logits[at];
      for (let k = 1; k < classes; k++) top = Math.max(top, logits[at + k]);
      let sum = 0;
      let mean = 0;
      for (let k = 0; k < classes; k++) {
        const part = exp(b * (logits[at + k] - top));
        sum += part;
        mean += part * logits[at + k];
      }
      total += (weights ? weights[i] : 1) * (mean / sum - logits[at + truth[i]]);
    }
    return total;
  }

  return temperatureOf(slope, isAllRight);
}

/** The first of equals. */
function likeliest(probabilities: Float32Array, at: number, classes: number): number {
  let largest = 0;
  for (let k = 1; k < classes; k++) if (probabilities[at + k] > probabilities[at + largest]) largest = k;
  return largest;
}

function checkRows(probabilities: Float32Array, classes: number): void {
  if (Number.isSafeInteger(classes) && classes >= 2 && probabilities.length % classes === 0) return;
  throw new RangeError(
    `probabilities: expected whole rows of at least two classes, got ${probabilities.length} values of ${classes}`,
  );
}
