// voxgrad predict: a trained model goes over new images; probabilities of classes as a table, masks as arrays.
import type { Command } from "commander";
import { Option } from "commander";
import { openStudy, predict as predictAll, SealedTestSetError, withPositive } from "../index.ts";
import type { ClassPredictions, Dataset, DatasetSplit, MaskPredictions, Model } from "../index.ts";
import { folderStorage, saveFile, writeNpz } from "../io.ts";
import type { NpzArray } from "../io.ts";
import { command, limitOptions } from "./command.ts";
import type { Context } from "./command.ts";
import { limitsOf, readData } from "./data.ts";
import type { ByteFlags } from "./data.ts";
import { openModel } from "./model-file.ts";
import { done } from "./output.ts";
import type { OutputOptions } from "./output.ts";
import { moreDataOption, readSecondSet } from "./second-set.ts";
import { flagsOf, resolveSettings } from "./settings.ts";
import { UsageError } from "./usage.ts";

interface PredictFlags extends OutputOptions, ByteFlags, Readonly<Record<string, unknown>> {
  readonly out: string;
  readonly uncertainty?: number;
  readonly set?: "train" | "validation" | "test";
  readonly moreData?: string;
}

export function predict(): Command {
  const options = [
    new Option("--out <FILE>", "a .csv table, or .npz arrays (masks are always arrays)").makeOptionMandatory(),
    new Option(
      "--uncertainty <N>",
      "goes over each image N times with dropout on: the mean, and how far the N disagree",
    ).argParser(readSamples),
    new Option("--set <SET>", "which set of DATA, where it is divided").choices(["train", "validation", "test"]),
    moreDataOption(),
    ...limitOptions(),
    ...flagsOf("unreadable", "seed"),
  ];
  return command("predict", "what a trained network says about new images", options, act)
    .argument("<MODEL>", "the folder of a study, or a model.safetensors")
    .argument("<DATA>", "an .npz file or a folder with images, or one image; preprocessed as those of training were");
}

async function act({ output }: Context, flags: PredictFlags, from: string, path: string): Promise<number> {
  const extension = /\.(csv|npz)$/.exec(flags.out)?.[1];
  if (!extension) throw new UsageError(`--out: expected a file that ends in .csv or .npz, got ${flags.out}`);
  const { model, isSealed } = await openModel(from);
  if (model.task === "segmentation" && extension === "csv") {
    throw new UsageError(
      `--out: expected a file that ends in .npz, since this network predicts masks, got ${flags.out}`,
    );
  }
  const { unreadable, seed } = resolveSettings({ unreadable: flags["unreadable"], seed: flags["seed"] });
  const reading = { ...limitsOf(flags), preprocessing: model.preprocessing ?? [], unreadable };
  const data = await readData(path, reading);
  if (isSealed && !("train" in data)) {
    await refuseSealed(from, inOrderOf(model, data), await readSecondSet(folderStorage(from), flags.moreData, reading));
  }
  const set = chooseSet(data, flags, isSealed, path);
  const { uncertainty: samples } = flags;
  const predicted = await predictAll(model, set, samples === undefined ? {} : { samples, seed });
  await saveFile(
    flags.out,
    extension === "csv" ? tableOf(predicted as ClassPredictions, set.names) : await arraysOf(predicted, set),
  );
  const unlike = predicted.novelty?.unlike.reduce((count, bits) => count + (bits === 0 ? 0 : 1), 0) ?? null;
  output.result(
    `${set.length} ${set.length === 1 ? "image" : "images"} predicted: ${flags.out}${noveltyText(predicted, unlike, extension)}`,
    {
      file: flags.out,
      images: set.length,
      task: model.task,
      classes: model.task === "classification" ? model.classes : model.maskClasses,
      unlike,
    },
  );
  return done;
}

/** How many images are unlike the training set, and where it stands which. */
function noveltyText(
  { novelty }: ClassPredictions | MaskPredictions,
  unlike: number | null,
  extension: string | undefined,
): string {
  if (!novelty)
    return "\nWhether they are like the training images is not known: the model was saved without figures of them.";
  const measured = novelty.distances
    ? ""
    : " Looked at were shape and intensities alone: the network has no hidden layer.";
  if (unlike === 0) return `\nAll are like the training images.${measured}`;
  const [first] = novelty.reasons.filter((reason) => reason !== null);
  const place = extension === "csv" ? 'the column "unlike training"' : 'the array "unlike_training"';
  return (
    `\nMind: ${unlike} of ${novelty.unlike.length} ${unlike === 1 ? "is" : "are"} unlike the training images ` +
    `(${place} says which). What the network says of such an image is not to be relied on. The first: ${first}.${measured}`
  );
}

function chooseSet(data: Dataset | DatasetSplit, { set }: PredictFlags, isSealed: boolean, path: string): Dataset {
  if (!("train" in data)) {
    if (set === undefined) return data;
    throw new UsageError(`--set: expected DATA that is divided, got ${path}, which is one set. Leave --set out.`);
  }
  if (set === undefined) {
    throw new UsageError(`${path}: expected one set of images, got three. Say which: --set train, validation or test.`);
  }
  if (set === "test" && isSealed) {
    throw new SealedTestSetError(
      "the test set is sealed until voxgrad test reads it: looking at predictions of it first would fool the test.",
    );
  }
  return data[set];
}

