// Where a study lies: its folder, held by one command at a time, and the settings that it was begun with.
import type { Preprocessing, Storage } from "../index.ts";
import { folderStorage } from "../io.ts";
import type { Settings } from "./settings.ts";
import { quoted } from "./shell.ts";
import { UsageError } from "./usage.ts";

/** The file of settings in a study's folder: what --config takes to do the same again. */
const configName = "config.json";

export interface Place {
  readonly directory: string;
  readonly storage: Storage;
}

/** Works in the study's folder while no other command can; its storage locks no more. */
export async function inFolder<T>(directory: string, act: (place: Place) => Promise<T>): Promise<T> {
  const own = folderStorage(directory);
  const storage: Storage = { ...own, lock: undefined };
  const unlock = await own.lock?.();
  try {
    return await act({ directory, storage });
  } finally {
    // A lock that stays is one of a process that is gone: the next command takes it over.
    await unlock?.().catch(() => undefined);
  }
}

/** @throws UsageError unless the folder holds a study. */
export async function requireStudy(directory: string): Promise<void> {
  const storage = folderStorage(directory);
  if (await hasStudy(storage)) return;
  if ((await storage.read("ledger.jsonl")) !== null)
    throw new UsageError(
      `${directory}: expected the folder of a study, got one whose study.json is gone. Restore it from a copy.`,
    );
  throw new UsageError(
    `${directory}: expected the folder of a study, got none with a study.json. Train one: voxgrad train DATA --out ${quoted(directory)}`,
  );
}

export async function hasStudy(storage: Storage): Promise<boolean> {
  return (await storage.read("study.json")) !== null;
}

/** Path of the data that the study was begun with; null when it was made, not read. */
export async function dataPathOf(storage: Storage): Promise<string | null> {
  return (await recordIn(storage)).data ?? null;
}

/** Path of its second set; undefined where there is none, null when it was made, not read. */
export async function morePathOf(storage: Storage): Promise<string | null | undefined> {
  return (await recordIn(storage)).moreData;
}

/** What was done to the images that the study was begun with. */
export async function preprocessingIn(storage: Storage): Promise<readonly Preprocessing[]> {
  return (await recordIn(storage)).preprocessing ?? [];
}

/** What commands look up in study.json; opening the study checks it. */
async function recordIn(storage: Storage): Promise<{
  readonly data?: string | null;
  readonly moreData?: string | null;
  readonly preprocessing?: readonly Preprocessing[];
}> {
  const bytes = await storage.read("study.json");
  return JSON.parse(new TextDecoder().decode(bytes ?? new Uint8Array(0))) as object;
}

/** Removes the files of a study, and no other file that lies in its folder. */
export async function removeStudy(storage: Storage): Promise<void> {
  // study.json last: while it stands, the folder is known to hold a study.
  const others = (await storage.list()).filter((name) => studyFile.test(name) && name !== "study.json");
  for (const name of [...others, "study.json"]) await storage.remove(name);
}

const studyFile =
  /^(study\.json|config\.json|ledger\.jsonl|seal\.json|(model|from)\.safetensors|history\.(csv|json)|report\.(json|md|html)|checkpoint\/(even|odd)\.safetensors|refine\/(plan\.json|base\.safetensors|kept\.(safetensors|json)|(\d+|none|whole|curve-\d+-\d+)-\d+\.safetensors))$/;

/** No path: of a second set, and of a model that training begins from, it says that there is one. */
export async function writeConfig(storage: Storage, settings: Settings): Promise<void> {
  const { moreData, from } = settings;
  const kept = { ...settings, moreData: moreData === null ? null : true, from: from === null ? null : true };
  await storage.write(configName, new TextEncoder().encode(JSON.stringify(kept, null, 2) + "\n"));
}

/** The settings that the study in the folder was begun with. */
export async function readConfig({ directory, storage }: Place): Promise<{ name: string; content: unknown } | null> {
  const bytes = await storage.read(configName);
  return bytes && { name: `${directory}/${configName}`, content: parse(bytes, `${directory}/${configName}`) };
}

function parse(bytes: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as unknown;
  } catch (cause) {
    throw new UsageError(`${name}: expected JSON, got ${(cause as Error).message}`, { cause });
  }
}

/** A configuration file that --config names. */
export async function readConfigFile(path: string): Promise<{ name: string; content: unknown }> {
  const { readFile } = await import("node:fs/promises");
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "it is not there" : code === "EISDIR" ? "it is a folder" : message;
    throw new UsageError(`--config: expected a file to read, got ${path}: ${why}`, { cause });
  }
  return { name: path, content: parse(bytes, path) };
}
