// The settings that a run of training goes by: new ones, or to the letter those that it was begun with.
import type { Dataset } from "../data/dataset.ts";
import { prepareNormalization } from "../data/normalization.ts";
import { StudyStateError } from "../errors.ts";
import { weightBytes } from "../model/weights.ts";
import { sha256 } from "../storage/sha256.ts";
import { normalizationKindOf, resolveTraining, scalingFrom } from "../train/settings.ts";
import type { TrainingSettings, TrainOptions } from "../train/settings.ts";
import type { Desk } from "./desk.ts";
import { readStart } from "./keep.ts";
import { liveSettings, plainSettings, recordName, settingsHash } from "./record.ts";
import type { StudyRecord } from "./record.ts";

export async function newSettings(
  options: TrainOptions,
  train: Dataset,
  { task, division }: StudyRecord,
): Promise<TrainingSettings> {
  const normalization = scalingFrom(options) ?? (await prepareNormalization(normalizationKindOf(options), train));
  const settings = resolveTraining(options, train, task, division.seed, normalization);
  if (!options.from || !settings.from) return settings;
  const weightsSha256 = await sha256(weightBytes(options.from.weights));
  return Object.freeze({ ...settings, from: { ...settings.from, weightsSha256 } });
}

/**
 * What study.json has, where it is what the run was begun with. Else the process was killed before it was written, or it
 * was changed since: then the options, where they come to the settings that the ledger names.
 * @throws StudyStateError where neither are those settings: with others the run would end in other weights.
 */
export async function settingsOfRun(
  desk: Desk,
  { settingsSha256 }: { readonly settingsSha256: string },
  options: TrainOptions,
): Promise<TrainingSettings> {
  const { sets, record } = await desk.open();
  if (record.training && (await settingsHash(record.training)) === settingsSha256)
    return liveSettings(record.training, sets.train, await readStart(desk.storage, record.training.from));
  const settings = await newSettings(options, sets.train, record);
  if ((await settingsHash(plainSettings(settings))) !== settingsSha256) {
    throw new StudyStateError(
      `${recordName}: expected the settings that the run was begun with (SHA-256 ${settingsSha256} in the ledger), got ` +
        `${record.training ? "others: it was edited" : "none"}. Give the same settings again, restore the file, or ` +
        "train anew.",
    );
  }
  await desk.settle(settings);
  return settings;
}
