// study.json: every setting of a study, complete with defaults, so that it can be opened and trained again.
import type { Dataset } from "../data/dataset.ts";
import { prepareNormalization } from "../data/normalization.ts";
import type { Normalization } from "../data/normalization.ts";
import type { Preprocessing } from "../data/preprocessing.ts";
import { FormatError, StudyStateError } from "../errors.ts";
import { network } from "../model/network.ts";
import type { Layer } from "../model/layers.ts";
import type { Storage } from "../storage/storage.ts";
import type { Task, TrainingSettings } from "../train/settings.ts";
import type { Division } from "./sets.ts";

export const recordName = "study.json";

export interface StudyRecord {
  readonly version: 1;
  /** Where the data was read from, to find it again; null for arrays. */
  readonly data: string | null;
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

/** Settings as JSON has them: a network by its layers and input, a normalisation by its kind. */
export type PlainSettings = Omit<TrainingSettings, "network" | "normalization"> & {
  readonly network: { readonly layers: readonly Layer[]; readonly input: readonly number[] | null };
  readonly normalization: Normalization["kind"];
};

export function plainSettings(settings: TrainingSettings): PlainSettings {
  const { layers, input } = settings.network;
  return { ...settings, network: { layers, input }, normalization: settings.normalization.kind };
}

/** The settings again; the normalisation is fitted anew, on the same training set to the same bits. */
export async function liveSettings(plain: PlainSettings, train: Dataset): Promise<TrainingSettings> {
  return Object.freeze({
    ...plain,
    // Studies from before there were patches have none.
    patches: plain.patches ?? null,
    network: network(plain.network.layers, { input: plain.network.input ?? train.shape }),
    normalization: await prepareNormalization(plain.normalization, train),
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
    const record = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as StudyRecord;
    if (record.version !== 1) throw new RangeError(`version ${String(record.version)}, where 1 is known`);
    return record;
  } catch (cause) {
    throw new FormatError(`${recordName}: expected the settings of a study, got ${(cause as Error).message}`, {
      cause,
    });
  }
}
