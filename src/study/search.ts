// The search of phase two as a study's storage holds it: what it began from, so that it can be stopped and gone on with.
import { FormatError } from "../errors.ts";
import { sha256 } from "../storage/sha256.ts";
import type { Storage } from "../storage/storage.ts";
import { loadModel, saveModel } from "../train/model.ts";
import type { Model } from "../train/model.ts";
import type { Epoch } from "../train/progress.ts";
import type { Desk } from "./desk.ts";
import { historyHash, modelName, readHistory, writeHistory } from "./keep.ts";
import type { KeptHashes } from "./keep.ts";
import type { LedgerEntry } from "./ledger.ts";
import { keptLine, modelHash } from "./named.ts";
import { readRecord, writeRecord } from "./record.ts";
import type { PlainSettings } from "./record.ts";
import type { Remedy } from "./remedy.ts";
import type { Run } from "./run.ts";

/** Its files, gone when it ends. */
export const searchFolder = "refine/";

const planName = `${searchFolder}plan.json`;
const baseName = `${searchFolder}base.safetensors`;
const stagedName = `${searchFolder}kept.safetensors`;
const stagedFactsName = `${searchFolder}kept.json`;

/** What is searched, and how. JSON-safe. */
export interface SearchPlan {
  readonly remedies: readonly Remedy[];
  readonly epochs: number | null;
  readonly folds: number | null;
  readonly seconds: number | null;
}

/** The network that remedies are compared with: as it was trained, or refined before. */
export interface SearchBase {
  readonly model: Model;
  readonly weightsSha256: string;
  readonly training: PlainSettings;
  readonly history: readonly Epoch[];
}

export interface Search extends SearchBase {
  /** Whether it goes on where one was stopped. */
  readonly resumed: boolean;
}

/**
 * Begins a search, or goes on with one of the same plan that began from the weights that the ledger names.
 * @param kept the weights that the ledger names.
 */
export async function openSearch(desk: Desk, plan: SearchPlan, training: PlainSettings, kept: string): Promise<Search> {
  const { storage } = desk;
  const stopped = await readSearch(storage, plan);
  if (stopped?.weightsSha256 === kept) return { ...stopped, resumed: true };
  await removeSearch(storage);
  const model = await desk.model();
  const history = await readHistory(storage);
  const weightsSha256 = await modelHash(model);
  await storage.write(baseName, (await storage.read(modelName)) ?? new Uint8Array(0));
  const text = JSON.stringify({ plan, weightsSha256, training, history });
  await storage.write(planName, new TextEncoder().encode(text));
  return { model, weightsSha256, training, history, resumed: false };
}

/** The stopped search, if it is of this plan and its files are whole. */
async function readSearch(storage: Storage, plan: SearchPlan): Promise<SearchBase | null> {
  const [text, base] = [await storage.read(planName), await storage.read(baseName)];
  if (!text || !base) return null;
  try {
    const model = loadModel(base, baseName);
    const stopped = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text)) as SearchBase & {
      readonly plan: SearchPlan;
    };
    const isSame = JSON.stringify(stopped.plan) === JSON.stringify(plan);
    return isSame && (await modelHash(model)) === stopped.weightsSha256 ? { ...stopped, model } : null;
  } catch (error) {
    if (error instanceof FormatError || error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

/** Puts aside what is to be the study's, before the ledger says so; the hashes of its files. */
export async function stage(
  storage: Storage,
  { model, history }: Pick<Run, "model" | "history">,
  training: PlainSettings,
): Promise<KeptHashes> {
  const bytes = saveModel(model);
  await storage.write(stagedName, bytes);
  await storage.write(stagedFactsName, new TextEncoder().encode(JSON.stringify({ training, history })));
  return { modelSha256: await sha256(bytes), historySha256: await historyHash(history) };
}

/**
 * Makes what was put aside the study's, where the ledger names its weights; then the search is over. Killed in the middle,
 * the next call that opens the study does the rest.
 */
export async function finishSearch(storage: Storage, entries: readonly LedgerEntry[]): Promise<void> {
  const [bytes, facts] = [await storage.read(stagedName), await storage.read(stagedFactsName)];
  if (bytes && facts && (await modelHash(loadModel(bytes, stagedName))) === keptLine(entries)?.weightsSha256) {
    const { training, history } = JSON.parse(new TextDecoder().decode(facts)) as Pick<
      SearchBase,
      "training" | "history"
    >;
    await writeRecord(storage, { ...(await readRecord(storage)), training });
    await writeHistory(storage, history);
    await storage.write(modelName, bytes);
  }
  await removeSearch(storage);
}

/** Whether the ledger says that a search is over whose files are still there. */
export async function isSearchOver(storage: Storage, entries: readonly LedgerEntry[]): Promise<boolean> {
  return (
    entries.findLast(({ event }) => searchEvents.has(event))?.event === "refined" &&
    (await storage.read(planName)) !== null
  );
}

/** Whether the ledger says that a learning curve is over, states of whose trials are still there. */
export async function isCurveOver(storage: Storage, entries: readonly LedgerEntry[]): Promise<boolean> {
  const last = entries.findLast(
    ({ event }) => event === "tried" || event === "learning curve" || searchEvents.has(event),
  );
  if (last?.event !== "learning curve") return false;
  return (await storage.list()).some((name) => name.startsWith(`${searchFolder}curve-`));
}

const searchEvents: ReadonlySet<string> = new Set(["refining started", "refining resumed", "refined"]);

export async function removeSearch(storage: Storage): Promise<void> {
  const names = (await storage.list()).filter((name) => name.startsWith(searchFolder));
  // The plan goes last: as long as it is there, what is left of a search that is over is looked for.
  for (const name of names) if (name !== planName) await storage.remove(name);
  await storage.remove(planName);
}
