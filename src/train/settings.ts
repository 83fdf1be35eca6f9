// Every setting of a run, complete with its defaults: what training depends on, and what a study writes down.
import type { Augmentation } from "../data/augment.ts";
import { checkAugmentation } from "../data/augment-set.ts";
import { balancedClassWeights } from "../data/class-weights.ts";
import type { Dataset } from "../data/dataset.ts";
import { checkNormalization, fitNormalization } from "../data/normalization.ts";
import type { Normalization } from "../data/normalization.ts";
import { fitPatches } from "../data/patches.ts";
import type { Patches } from "../data/patches.ts";
import { samplingFor } from "../data/sampling.ts";
import type { Sampling } from "../data/sampling.ts";
import { dense, dropout, relu } from "../model/layers.ts";
import type { Layer } from "../model/layers.ts";
import { sigmoidDice, softmaxCrossEntropy } from "../model/loss.ts";
import type { Loss } from "../model/loss.ts";
import { network } from "../model/network.ts";
import type { Network } from "../model/network.ts";
import type { NumericMode } from "../wasm/modes.ts";
import { settledAverage } from "./average.ts";
import type { Average } from "./average.ts";
import { decisionSettings } from "./decision.ts";
import type { DecisionOptions, DecisionSettings } from "./decision.ts";
import { frozenLayers } from "./freeze.ts";
import type { Model } from "./model.ts";
import { adam } from "./optimizer.ts";
import type { Optimizer } from "./optimizer.ts";
import { regularization } from "./regularization.ts";
import type { Clipping, Regularization } from "./regularization.ts";
import { constantRate } from "./schedule.ts";
import type { Schedule } from "./schedule.ts";
import { checkBatchNorm, checkMixing, checkMonitor, checkOutputs, checkWhole, refuseBoth } from "./check-settings.ts";
import { checkValues } from "./check-values.ts";
import type { Monitor } from "./stopping.ts";
import { fittingTensors } from "./warm-start.ts";
import type { WarmStart } from "./warm-start.ts";

/** What the network is to say about an image: its class, or the class of each of its voxels. */
export type Task = "classification" | "segmentation";

/** How training runs. Everything has a default. */
export interface TrainOptions {
  /** By default hidden layers of 64 and 32 nodes with relu and dropout of 0.3, and an output layer that fits the data. */
  readonly network?: Network;
  /** `softmaxCrossEntropy()` for labels, `sigmoidDice()` for masks, whose foreground is often a small part. */
  readonly loss?: Loss;
  /**
   * What each class counts in the loss: "balanced" by the training set, as `balancedClassWeights` has it, or a weight a
   * class; null, the default, leaves the loss as it is. Only for softmaxCrossEntropy. They multiply the images' own weights.
   */
  readonly classWeights?: "balanced" | readonly number[] | null;
  /**
   * "shuffle", the default: an epoch takes every image once. "balanced": it draws as many with replacement, each class as
   * likely as the others; refused beside class weights, which would make up for rare classes twice. `{ weights }`, one an
   * image of the training set: it draws each image as likely as its share of their sum.
   */
  readonly sampling?: Sampling;
  /** `adam()` with its default learning rate of 0.001. */
  readonly optimizer?: Optimizer;
  /** Constant by default. A step of a schedule is an epoch. */
  readonly schedule?: Schedule;
  /** None by default. */
  readonly regularization?: Partial<Regularization>;
  /** An average of the weights that is evaluated and saved in their stead: `ema()` or `swa()`; none by default. */
  readonly average?: Average | null;
  /**
   * A model to begin from: its tensors are taken where name and shape are the same, the others drawn. Its scaling of pixels
   * is taken too, unless `normalization` says otherwise.
   */
  readonly from?: Model | null;
  /**
   * Layers that stay as they are, to the last bit, by name, title ("hidden 1") or number; none by default. Batch
   * normalisation among them goes by its running statistics.
   */
  readonly freeze?: readonly string[];
  /** None by default. */
  readonly clip?: Clipping | null;
  /**
   * How each image, and its mask with it, is changed anew in every epoch of training: `rotate(10)`, `deform()` and others,
   * all moves composed and resampled once. None by default. Figures are of the images as they are.
   */
  readonly augment?: readonly Augmentation[];
  /** At most this many passes over the training set; 60 by default. */
  readonly epochs?: number;
  /** Images per step; 32 by default. */
  readonly batchSize?: number;
  /** Batches whose gradients are summed before each update; 1 by default. */
  readonly accumulate?: number;
  /** Epochs without a better validation value before training stops; 10 by default, null never stops early. */
  readonly patience?: number | null;
  /** The validation figure by which the best epoch is chosen; "loss" by default. */
  readonly monitor?: Monitor;
  /** How probabilities become decisions: chosen on the validation set when a study's training or refining ends, then frozen. */
  readonly decision?: DecisionOptions;
  /**
   * Parts of images in place of whole ones, from `patches()`; null, the default, for whole images. A step then takes
   * `batchSize` patches, and an epoch `perImage` of each image.
   */
  readonly patches?: Patches | null;
  /**
   * How pixels are scaled, fitted on the training set alone; "pixelZScore" by default, "zScore" with patches. Or figures
   * that were fitted or are known beforehand: a study asks whose they are.
   */
  readonly normalization?: Normalization["kind"] | Normalization;
  /** Seed of weights, order and dropout; the study's by default. */
  readonly seed?: number;
  /**
   * `reproducible` by default: the same bits on every engine. `fast` multiplies and adds in one rounding where the engine
   * has relaxed SIMD, and is `reproducible` where it has not.
   */
  readonly numericMode?: NumericMode;
  /** Vectors of 256 bits where Node 24 or later has them: the same bits, faster; refused elsewhere. False by default. */
  readonly wide?: boolean;
}

