// A trained model from its file, or from the folder of a study.
import { loadModel } from "../index.ts";
import type { Model } from "../index.ts";
import { folderStorage } from "../io.ts";
import { quoted } from "./shell.ts";
import { UsageError } from "./usage.ts";

/** The model, and whether the study in whose folder it lies has its test set still sealed. */
export async function openModel(from: string): Promise<{ model: Model; isSealed: boolean }> {
  const { readFile, stat } = await import("node:fs/promises");
  const there = await stat(from).catch(() => null);
  if (!there) throw new UsageError(`${from}: expected the folder of a study or a model, got nothing: it is not there`);
  if (!there.isDirectory()) return { model: loadModel(await readFile(from), from), isSealed: false };
  const storage = folderStorage(from);
  const bytes = await storage.read("model.safetensors");
  if (!bytes)
    throw new UsageError(
      `${from}: expected a trained study, got a folder without model.safetensors. Train it to its end: ` +
        `voxgrad train DATA --out ${quoted(from)} --resume`,
    );
  const ledger = new TextDecoder().decode((await storage.read("ledger.jsonl")) ?? new Uint8Array(0));
  return { model: loadModel(bytes, `${from}/model.safetensors`), isSealed: !ledger.includes('"event":"test opened"') };
}
