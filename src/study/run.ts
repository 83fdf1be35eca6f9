// One run of training inside a study: epoch by epoch, closed in every case with the best weights so far.
import { DivergenceError } from "../errors.ts";
import { weightBytes } from "../model/weights.ts";
import { sha256 } from "../storage/sha256.ts";
import { explainDiagnosis } from "../train/explain-diagnosis.ts";
import type { SetFigures } from "../train/figures.ts";
import { startFit } from "../train/fit.ts";
import type { Arithmetic, Beginning, Fit, OnStep, TrainingSets } from "../train/fit.ts";
import type { Model } from "../train/model.ts";
import type { Epoch, Progress, RunState } from "../train/progress.ts";
import type { TrainingSettings } from "../train/settings.ts";
import type { ThreadOptions } from "../train/team.ts";

/** What a run came to. */
export interface TrainingResult {
  /** Epochs that were run. */
  readonly epochs: number;
  /** The epoch whose weights are kept, from 1; 0 for the initial ones. */
  readonly bestEpoch: number;
  /** SHA-256 over the kept tensors' little-endian float32 bytes, in the file's order. */
  readonly weightsSha256: string;
  /** Figures of the kept weights. */
  readonly train: SetFigures | null;
  readonly validation: SetFigures | null;
  /** What the curves said at the end. */
  readonly diagnosis: string;
  /** The same in a sentence, with its figures. */
  readonly explanation: string;
  readonly seconds: number;
}

export interface Run {
  readonly model: Model;
  readonly result: TrainingResult;
  readonly history: readonly Epoch[];
  readonly arithmetic: Arithmetic;
}

export interface RunHooks {
  readonly threads?: ThreadOptions;
  readonly signal?: AbortSignal;
  /** Hears after every step how many of the epoch's images the weights have seen; what it promises is waited for. */
  readonly onStep?: OnStep;
  /** Keeps a run's state: after every epoch, now and then in the middle of one, and when it is interrupted. */
  readonly keep?: (state: RunState) => Promise<void>;
  /** Seconds between two states that are kept in the middle of an epoch; 0 keeps one after every step, null none. */
  readonly keepEvery?: number | null;
  /** Records that the run was interrupted, once its state is kept. */
  readonly interrupted?: (progress: Progress) => Promise<void>;
}

/** Where a run begins: where another stood, at a model's weights where they fit, or at drawn ones. */
export function beginningOf(from: RunState | Model | null): Beginning {
  if (from === null) return { kind: "drawn" };
  return "weights" in from ? { kind: "from", weights: from.weights } : { kind: "resumed", state: from };
}

/** Runs all epochs; yields each. The run is returned, also when the caller stops early (`stopped`) or training diverges. */
export async function* runEpochs(
  sets: TrainingSets,
  settings: TrainingSettings,
  from: RunState | Model | null,
  hooks: RunHooks,
  close: (run: Run) => Promise<void>,
): AsyncGenerator<Epoch, Run> {
  const fit = await startFit(sets, settings, beginningOf(from), settings.numericMode, hooks.threads);
  const keeper = createKeeper(fit, hooks);
  let isOver = false;
  try {
    while (!fit.finished) {
      const epoch = await oneEpoch(fit, hooks, keeper);
      await keeper.keep();
      yield epoch;
    }
    isOver = true;
    const run = await runOf(fit, sets);
    await close(run);
    return run;
  } catch (error) {
    isOver = true;
    if (error instanceof DivergenceError) await close(await runOf(fit, sets));
    throw error;
  } finally {
    // A caller that leaves the loop early has seen enough: what is best so far is kept.
    if (!isOver) await close(await runOf(fit, sets));
    fit.free();
  }
}

/** A checkpoint takes at most this part of the time: of a large network on a slow disk there are fewer. */
const mostOfTheTime = 0.05;

interface Keeper {
  keep(): Promise<void>;
  /** Keeps the state when the last one was kept long enough ago. */
  keepWhenDue(): Promise<void> | undefined;
}

function createKeeper(fit: Fit, { keep, keepEvery = null }: RunHooks): Keeper {
  let last = performance.now();
  let pause = keepEvery === null ? Infinity : 1000 * keepEvery;
  async function keepNow(): Promise<void> {
    if (!keep) return;
    const started = performance.now();
    await keep(fit.state());
    last = performance.now();
    if (keepEvery) pause = Math.max(1000 * keepEvery, (last - started) / mostOfTheTime);
  }
  return {
    keep: keepNow,
    keepWhenDue: () => (performance.now() - last < pause ? undefined : keepNow()),
  };
}

async function oneEpoch(fit: Fit, { signal, onStep, interrupted }: RunHooks, keeper: Keeper): Promise<Epoch> {
  try {
    return await fit.epoch(signal, (images) => {
      const pause = onStep?.(images);
      return pause instanceof Promise ? pause.then(() => keeper.keepWhenDue()) : keeper.keepWhenDue();
    });
  } catch (error) {
    if (signal?.aborted && !(error instanceof DivergenceError)) {
      await keeper.keep();
      await interrupted?.(fit.progress);
    }
    throw error;
  }
}

/** A run as it stands, with the best weights so far. */
export async function runOf(fit: Fit, sets: TrainingSets): Promise<Run> {
  const { network, task, patches, normalization, loss } = fit.settings;
  const { history } = fit.progress;
  const weights = fit.bestWeights();
  const { classes, maskClasses, preprocessing } = sets.train;
  const read = { ...(preprocessing ? { preprocessing } : {}), ...(patches ? { patches } : {}) };
  return {
    model: Object.freeze({ task, network, weights, classes, maskClasses, ...read, normalization, loss }),
    history,
    arithmetic: fit.arithmetic,
    result: resultOf(history, await sha256(weightBytes(weights))),
  };
}

/** What a run came to, from its epochs and the hash of its best weights. */
export function resultOf(history: readonly Epoch[], weightsSha256: string): TrainingResult {
  const best = history.findLast((epoch) => epoch.best);
  const last = history.at(-1);
  return {
    epochs: history.length,
    bestEpoch: best?.epoch ?? 0,
    weightsSha256,
    train: best ? figuresOf(best) : null,
    validation: best?.validation ?? null,
    diagnosis: last?.diagnosis ?? "learning",
    explanation: last ? explainDiagnosis(last) : "",
    seconds: history.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

function figuresOf({ totalError, loss, absoluteError, accuracy, rocAuc, dice }: Epoch): SetFigures {
  return { totalError, loss, absoluteError, accuracy, rocAuc, dice };
}
