// Phase one, and the watch of phase two: epochs are run, shown and kept; a run can be stopped and resumed.
import { withFamiliar } from "../train/familiarize.ts";
import { withDecision } from "../train/decide.ts";
import { checkOptions } from "../known-options.ts";
import { checkFits } from "../train/fits.ts";
import type { Epoch } from "../train/progress.ts";
import type { TrainingSettings } from "../train/settings.ts";
import { isTrainingOver, lookUpsOf, refuseAfterOpening, resultKept, unfinishedRun } from "./desk.ts";
import type { Desk } from "./desk.ts";
import { checkpointWriter, readCheckpoints, readStart, removeCheckpoints, writeHistory, writeStart } from "./keep.ts";
import type { FoundCheckpoints } from "./keep.ts";
import type { TrainRunOptions } from "./options.ts";
import { plainSettings, settingsHash } from "./record.ts";
import { runEpochs } from "./run.ts";
import type { RunHooks, TrainingResult } from "./run.ts";
import { newSettings, settingsOfRun } from "./settings-of-run.ts";
import { trainOptionNames } from "./train-options.ts";

export async function* train(desk: Desk, options: TrainRunOptions): AsyncGenerator<Epoch, TrainingResult> {
  checkOptions("train", options, trainOptionNames.all);
  const { resume = false, signal, onStep, checkpointEvery = 30, onRefusedCheckpoint, ...given } = options;
  checkSeconds(checkpointEvery);
  const { sets } = await desk.open();
  const entries = await desk.entries();
  refuseAfterOpening(entries);
  const { storage } = desk;
  if (resume && isTrainingOver(entries)) return resultKept(desk, entries);
  const run = resume ? unfinishedRun(entries) : null;
  const settings = run ? await settingsOfRun(desk, run, given) : await newSettings(desk, given);
  const start = run ? await readStart(storage, settings.from) : (given.from ?? null);
  const settingsSha256 = await settingsHash(plainSettings(settings));
  let found: FoundCheckpoints = { furthest: null, name: null, refused: [] };
  let before = lookUpsOf(entries);
  if (run) {
    found = await readCheckpoints(storage, (each, name) => checkFits(each, settings, settingsSha256, sets.train, name));
    for (const reason of found.refused) onRefusedCheckpoint?.(reason);
    const { epoch = 0, position = 0 } = found.furthest?.progress ?? {};
    const refused = found.refused.map(({ message }) => message);
    const also = refused.length > 0 ? { refused } : {};
    await desk.log({ event: "resumed", epochs: epoch, images: position, ...also });
  } else {
    // What an abandoned run has seen of the validation set was seen.
    const abandoned = unfinishedRun(entries) && (await readCheckpoints(storage)).furthest;
    before += abandoned?.progress.epoch ?? 0;
    await writeStart(storage, start);
    await begin(desk, settings, settingsSha256, before);
  }
  const write = checkpointWriter(storage, settingsSha256, found.name);
  const hooks: RunHooks = {
    threads: desk.threads,
    signal,
    onStep,
    keepEvery: checkpointEvery,
    async keep(state) {
      await write(state);
      if (state.progress.position === 0) await writeHistory(storage, state.progress.history);
    },
    async interrupted({ epoch, position }) {
      await desk.log({ event: "interrupted", epochs: epoch, images: position });
    },
  };
  const ended = yield* runEpochs(sets, settings, found.furthest ?? start, hooks, async (closed) => {
    const model = await withFamiliar(await withDecision(closed.model, sets.validation, settings.decision), sets);
    const hashes = await desk.keep({ model, history: closed.history });
    const { epochs, bestEpoch, weightsSha256 } = closed.result;
    const validationLookUps = before + epochs;
    await desk.log({
      event: "training ended",
      epochs,
      bestEpoch,
      validationLookUps,
      ...closed.arithmetic,
      weightsSha256,
      ...hashes,
      decision: model.decision,
    });
  });
  return ended.result;
}

/**
 * Puts a new run on record. Killed between any two of these, it can be resumed: the ledger knows the settings that
 * study.json may not have yet, and checkpoints of an earlier run say that they are not this one's.
 */
async function begin(desk: Desk, settings: TrainingSettings, settingsSha256: string, before: number): Promise<void> {
  const { epochs, seed } = settings;
  await desk.log({ event: "training started", epochs, seed, settingsSha256, validationLookUps: before });
  await desk.settle(settings);
  await removeCheckpoints(desk.storage);
}

function checkSeconds(checkpointEvery: number | null): void {
  if (checkpointEvery === null || (Number.isFinite(checkpointEvery) && checkpointEvery >= 0)) return;
  throw new RangeError(`checkpointEvery: expected seconds, at least 0, or null for none, got ${checkpointEvery}`);
}