/** TrainOptions with nothing left open. */
export interface TrainingSettings {
  readonly task: Task;
  readonly network: Network;
  readonly loss: Loss;
  readonly sampling: Sampling;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly regularization: Regularization;
  readonly augment: readonly Augmentation[];
  readonly average: Average | null;
  readonly from: WarmStart | null;
  readonly freeze: readonly string[];
  readonly clip: Clipping | null;
  readonly epochs: number;
  readonly batchSize: number;
  readonly accumulate: number;
  readonly patience: number | null;
  readonly monitor: Monitor;
  readonly decision: DecisionSettings;
  readonly patches: Patches | null;
  readonly normalization: Normalization;
  /** Whether the normalisation was given instead of fitted on the training set. */
  readonly normalizationGiven: boolean;
  readonly seed: number;
  readonly numericMode: NumericMode;
  readonly wide: boolean;
}

/** A dense network with relu after each hidden layer and, if asked, dropout behind it. */
export function hiddenLayers(sizes: readonly number[], dropoutRate = 0): readonly Layer[] {
  return sizes.flatMap((size) => [dense(size), relu(), ...(dropoutRate > 0 ? [dropout(dropoutRate)] : [])]);
}

/** The number of outputs that a task asks for of a network that sees patches, or whole images. @throws RangeError when they do not fit. */
export function outputsFor(task: Task, data: Dataset, patches: Patches | null = null): number {
  const voxels = patches ? fitPatches(patches, data).voxels : data.maskLength;
  return task === "classification" ? data.classes.length : data.maskClasses.length * voxels;
}

/**
 * The kind of normalisation that the options come to.
 * @throws RangeError for statistics by pixel of patches, whose pixels lie anywhere in an image.
 */
export function normalizationKindOf({ normalization, patches }: TrainOptions): Normalization["kind"] {
  const kind = typeof normalization === "object" ? normalization.kind : normalization;
  if (!patches) return kind ?? "pixelZScore";
  if (kind !== "pixelZScore") return kind ?? "zScore";
  throw new RangeError(
    "normalization: expected zScore, unit or none with patches, got pixelZScore: the pixels of a patch lie in another " +
      "place of the image each time, and have no mean of their own. Leave it out.",
  );
}

