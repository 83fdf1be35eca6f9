// Has a trained model remember what is familiar to it: figures of its training set, kept beside its weights.
import { createBreathe } from "../breathe.ts";
import type { Dataset } from "../data/dataset.ts";
import { subset } from "../data/dataset.ts";
import { nearestDistances, spreadOf } from "./distance.ts";
import { forwardAll } from "./evaluate.ts";
import { encodeNumbers } from "./familiar.ts";
import type { FamiliarFeatures, FamiliarRange } from "./familiar.ts";
import type { TrainingSets } from "./fit.ts";
import type { Model } from "./model.ts";
import { noveltyOf } from "./novelty.ts";
import type { Novelty } from "./novelty.ts";
import { createObserver, hiddenLayer, intensityNames } from "./observe.ts";
import type { Observations } from "./observe.ts";
import { openModel } from "./predict.ts";

/** So many images tell what is familiar; of more, so many are taken, evenly apart. */
const mostImages = 10_000;

/** Part of the images that the limit leaves inside. */
const inside = 0.995;

/** How far beyond the training images' range an intensity may lie, as a part of that range, and of all intensities'. */
const ownMargin = 0.1;
const pixelMargin = 0.02;

/**
 * The model with what is familiar to it: figures of its training set, and of the validation set where the limit of the
 * distance is concerned, since a network knows its training images by heart. Its weights stay as they are. A study does
 * this when training or refining ends; `predict` then says which images are unlike those.
 *
 * @throws RangeError when the sets' images have another shape than the network was made for.
 * @example
 * ```ts
 * import { phantoms, predict, split, study, subset, withFamiliar } from "voxgrad";
 *
 * const data = phantoms({ count: 120, seed: 7 });
 * const { train, validation, test } = split(data, { seed: 7 });
 * const sets = { train: subset(data, train), validation: subset(data, validation) };
 * const run = study({ data: { ...sets, test: subset(data, test) }, seed: 7 });
 * for await (const epoch of run.train({ epochs: 2 })) console.log(epoch.totalError);
 * const model = await withFamiliar(await run.model(), sets); // as the study itself has done
 * const { novelty } = await predict(model, phantoms({ count: 5, seed: 10 }));
 * console.log(novelty?.reasons); // null for each that is like the training images
 * ```
 */
export async function withFamiliar(model: Model, { train, validation }: TrainingSets): Promise<Model> {
  const seen = evenly(train);
  const trained = await observe(model, seen);
  const ranges = intensityNames.map((_, k) => rangeOf(trained.intensities, k));
  const pixels = pixelMargin * (ranges[1][1] - ranges[0][0]);
  const widened = ranges.map(([low, high]): FamiliarRange => {
    const margin = Math.max(ownMargin * (high - low), pixels);
    return [low - margin, high + margin];
  });
  const [darkest, brightest, mean, deviation] = widened;
  const intensities = { darkest, brightest, mean, deviation };
  const held = trained.features ? (await observe(model, evenly(validation))).features : null;
  const features = featuresOf(model, seen, trained.features, held);
  return Object.freeze({ ...model, familiar: { shape: train.shape, intensities, features } });
}

/** Which images of a set are unlike the training set; null where the model does not know what that was like. */
export async function noveltyIn(model: Model, set: Dataset): Promise<Novelty | null> {
  return model.familiar ? noveltyOf(model.familiar, set, await observe(model, set)) : null;
}

function evenly(set: Dataset): Dataset {
  if (set.length <= mostImages) return set;
  return subset(
    set,
    Int32Array.from({ length: mostImages }, (_, i) => Math.floor((i * set.length) / mostImages)),
  );
}

async function observe(model: Model, set: Dataset): Promise<Observations> {
  const opened = await openModel(model, set.length);
  try {
    const observer = createObserver(opened, set);
    await forwardAll(opened, set, createBreathe(), observer.visit, observer.see);
    return observer;
  } finally {
    opened.free();
  }
}

function rangeOf(intensities: Float64Array, k: number): FamiliarRange {
  let low = Infinity;
  let high = -Infinity;
  for (let at = k; at < intensities.length; at += intensityNames.length) {
    low = Math.min(low, intensities[at]);
    high = Math.max(high, intensities[at]);
  }
  return [low, high];
}

function featuresOf(
  { network, task }: Model,
  { labels, length }: Dataset,
  trained: Float64Array | null,
  held: Float64Array | null,
): FamiliarFeatures | null {
  const hidden = hiddenLayer(network);
  if (!hidden || !trained || !held) return null;
  const groups = task === "classification" && labels ? labels : new Int32Array(length);
  const spread = spreadOf(trained, hidden.outputs, groups);
  if (!spread) return null;
  const { width, covariance, means, factor } = spread;
  const limit = Math.max(percentile(nearestDistances(trained, spread)), percentile(nearestDistances(held, spread)));
  if (!(Number.isFinite(limit) && limit > 0)) return null;
  const numbers = { means: encodeNumbers(means), factor: encodeNumbers(factor) };
  return { layer: hidden.title, width, covariance, ...numbers, limit };
}

/** The smallest of the distances that 99.5 % of another image's would lie within; of few, the largest. */
function percentile(distances: Float64Array): number {
  return distances.toSorted()[limitRank(distances.length) - 1];
}

/** Of so many images in order of their distance, from 1, the one whose distance is the limit. */
export function limitRank(images: number): number {
  const looked = Math.min(images, mostImages);
  return Math.min(looked, Math.ceil(inside * (looked + 1)));
}
