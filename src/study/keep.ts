// What a run leaves in the study's storage: checkpoints, the model, the history.
import { FormatError } from "../errors.ts";
import { weightBytes } from "../model/weights.ts";
import { sha256 } from "../storage/sha256.ts";
import type { Storage } from "../storage/storage.ts";
import { checkHistory } from "../train/check-progress.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../train/checkpoint.ts";
import type { Checkpoint } from "../train/checkpoint.ts";
import { loadModel, saveModel } from "../train/model.ts";
import type { Model } from "../train/model.ts";
import type { Epoch, RunState } from "../train/progress.ts";
import type { WarmStart } from "../train/warm-start.ts";

export const modelName = "model.safetensors";
/** The model that a run began from: kept, so that the study can be trained again from its own folder. */
export const startName = "from.safetensors";
export const historyName = "history.json";
export const tableName = "history.csv";
/** Written in turn, so that the one before is whole while the next is written. */
const checkpointNames = ["checkpoint/even.safetensors", "checkpoint/odd.safetensors"] as const;
type CheckpointName = (typeof checkpointNames)[number];

/** Keeps the model that training begins from; without one forgets the last. */
export async function writeStart(storage: Storage, start: Model | null): Promise<void> {
  if (start) await storage.write(startName, saveModel(start));
  else if ((await storage.read(startName)) !== null) await storage.remove(startName);
}

/**
 * The model that these settings begin from; null when they begin with drawn weights.
 * @throws FormatError when it is not the one that they name.
 */
export async function readStart(storage: Storage, from: WarmStart | null): Promise<Model | null> {
  if (from === null) return null;
  const bytes = await storage.read(startName);
  const start = bytes && loadModel(bytes, startName);
  const weightsSha256 = start && (await sha256(weightBytes(start.weights)));
  if (start && weightsSha256 === from.weightsSha256) return start;
  throw new FormatError(
    `${startName}: expected the model that the study began from, with weights ${from.weightsSha256 ?? "unknown"}, got ` +
      `${weightsSha256 ?? "no file"}. Put it back, or begin a new study.`,
  );
}

/** What was found of a run's checkpoints. */
export interface FoundCheckpoints {
  /** The furthest that is as it was written; null when there is none. */
  readonly furthest: Checkpoint | null;
  /** The file that holds it. */
  readonly name: CheckpointName | null;
  /** What is wrong with the others, by name. */
  readonly refused: readonly FormatError[];
}

/** @param check throws a FormatError for a checkpoint that is whole, and yet of no use. */
export async function readCheckpoints(
  storage: Storage,
  check: (checkpoint: Checkpoint, name: string) => void = () => undefined,
): Promise<FoundCheckpoints> {
  let found: FoundCheckpoints = { furthest: null, name: null, refused: [] };
  for (const name of checkpointNames) {
    const bytes = await storage.read(name);
    if (!bytes) continue;
    try {
      const furthest = await decodeCheckpoint(bytes, name);
      check(furthest, name);
      if (!found.furthest || isFurther(furthest, found.furthest)) found = { ...found, furthest, name };
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      found = { ...found, refused: [...found.refused, error] };
    }
  }
  return found;
}

function isFurther({ progress: a }: RunState, { progress: b }: RunState): boolean {
  return a.epoch > b.epoch || (a.epoch === b.epoch && a.position > b.position);
}

/**
 * Writes a run's checkpoints, each over the older of the two.
 * @param newest the file that the run goes on from: it is written over last.
 */
export function checkpointWriter(
  storage: Storage,
  settingsSha256: string,
  newest: CheckpointName | null,
): (state: RunState) => Promise<void> {
  let last = newest;
  return async (state) => {
    const name = last === checkpointNames[0] ? checkpointNames[1] : checkpointNames[0];
    await storage.write(name, await encodeCheckpoint(state, settingsSha256));
    last = name;
  };
}

export async function removeCheckpoints(storage: Storage): Promise<void> {
  for (const name of checkpointNames) await storage.remove(name);
}

/**
 * The epochs of the run whose weights are kept; none before the first.
 *
 * @throws FormatError when history.json is not what was written.
 * @example
 * ```ts
 * import { memoryStorage, phantoms, readHistory, study } from "voxgrad";
 *
 * const storage = memoryStorage();
 * const run = study({ data: phantoms({ count: 60, seed: 7 }), seed: 7, storage });
 * for await (const epoch of run.train({ epochs: 2 })) console.log(epoch.totalError);
 * console.log((await readHistory(storage)).length); // 2
 * ```
 */
export async function readHistory(storage: Storage): Promise<readonly Epoch[]> {
  const bytes = await storage.read(historyName);
  if (!bytes) return [];
  let history: unknown;
  try {
    history = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new FormatError(`${historyName}: expected the epochs of a run, got ${(cause as Error).message}`, { cause });
  }
  checkHistory(history, historyName);
  return history as Epoch[];
}

/** history.csv: a header and a line an epoch, what is undefined left empty. */
export function historyTable(history: readonly Epoch[]): Uint8Array<ArrayBuffer> {
  const figures = ["totalError", "loss", "absoluteError", "accuracy", "rocAuc", "dice"] as const;
  const header = [
    "epoch",
    "learningRate",
    "penalty",
    ...figures.map((name) => `train.${name}`),
    ...figures.map((name) => `validation.${name}`),
    "best",
    "seconds",
    "diagnosis",
    "gap",
    "noise",
    "slope",
  ];
  const rows = history.map((epoch) => [
    epoch.epoch,
    epoch.learningRate,
    epoch.penalty,
    ...figures.map((name) => epoch[name]),
    ...figures.map((name) => epoch.validation[name]),
    epoch.best ? 1 : 0,
    epoch.seconds.toFixed(3),
    epoch.diagnosis,
    epoch.evidence.gap,
    epoch.evidence.noise,
    epoch.evidence.slope,
  ]);
  return new TextEncoder().encode(
    [header, ...rows].map((row) => row.map((value) => value ?? "").join(",") + "\n").join(""),
  );
}

/** SHA-256 of the epochs but for their seconds, which differ from run to run. */
export function historyHash(history: readonly Epoch[]): Promise<string> {
  const timeless = history.map(({ seconds: _, ...epoch }) => epoch);
  return sha256(new TextEncoder().encode(JSON.stringify(timeless)));
}

/** The epochs as JSON, and as a table. */
export async function writeHistory(storage: Storage, history: readonly Epoch[]): Promise<void> {
  await storage.write(historyName, new TextEncoder().encode(JSON.stringify(history) + "\n"));
  await storage.write(tableName, historyTable(history));
}

/** What the ledger binds a model and its history by. */
export interface KeptHashes {
  readonly modelSha256: string;
  readonly historySha256: string;
}

/** Of the study's model and history as they lie in the storage. */
export async function keptHashes(storage: Storage): Promise<KeptHashes> {
  const model = (await storage.read(modelName)) ?? new Uint8Array(0);
  return { modelSha256: await sha256(model), historySha256: await historyHash(await readHistory(storage)) };
}
