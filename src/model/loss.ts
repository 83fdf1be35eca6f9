// Losses as plain frozen values, and the kernels that belong to each: what is wrong with a batch, as one number.
import type { CallableKernels } from "../wasm/calls.ts";
import type { Address, Kernels } from "../wasm/kernels.ts";

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

/** Where a loss finds its batch. */
export interface LossRegions {
  /** Outputs of the network, (rows, columns). */
  readonly outputs: Address;
  /** Class indexes, (rows) int32; 0 where softmaxCrossEntropy compares with parts of classes, which are the targets. */
  readonly labels: Address;
  /** Wanted values, (rows, columns). */
  readonly targets: Address;
  /** (columns), or 0 for none. */
  readonly classWeights: Address;
  /** What each image counts, (rows), or 0 where all count 1. */
  readonly imageWeights: Address;
  /** The images' losses times their weights, (rows). */
  readonly losses: Address;
}

/** Whether a loss compares with class indexes or with wanted values. */
export function truthOf(loss: Loss): "labels" | "targets" {
  return loss.kind === "softmaxCrossEntropy" ? "labels" : "targets";
}

/** Writes the images' losses, times their weights, and returns their sum: the total error of the batch. */
export function lossForward(
  kernels: CallableKernels,
  loss: Loss,
  at: LossRegions,
  rows: number,
  columns: number,
): number {
  const { losses, outputs, labels, targets, classWeights, imageWeights: weights } = at;
  switch (loss.kind) {
    case "softmaxCrossEntropy":
      if (labels === 0)
        return kernels.softCrossEntropyForward(losses, outputs, targets, classWeights, weights, rows, columns, loss.labelSmoothing); // prettier-ignore
      return kernels.softmaxCrossEntropyForward(
        losses,
        outputs,
        labels,
        classWeights,
        weights,
        rows,
        columns,
        loss.labelSmoothing,
      );
    case "sigmoidCrossEntropy": {
      const { positiveWeight, labelSmoothing } = loss;
      return kernels.sigmoidCrossEntropyForward(
        losses,
        outputs,
        targets,
        weights,
        rows,
        columns,
        positiveWeight,
        labelSmoothing,
      );
    }
    case "meanSquaredError":
      return kernels.squaredErrorForward(losses, outputs, targets, weights, rows, columns);
    case "meanAbsoluteError":
      return kernels.absoluteErrorForward(losses, outputs, targets, weights, rows, columns);
    case "huber":
      return kernels.huberForward(losses, outputs, targets, weights, rows, columns, loss.delta);
    case "sigmoidDice":
      return kernels.sigmoidDiceForward(losses, outputs, targets, weights, rows, columns, loss.smooth);
    case "sigmoidFocal":
      return kernels.sigmoidFocalForward(losses, outputs, targets, weights, rows, columns, loss.gamma);
  }
}

/**
 * Writes scale times the total error's gradient with respect to the outputs, (rows, columns), at `gradient`. Its first call
 * of a kernel is the one that takes the scale, as its last scalar.
 */
export function lossBackward(
  kernels: CallableKernels,
  loss: Loss,
  gradient: Address,
  at: LossRegions,
  rows: number,
  columns: number,
  scale: number,
): void {
  unweightedBackward(kernels, loss, gradient, at, rows, columns, scale);
  if (at.imageWeights !== 0) kernels.scaleRows(gradient, gradient, at.imageWeights, rows, columns);
}

function unweightedBackward(
  kernels: CallableKernels,
  loss: Loss,
  gradient: Address,
  at: LossRegions,
  rows: number,
  columns: number,
  scale: number,
): void {
  const { outputs: z, labels, targets, classWeights } = at;
  switch (loss.kind) {
    case "softmaxCrossEntropy": {
      const { labelSmoothing } = loss;
      if (labels === 0)
        return kernels.softCrossEntropyBackward(gradient, z, targets, classWeights, rows, columns, labelSmoothing, scale); // prettier-ignore
      return kernels.softmaxCrossEntropyBackward(
        gradient,
        z,
        labels,
        classWeights,
        rows,
        columns,
        labelSmoothing,
        scale,
      );
    }
    case "sigmoidCrossEntropy":
      return kernels.sigmoidCrossEntropyBackward(
        gradient,
        z,
        targets,
        rows,
        columns,
        loss.positiveWeight,
        loss.labelSmoothing,
        scale,
      );
    case "meanSquaredError":
      return kernels.squaredErrorBackward(gradient, z, targets, rows, columns, scale);
    case "meanAbsoluteError":
      return kernels.absoluteErrorBackward(gradient, z, targets, rows, columns, scale);
    case "huber":
      return kernels.huberBackward(gradient, z, targets, rows, columns, loss.delta, scale);
    case "sigmoidDice":
      return kernels.sigmoidDiceBackward(gradient, z, targets, rows, columns, loss.smooth, scale);
    case "sigmoidFocal":
      return kernels.sigmoidFocalBackward(gradient, z, targets, rows, columns, loss.gamma, scale);
  }
}

/** Writes what the outputs mean as probabilities, (rows, columns), at `probabilities`. */
export function lossProbabilities(
  kernels: Kernels,
  loss: Loss,
  probabilities: Address,
  outputs: Address,
  rows: number,
  columns: number,
): void {
  switch (loss.kind) {
    case "softmaxCrossEntropy":
      return kernels.softmaxForward(probabilities, outputs, rows, columns);
    case "sigmoidCrossEntropy":
    case "sigmoidDice":
    case "sigmoidFocal":
      return kernels.sigmoidForward(probabilities, outputs, rows * columns);
    case "meanSquaredError":
    case "meanAbsoluteError":
    case "huber":
      return kernels.clamp(probabilities, outputs, rows * columns, 0, 1);
  }
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
