// What the settings of the command line mean as values of the library.
import * as voxgrad from "../index.ts";
import type {
  Average,
  Dataset,
  Layer,
  Loss,
  Model,
  Network,
  Optimizer,
  Patches,
  RefineOptions,
  Schedule,
  StudyOptions,
  Task,
  TrainOptions,
} from "../index.ts";
import { augmentationOf } from "./augment.ts";
import { thresholdOf } from "./decision-settings.ts";
import type { Settings } from "./settings.ts";
import { UsageError } from "./usage.ts";

/** How the study divides its data. */
export function studySettings(
  settings: Settings,
): Pick<StudyOptions, "seed" | "task" | "groupBy" | "ratios" | "leakage"> {
  const { seed, task, groupBy, ratios, leakage } = settings;
  return { seed, groupBy, ratios, leakage, ...(task === null ? {} : { task }) };
}

/** How the study is refined. */
export function refineSettings({ refineTrials, refineMinutes, refineFolds }: Settings): RefineOptions {
  return {
    ...(refineTrials === null ? {} : { trials: refineTrials }),
    seconds: refineMinutes === null ? null : 60 * refineMinutes,
    folds: refineFolds,
  };
}

/**
 * How the study trains.
 * @param train says how many outputs the network needs.
 * @param from the model that --from names.
 * @throws RangeError for augmentations or patches that the images cannot have.
 */
export function trainSettings(settings: Settings, train: Dataset, from: Model | null = null): TrainOptions {
  const { epochs, batch, accumulate, clipNorm, patience, monitor, normalization, l1, l2, numericMode, classWeights } =
    settings;
  const { maxNorm, decayBiases, freeze } = settings;
  const task = settings.task ?? (train.labels ? "classification" : "segmentation");
  const loss = lossOf(settings, task);
  const patches = patchesOf(settings);
  if (task === "classification" ? !train.labels : train.maskLength === 0) throw unanswered(task, train);
  const augment = settings.augment.map(augmentationOf);
  voxgrad.checkAugmentation(augment, train, patches);
  return {
    network: networkOf(settings, voxgrad.outputsFor(task, train, patches)),
    ...(loss === null ? {} : { loss }),
    classWeights,
    sampling: settings.sampling,
    optimizer: optimizerOf(settings),
    schedule: scheduleOf(settings),
    regularization: { l1, l2, maxNorm, biases: decayBiases },
    average: averageOf(settings),
    from,
    freeze,
    clip: clipNorm === null ? null : voxgrad.clipNorm(clipNorm),
    epochs,
    batchSize: batch,
    accumulate,
    patience,
    monitor,
    decision: { threshold: thresholdOf(settings.threshold), temperature: settings.temperature },
    patches,
    augment,
    // A model's own scaling of pixels comes with it, unless another is asked for.
    ...(from !== null && normalization === from.normalization.kind ? {} : { normalization }),
    numericMode,
    wide: settings.wide,
  };
}

/** Images that nobody said anything about, or something else than is asked for. */
function unanswered(task: Task, { labels }: Dataset): UsageError {
  if (task === "classification")
    return new UsageError(
      "--task classification: expected images with labels (a subfolder a class, a column label, train_labels), got none. " +
        "Add them, or leave --task out.",
    );
  return labels
    ? new UsageError("--task segmentation: expected images with masks (images/ and masks/, train_masks), got none. Add them, or leave --task out.") // prettier-ignore
    : new UsageError("DATA: expected images with labels (a subfolder a class, a column label, train_labels) or masks (images/ and masks/, train_masks), got images alone."); // prettier-ignore
}

