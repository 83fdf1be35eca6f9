// The temperature and threshold that were frozen on the validation set, of models that have them.
import type { Model } from "../train/model.ts";

/** How probabilities become answers. */
export interface Decision {
  /** What outputs are divided by before they become probabilities. */
  readonly temperature: number;
  /** Of the second of two classes; null: the likeliest class. */
  readonly threshold: number | null;
  /** By what the threshold was chosen. */
  readonly rule: string;
}

export function decisionOf(model: Model): Decision | null {
  return (model as Model & { readonly decision?: Decision }).decision ?? null;
}

/** @throws RangeError for what is no decision about so many classes. */
export function checkedDecision(value: unknown, classes: number): Decision {
  const { temperature, threshold, rule } = (
    typeof value === "object" && value !== null ? value : {}
  ) as Partial<Decision>;
  const isThreshold = threshold === null || (Number.isFinite(threshold) && classes === 2);
  if (Number.isFinite(temperature) && Number(temperature) > 0 && isThreshold && typeof rule === "string") {
    return Object.freeze({ temperature: Number(temperature), threshold: threshold ?? null, rule });
  }
  throw new RangeError(`decision: expected a temperature above 0, a threshold for two classes or null, and a rule`);
}
