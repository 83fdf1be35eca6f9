// Losses as plain frozen values: what is wrong with a batch, as one number. Their kernels are called in loss-calls.ts.

/** What the images' losses are divided by: nothing, or what PyTorch's "mean" divides by (lossDenominator). */
export type Reduction = "mean" | "sum";

/** What every loss has. */
export interface WithReduction {
  readonly reduction: Reduction;
}

export interface SoftmaxCrossEntropy extends WithReduction {
  readonly kind: "softmaxCrossEntropy";
  /** One weight a class; null for all 1. */
  readonly classWeights: readonly number[] | null;
  /** The part of the truth that is spread over all classes. */
  readonly labelSmoothing: number;
}

export interface SigmoidCrossEntropy extends WithReduction {
  readonly kind: "sigmoidCrossEntropy";
  /** What a positive counts against a negative. */
  readonly positiveWeight: number;
  /** The part of the truth that is spread over yes and no: 1 becomes 1 - s / 2, and 0 becomes s / 2. */
  readonly labelSmoothing: number;
}

export type Loss =
  | SoftmaxCrossEntropy
  | SigmoidCrossEntropy
  | ({ readonly kind: "meanSquaredError" | "meanAbsoluteError" } & WithReduction)
  | ({ readonly kind: "huber"; readonly delta: number } & WithReduction)
  | ({ readonly kind: "sigmoidDice"; readonly smooth: number } & WithReduction)
  | ({ readonly kind: "sigmoidFocal"; readonly gamma: number } & WithReduction);

/** The loss of a kind. */
export type LossOf<K extends Loss["kind"]> = Extract<Loss, { kind: K }>;

/**
 * Cross-entropy of the softmax of the outputs against a label; the loss of classification.
 *
 * @throws RangeError when a weight is not above 0 or the smoothing not in [0, 1).
 * @example
 * ```ts
 * import { softmaxCrossEntropy } from "voxgrad";
 *
 * console.log(softmaxCrossEntropy({ labelSmoothing: 0.1 }).reduction); // "mean"
 * ```
 */
export function softmaxCrossEntropy(options: Partial<Omit<SoftmaxCrossEntropy, "kind">> = {}): SoftmaxCrossEntropy {
  const { classWeights = null, labelSmoothing = 0, reduction = "mean" } = options;
  checkSmoothing("softmaxCrossEntropy", labelSmoothing);
  classWeights?.forEach((weight, k) => above0("softmaxCrossEntropy", `the weight of class ${k}`, weight));
  const weights = classWeights ? Object.freeze([...classWeights]) : null;
  return frozen({ kind: "softmaxCrossEntropy", classWeights: weights, labelSmoothing, reduction });
}

/**
 * Cross-entropy of the sigmoid of each output against 0 or 1; the loss of masks, voxel by voxel.
 *
 * @throws RangeError when the positive weight is not above 0 or the smoothing not in [0, 1).
 */
export function sigmoidCrossEntropy(options: Partial<Omit<SigmoidCrossEntropy, "kind">> = {}): SigmoidCrossEntropy {
  const { positiveWeight = 1, labelSmoothing = 0, reduction = "mean" } = options;
  above0("sigmoidCrossEntropy", "positiveWeight", positiveWeight);
  checkSmoothing("sigmoidCrossEntropy", labelSmoothing);
  return frozen({ kind: "sigmoidCrossEntropy", positiveWeight, labelSmoothing, reduction });
}

/** Squared difference of outputs and targets. */
export function meanSquaredError({ reduction = "mean" }: Partial<WithReduction> = {}): LossOf<"meanSquaredError"> {
  return frozen({ kind: "meanSquaredError", reduction }) as LossOf<"meanSquaredError">;
}

/** Absolute difference of outputs and targets. */
export function meanAbsoluteError({ reduction = "mean" }: Partial<WithReduction> = {}): LossOf<"meanAbsoluteError"> {
  return frozen({ kind: "meanAbsoluteError", reduction }) as LossOf<"meanAbsoluteError">;
}

/** Squared up to a difference of `delta`, absolute beyond (Huber 1964). */
export function huber({ delta = 1, reduction = "mean" }: Partial<Omit<LossOf<"huber">, "kind">> = {}): LossOf<"huber"> {
  above0("huber", "delta", delta);
  return frozen({ kind: "huber", delta, reduction });
}

/** One minus the soft Dice overlap of each image's mask (Milletari et al. 2016); `smooth` keeps empty masks defined. */
export function sigmoidDice({
  smooth = 1,
  reduction = "mean",
}: Partial<Omit<LossOf<"sigmoidDice">, "kind">> = {}): LossOf<"sigmoidDice"> {
  above0("sigmoidDice", "smooth", smooth);
  return frozen({ kind: "sigmoidDice", smooth, reduction });
}

/** Cross-entropy times (1 - p(truth))^gamma, so that what is easy counts less (Lin et al. 2017, without alpha). */
export function sigmoidFocal({
  gamma = 2,
  reduction = "mean",
}: Partial<Omit<LossOf<"sigmoidFocal">, "kind">> = {}): LossOf<"sigmoidFocal"> {
  if (!(Number.isFinite(gamma) && gamma >= 0)) {
    throw new RangeError(`sigmoidFocal: expected gamma of at least 0, got ${gamma}`);
  }
  return frozen({ kind: "sigmoidFocal", gamma, reduction });
}

/** Whether a loss compares with class indexes or with wanted values. */
export function truthOf(loss: Loss): "labels" | "targets" {
  return loss.kind === "softmaxCrossEntropy" ? "labels" : "targets";
}

function frozen<T extends Loss>(loss: T): T {
  if (loss.reduction !== "mean" && loss.reduction !== "sum") {
    throw new RangeError(`${loss.kind}: expected reduction "mean" or "sum", got "${String(loss.reduction)}"`);
  }
  return Object.freeze(loss);
}

function checkSmoothing(loss: string, smoothing: number): void {
  if (smoothing >= 0 && smoothing < 1) return;
  throw new RangeError(`${loss}: expected label smoothing in [0, 1), got ${smoothing}`);
}

function above0(loss: string, name: string, value: number): void {
  if (!(Number.isFinite(value) && value > 0)) throw new RangeError(`${loss}: expected ${name} above 0, got ${value}`);
}
