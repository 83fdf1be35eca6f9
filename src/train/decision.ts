// How probabilities become decisions: what is asked for, and what was found on validation and frozen with the model.
import type { Task } from "./settings.ts";

/** What is chosen on the validation set when training, or refining, ends. JSON-safe. */
export interface DecisionOptions {
  /**
   * For two classes, the calibrated probability from which on the second one is the answer: 0.5, the default; "youden", the
   * one with the largest sensitivity + specificity; or the largest that reaches a wanted sensitivity.
   */
  readonly threshold?: 0.5 | "youden" | { readonly sensitivity: number };
  /** "fit", the default, finds the temperature that makes probabilities mean what they say; 1 leaves them as they are. */
  readonly temperature?: "fit" | 1;
}

/** DecisionOptions with nothing left open. */
export type DecisionSettings = Required<DecisionOptions>;

/** How a model's probabilities become decisions, frozen before the test set is opened. JSON-safe. */
export interface Decision {
  /** Probabilities are calibrated by it, as `calibrate` has it; 1 leaves them as they are. */
  readonly temperature: number;
  /** The calibrated probability from which on class 1 is the answer; null where the likeliest class is. Of masks each voxel's. */
  readonly threshold: number | null;
  /** How the threshold was found: "0.5", "youden", "sensitivity 0.95" and the like, or "likeliest". */
  readonly rule: string;
  /** What it comes to on the validation set that it was chosen on; left out where nothing was chosen. Of masks all voxels. */
  readonly validationValue?: {
    /** At the threshold; null where there is none, and for masks. */
    readonly sensitivity: number | null;
    readonly specificity: number | null;
    /** Mean of -log p(truth) with the temperature, and without. */
    readonly logLoss: number;
    readonly uncalibratedLogLoss: number;
  };
}

/**
 * Fills in the defaults.
 * @throws RangeError for a threshold or a temperature that is none, or a rule where there are not two classes.
 */
export function decisionSettings(asked: DecisionOptions | undefined, task: Task, classes: number): DecisionSettings {
  const { threshold = 0.5, temperature = "fit" } = asked ?? {};
  if (temperature !== "fit" && temperature !== 1)
    throw new RangeError(`decision temperature: expected "fit" or 1, got ${JSON.stringify(temperature)}`);
  const isRule =
    threshold === 0.5 ||
    threshold === "youden" ||
    (typeof threshold === "object" && threshold.sensitivity > 0 && threshold.sensitivity <= 1);
  if (!isRule)
    throw new RangeError(
      `decision threshold: expected 0.5, "youden" or a sensitivity above 0 and at most 1, got ${JSON.stringify(threshold)}`,
    );
  if (threshold !== 0.5 && (task !== "classification" || classes !== 2))
    throw new RangeError(
      `decision threshold: expected 0.5 where there are not two classes, got ${ruleOf(threshold)} for ` +
        `${task === "classification" ? `${classes} classes` : "masks"}. Leave it out: the likeliest class is the answer.`,
    );
  return Object.freeze({ threshold, temperature });
}

/** The threshold's rule in words. */
export function ruleOf(threshold: DecisionSettings["threshold"]): string {
  return typeof threshold === "object" ? `sensitivity ${threshold.sensitivity}` : `${threshold}`;
}

/** The decision that a model's file holds. @throws RangeError when it is none. */
export function decisionOfJson(value: unknown): Decision {
  const { temperature, threshold, rule } = (value ?? {}) as Record<keyof Decision, unknown>;
  const isPart = (part: unknown) => typeof part === "number" && part >= 0 && part <= 1;
  if (
    typeof temperature === "number" &&
    Number.isFinite(temperature) &&
    temperature > 0 &&
    (threshold === null || isPart(threshold)) &&
    typeof rule === "string"
  )
    return Object.freeze(value as Decision);
  throw new RangeError(`a decision with a temperature, a threshold and a rule, got ${JSON.stringify(value)}`);
}

/** Whether two models decide alike; none is alike none. */
export function isSameDecision(a: Decision | undefined, b: Decision | undefined): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

/** "temperature 1.31, threshold 0.42 (youden)". */
export function decisionTitle(decision: Decision | undefined): string {
  if (!decision) return "none";
  const { temperature, threshold, rule } = decision;
  return `temperature ${temperature}, ${threshold === null ? "the likeliest class" : `threshold ${threshold} (${rule})`}`;
}