/**
 * Fills in defaults, fits the normalisation on the training set, and checks that network, loss and data agree.
 * @param normalization what was fitted already: by `prepareNormalization`, where not all images are in memory.
 * @throws RangeError that says what was expected and what to do.
 */
export function resolveTraining(
  asked: TrainOptions,
  train: Dataset,
  task: Task,
  seed: number,
  normalization?: Normalization,
): TrainingSettings {
  checkValues(asked);
  const options = withScaling(asked);
  const parts = options.patches ? fitPatches(options.patches, train) : null;
  const outputs = outputsFor(task, train, parts?.patches);
  const loss = weighted(
    options.loss ?? (task === "classification" ? softmaxCrossEntropy() : sigmoidDice()),
    options.classWeights ?? null,
    train,
  );
  const sampling = samplingFor(options.sampling ?? "shuffle", train);
  refuseBoth(sampling, loss);
  const layered = options.network ?? network([...hiddenLayers([64, 32], 0.3), dense(outputs)]);
  const fitted = layered.withInput(parts?.shape ?? train.shape);
  checkOutputs(fitted, loss, task, outputs);
  const scaling = normalizationKindOf(normalization ? { ...options, normalization } : options);
  const { average = null, from = null, freeze = [], augment = [] } = options;
  checkAugmentation(augment, train, options.patches);
  const given = typeof options.normalization === "object" ? options.normalization : null;
  if (given) checkNormalization(given, train);
  const { epochs = 60, batchSize = 32, accumulate = 1, patience = 10, monitor = "loss" } = options;
  checkWhole("epochs", epochs);
  checkWhole("batchSize", batchSize);
  checkWhole("accumulate", accumulate);
  if (patience !== null) checkWhole("patience", patience);
  const { numericMode = "reproducible" } = options;
  if (numericMode !== "reproducible" && numericMode !== "fast") {
    throw new RangeError(`numericMode: expected "reproducible" or "fast", got "${String(numericMode)}"`);
  }
  checkMonitor(monitor, task);
  const rows = Math.min(batchSize, train.length * (parts?.patches.perImage ?? 1));
  checkMixing(augment, rows);
  checkBatchNorm(fitted, frozenLayers(fitted, freeze), rows);
  return Object.freeze({
    task,
    network: fitted,
    loss,
    sampling,
    optimizer: options.optimizer ?? adam(),
    schedule: options.schedule ?? constantRate(),
    regularization: regularization(options.regularization),
    augment: Object.freeze([...augment]),
    average: average && settledAverage(average, epochs),
    from: from && {
      tensors: fittingTensors(fitted, from),
      weightsSha256: null,
    },
    freeze,
    clip: options.clip ?? null,
    epochs,
    batchSize: rows,
    accumulate,
    patience,
    monitor,
    decision: decisionSettings(options.decision, task, train.classes.length),
    patches: parts?.patches ?? null,
    normalization: normalization ?? given ?? fitNormalization(scaling, train),
    normalizationGiven: given !== null,
    seed: options.seed ?? seed,
    numericMode,
    wide: options.wide ?? false,
  });
}

/** The loss with the weights of the classes. */
function weighted(loss: Loss, classWeights: TrainOptions["classWeights"], train: Dataset): Loss {
  const given = classWeights ?? (loss.kind === "softmaxCrossEntropy" ? loss.classWeights : null);
  if (given === null) return loss;
  if (loss.kind !== "softmaxCrossEntropy") {
    throw new RangeError(
      `classWeights: expected the loss softmaxCrossEntropy, got ${loss.kind}. Leave the weights out.`,
    );
  }
  const weights = given === "balanced" ? balancedClassWeights(train) : given;
  if (weights.length !== train.classes.length) {
    throw new RangeError(
      `classWeights: expected ${train.classes.length} weights, one for each class, got ${weights.length}`,
    );
  }
  return softmaxCrossEntropy({ ...loss, classWeights: weights });
}

/** The options with the scaling of pixels that a warm start brings along, unless they have one. */
export function withScaling(options: TrainOptions): TrainOptions {
  const { from, normalization } = options;
  return from && normalization === undefined ? { ...options, normalization: from.normalization } : options;
}
