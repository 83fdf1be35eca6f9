// The kernels that belong to each loss: what is wrong with a batch, as one number, and where it comes from.
import type { CallableKernels } from "../wasm/calls.ts";
import type { Address, Kernels } from "../wasm/kernels.ts";
import type { Loss } from "./loss.ts";

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
