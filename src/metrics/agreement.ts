// How far truth and prediction agree beyond what chance gives: Matthews' correlation and Cohen's kappa.
import type { Confusion } from "./classification.ts";
import type { Measure } from "./measure.ts";

/**
 * Matthews' correlation coefficient of any number of classes, from -1 to 1, 0 for guessing:
 * `(c s - sum t_k p_k) / sqrt((s^2 - sum t_k^2) (s^2 - sum p_k^2))`, c the right ones of s, t_k and p_k how often class k
 * is true and predicted (Matthews 1975; Gorodkin 2004). Null with a reason when truth or prediction knows one class only
 * (scikit-learn gives 0).
 *
 * @example
 * ```ts
 * import { confusionMatrix, matthews } from "voxgrad";
 *
 * console.log(matthews(confusionMatrix([0, 0, 1, 1], [0, 1, 1, 1], 2)).value); // 1 / sqrt(3)
 * ```
 */
export function matthews(confusion: Confusion): Measure {
  const { all, right, chance, truths, predictions } = marginsOf(confusion);
  if (all === 0) return { value: null, reason: "nothing was predicted" };
  if (truths.every((part) => part === 0 || part === all))
    return { value: null, reason: "the truth is the same everywhere" };
  if (predictions.every((part) => part === 0 || part === all))
    return { value: null, reason: "the prediction is the same everywhere" };
  const spread = (parts: readonly number[]) => all * all - parts.reduce((sum, part) => sum + part * part, 0);
  const value = (right * all - chance) / Math.sqrt(spread(truths) * spread(predictions));
  return { value: Math.max(-1, Math.min(1, value)) };
}

/**
 * Cohen's kappa: `(p_o - p_e) / (1 - p_e)`, p_o the part that agrees, p_e the part that would by chance, both sides keeping
 * their shares of the classes (Cohen 1960): 1 for agreement, 0 for chance. Null with a reason when chance alone would agree
 * everywhere (scikit-learn gives NaN).
 *
 * @example
 * ```ts
 * import { confusionMatrix, kappa } from "voxgrad";
 *
 * console.log(kappa(confusionMatrix([0, 0, 1, 1], [0, 1, 1, 1], 2)).value); // 0.5
 * ```
 */
export function kappa(confusion: Confusion): Measure {
  const { all, right, chance, truths, predictions } = marginsOf(confusion);
  if (all === 0) return { value: null, reason: "nothing was predicted" };
  if (truths.some((part, k) => part === all && predictions[k] === all))
    return { value: null, reason: "truth and prediction are the same single class: chance alone agrees everywhere" };
  return { value: (right * all - chance) / (all * all - chance) };
}

function marginsOf(confusion: Confusion) {
  const sum = (values: readonly number[]) => values.reduce((added, value) => added + value, 0);
  const truths = confusion.map(sum);
  const predictions = confusion.map((_, k) => sum(confusion.map((row) => row[k])));
  return {
    truths,
    predictions,
    all: sum(truths),
    right: sum(confusion.map((row, k) => row[k])),
    /** Sum of the products of both margins: all^2 times the agreement by chance. */
    chance: sum(truths.map((part, k) => part * predictions[k])),
  };
}
