// What a model comes to on each image of a set with truth, to compare models on the same images, and on draws of them.
import { createBreathe } from "../breathe.ts";
import { subset } from "../data/dataset.ts";
import type { Dataset } from "../data/dataset.ts";
import { macroRocAuc } from "../metrics/curves.ts";
import { resampledRocAuc } from "../metrics/resampling.ts";
import { evaluate } from "./evaluate.ts";
import { labelTally, maskTally, probabilityOf } from "./figures.ts";
import type { Model } from "./model.ts";
import { openModel } from "./predict.ts";
import type { Monitor } from "./stopping.ts";

/** The monitored figure of a model on any draw of a set's images, as `Epoch.validation` has it of all; null where undefined. */
export type FigureOf = (drawn: Int32Array) => number | null;

/**
 * @param judged one or more sets, each with the model that is judged on it; images are numbered through.
 */
export async function figureOf(
  judged: readonly { readonly model: Model; readonly set: Dataset }[],
  monitor: Monitor,
): Promise<FigureOf> {
  const parts: ImageOutcomes[] = [];
  for (const { model, set } of judged) parts.push(await outcomesOf(model, set, monitor));
  const join = (of: (part: ImageOutcomes) => Float64Array) => Float64Array.from(parts.flatMap((part) => [...of(part)]));
  const [values, weights] = [join((part) => part.values), join((part) => part.weights)];
  if (monitor !== "rocAuc") return (drawn) => weightedMean(values, weights, drawn);
  const labels = Int32Array.from(judged.flatMap(({ set }) => [...(set.labels ?? [])]));
  const classes = values.length / labels.length;
  if (classes === 2) {
    const scores = values.filter((_, i) => i % 2 === 1);
    return resampledRocAuc(labels, scores, weights);
  }
  return (drawn) => {
    const probabilities = Float64Array.from({ length: drawn.length * classes }, (_, i) => {
      return values[drawn[Math.floor(i / classes)] * classes + (i % classes)];
    });
    const chosen = (of: ArrayLike<number>) => Array.from(drawn, (image) => of[image]);
    return macroRocAuc(chosen(labels), probabilities, classes, chosen(weights)).value;
  };
}

interface ImageOutcomes {
  /** A value an image; for the area under the ROC curve (images, classes) probabilities. */
  readonly values: Float64Array;
  /** What each image counts in the mean; 0 where it has no value. */
  readonly weights: Float64Array;
}

async function outcomesOf(model: Model, set: Dataset, monitor: Monitor): Promise<ImageOutcomes> {
  const opened = await openModel(model, set.length);
  const { placed } = model.network;
  const { outputs } = placed[placed.length - 1];
  const classes = Math.max(2, outputs);
  const values = new Float64Array(monitor === "rocAuc" ? set.length * classes : set.length);
  const weights = Float64Array.from({ length: set.length }, (_, image) => (set.weights ? set.weights[image] : 1));
  /** Probabilities of an image. */
  const size = model.task === "segmentation" ? set.maskClasses.length * set.maskLength : outputs;
  const costs = { losses: new Float64Array(set.length), denominators: new Float64Array(set.length) };

  function see(image: number, row: number, probabilities: Float32Array): void {
    if (monitor === "rocAuc") {
      for (let k = 0; k < classes; k++) values[image * classes + k] = probabilityOf(probabilities, row, k, outputs);
    } else if (monitor !== "loss") {
      const one = subset(set, [image]);
      const tally = model.task === "segmentation" ? maskTally(one) : labelTally(one, outputs);
      tally.add(0, 1, probabilities.subarray(row * size, (row + 1) * size));
      const value = tally.figures(0, 1)[monitor];
      if (value === null || Number.isNaN(value)) weights[image] = 0;
      else values[image] = value;
    }
  }

  try {
    const seeAll = (first: number, rows: number, probabilities: Float32Array) => {
      for (let row = 0; row < rows; row++) see(first + row, row, probabilities);
    };
    await evaluate(opened, set, createBreathe(), seeAll, costs);
  } finally {
    opened.free();
  }
  if (monitor !== "loss") return { values, weights };
  // A loss that counts 0 is 0 of 0.
  const means = costs.losses.map((loss, image) =>
    costs.denominators[image] === 0 ? 0 : loss / costs.denominators[image],
  );
  return { values: means, weights: costs.denominators };
}

/** The mean over a draw's images that have a value. */
function weightedMean(values: Float64Array, weights: Float64Array, drawn: Int32Array): number | null {
  let sum = 0;
  let total = 0;
  for (const image of drawn) {
    sum += weights[image] * values[image];
    total += weights[image];
  }
  return total > 0 ? sum / total : null;
}
