// study.json: every setting of a study, complete with defaults, so that it can be opened and trained again.
import type { Dataset } from "../data/dataset.ts";
import { prepareNormalization } from "../data/normalization.ts";
import type { Normalization } from "../data/normalization.ts";
import type { Preprocessing } from "../data/preprocessing.ts";
import { FormatError, StudyStateError } from "../errors.ts";
import { network } from "../model/network.ts";
import type { Layer } from "../model/layers.ts";
import { sha256 } from "../storage/sha256.ts";
import type { Storage } from "../storage/storage.ts";
import type { Task, TrainingSettings } from "../train/settings.ts";
import type { Division } from "./sets.ts";

export const recordName = "study.json";

export interface StudyRecord {
  readonly version: 1;
  /** Where the data was read from, to find it again; null for arrays. */
  readonly data: string | null;
  /** The same of the second set, which joined the training set alone; left out without one. */
  readonly moreData?: string | null;
  readonly task: Task;
  readonly division: Division;
  readonly shape: readonly number[];
  readonly classes: readonly string[];
  readonly maskClasses: readonly number[];
  /** What was done to the images when they were read; left out where nobody knows. */
  readonly preprocessing?: readonly Preprocessing[];
  /** The settings of the last training; null before the first. */
  readonly training: PlainSettings | null;
}

/** Settings as JSON has them: a network by its layers and input, a normalisation by its kind, or whole where it was given. */
export type PlainSettings = Omit<TrainingSettings, "network" | "normalization"> & {
  readonly network: { readonly layers: readonly Layer[]; readonly input: readonly number[] | null };
  readonly normalization: Normalization["kind"] | Normalization;
};

export function plainSettings(settings: TrainingSettings): PlainSettings {
  const { network: built, normalization, normalizationGiven } = settings;
  const { layers, input } = built;
  const kept = normalizationGiven ? normalization : normalization.kind;
  return { ...settings, network: { layers, input }, normalization: kept };
}

/** What the ledger and the checkpoints know the settings of a run by. */
export function settingsHash(plain: PlainSettings): Promise<string> {
  return sha256(new TextEncoder().encode(JSON.stringify(plain)));
}

/** What the ledger knows by its first line: all of study.json but settings of training and where the data lies. */
export function recordHash({
  task,
  division,
  shape,
  classes,
  maskClasses,
  preprocessing,
}: StudyRecord): Promise<string> {
  const text = JSON.stringify({ task, division, shape, classes, maskClasses, preprocessing });
  return sha256(new TextEncoder().encode(text));
}

/** The settings again; the normalisation is fitted anew, unless it was given: on the same training set to the same bits. */
export async function liveSettings(plain: PlainSettings, train: Dataset): Promise<TrainingSettings> {
  const { normalization } = plain;
  return Object.freeze({
    ...plain,
    network: network(plain.network.layers, { input: plain.network.input ?? train.shape }),
    normalization: typeof normalization === "string" ? await prepareNormalization(normalization, train) : normalization,
  });
}

export async function writeRecord(storage: Storage, record: StudyRecord): Promise<void> {
  await storage.write(recordName, new TextEncoder().encode(JSON.stringify(record, null, 2) + "\n"));
}

/**
 * @throws StudyStateError when there is no study; FormatError when study.json is not what voxgrad wrote.
 */
export async function readRecord(storage: Storage): Promise<StudyRecord> {
  const bytes = await storage.read(recordName);
  if (!bytes) throw new StudyStateError(`study: expected ${recordName}, got a folder without. Train one first.`);
  try {
    return checkRecord(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch (cause) {
    throw new FormatError(`${recordName}: expected the settings of a study, got ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** Settings of training are told by their hash in the ledger. */
function checkRecord(value: unknown): StudyRecord {
  if (!isObject(value)) throw new RangeError(`${JSON.stringify(value)}, which is no object`);
  const { version, data, moreData, task, division, shape, classes, maskClasses, preprocessing, training } = value;
  if (version !== 1) throw new RangeError(`version ${String(version)}, where 1 is known`);
  const valid = {
    data: data === null || typeof data === "string",
    moreData: moreData === undefined || moreData === null || typeof moreData === "string",
    task: task === "classification" || task === "segmentation",
    division: isObject(division) && Number.isSafeInteger(division["seed"]) && Array.isArray(division["ratios"]),
    shape: Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size > 0),
    classes: Array.isArray(classes) && classes.every((name) => typeof name === "string"),
    maskClasses: Array.isArray(maskClasses) && maskClasses.every((each) => Number.isFinite(each)),
    preprocessing: preprocessing === undefined || Array.isArray(preprocessing),
    training: training === null || isObject(training),
  };
  const wrong = Object.entries(valid).find(([, isValid]) => !isValid);
  if (wrong) throw new RangeError(`${String(JSON.stringify(value[wrong[0]])).slice(0, 100)} as its "${wrong[0]}"`);
  return value as unknown as StudyRecord;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
