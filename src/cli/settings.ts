// The settings of a study: one table for the flags, the configuration file, their defaults, checks and help.
import { Option } from "commander";
import { augmentations } from "./augment.ts";
import { decisionSettings } from "./decision-settings.ts";
import { readingSettings } from "./reading-settings.ts";
import { refiningSettings } from "./refining-settings.ts";
import { regularizationSettings } from "./regularization-settings.ts";
import { setting } from "./setting.ts";
import type { Setting } from "./setting.ts";
import { suggest, UsageError } from "./usage.ts";
import { choice, list, number, optional, path, sizes as lengths, threadCount, whole, yes } from "./values.ts";
import type { Kind } from "./values.ts";

const rate = number("a number in [0, 1)", (value) => value >= 0 && value < 1);
const positive = number("a number above 0", (value) => value > 0);
const sizes = list("whole numbers of at least 1, such as 64,32", "N,N", (values) =>
  values.every((value) => Number.isSafeInteger(value) && value >= 1),
);
const ratios = list(
  "three numbers above 0, such as 0.7,0.15,0.15 or 70,15,15",
  "X,X,X",
  (values) => values.length === 3 && values.every((value) => value > 0),
);

/** By key of the configuration file, in the order of the help. */
const table = {
  task: setting(
    "--task",
    optional(choice("classification", "segmentation")),
    null,
    "what the network says: an image's class, or each voxel's; none: classes when there are labels, else voxels",
  ),
  hidden: setting("--hidden", sizes, [64, 32], "nodes of each hidden layer"),
  activation: setting(
    "--activation",
    choice("relu", "leakyRelu", "elu", "selu", "gelu", "geluTanh", "sigmoid", "tanh", "softplus", "silu"),
    "relu",
    "activation function of the hidden layers",
  ),
  loss: setting(
    "--loss",
    optional(
      choice(
        "softmaxCrossEntropy",
        "sigmoidCrossEntropy",
        "sigmoidDice",
        "sigmoidFocal",
        "meanSquaredError",
        "meanAbsoluteError",
        "huber",
      ),
    ),
    null,
    "what is minimised; none: softmaxCrossEntropy for classes, sigmoidDice for voxels",
  ),
  classWeights: setting(
    "--class-weights",
    optional(choice("balanced")),
    null,
    "lets rare classes count as much as common ones, as scikit-learn balances them",
  ),
  sampling: setting(
    "--sampling",
    choice("shuffle", "balanced"),
    "shuffle",
    "what an epoch takes: every image once, or draws in which each class is as likely as the others",
  ),
  labelSmoothing: setting(
    "--label-smoothing",
    rate,
    0,
    "part of the truth that is spread over all classes (softmaxCrossEntropy), or over yes and no (sigmoidCrossEntropy)",
  ),
  epochs: setting("--epochs", whole(1, 16777215), 60, "passes over the training set at most"),
  batch: setting("--batch", whole(1), 32, "images per step"),
  accumulate: setting("--accumulate", whole(1), 1, "batches whose gradients are summed before each step"),
  optimizer: setting(
    "--optimizer",
    choice(
      "adam",
      "amsgrad",
      "adamW",
      "nadam",
      "radam",
      "adamax",
      "rmsprop",
      "adagrad",
      "adadelta",
      "sgd",
      "momentum",
      "nesterov",
      "gradientDescent",
    ),
    "adam",
    "how gradients move the weights",
  ),
  learningRate: setting("--learning-rate", optional(positive), null, "step size; none: the optimizer's own"),
  schedule: setting(
    "--schedule",
    choice("constant", "step", "exponential", "cosine", "oneCycle", "reduceOnPlateau"),
    "constant",
    "how the learning rate changes from epoch to epoch",
  ),
  ...regularizationSettings,
  clipNorm: setting("--clip-norm", optional(positive), null, "longest gradient allowed, over all weights"),
  patience: setting("--patience", optional(whole(1)), 10, "epochs without a better validation figure before it stops"),
  monitor: setting(
    "--monitor",
    choice("loss", "accuracy", "rocAuc", "dice"),
    "loss",
    "validation figure that says which epoch is best",
  ),
  ...decisionSettings,
  augment: setting(
    "--augment",
    augmentations(),
    [],
    "changes training images anew in every epoch, by up to an amount, with a probability, as in rotate=10,deform,flip=xy@0.5: crop, translate, rotate, scale, stretch, shear, deform, flip, brightness, contrast, gamma, gaussianNoise, blur, biasField, cutout, mixup, cutmix, padding",
  ),
  patches: setting(
    "--patches",
    optional(lengths()),
    null,
    "size of the parts of images that the network sees, drawn at random; a grid of them covers each image when it is predicted, and is averaged",
  ),
  patchStride: setting(
    "--patch-stride",
    optional(lengths()),
    null,
    "voxels from one patch of that grid to the next; none: half of their size",
  ),
  patchesPerImage: setting("--patches-per-image", whole(1), 1, "patches that an epoch draws of each image"),
  patchForeground: setting(
    "--patch-foreground",
    number("a part from 0 to 1", (value) => value >= 0 && value <= 1),
    0,
    "part of the drawn patches that have a foreground voxel of the mask in their middle",
  ),
  normalization: setting(
    "--normalization",
    choice("pixelZScore", "zScore", "unit", "none"),
    "pixelZScore",
    "how pixels are scaled, fitted on the training set alone; with --patches zScore by default",
  ),
  groupBy: setting(
    "--group-by",
    optional(choice("patient", "similarity")),
    "patient",
    "what goes into one set together: a patient's images, where DATA names patients, or near copies as well",
  ),
  ratios: setting("--ratios", ratios, [0.7, 0.15, 0.15], "training, validation and test set, where DATA is not split"),
  leakage: setting(
    "--leakage",
    choice("stop", "drop", "allow"),
    "stop",
    "when an image, a near copy of it or a patient stands in two sets: stop, leave the copies out, or go on all the same",
  ),
  moreData: setting(
    "--more-data",
    optional(path()),
    null,
    "a second set, DATA2, whose images join the training set alone; audited against the others as all are",
  ),
  ...readingSettings,
  numericMode: setting(
    "--numeric-mode",
    choice("reproducible", "fast"),
    "reproducible",
    "the same bits on every machine, or multiply-adds in one rounding where the engine has them",
  ),
  wide: setting("--wide", yes(), false, "vectors of 256 bits where Node 24 or later has them: the same bits, faster"),
  threads: setting(
    "--threads",
    threadCount(),
    "auto",
    "the most threads that share the work: fewer where there are fewer processors, or where more would be slower; auto: as many as there are processors",
  ),
  seed: setting("--seed", whole(0), 1, "the same seed gives the same weights, to the last bit"),
  checkpointEvery: setting(
    "--checkpoint-every",
    optional(number("a number of seconds of at least 0", (value) => value >= 0)),
    30,
    "seconds between checkpoints inside an epoch, 0: after every step; after each epoch there is one in any case",
  ),
  ...refiningSettings,
} satisfies Record<string, Setting<unknown>>;

