// One trial of phase two: settings, run part by part and rung by rung; where it stands is kept, to go on from there.
import { prepareNormalization } from "../data/normalization.ts";
import { DivergenceError } from "../errors.ts";
import type { Storage } from "../storage/storage.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../train/checkpoint.ts";
import { startFit } from "../train/fit.ts";
import type { OnStep, TrainingSets } from "../train/fit.ts";
import type { Model } from "../train/model.ts";
import type { Epoch, RunState } from "../train/progress.ts";
import type { TrainingSettings } from "../train/settings.ts";
import type { ThreadOptions } from "../train/team.ts";
import { gainOf } from "./comparison.ts";
import { plainSettings, settingsHash } from "./record.ts";
import { beginningOf, runOf } from "./run.ts";
import { searchFolder } from "./search.ts";
import type { Run } from "./run.ts";

/** What is run on each part: a training set to learn from, and images held out to judge by. */
export interface Trial {
  /** "dropout 0.3" and the like. */
  readonly title: string;
  /** By part, the normalisation fitted on the part's own training images. */
  readonly settings: readonly TrainingSettings[];
  /** The model that it begins from; null for drawn weights. */
  readonly start: Model | null;
  /** By part; empty before the first rung. */
  runs: readonly TrialRun[];
  /** Whether numbers went wrong: then it does not go on. */
  diverged: boolean;
}

/** How far a part came: its best weights, and its epochs. */
export type TrialRun = Pick<Run, "model" | "history" | "result">;

export interface TrialHooks {
  readonly threads?: ThreadOptions;
  readonly signal?: AbortSignal;
  readonly onStep?: OnStep;
  readonly onEpoch?: (epoch: Epoch) => void;
}

/** A state is kept this often while a trial runs, and at its end. */
const keepEvery = 30000;

export async function createTrial(
  title: string,
  settings: TrainingSettings,
  parts: readonly TrainingSets[],
  start: Model | null,
): Promise<Trial> {
  const own = async ({ train }: TrainingSets) =>
    Object.freeze({
      ...settings,
      batchSize: Math.min(settings.batchSize, train.length * (settings.patches?.perImage ?? 1)),
      normalization: settings.normalizationGiven
        ? settings.normalization
        : await prepareNormalization(settings.normalization.kind, train),
    });
  return { title, settings: await Promise.all(parts.map(own)), start, runs: [], diverged: false };
}

/** Runs a trial on every part until it has so many epochs, from where it stands in the storage, in files named by `place`. */
export async function advance(
  storage: Storage,
  place: string,
  trial: Trial,
  parts: readonly TrainingSets[],
  epochs: number,
  hooks: TrialHooks,
): Promise<void> {
  const runs: Run[] = [];
  for (const [part, sets] of parts.entries()) {
    const name = `${searchFolder}${place}-${part}.safetensors`;
    const { run, diverged } = await advancePart(storage, name, sets, trial, part, epochs, hooks);
    runs.push(run);
    if (diverged) trial.diverged = true;
  }
  trial.runs = runs;
}

async function advancePart(
  storage: Storage,
  name: string,
  sets: TrainingSets,
  { settings, start }: Trial,
  part: number,
  epochs: number,
  { threads, signal, onStep, onEpoch }: TrialHooks,
): Promise<{ run: Run; diverged: boolean }> {
  const settingsSha256 = await settingsHash(plainSettings(settings[part]));
  const state = await readState(storage, name, settingsSha256);
  const own = settings[part];
  const fit = await startFit(sets, own, beginningOf(state ?? start), own.numericMode, threads);
  const keep = async () => storage.write(name, await encodeCheckpoint(fit.state(), settingsSha256));
  let kept = performance.now();
  try {
    while (fit.progress.epoch < epochs && !fit.finished) {
      const epoch = await fit.epoch(signal, onStep);
      onEpoch?.(epoch);
      if (performance.now() - kept < keepEvery) continue;
      await keep();
      kept = performance.now();
    }
    await keep();
    return { run: await runOf(fit, sets), diverged: false };
  } catch (error) {
    if (error instanceof DivergenceError) return { run: await runOf(fit, sets), diverged: true };
    if (signal?.aborted) await keep();
    throw error;
  } finally {
    fit.free();
  }
}

/** null where there is none, or not of these settings, or not as it was written: then the trial is run again, to the same bits. */
async function readState(storage: Storage, name: string, settingsSha256: string): Promise<RunState | null> {
  const bytes = await storage.read(name);
  const found = bytes && (await decodeCheckpoint(bytes, name).catch(() => null));
  return found?.settingsSha256 === settingsSha256 ? found : null;
}

/** The monitored value of the best of a run's first epochs; null where it is undefined. */
function valueOf({ history }: TrialRun, monitor: TrainingSettings["monitor"], epochs: number): number | null {
  let best: number | null = null;
  for (const { validation } of history.slice(0, epochs)) {
    const value = validation[monitor];
    if (best === null || (gainOf(monitor, value, best) ?? 0) > 0) best = value ?? best;
  }
  return best;
}

/** A trial's value: the mean over its parts, each counting by its held-out images; null where one has none. */
export function trialValue(trial: Trial, parts: readonly TrainingSets[], epochs: number): number | null {
  let sum = 0;
  let images = 0;
  for (const [part, { validation }] of parts.entries()) {
    const value = valueOf(trial.runs[part], trial.settings[part].monitor, epochs);
    if (value === null) return null;
    sum += value * validation.length;
    images += validation.length;
  }
  return sum / images;
}

/** How often a trial looked at validation images up to these epochs. */
export function looksOf({ runs }: Trial, epochs: number): number {
  return runs.reduce((sum, { history }) => sum + Math.min(history.length, epochs), 0);
}

/** The seconds that a trial ran, stops and starts not counted. */
export function secondsOf({ runs }: Trial): number {
  return runs.reduce((sum, { result }) => sum + result.seconds, 0);
}
