// What a step's gradients are divided by: nothing, or what the mean of the loss over its images divides by.
import { fillLabels, fillWeights } from "../data/batch.ts";
import type { Dataset } from "../data/dataset.ts";
import { lossDenominator } from "../model/loss-mean.ts";
import type { Feed } from "./feed.ts";
import type { Mixing } from "./mixing.ts";
import type { TrainingSettings } from "./settings.ts";

/** Of the images order[first .. first + rows], in batches. */
export function bindDenominator(
  { loss, task, batchSize, network }: TrainingSettings,
  train: Dataset,
  feed: Feed,
  mixing: Mixing | null,
): (order: Int32Array, first: number, rows: number) => number {
  const outputs = network.placed[network.placed.length - 1].outputs;
  return (order, first, rows) => {
    if (loss.reduction === "sum") return 1;
    let denominator = 0;
    for (let at = 0; at < rows; at += batchSize) {
      const count = Math.min(batchSize, rows - at);
      if (task === "classification") fillLabels(train, order, first + at, count, feed.labels);
      fillWeights(train, order, first + at, count, feed.weights);
      denominator += mixing
        ? mixing.denominator(first + at, count)
        : lossDenominator(loss, feed.labels, count, outputs, feed.weights);
    }
    // Where no image of the step counts, its gradients are 0 whatever they are divided by.
    return denominator > 0 ? denominator : 1;
  };
}
