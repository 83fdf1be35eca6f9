// What a trained model says about images: probabilities of classes, or masks.
import type { Dataset } from "../data/dataset.ts";
import { preprocessingTitle } from "../data/preprocessing.ts";
import { bindPass } from "../model/pass.ts";
import { writeWeights } from "../model/weights.ts";
import { allocate } from "../wasm/memory.ts";
import { createBreathe } from "../breathe.ts";
import { forwardAll, patchGeometryOf } from "./evaluate.ts";
import type { Evaluator } from "./evaluate.ts";
import { bindFeed } from "./feed.ts";
import { maskClassAt, probabilityOf } from "./figures.ts";
import type { Model } from "./model.ts";

/** Images' classes. */
export interface ClassPredictions {
  readonly task: "classification";
  readonly classes: readonly string[];
  /** (images, classes), row-major; each row sums to 1 for a network trained with softmax. */
  readonly probabilities: Float32Array;
  /** The likeliest class index of each image. */
  readonly predicted: Int32Array;
}

/** Images' masks. */
export interface MaskPredictions {
  readonly task: "segmentation";
  /** The shape of one image, slowest index first. */
  readonly shape: readonly number[];
  /** The mask value of each foreground class. */
  readonly maskClasses: readonly number[];
  /** (images, foreground classes, voxels), row-major. */
  readonly probabilities: Float32Array;
  /** (images, voxels): 0 for background, else one of maskClasses. */
  readonly masks: Float32Array;
}

/** A model with its memory, ready to go forward. Whoever opened it frees it. */
export interface OpenModel extends Evaluator {
  free(): void;
}

/** @param images how many are to go forward: a batch has no more rows than there are. */
export async function openModel(model: Model, images: number): Promise<OpenModel> {
  const batchSize = model.patches ? 32 : Math.min(32, images);
  const block = await allocate(model.network.plan({ batchSize, training: false }));
  writeWeights(model.network, model.weights, block.floats("parameters"));
  const pass = bindPass(model.network, block, false);
  const feed = bindFeed(block, model, pass.output);
  return { block, pass, feed, settings: { ...model, batchSize }, free: () => block.free() };
}

/**
 * Predicts a set; labels or masks of the set are not looked at. A model of patches goes over the covering grid of each
 * image, which may have another size than those of training.
 *
 * @throws RangeError when the images have another shape than those the model was trained on (of patches: are smaller than
 * one), or are known to be preprocessed otherwise.
 * @example
 * ```ts
 * import { phantoms, predict, study } from "voxgrad";
 *
 * const run = study({ data: phantoms({ count: 60, seed: 7 }), seed: 7 });
 * for await (const epoch of run.train({ epochs: 2 })) console.log(epoch.totalError);
 * const said = await predict(await run.model(), phantoms({ count: 5, seed: 8 }));
 * if (said.task === "classification") console.log(said.predicted.length); // 5
 * ```
 */
export async function predict(model: Model, set: Dataset): Promise<ClassPredictions | MaskPredictions> {
  checkPreprocessing(model, set);
  const { network, patches } = model;
  if (patches) patchGeometryOf({ network, patches }, set);
  else network.withInput(set.shape);
  const opened = await openModel(model, set.length);
  try {
    return model.task === "classification"
      ? await predictClasses(model, opened, set)
      : await predictMasks(model, opened, set);
  } finally {
    opened.free();
  }
}

/** Images that were windowed or resampled otherwise would be predicted without a word, and wrongly. */
function checkPreprocessing(model: Model, set: Dataset): void {
  if (!model.preprocessing || !set.preprocessing) return;
  const [wanted, got] = [model, set].map(({ preprocessing = [] }) => preprocessing.map(preprocessingTitle).join(", "));
  if (wanted === got) return;
  throw new RangeError(
    `predict: expected images preprocessed by ${wanted || "nothing"}, as those of training, got ${got || "nothing"}. ` +
      "Read them with { preprocessing: model.preprocessing }.",
  );
}

async function predictClasses(model: Model, opened: OpenModel, set: Dataset): Promise<ClassPredictions> {
  const classes = model.classes.length;
  const outputs = outputsOf(model);
  const probabilities = new Float32Array(set.length * classes);
  const predicted = new Int32Array(set.length);
  await forwardAll(opened, set, createBreathe(), (first, rows, batch) => {
    for (let row = 0; row < rows; row++) {
      const at = (first + row) * classes;
      let likeliest = 0;
      for (let k = 0; k < classes; k++) {
        probabilities[at + k] = probabilityOf(batch, row, k, outputs);
        if (probabilities[at + k] > probabilities[at + likeliest]) likeliest = k;
      }
      predicted[first + row] = likeliest;
    }
  });
  return { task: "classification", classes: model.classes, probabilities, predicted };
}

async function predictMasks(model: Model, opened: OpenModel, set: Dataset): Promise<MaskPredictions> {
  const { maskClasses, network, patches } = model;
  const voxels = patches
    ? patchGeometryOf({ network, patches }, set).imageVoxels
    : outputsOf(model) / maskClasses.length;
  const outputs = voxels * maskClasses.length;
  const probabilities = new Float32Array(set.length * outputs);
  const masks = new Float32Array(set.length * voxels);
  await forwardAll(opened, set, createBreathe(), (first, rows, batch) => {
    probabilities.set(batch.subarray(0, rows * outputs), first * outputs);
    for (let row = 0; row < rows; row++) {
      for (let voxel = 0; voxel < voxels; voxel++) {
        const k = maskClassAt(batch, row, voxel, maskClasses.length, voxels);
        masks[(first + row) * voxels + voxel] = k === 0 ? 0 : maskClasses[k - 1];
      }
    }
  });
  return { task: "segmentation", shape: maskShape(set, voxels), maskClasses, probabilities, masks };
}

/** The image's shape without its colours. */
function maskShape(set: Dataset, voxels: number): readonly number[] {
  const all = set.shape.reduce((product, size) => product * size, 1);
  return all === voxels ? set.shape : set.shape.slice(0, -1);
}

function outputsOf(model: Model): number {
  const { placed } = model.network;
  return placed[placed.length - 1].outputs;
}