export type Settings = { readonly [K in keyof typeof table]: (typeof table)[K] extends Setting<infer T> ? T : never };

export type SettingName = keyof Settings;

const names = Object.keys(table) as SettingName[];

/** The flags of these settings, in the order of the table, for a command's help; their values stay text. */
export function flagsOf(...wanted: readonly SettingName[]): Option[] {
  return names
    .filter((name) => wanted.includes(name))
    .map((name) => {
      const { flag, kind, initial, help } = table[name] as Setting<unknown>;
      const value = kind.valueName === null ? "" : ` <${kind.valueName}>`;
      const fallback = kind.valueName === null ? "" : ` (default: ${shown(initial)})`;
      const choices = kind.expected.startsWith("one of") ? `; ${kind.expected}` : "";
      return new Option(flag + value, help + choices + fallback);
    });
}

/** A value as its flag would be written. */
function shown(value: unknown): string {
  if (value === null) return "none";
  if (Array.isArray(value) && value.length === 0) return "none";
  return Array.isArray(value) ? value.join(",") : `${value as string | number}`;
}

export const allFlags = (): Option[] => flagsOf(...names);

/**
 * The settings complete: a flag goes before the file, the file before the default.
 *
 * @param flags what the command line gave, by key: text, or true for a flag without a value.
 * @param file the parsed configuration file, and its name for messages.
 * @throws UsageError that names the flag or the file's key, what was expected and what it got.
 */
