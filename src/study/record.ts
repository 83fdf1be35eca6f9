// study.json: every setting of a study, complete with defaults, so that it can be opened and trained again.
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
  /** The settings of the last training; null before the first. */
  readonly training: TrainingSettings | null;
}

/** The network of settings as JSON has it. */
interface PlainNetwork {
  readonly layers: readonly Layer[];
  readonly input: readonly number[];
}

/** Settings as plain JSON: the network by its layers and its input. */
export function plainSettings(settings: TrainingSettings): Record<string, unknown> {
  const { layers, input } = settings.network;
  return { ...settings, network: { layers, input } };
}

export async function writeRecord(storage: Storage, record: StudyRecord): Promise<void> {
  const plain = { ...record, training: record.training && plainSettings(record.training) };
  await storage.write(recordName, new TextEncoder().encode(JSON.stringify(plain, null, 2) + "\n"));
}

/**
 * @throws StudyStateError when there is no study; FormatError when study.json is not what voxgrad wrote.
 */
export async function readRecord(storage: Storage): Promise<StudyRecord> {
  const bytes = await storage.read(recordName);
  if (!bytes) throw new StudyStateError(`study: expected ${recordName}, got a folder without. Train one first.`);
  try {
    const plain = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as StudyRecord;
    if (plain.version !== 1) throw new RangeError(`version ${String(plain.version)}, where 1 is known`);
    if (!plain.training) return plain;
    const { layers, input } = plain.training.network as PlainNetwork;
    return { ...plain, training: { ...plain.training, network: network(layers, { input }) } };
  } catch (cause) {
    throw new FormatError(`${recordName}: expected the settings of a study, got ${(cause as Error).message}`, {
      cause,
    });
  }
}
