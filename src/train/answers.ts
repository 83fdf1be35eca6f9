// What becomes of probabilities once a decision was frozen on validation: calibrated ones, and a class for each image.
import { exp, log } from "../elementary.ts";
import type { Loss } from "../model/loss.ts";

/** What was chosen on the validation set before the test set was opened. JSON-safe. */
export interface Decision {
  /** What the outputs are divided by before they become probabilities: above 1 softens them. */
  readonly temperature: number;
  /** The calibrated probability of the second of two classes from which on it is answered; null: the likeliest class. */
  readonly threshold: number | null;
  /** By what the threshold was chosen, such as "0.5" or "youden". */
  readonly rule: string;
}

/**
 * What a model's file has, checked.
 * @throws RangeError when it is not what was written.
 */
export function decisionOfJson(value: unknown, classes: number): Decision {
  const { temperature, threshold, rule } = (value ?? {}) as Partial<Decision>;
  const isThreshold = threshold === null || (Number.isFinite(threshold) && classes === 2);
  if (Number.isFinite(temperature) && Number(temperature) > 0 && isThreshold && typeof rule === "string")
    return value as Decision;
  throw new RangeError(`a decision ("decision") of temperature ${temperature} and threshold ${threshold}`);
}

/** Whether the probabilities of an image's classes sum to 1, or each class has a yes and a no of its own. */
export function areExclusive(loss: Loss, outputs: number): boolean {
  return loss.kind === "softmaxCrossEntropy" || outputs === 1;
}

/**
 * q_k = p_k^(1/T) / sum_j p_j^(1/T), which is softmax(z / T) where p = softmax(z) (Guo et al. 2017, temperature scaling);
 * where classes do not exclude one another, q = p^(1/T) / (p^(1/T) + (1 - p)^(1/T)), which is sigmoid(z / T).
 *
 * @param probabilities (images, classes), row-major. @param temperature above 0: above 1 softens, 1 changes nothing.
 * @param exclusive whether the classes exclude one another: with softmax, or for two classes of a single output.
 * @throws RangeError for a temperature that is not above 0.
 */
export function calibrate(
  probabilities: Float32Array,
  classes: number,
  temperature: number,
  exclusive = true,
): Float32Array {
  if (!(Number.isFinite(temperature) && temperature > 0))
    throw new RangeError(`calibrate: expected a temperature above 0, got ${temperature}`);
  const calibrated = Float32Array.from(probabilities);
  if (temperature === 1) return calibrated;
  for (let at = 0; at < calibrated.length; at += exclusive ? classes : 1) {
    const own = exclusive
      ? Float64Array.from(probabilities.subarray(at, at + classes))
      : Float64Array.of(probabilities[at], 1 - probabilities[at]);
    const sharpened = sharpen(own, temperature);
    calibrated.set(exclusive ? sharpened : sharpened.subarray(0, 1), at);
  }
  return calibrated;
}

/** The largest becomes 1 before all are divided by their sum: nothing overflows, and 0 stays 0. */
function sharpen(row: Float64Array, temperature: number): Float64Array {
  const largest = row.reduce((most, p) => Math.max(most, p), 0);
  if (!(largest > 0)) return row;
  const raised = row.map((p) => (p > 0 ? exp((log(p) - log(largest)) / temperature) : 0));
  const sum = raised.reduce((all, p) => all + p, 0);
  return raised.map((p) => p / sum);
}

/**
 * The class of each image: of two, the second from the threshold on; without a threshold the likeliest, the first of equals.
 *
 * @param probabilities calibrated, (images, classes), row-major. @param threshold of the second of two classes, or null.
 * @throws RangeError for a threshold with more than two classes.
 */
export function answersOf(probabilities: Float32Array, classes: number, threshold: number | null): Int32Array {
  if (threshold !== null && classes !== 2)
    throw new RangeError(`answers: expected a threshold for two classes, got one for ${classes}`);
  return Int32Array.from({ length: probabilities.length / classes }, (_, image) => {
    const at = image * classes;
    if (threshold !== null) return probabilities[at + 1] >= threshold ? 1 : 0;
    let likeliest = 0;
    for (let k = 1; k < classes; k++) if (probabilities[at + k] > probabilities[at + likeliest]) likeliest = k;
    return likeliest;
  });
}
