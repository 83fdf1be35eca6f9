// What a model comes to on each image of a set with truth, to compare models on the same images, and on draws of them.
import { createBreathe } from "../breathe.ts";
import { subset } from "../data/dataset.ts";
import type { Dataset } from "../data/dataset.ts";
import { macroRocAuc } from "../metrics/curves.ts";
import { resampledRocAuc } from "../metrics/resampling.ts";
import { evaluate } from "./evaluate.ts";
import { maskTally, probabilityOf } from "./figures.ts";
import type { Model } from "./model.ts";
import { openModel } from "./predict.ts";
import type { Monitor } from "./stopping.ts";

/** The monitored figure of a model on any draw of a set's images, as `Epoch.validation` has it of all; null where undefined. */
export type FigureOf = (drawn: Int32Array) => number | null;

/** @param sets one or more sets, each with the model that is to be judged on it; images are numbered through. */
export async function figureOf(
  judged: readonly { readonly model: Model; readonly set: Dataset }[],
  monitor: Monitor,
): Promise<FigureOf> {
  const parts: ImageOutcomes[] = [];
  for (const { model, set } of judged) parts.push(await outcomesOf(model, set, monitor));
  if (monitor !== "rocAuc") {
    const values = Float64Array.from(parts.flatMap((part) => Array.from(part.values)));
    return (drawn) => meanOf(values, drawn);
  }
  const labels = Int32Array.from(parts.flatMap((part) => Array.from(part.labels)));
  const scores = Float64Array.from(parts.flatMap((part) => Array.from(part.values)));
  const classes = scores.length / labels.length;
  if (classes === 2)
    return resampledRocAuc(
      labels,
      scores.filter((_, i) => i % 2 === 1),
    );
  return (drawn) =>
    macroRocAuc(
      Array.from(drawn, (image) => labels[image]),
      Float64Array.from({ length: drawn.length * classes }, (_, i) => {
        const image = drawn[Math.floor(i / classes)];
        return scores[image * classes + (i % classes)];
      }),
      classes,
    ).value;
}

interface ImageOutcomes {
  /** A value an image; for the area under the ROC curve (images, classes) probabilities. NaN where an image has none. */
  readonly values: Float64Array;
  readonly labels: Int32Array;
}

async function outcomesOf(model: Model, set: Dataset, monitor: Monitor): Promise<ImageOutcomes> {
  const labels = set.labels ?? new Int32Array(0);
  const opened = await openModel(model, Math.min(32, set.length));
  const { placed } = model.network;
  const { outputs } = placed[placed.length - 1];
  const classes = Math.max(2, outputs);
  const values = new Float64Array(monitor === "rocAuc" ? set.length * classes : set.length);
  const valueOf = (image: number, row: number, probabilities: Float32Array): number => {
    if (monitor === "loss") return opened.feed.losses[row];
    if (model.task === "segmentation") {
      const tally = maskTally(subset(set, [image]));
      tally.add(0, 1, probabilities.subarray(row * outputs, (row + 1) * outputs));
      const { accuracy, dice } = tally.figures(0, 1);
      return monitor === "dice" ? (dice ?? NaN) : accuracy;
    }
    let likeliest = 0;
    for (let k = 1; k < classes; k++)
      if (probabilityOf(probabilities, row, k, outputs) > probabilityOf(probabilities, row, likeliest, outputs))
        likeliest = k;
    return likeliest === labels[image] ? 1 : 0;
  };
  try {
    await evaluate(opened, set, createBreathe(), (first, rows, probabilities) => {
      for (let row = 0; row < rows; row++) {
        const image = first + row;
        if (monitor !== "rocAuc") values[image] = valueOf(image, row, probabilities);
        else
          for (let k = 0; k < classes; k++) values[image * classes + k] = probabilityOf(probabilities, row, k, outputs);
      }
    });
  } finally {
    opened.free();
  }
  return { values, labels };
}

/** The mean over the draw's images that have a value. */
function meanOf(values: Float64Array, drawn: Int32Array): number | null {
  let sum = 0;
  let count = 0;
  for (const image of drawn) {
    if (Number.isNaN(values[image])) continue;
    sum += values[image];
    count++;
  }
  return count > 0 ? sum / count : null;
}
