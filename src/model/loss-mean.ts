// What the mean of a loss divides the total error by.
import type { Loss } from "./loss.ts";

/**
 * What "mean" divides the total error of a batch by, as PyTorch has it: the weights of the labels' classes for
 * softmaxCrossEntropy, the images for sigmoidDice, all outputs otherwise; each image as often as its weight says. Adds up
 * over batches; 0 where no image has a weight.
 *
 * @param weights what each image counts, (rows); null where all count 1.
 */
export function lossDenominator(
  loss: Loss,
  labels: Int32Array,
  rows: number,
  columns: number,
  weights: Float32Array | null = null,
): number {
  switch (loss.kind) {
    case "softmaxCrossEntropy": {
      const { classWeights } = loss;
      if (!classWeights) return weightOfImages(weights, rows);
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += classWeights[labels[row]] * (weights ? weights[row] : 1);
      return sum;
    }
    case "sigmoidDice":
      return weightOfImages(weights, rows);
    default:
      return weightOfImages(weights, rows) * columns;
  }
}

function weightOfImages(weights: Float32Array | null, rows: number): number {
  if (!weights) return rows;
  let sum = 0;
  for (let row = 0; row < rows; row++) sum += weights[row];
  return sum;
}
