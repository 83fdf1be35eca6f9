// DATA2 on the command line: the second set, whose images join the training set alone.
import { Option } from "commander";
import { StudyStateError } from "../index.ts";
import type { Dataset, DatasetSplit, Storage } from "../index.ts";
import { folderStorage } from "../io.ts";
import { readData } from "./data.ts";
import type { ReadOptions } from "./data.ts";
import { hasStudy, morePathOf } from "./place.ts";
import type { Settings } from "./settings.ts";
import { UsageError } from "./usage.ts";

/** Of commands that look a study's second set up. */
export const moreDataOption = () =>
  new Option("--more-data <PATH>", "where DATA2, which joined the training set, is now, when it moved since training");

/**
 * The second set of a study: from where it is said to be now, else from where study.json has it; null without one.
 * @throws StudyStateError where the study has one, and its path is not known.
 */
export async function readSecondSet(
  storage: Storage,
  named: string | undefined,
  options: ReadOptions,
): Promise<Dataset | DatasetSplit | null> {
  const path = named ?? (await morePathOf(storage));
  if (path === undefined) return null;
  if (path === null) {
    throw new StudyStateError(
      "second set: expected its path in study.json, got none: the study was begun with images that were made, not read. " +
        "Say --more-data PATH.",
    );
  }
  // Its classes are found by their names, whichever is looked for.
  return readData(path, { ...options, positive: null });
}

/**
 * The path that a training's second set is read from; null without one.
 * @param flags where the study lies, and whether it is gone on with: then study.json may have the path.
 * @throws UsageError for settings of a study with a second set that nobody names.
 */
export async function secondPath(
  { moreData }: Settings,
  { out, resume = false }: { readonly out: string; readonly resume?: boolean },
): Promise<string | null> {
  if (moreData !== true) return moreData;
  const storage = folderStorage(out);
  const kept = resume && (await hasStudy(storage)) ? await morePathOf(storage) : null;
  if (typeof kept === "string") return kept;
  throw new UsageError(
    "--more-data: expected the path of the second set that these settings go with, got none. Name it, or say none.",
  );
}