/** @throws SealedTestSetError when these are the images that the study divided itself: its test set is among them. */
async function refuseSealed(directory: string, data: Dataset, moreData: Dataset | DatasetSplit | null): Promise<void> {
  const own = await openStudy({ storage: folderStorage(directory), data, moreData })
    .sets()
    .then(() => true, () => false); // prettier-ignore
  if (!own) return;
  throw new SealedTestSetError(
    "these are the study's own images, and its test set, which is sealed until voxgrad test reads it, is among them. " +
      "Test first, or predict other images.",
  );
}

/** The same images with two classes in a model's order: a study may look for the first. */
function inOrderOf({ classes }: Model, data: Dataset): Dataset {
  const [first, second] = data.classes;
  return classes.length === 2 && first === classes[1] && second === classes[0] ? withPositive(data, first) : data;
}

/** The number of samples. @throws UsageError when it is none. */
function readSamples(given: string): number {
  const samples = Number(given);
  if (Number.isSafeInteger(samples) && samples >= 2 && samples <= 65536) return samples;
  throw new UsageError(`--uncertainty: expected a whole number from 2 to 65536, got ${given}`);
}

/**
 * image,predicted,p(class),...: a line an image, by its file or its number; behind them what was frozen on the validation
 * set makes of them, how sure that is, if asked, and whether the image is unlike the training set, and why.
 */
function tableOf(said: ClassPredictions, names?: readonly string[]): Uint8Array {
  const { classes, predicted, uncertainty, novelty } = said;
  const n = predicted.length;
  const perClass = (title: string, values?: Float32Array): Column[] =>
    values
      ? classes.map((name, k) => [`${title}(${name})`, (image) => digits(values[image * classes.length + k])])
      : [];
  const single = (title: string, values?: Float32Array | null): Column[] =>
    values ? [[title, (image) => digits(values[image])]] : [];
  const columns: readonly Column[] = [
    ["image", (image) => names?.[image] ?? `${image}`],
    ["predicted", (image) => classes[predicted[image]]],
    ...perClass("p", said.probabilities),
    ...perClass("calibrated", said.calibrated),
    ...perClass("deviation", uncertainty?.deviation),
    ...single("entropy", uncertainty?.entropy),
    ...single("mutual information", uncertainty?.mutualInformation),
    ...single("distance", novelty?.distances),
    ...(novelty ? [["unlike training", (image: number) => novelty.reasons[image] ?? ""] as const] : []),
  ];
  const quote = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const line = (cell: (column: Column) => string) => columns.map((column) => quote(cell(column))).join(",");
  const lines = Array.from({ length: n }, (_, image) => line(([, cell]) => cell(image)));
  return new TextEncoder().encode([line(([title]) => title), ...lines].join("\n") + "\n");
}

/** A column's title, and what it says of an image. */
type Column = readonly [title: string, cell: (image: number) => string];

function digits(value: number): string {
  return value.toPrecision(7);
}

/** Arrays that `numpy.load` reads. */
function arraysOf(predicted: ClassPredictions | MaskPredictions, set: Dataset): Promise<Uint8Array> {
  const n = set.length;
  if (predicted.task === "classification") {
    const { probabilities, classes } = predicted;
    return writeNpz({
      probabilities: { shape: [n, classes.length], data: probabilities },
      predicted: { shape: [n], data: predicted.predicted },
      ...(predicted.calibrated ? { calibrated: { shape: [n, classes.length], data: predicted.calibrated } } : {}),
      ...doubtsOf(predicted, [n, classes.length], [n]),
      ...noveltyArrays(predicted),
    });
  }
  const { shape, masks, probabilities, calibrated, maskClasses } = predicted;
  return writeNpz({
    masks: { shape: [n, ...shape], data: isBytes(maskClasses) ? Uint8Array.from(masks) : masks },
    probabilities: { shape: [n, maskClasses.length, ...shape], data: probabilities },
    ...(calibrated ? { calibrated: { shape: [n, maskClasses.length, ...shape], data: calibrated } } : {}),
    ...doubtsOf(predicted, [n, maskClasses.length, ...shape], [n, maskClasses.length, ...shape]),
    ...noveltyArrays(predicted),
  });
}

/** unlike_training: 1 shape, 2 intensities, 4 distance, which add up; 0 for what is like the training images. */
function noveltyArrays({ novelty }: ClassPredictions | MaskPredictions): Readonly<Record<string, NpzArray>> {
  if (!novelty) return {};
  const shape = [novelty.unlike.length];
  return {
    ...(novelty.distances ? { distance: { shape, data: novelty.distances } } : {}),
    unlike_training: { shape, data: novelty.unlike },
  };
}

/** The arrays of uncertainty, where it was asked for. */
function doubtsOf(
  { uncertainty }: ClassPredictions | MaskPredictions,
  all: readonly number[],
  each: readonly number[],
): Readonly<Record<string, NpzArray>> {
  if (!uncertainty) return {};
  return {
    deviation: { shape: all, data: uncertainty.deviation },
    entropy: { shape: each, data: uncertainty.entropy },
    mutual_information: { shape: each, data: uncertainty.mutualInformation },
  };
}

function isBytes(values: readonly number[]): boolean {
  return values.every((value) => value >= 0 && value <= 255);
}
