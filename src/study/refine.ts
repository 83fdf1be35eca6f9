// Phase two: remedies against overfitting are tried, compared on the validation set alone, and kept where they help.
import { subset } from "../data/dataset.ts";
import { folds } from "../data/folds.ts";
import { joinDatasets } from "../data/join.ts";
import { withFamiliar } from "../train/familiarize.ts";
import type { TrainingSets } from "../train/fit.ts";
import { withDecision } from "../train/decide.ts";
import { figureOf } from "../train/outcomes.ts";
import type { FigureOf } from "../train/outcomes.ts";
import type { Model } from "../train/model.ts";
import type { Epoch } from "../train/progress.ts";
import type { TrainingSettings } from "../train/settings.ts";
import type { Monitor } from "../train/stopping.ts";
import { advantageOf, gainOf, isBeyondNoise, optimismOf } from "./comparison.ts";
import { lookUpsOf, refuseAfterOpening, refuseUnfinished, untrained } from "./desk.ts";
import type { Desk } from "./desk.ts";
import { plannedEpochs, rungsOf } from "./halving.ts";
import { keptHashes, readStart } from "./keep.ts";
import type { RefinementTrial } from "./events.ts";
import type { LedgerEntry } from "./ledger.ts";
import type { Refinement, RefineOptions } from "./options.ts";
import { liveSettings, plainSettings, settingsHash } from "./record.ts";
import { keptLine } from "./named.ts";
import { defaultRemedies } from "./remedy.ts";
import { applyRemedy, isApplicable, isApplied } from "./apply-remedy.ts";
import { remedyTitle } from "./remedy-title.ts";
import type { Remedy } from "./remedy.ts";
import { resultOf } from "./run.ts";
import { openSearch, removeSearch, stage } from "./search.ts";
import type { Search } from "./search.ts";
import { advance, createTrial, looksOf, secondsOf, trialValue } from "./trial.ts";
import type { Trial } from "./trial.ts";

/** The title of the network as it stands. */
const none = "none";

export async function refine(desk: Desk, options: RefineOptions): Promise<Refinement> {
  const { remedies = defaultRemedies, trials = remedies.length, folds: k = null, seconds = null } = options;
  checkBudget(trials, seconds, options.epochs);
  const { sets, record } = await desk.open();
  const entries = await desk.entries();
  refuseAfterOpening(entries);
  const ended = keptLine(entries);
  if (!record.training || ended === null) throw untrained("refine");
  refuseUnfinished("refine", entries);
  const plan = { remedies: remedies.slice(0, trials), epochs: options.epochs ?? null, folds: k, seconds };
  const search = await openSearch(desk, plan, record.training, ended.weightsSha256);
  const start = await readStart(desk.storage, search.training.from);
  const settings = searched(await liveSettings(search.training, sets.train), sets.train.length, options.epochs);
  const wanted = plan.remedies.filter(
    (remedy) => isApplicable(settings, remedy, sets.train) && !isApplied(settings, remedy),
  );
  await desk.log({
    event: search.resumed && isSearching(entries) ? "refining resumed" : "refining started",
    remedies: wanted.map(remedyTitle),
    folds: k,
    epochs: settings.epochs,
  });
  try {
    return await compare(desk, search, sets, settings, start, wanted, options);
  } catch (error) {
    if (options.signal?.aborted) await desk.log({ event: "refining interrupted" });
    throw error;
  }
}

/** A network that is augmented or held back learns more slowly: so many updates show what it comes to. */
const fewestUpdates = 1500;

/**
 * How the trials are run: to the end of as many epochs as the study's, of small sets more, without early stopping, for the
 * best epoch's weights are kept in any case, and the search itself ends what is not worth going on with. A schedule of
 * the learning rate that was made for the study's epochs keeps to them.
 */
function searched(settings: TrainingSettings, images: number, wanted: number | undefined): TrainingSettings {
  const { schedule, optimizer, batchSize, accumulate } = settings;
  const updates = optimizer.kind === "gradientDescent" ? 1 : Math.ceil(images / (batchSize * accumulate));
  const isBound = schedule.kind !== "constant" && schedule.kind !== "reduceOnPlateau";
  const fewest = isBound ? 0 : Math.ceil(fewestUpdates / updates);
  return Object.freeze({ ...settings, epochs: wanted ?? Math.max(settings.epochs, fewest), patience: null });
}

