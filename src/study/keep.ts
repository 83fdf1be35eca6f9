// What a run leaves in the study's storage: checkpoints, the model, the history.
import { FormatError } from "../errors.ts";
import { weightBytes } from "../model/weights.ts";
import { sha256 } from "../storage/sha256.ts";
import type { Storage } from "../storage/storage.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../train/checkpoint.ts";
import { loadModel, saveModel } from "../train/model.ts";
import type { Model } from "../train/model.ts";
import type { Epoch, RunState } from "../train/progress.ts";
import type { WarmStart } from "../train/warm-start.ts";

export const modelName = "model.safetensors";
/** The model that a run began from: kept, so that the study can be trained again from its own folder. */
const startName = "from.safetensors";
const historyName = "history.json";
const tableName = "history.csv";
/** Written in turn, so that the one before is whole while the next is written. */
const checkpointNames = ["checkpoint/even.safetensors", "checkpoint/odd.safetensors"];

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

export async function writeCheckpoint(storage: Storage, state: RunState): Promise<void> {
  await storage.write(checkpointNames[state.progress.epoch % 2], await encodeCheckpoint(state));
}

/** The furthest checkpoint that is as it was written; null when there is none. */
export async function readCheckpoint(storage: Storage): Promise<RunState | null> {
  let furthest: RunState | null = null;
  for (const name of checkpointNames) {
    const bytes = await storage.read(name);
    const state = bytes && (await decodeCheckpoint(bytes, name).catch(() => null));
    if (state && (!furthest || isFurther(state, furthest))) furthest = state;
  }
  return furthest;
}

export async function removeCheckpoints(storage: Storage): Promise<void> {
  for (const name of checkpointNames) await storage.remove(name);
}

function isFurther({ progress: a }: RunState, { progress: b }: RunState): boolean {
  return a.epoch > b.epoch || (a.epoch === b.epoch && a.position > b.position);
}

/** The epochs of the run whose weights are kept; none before the first. */
export async function readHistory(storage: Storage): Promise<readonly Epoch[]> {
  const bytes = await storage.read(historyName);
  if (!bytes) return [];
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as Epoch[];
  } catch (cause) {
    throw new FormatError(`${historyName}: expected the epochs of a run, got ${(cause as Error).message}`, { cause });
  }
}

/** The epochs as JSON, and as a table: a header and a line an epoch, what is undefined left empty. */
export async function writeHistory(storage: Storage, history: readonly Epoch[]): Promise<void> {
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
  ]);
  const text = [header, ...rows].map((row) => row.map((value) => value ?? "").join(",") + "\n").join("");
  await storage.write(historyName, new TextEncoder().encode(JSON.stringify(history) + "\n"));
  await storage.write(tableName, new TextEncoder().encode(text));
}