export function resolveSettings(
  flags: Readonly<Record<string, unknown>>,
  file: { readonly name: string; readonly content: unknown } | null = null,
): Settings {
  const content = file ? checkFile(file.name, file.content) : {};
  const entries = names.map((name) => {
    const { flag, kind, initial } = table[name] as Setting<unknown>;
    if (flags[name] !== undefined) {
      const given = flags[name];
      return [name, check(flag, kind, typeof given === "string" ? kind.read(given) : given, given)];
    }
    if (content[name] === undefined) return [name, initial];
    return [name, check(`${file?.name}: "${name}"`, kind, content[name], content[name])];
  });
  const settings = Object.fromEntries(entries) as Settings;
  const isNamed = (name: SettingName) => flags[name] !== undefined || content[name] !== undefined;
  // A pixel of a patch has no statistics of its own.
  const isOpen = settings.patches !== null && !isNamed("normalization");
  return Object.freeze(isOpen ? { ...settings, normalization: "zScore" } : settings);
}

function check<T>(where: string, kind: Kind<T>, value: unknown, given: unknown): T {
  const checked = kind.check(value);
  if (checked !== undefined) return checked;
  const reason = kind.explain?.(value) ?? "";
  if (reason !== "") throw new UsageError(`${where}: ${reason}`);
  throw new UsageError(`${where}: expected ${kind.expected}, got ${JSON.stringify(given)}${hint(kind, given)}`);
}

/** The choice that a misspelt one is near to. */
function hint(kind: Kind<unknown>, given: unknown): string {
  if (typeof given !== "string" || !kind.expected.startsWith("one of ")) return "";
  const words = kind.expected.slice("one of ".length).split(", ");
  const guess = suggest(given, words);
  return guess.startsWith("Did") ? `. ${guess}` : "";
}

function checkFile(file: string, content: unknown): Readonly<Record<string, unknown>> {
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    throw new UsageError(`${file}: expected an object of settings, such as { "epochs": 40 }`);
  }
  for (const key of Object.keys(content)) {
    if (!Object.hasOwn(table, key)) throw new UsageError(`${file}: unknown setting "${key}". ${suggest(key, names)}`);
  }
  return content as Record<string, unknown>;
}

/**
 * The settings to go on with: those that a study was begun with, but for how often it is saved and where its second set lies.
 * @param given what flags and file came to, `kept` what the study has; only what was named counts.
 * @throws UsageError for other settings, which would give other weights.
 */
export function settingsToGoOn(
  flags: Readonly<Record<string, unknown>>,
  file: { readonly content: unknown } | null,
  given: Settings,
  kept: Settings,
): Settings {
  const named = { ...(file?.content as Readonly<Record<string, unknown>> | undefined), ...flags };
  for (const name of names) {
    // Where the second set lies is none of them, as where DATA lies is none.
    if (name === "checkpointEvery" || name === "moreData" || name === "threads") continue;
    // Nor where the model lies that it began from: the study keeps that itself.
    if (name === "from" && given.from !== null && kept.from !== null) continue;
    if (named[name] === undefined || JSON.stringify(given[name]) === JSON.stringify(kept[name])) continue;
    throw new UsageError(
      `--resume: expected the settings that the study was begun with, got ${name} ${shown(given[name])} where it has ` +
        `${shown(kept[name])}. Leave it out to go on, or begin anew with --force.`,
    );
  }
  const { checkpointEvery } = named["checkpointEvery"] === undefined ? kept : given;
  const { threads } = named["threads"] === undefined ? kept : given;
  const { moreData } = named["moreData"] === undefined ? kept : given;
  const { from } = named["from"] === undefined ? kept : given;
  return Object.freeze({ ...kept, checkpointEvery, threads, moreData, from });
}
