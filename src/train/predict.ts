// What a trained model says about images: probabilities of classes, or masks.
import type { Dataset } from "../data/dataset.ts";
import { requireDataset } from "../data/require-dataset.ts";
import { preprocessingTitle } from "../data/preprocessing.ts";
import { kindOf } from "../kind.ts";
import { calibrate } from "../metrics/calibration.ts";
import { calibrateVoxels } from "../metrics/mask-calibration.ts";
import { bindPass } from "../model/pass.ts";
import type { Network } from "../model/network.ts";
import { writeWeights } from "../model/weight-block.ts";
import { allocate } from "../wasm/memory.ts";
import { createBreathe } from "../breathe.ts";
import { forwardAll, patchGeometryOf } from "./evaluate.ts";
import type { Evaluator, Visit } from "./evaluate.ts";
import { bindFeed } from "./feed.ts";
import { maskClassAt, probabilityOf } from "./figures.ts";
import { answersOf } from "./answers.ts";
import type { Model } from "./model.ts";
import { noveltyOf } from "./novelty.ts";
import type { Novelty } from "./novelty.ts";
import { createObserver } from "./observe.ts";
import { checkSampling, sample } from "./uncertainty.ts";
import type { Reading, SamplingOptions, Uncertainty } from "./uncertainty.ts";

export interface Doubts {
  /** Where samples were asked for: how far they disagree. */
  readonly uncertainty?: Uncertainty;
  /** Where the model keeps what its training set was like: which images are unlike it. */
  readonly novelty?: Novelty;
}

/** Images' classes. */
export interface ClassPredictions extends Doubts {
  readonly task: "classification";
  readonly classes: readonly string[];
  /** (images, classes), row-major; each row sums to 1 for a network trained with softmax. */
  readonly probabilities: Float32Array;
  /** The same by the temperature that was frozen on the validation set; left out where none was. */
  readonly calibrated?: Float32Array;
  /**
   * The class index of each image: of two classes, by the threshold that was frozen on the validation set, where one was;
   * else the likeliest, the first of equals.
   */
  readonly predicted: Int32Array;
}

/** Images' masks. */
export interface MaskPredictions extends Doubts {
  readonly task: "segmentation";
  /** The shape of one image, slowest index first. */
  readonly shape: readonly number[];
  /** The mask value of each foreground class. */
  readonly maskClasses: readonly number[];
  /** (images, foreground classes, voxels), row-major. */
  readonly probabilities: Float32Array;
  /** The same by the temperature that was frozen on the validation set; left out where none was, or it is 1. */
  readonly calibrated?: Float32Array;
  /** (images, voxels): 0 for background, else one of maskClasses. */
  readonly masks: Float32Array;
}

/** A model with its memory, ready to go forward. Whoever opened it frees it. */
export interface OpenModel extends Evaluator {
  free(): void;
}

/** @param images how many are to go forward: a batch has no more rows than there are. @param masks whether dropout is to be drawn. */
export async function openModel(model: Model, images: number, masks = false): Promise<OpenModel> {
  const batchSize = model.patches ? 32 : Math.min(32, images);
  const block = await allocate(model.network.plan({ batchSize, training: false, masks }));
  writeWeights(model.network, model.weights, block.floats("parameters"));
  const pass = bindPass(model.network, block, false);
  const feed = bindFeed(block, model, pass.output);
  return { block, pass, feed, settings: { ...model, batchSize }, free: () => block.free() };
}

/**
 * Predicts a set; labels or masks of the set are not looked at. A model of patches goes over the covering grid of each
 * image, which may have another size than those of training.
 *
 * @param options with `samples`, each image goes forward so many times with dropout on (Monte-Carlo dropout, Gal &
 * Ghahramani 2016): the probabilities are the samples' mean, and `uncertainty` says how far the samples disagree. The
 * network needs a dropout layer for it, and must see whole images. The same `seed` gives the same bits.
 * @throws RangeError when the images have another shape than those the model was trained on (of patches: are smaller than
 * one), or are known to be preprocessed otherwise; when samples are asked of a network without dropout, or of patches.
 * @example
 * ```ts
 * import { phantoms, predict, study } from "voxgrad";
 *
 * const run = study({ data: phantoms({ count: 60, seed: 7 }), seed: 7 });
 * for await (const epoch of run.train({ epochs: 2 })) console.log(epoch.totalError);
 * const said = await predict(await run.model(), phantoms({ count: 5, seed: 8 }));
 * if (said.task === "classification") console.log(said.predicted.length); // 5
 * const drawn = await predict(await run.model(), phantoms({ count: 5, seed: 8 }), { samples: 50 });
 * console.log(drawn.uncertainty?.entropy); // of each image, in nats: at most ln 2 for two classes
 * ```
 */
