// The settings that a run of training goes by: new ones, or to the letter those that it was begun with.
import { StudyStateError } from "../errors.ts";
import { weightBytes } from "../model/weights.ts";
import { sha256 } from "../storage/sha256.ts";
import { resolveTraining, withScaling } from "../train/settings.ts";
import type { TrainingSettings, TrainOptions } from "../train/settings.ts";
import type { Desk } from "./desk.ts";
import { liveSettings, plainSettings, recordName, settingsHash } from "./record.ts";
import { settleScaling } from "./scaling.ts";

/** @throws LeakageError as settleScaling. */
export async function newSettings(desk: Desk, given: TrainOptions): Promise<TrainingSettings> {
  const options = withScaling(given);
  const { sets, record } = await desk.open();
  const { asked, normalization } = await settleScaling(desk, options);
  const { task, division } = record;
  const scaled = { ...options, normalization: asked };
  const settings = resolveTraining(scaled, sets.train, task, division.seed, normalization);
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
    return liveSettings(record.training, sets.train);
  const settings = await newSettings(desk, options);
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
