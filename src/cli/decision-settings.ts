// The settings of how probabilities become decisions, chosen on the validation set when training ends.
import { setting } from "./setting.ts";
import type { Kind } from "./values.ts";

type Threshold = 0.5 | "youden" | `sensitivity:${number}`;

const isThreshold = (value: unknown): value is Threshold => {
  if (value === 0.5 || value === "youden") return true;
  const [, part] = /^sensitivity:(\d*\.?\d+)$/.exec(String(value)) ?? [];
  return part !== undefined && Number(part) > 0 && Number(part) <= 1;
};

const thresholds: Kind<Threshold> = {
  valueName: "RULE",
  expected: "0.5, youden, or sensitivity:X with X above 0 and at most 1",
  read: (text) => (Number(text) === 0.5 ? 0.5 : text),
  check: (value) => (isThreshold(value) ? value : undefined),
};

const temperatures: Kind<"fit" | 1> = {
  valueName: "NAME",
  expected: "fit or 1",
  read: (text) => (Number(text) === 1 ? 1 : text),
  check: (value) => (value === "fit" || value === 1 ? value : undefined),
};

export const decisionSettings = {
  threshold: setting(
    "--threshold",
    thresholds,
    0.5,
    "for two classes, the probability from which on the second is the answer, chosen on validation and frozen: 0.5, youden (sensitivity + specificity), or sensitivity:0.95 to reach that",
  ),
  temperature: setting(
    "--temperature",
    temperatures,
    "fit",
    "calibrates probabilities on validation by temperature scaling, frozen with the threshold; 1 leaves them as they are",
  ),
};

/** The rule as the library has it. */
export function thresholdOf(threshold: Threshold): 0.5 | "youden" | { readonly sensitivity: number } {
  if (threshold === 0.5 || threshold === "youden") return threshold;
  return { sensitivity: Number(threshold.slice("sensitivity:".length)) };
}