export async function predict(
  model: Model,
  set: Dataset,
  options: SamplingOptions | Record<string, never> = {},
): Promise<ClassPredictions | MaskPredictions> {
  if (!(model as Partial<Model> | undefined)?.weights) {
    throw new TypeError(
      `predict: expected a model, such as await run.model() or loadModel(bytes), got ${kindOf(model)}`,
    );
  }
  requireDataset("predict", set);
  checkPreprocessing(model, set);
  const { network, patches } = model;
  if (patches) patchGeometryOf({ network, patches }, set);
  else checkInput(network, set);
  const sampling = isSampling(options) ? options : null;
  if (sampling) checkSampling(network, sampling);
  if (sampling && patches) {
    throw new RangeError(
      "predict: expected a network that sees whole images to draw samples from, got one of patches. Leave samples out.",
    );
  }
  const opened = await openModel(model, set.length, sampling !== null);
  try {
    return model.task === "classification"
      ? await predictClasses(model, opened, set, sampling)
      : await predictMasks(model, opened, set, sampling);
  } finally {
    opened.free();
  }
}

function isSampling(options: SamplingOptions | Record<string, never>): options is SamplingOptions {
  return (options as Partial<SamplingOptions>).samples !== undefined;
}

/** Images that were windowed or resampled otherwise would be predicted without a word, and wrongly. */
export function checkPreprocessing(model: Model, set: Dataset): void {
  if (!model.preprocessing || !set.preprocessing) return;
  const [wanted, got] = [model, set].map(({ preprocessing = [] }) => preprocessing.map(preprocessingTitle).join(", "));
  if (wanted === got) return;
  throw new RangeError(
    `predict: expected images preprocessed by ${wanted || "nothing"}, as those of training, got ${got || "nothing"}. ` +
      "Read them with { preprocessing: model.preprocessing }.",
  );
}

/** Probabilities (images, width), as `reading` finds them in a batch: of one way forward, or the mean of many. */
async function read(
  { familiar }: Model,
  opened: OpenModel,
  set: Dataset,
  sampling: SamplingOptions | null,
  reading: Reading,
): Promise<{ readonly probabilities: Float32Array } & Doubts> {
  const breathe = createBreathe();
  const observer = familiar ? createObserver(opened, set) : null;
  const novelty = () => (familiar && observer ? { novelty: noveltyOf(familiar, set, observer) } : {});
  if (sampling) {
    // What is familiar was seen with dropout off.
    if (observer) await forwardAll(opened, set, breathe, observer.visit, observer.see);
    return { ...(await sample(opened, set, sampling, reading, breathe)), ...novelty() };
  }
  const { width, at } = reading;
  const probabilities = new Float32Array(set.length * width);
  const visit: Visit = (first, rows, batch) => {
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < width; k++) probabilities[(first + row) * width + k] = at(batch, row, k);
    }
    observer?.visit(first, rows, batch);
  };
  await forwardAll(opened, set, breathe, visit, observer?.see);
  return { probabilities, ...novelty() };
}

async function predictClasses(
  model: Model,
  opened: OpenModel,
  set: Dataset,
  sampling: SamplingOptions | null,
): Promise<ClassPredictions> {
  const width = model.classes.length;
  const outputs = outputsOf(model);
  const at = (batch: Float32Array, row: number, k: number) => probabilityOf(batch, row, k, outputs);
  const said = await read(model, opened, set, sampling, { width, at, areExclusive: true });
  const { decision } = model;
  const calibrated = decision && calibrate(said.probabilities, width, decision.temperature);
  const predicted = answersOf(calibrated ?? said.probabilities, width, decision?.threshold ?? null);
  const answers = { predicted, ...(calibrated ? { calibrated } : {}) };
  return { task: "classification", classes: model.classes, ...answers, ...said };
}

async function predictMasks(
  model: Model,
  opened: OpenModel,
  set: Dataset,
  sampling: SamplingOptions | null,
): Promise<MaskPredictions> {
  const { maskClasses, network, patches } = model;
  const voxels = patches
    ? patchGeometryOf({ network, patches }, set).imageVoxels
    : outputsOf(model) / maskClasses.length;
  const width = voxels * maskClasses.length;
  const at = (batch: Float32Array, row: number, k: number) => batch[row * width + k];
  const said = await read(model, opened, set, sampling, { width, at, areExclusive: false });
  const masks = new Float32Array(set.length * voxels);
  for (let image = 0; image < set.length; image++) {
    for (let voxel = 0; voxel < voxels; voxel++) {
      const k = maskClassAt(said.probabilities, image, voxel, maskClasses.length, voxels);
      masks[image * voxels + voxel] = k === 0 ? 0 : maskClasses[k - 1];
    }
  }
  const { temperature = 1 } = model.decision ?? {};
  const calibrated = temperature === 1 ? {} : { calibrated: calibrateVoxels(said.probabilities, temperature) };
  return { task: "segmentation", shape: maskShape(set, voxels), maskClasses, masks, ...calibrated, ...said };
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

function checkInput(network: Network, { shape }: Dataset): void {
  const { input } = network;
  if (input === null || input.join() === shape.join()) return;
  throw new RangeError(
    `network: expected images of ${input.join("x")}, as those of training, got ${shape.join("x")}. Resize them, or train ` +
      "a network that is given a size for all images when they are read: resampleTo({ size }), --size.",
  );
}