/** Whether a search is on record that did not come to its end. */
function isSearching(entries: readonly LedgerEntry[]): boolean {
  const last = (...events: readonly LedgerEntry["event"][]) =>
    entries.findLastIndex(({ event }) => events.includes(event));
  return last("refining started") > last("training ended", "refined");
}

function checkBudget(trials: number, seconds: number | null, epochs = 1): void {
  if (!Number.isSafeInteger(epochs) || epochs < 1)
    throw new RangeError(`refine epochs: expected a whole number of at least 1, got ${epochs}`);
  if (!Number.isSafeInteger(trials) || trials < 0)
    throw new RangeError(`refine trials: expected a whole number of at least 0, got ${trials}`);
  if (seconds !== null && !(seconds > 0))
    throw new RangeError(`refine seconds: expected a number above 0, got ${seconds}`);
}

/** Runs the remedies, chooses, and writes down what came of it. @param begin the model that every run begins from. */
async function compare(
  desk: Desk,
  search: Search,
  sets: TrainingSets,
  base: TrainingSettings,
  begin: Model | null,
  remedies: readonly Remedy[],
  { folds: k = null, seconds = null, signal, onStep, onEpoch }: RefineOptions,
): Promise<Refinement> {
  const { storage, threads } = desk;
  const { monitor, seed } = base;
  const parts = k === null ? [sets] : partsOf(sets, k, seed);
  const settingsOf = (remedy: Remedy) => applyRemedy(base, remedy);
  const trials = await Promise.all(
    remedies.map((each) => createTrial(remedyTitle(each), settingsOf(each), parts, begin)),
  );
  const unchanged = await createTrial(none, base, parts, begin);
  const before = {
    model: search.model,
    history: search.history,
    result: resultOf(search.history, search.weightsSha256),
  };
  if (k === null) unchanged.runs = [before];

  const rungs = rungsOf(trials.length, base.epochs);
  const planned =
    parts.length * (plannedEpochs(rungs) + (k === null ? 0 : base.epochs)) + (k === null ? 0 : base.epochs);
  let done = 0;
  const run = async (place: string, trial: Trial, on: readonly TrainingSets[], epochs: number) => {
    const onOwn = (epoch: Epoch) => onEpoch?.(trial.title, epoch, { done: ++done, planned: Math.max(done, planned) });
    await advance(storage, place, trial, on, epochs, { threads, signal, onStep, onEpoch: onOwn });
  };
  const book = await openBook(desk, monitor);

  if (k !== null) {
    await run(none, unchanged, parts, base.epochs);
    await book.tried(unchanged, parts, 0, base.epochs, null);
  }
  const start = trialValue(unchanged, parts, base.epochs);
  const isOutOfTime = () => seconds !== null && trials.reduce((sum, trial) => sum + secondsOf(trial), 0) >= seconds;
  let going: readonly Trial[] = trials;
  let reached = 0;
  for (const { epochs, trials: count } of rungs) {
    going = bestOf(going, count, (trial) => trialValue(trial, parts, reached), monitor);
    for (const trial of going) {
      if (isOutOfTime()) break;
      await run(`${trials.indexOf(trial)}`, trial, parts, epochs);
      await book.tried(trial, parts, reached, epochs, start);
    }
    reached = epochs;
  }

  const tried = trials.filter(({ runs }) => runs.length > 0);
  const value = (trial: Trial) => trialValue(trial, parts, base.epochs);
  const figures = new Map<Trial, FigureOf>();
  for (const trial of [unchanged, ...tried]) figures.set(trial, await figureOfTrial(trial, parts, monitor));
  const images = parts.reduce((sum, { validation }) => sum + validation.length, 0);
  const draws = { seed, groups: groupsOf(parts) };
  const baseFigure = figures.get(unchanged) as FigureOf;
  const advantages = new Map(
    tried.map((trial) => [trial, advantageOf(monitor, images, baseFigure, figures.get(trial) as FigureOf, draws)]),
  );
  const optimism = optimismOf(monitor, images, [...figures.values()], draws);
  const nothing = { gain: null, standardError: null };
  const better = tried.filter((trial) => isBeyondNoise(advantages.get(trial) ?? nothing, optimism?.optimism));
  const winner = bestOf(better, 1, value, monitor).at(0) ?? null;
  const best = winner && (k === null ? winner : await createTrial(winner.title, winner.settings[0], [sets], begin));
  if (best && k !== null) {
    await run("whole", best, [sets], base.epochs);
    await book.tried(best, [sets], 0, base.epochs, null);
  }
  const result = best ? best.runs[0].result : before.result;
  const training = best ? plainSettings(best.settings[0]) : search.training;
  const winning = best && {
    model: await withFamiliar(await withDecision(best.runs[0].model, sets.validation, base.decision), sets),
    history: best.runs[0].history,
  };
  const { decision } = winning?.model ?? before.model;
  const hashes = winning ? await stage(storage, winning, training) : await keptHashes(storage);
  const kept = winner?.title ?? none;
  const rows: RefinementTrial[] = [unchanged, ...tried].map((trial) => ({
    remedy: trial.title,
    epochs: Math.max(...trial.runs.map(({ history }) => history.length)),
    monitor,
    value: value(trial),
    ...(advantages.get(trial) ?? nothing),
    weightsSha256: k === null ? trial.runs[0].result.weightsSha256 : null,
  }));
  const { epochs, bestEpoch, weightsSha256 } = result;
  await desk.log({
    event: "refined",
    epochs,
    bestEpoch,
    settingsSha256: await settingsHash(training),
    trials: rows,
    kept,
    optimism,
    validationLookUps: book.looks,
    weightsSha256,
    ...hashes,
    ...(decision ? { decision } : {}),
  });
  if (best && winning) {
    await desk.settle(best.settings[0]);
    await desk.keep(winning);
  }
  await removeSearch(storage);
  return { ...result, trials: rows, kept, optimism };
}

