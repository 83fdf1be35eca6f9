// The search of phase two as a study's storage holds it: what it began from, so that it can be stopped and gone on with.
import { FormatError } from "../errors.ts";
import { loadModel } from "../train/model.ts";
import type { Model } from "../train/model.ts";
import type { Epoch } from "../train/progress.ts";
import type { Desk } from "./desk.ts";
import { modelHash } from "./desk.ts";
import { modelName, readHistory } from "./keep.ts";
import type { PlainSettings } from "./record.ts";
import type { Remedy } from "./remedy.ts";
import type { Storage } from "../storage/storage.ts";

/** Its files, gone when it ends. */
export const searchFolder = "refine/";

const planName = `${searchFolder}plan.json`;
const baseName = `${searchFolder}base.safetensors`;

/** What is searched, and how. JSON-safe. */
export interface SearchPlan {
  readonly remedies: readonly Remedy[];
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

export async function removeSearch(storage: Storage): Promise<void> {
  // The plan goes first: without it the other files mean nothing.
  await storage.remove(planName);
  for (const name of await storage.list()) if (name.startsWith(searchFolder)) await storage.remove(name);
}
