// The names of what a run of training can be told: an option that nobody reads is a slip that would go unheard.
import type { TrainOptions } from "../train/settings.ts";
import type { TrainRunOptions } from "./options.ts";

const ofTraining: readonly (keyof TrainOptions)[] = [
  "network", "loss", "classWeights", "sampling", "optimizer", "schedule", "regularization", "average", "from", "freeze",
  "clip", "augment", "epochs", "batchSize", "accumulate", "patience", "monitor", "decision", "patches", "normalization",
  "seed", "numericMode", "wide",
]; // prettier-ignore

const ofRun: readonly Exclude<keyof TrainRunOptions, keyof TrainOptions>[] = [
  "resume", "signal", "onStep", "checkpointEvery", "onRefusedCheckpoint",
]; // prettier-ignore

/** Options of train(), those of TrainOptions first. */
export const trainOptionNames = { ofTraining, all: [...ofTraining, ...ofRun] } as const;