/** k divisions of what is not sealed: each image is held out once, no patient stands on both sides. */
function partsOf({ train, validation }: TrainingSets, k: number, seed: number): readonly TrainingSets[] {
  const all = joinDatasets([train, validation]);
  return folds(all, { k, seed }).map((fold) => ({
    train: subset(all, fold.train),
    validation: subset(all, fold.validation),
  }));
}

/** Of fewer patients that count alike, draws of patients say next to nothing. */
const fewestGroups = 10;

/**
 * What is drawn together: the groups of all held-out images, part after part. null, images alone, where there are none, or
 * where a few have most of the images: fewer than ten that would say as much if they had as many each (Kish 1965).
 */
function groupsOf(parts: readonly TrainingSets[]): readonly string[] | null {
  if (parts.some(({ validation }) => validation.groups === null)) return null;
  const groups = parts.flatMap(({ validation }) => validation.groups ?? []);
  const sizes = new Map<string, number>();
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const squares = [...sizes.values()].reduce((sum, size) => sum + size * size, 0);
  return (groups.length * groups.length) / squares < fewestGroups ? null : groups;
}

function figureOfTrial({ runs }: Trial, parts: readonly TrainingSets[], monitor: Monitor): Promise<FigureOf> {
  return figureOf(
    runs.map(({ model }, part) => ({ model, set: parts[part].validation })),
    monitor,
  );
}

/** The best of the trials, as many as are wanted; diverged ones and those without a value come last, and only before the first rung. */
function bestOf(
  trials: readonly Trial[],
  count: number,
  value: (trial: Trial) => number | null,
  monitor: Monitor,
): readonly Trial[] {
  if (trials.every(({ runs }) => runs.length === 0)) return trials.slice(0, count);
  return trials
    .filter((trial) => trial.runs.length > 0 && !trial.diverged && value(trial) !== null)
    .sort((a, b) => Math.sign(gainOf(monitor, value(b), value(a)) ?? 0))
    .slice(0, count);
}

/** Writes down every look that the search takes at validation images; what a stopped search wrote down is not written again. */
async function openBook(desk: Desk, monitor: Monitor) {
  const entries = await desk.entries();
  const from = entries.findLastIndex(({ event }) => event === "refining started");
  const written = new Set(
    entries
      .slice(from)
      .flatMap((entry) => (entry.event === "tried" ? [`${entry.epochs} ${entry.remedy}, ${entry.parts}`] : [])),
  );
  let looks = lookUpsOf(entries.slice(0, from));
  return {
    get looks() {
      return looks;
    },
    async tried(trial: Trial, parts: readonly TrainingSets[], before: number, epochs: number, start: number | null) {
      looks += looksOf(trial, epochs) - looksOf(trial, before);
      const value = trialValue(trial, parts, epochs);
      const { title: remedy } = trial;
      const key = `${epochs} ${remedy}, ${parts.length}`;
      if (written.has(key)) return;
      const effect = gainOf(monitor, value, start);
      const { length } = parts;
      await desk.log({
        event: "tried",
        remedy,
        parts: length,
        epochs,
        monitor,
        value,
        effect,
        validationLookUps: looks,
      });
    },
  };
}