/** Null for whole images. @throws UsageError when patches are missing, or go with no such scaling; RangeError when the stride does not fit the size. */
export function patchesOf({
  patches,
  patchStride,
  patchesPerImage,
  patchForeground,
  normalization,
}: Settings): Patches | null {
  if (patches === null) {
    if (patchStride === null && patchesPerImage === 1 && patchForeground === 0) return null;
    throw new UsageError(
      "--patch-stride, --patches-per-image, --patch-foreground: expected --patches beside them, such as --patches 32x32, got none",
    );
  }
  if (normalization === "pixelZScore") {
    throw new UsageError(
      "--normalization: expected zScore, unit or none with --patches, got pixelZScore: a pixel of a patch lies in another " +
        "place each time. Leave it out.",
    );
  }
  const stride = patchStride === null ? {} : { stride: patchStride };
  return voxgrad.patches({ size: patches, ...stride, perImage: patchesPerImage, foreground: patchForeground });
}

/** Dense layers, behind each hidden one what normalises if asked, the activation, dropout if asked; that on pixels first. */
function networkOf(settings: Settings, outputs: number): Network {
  const { hidden, activation, dropout, dropoutKind, inputDropout, spatialDropout, hiddenNorm } = settings;
  const noise = dropoutKind === "gaussian" ? voxgrad.gaussianDropout : voxgrad.dropout;
  const norms = { batch: voxgrad.batchNorm, layer: voxgrad.layerNorm };
  const layers = hidden.flatMap((size): Layer[] => [
    voxgrad.dense(size),
    ...(hiddenNorm === null ? [] : [norms[hiddenNorm]()]),
    voxgrad[activation](),
    ...(dropout > 0 ? [noise(dropout)] : []),
  ]);
  const onImage = [
    ...(spatialDropout > 0 ? [voxgrad.spatialDropout(spatialDropout)] : []),
    ...(inputDropout > 0 ? [noise(inputDropout)] : []),
  ];
  return voxgrad.network([...onImage, ...layers, voxgrad.dense(outputs)]);
}

function averageOf({ ema, swa }: Settings): Average | null {
  if (ema !== null && swa) throw new UsageError("expected --ema or --swa, got both");
  if (ema !== null) return voxgrad.ema({ decay: ema });
  return swa ? voxgrad.swa() : null;
}

/** @throws UsageError for smoothing of a loss that has none. */
function lossOf({ loss, labelSmoothing }: Settings, task: Task): Loss | null {
  if (labelSmoothing === 0) return loss === null ? null : voxgrad[loss]();
  const name = loss ?? (task === "classification" ? "softmaxCrossEntropy" : "sigmoidDice");
  if (name === "softmaxCrossEntropy" || name === "sigmoidCrossEntropy") return voxgrad[name]({ labelSmoothing });
  throw new UsageError(
    `--label-smoothing: expected the loss softmaxCrossEntropy or sigmoidCrossEntropy, got ${name}. Choose one with --loss, or leave the smoothing out.`,
  );
}

function optimizerOf({ optimizer, learningRate, weightDecay }: Settings): Optimizer {
  const given = {
    ...(learningRate === null ? {} : { learningRate }),
    ...(weightDecay === null ? {} : { weightDecay }),
  };
  switch (optimizer) {
    case "amsgrad":
      return voxgrad.adam({ ...given, amsgrad: true });
    case "adamW":
      return voxgrad.adamw(given);
    case "momentum":
      return voxgrad.sgd({ ...given, momentum: 0.9 });
    case "nesterov":
      return voxgrad.sgd({ ...given, momentum: 0.9, nesterov: true });
    default:
      return voxgrad[optimizer](given);
  }
}

/** Schedules as long as the run. */
function scheduleOf(settings: Settings): Schedule {
  const { schedule, epochs } = settings;
  switch (schedule) {
    case "constant":
      return voxgrad.constantRate();
    case "step":
      return voxgrad.stepDecay({ stepSize: Math.max(1, Math.ceil(epochs / 3)) });
    case "exponential":
      return voxgrad.exponentialDecay({ gamma: 0.95 });
    case "cosine":
      return voxgrad.cosineDecay({ maxSteps: epochs });
    case "oneCycle":
      return voxgrad.oneCycle({ maximum: optimizerOf(settings).learningRate, steps: epochs });
    case "reduceOnPlateau":
      return voxgrad.reduceOnPlateau({ patience: 3 });
  }
}
