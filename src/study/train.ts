// Phase one, and the watch of phase two: epochs are run, shown and kept; a run can be stopped and resumed.
import type { Epoch } from "../train/progress.ts";
import { resolveTraining } from "../train/settings.ts";
import type { TrainingSettings } from "../train/settings.ts";
import { isTrainingOver, lookUpsOf, refuseAfterOpening, resultKept } from "./desk.ts";
import type { Desk } from "./desk.ts";
import { readCheckpoint, removeCheckpoints, writeCheckpoint, writeHistory } from "./keep.ts";
import type { TrainRunOptions } from "./options.ts";
import { liveSettings } from "./record.ts";
import { settleScaling } from "./scaling.ts";
import { runEpochs } from "./run.ts";
import type { TrainingResult } from "./run.ts";

export async function* train(
  desk: Desk,
  { resume = false, signal, onStep, ...options }: TrainRunOptions,
): AsyncGenerator<Epoch, TrainingResult> {
  const { sets, record } = await desk.open();
  const entries = await desk.entries();
  refuseAfterOpening(entries);
  const { storage } = desk;
  if (resume && isTrainingOver(entries)) return resultKept(desk);
  const stopped = await readCheckpoint(storage);
  const from = resume ? stopped : null;
  let settings: TrainingSettings;
  if (resume && record.training) {
    settings = await liveSettings(record.training, sets.train);
  } else {
    const { asked, normalization } = await settleScaling(desk, options);
    const { task, division } = record;
    settings = resolveTraining({ ...options, normalization: asked }, sets.train, task, division.seed, normalization);
    await desk.settle(settings);
  }
  let before = lookUpsOf(entries);
  if (from) {
    await desk.log({ event: "resumed", epochs: from.progress.epoch });
  } else {
    // What an abandoned run has seen of the validation set was seen.
    if (stopped && !isTrainingOver(entries)) before += stopped.progress.epoch;
    await removeCheckpoints(storage);
    const { epochs, seed } = settings;
    await desk.log({ event: "training started", epochs, seed, validationLookUps: before });
  }
  const hooks = {
    signal,
    onStep,
    async keep(state: Parameters<typeof writeCheckpoint>[1]) {
      await writeCheckpoint(storage, state);
      await writeHistory(storage, state.progress.history);
    },
    async interrupted(epochs: number) {
      await desk.log({ event: "interrupted", epochs });
    },
  };
  const run = yield* runEpochs(sets, settings, from, hooks, async (closed) => {
    await desk.keep(closed);
    const { epochs, bestEpoch, weightsSha256 } = closed.result;
    const validationLookUps = before + epochs;
    await desk.log({
      event: "training ended",
      epochs,
      bestEpoch,
      validationLookUps,
      ...closed.arithmetic,
      weightsSha256,
    });
  });
  return run.result;
}
