// voxgrad train: phases one and two into a study's folder; the test set stays sealed.
import type { Command } from "commander";
import { Option } from "commander";
import { hasRelaxedSimd, loadModel, openStudy, resolveTraining, study, StudyStateError } from "../index.ts";
import type { Dataset, DatasetSplit, Model, Storage, Study, TrainingResult } from "../index.ts";
import { folderStorage } from "../io.ts";
import { command, limitOptions } from "./command.ts";
import type { Context } from "./command.ts";
import { absolute, limitsOf, readData, trainingSetOf } from "./data.ts";
import type { ByteFlags } from "./data.ts";
import { openModel } from "./model-file.ts";
import { listenForInterrupt } from "./interrupt.ts";
import { done, exitCodeOf, interrupted, unusable } from "./output.ts";
import type { Output, OutputOptions } from "./output.ts";
import { runLearningCurve, runRefining, runTraining } from "./phases.ts";
import { hasStudy, inFolder, readConfig, readConfigFile, removeStudy, writeConfig } from "./place.ts";
import type { Place } from "./place.ts";
import { preprocessingOf } from "./reading-settings.ts";
import { secondPath } from "./second-set.ts";
import { refineSettings, studySettings, trainSettings } from "./recipe.ts";
import { allFlags, resolveSettings, settingsToGoOn } from "./settings.ts";
import type { Settings } from "./settings.ts";
import { auditText, balanceText, learningCurveText, refinementText, secondSetText, trainingText } from "./text.ts";
import { quoted } from "./shell.ts";
import { UsageError } from "./usage.ts";

interface TrainFlags extends OutputOptions, ByteFlags, Readonly<Record<string, unknown>> {
  readonly out: string;
  readonly config?: string;
  readonly resume?: boolean;
  readonly force?: boolean;
}

export function train(): Command {
  const options = [
    new Option("--out <DIR>", "folder of the study, made when it is not there").makeOptionMandatory(),
    new Option("--config <FILE>", 'JSON file of settings, keys named as the flags: { "learningRate": 0.001 }'),
    new Option("--resume", "goes on where the study in DIR stopped, with the settings it was begun with"),
    new Option("--force", "removes the study that is in DIR first"),
    ...limitOptions(),
    ...allFlags(),
  ];
  return command(
    "train",
    "phases 1 and 2: trains, watches the validation set; the test set stays sealed",
    options,
    act,
  ).argument(
    "<DATA>",
    "an .npz file (train_images, train_labels, val_..., test_..., or images and labels to be divided), or a folder: a " +
      "subfolder a class, images/ and masks/, train/, validation/ and test/, or a manifest.csv (path,label,group,set,mask)",
  );
}

async function act(context: Context, flags: TrainFlags, path: string): Promise<number> {
  if (flags.resume && flags.force)
    throw new UsageError("expected --resume, which goes on, or --force, which begins anew, got both");
  const file = flags.config === undefined ? null : await readConfigFile(flags.config);
  const given = resolveSettings(flags, file);
  sayUnheard(context.output, given);
  await refuseTaken(flags);
  const kept = flags.resume ? await settingsIn(flags.out) : null;
  const settings = kept ? settingsToGoOn(flags, file, given, kept) : given;
  const from = kept || settings.from === null ? null : await modelToBeginFrom(settings.from);
  const { unreadable, positive, threads } = settings;
  const reading = { ...limitsOf(flags), preprocessing: preprocessingOf(settings), unreadable, positive };
  const morePath = await secondPath(settings, flags);
  const data = await readData(path, reading);
  const moreData = morePath === null ? null : await readData(morePath, { ...reading, positive: null });
  // What does not fit the data is said before there is a folder for a study of it, or another study is removed for it.
  if (!kept) refuseUnfit(settings, trainingSetOf(data), from);
  return inFolder(flags.out, async (place) => {
    const { storage } = place;
    await refuseTaken(flags);
    if (flags.resume && (await hasStudy(storage))) {
      return work(context, place, settings, openStudy({ storage, data, moreData, threads }), data, path);
    }
    if (flags.force) await removeStudy(storage);
    await writeConfig(storage, settings);
    const moreSource = morePath === null ? null : await absolute(morePath);
    const source = await absolute(path);
    const run = study({ data, moreData, storage, source, moreSource, threads, ...studySettings(settings) });
    try {
      return await work(context, place, settings, run, data, path);
    } catch (error) {
      // What could not begin, such as a network that is too large, leaves no folder that the next attempt would have to remove.
      if (exitCodeOf(error) === unusable && !(await hasEpochs(storage))) await removeStudy(storage);
      throw error;
    }
  });
}

/** Flags of refining where nobody asks for it: they are kept for `--resume --refine`, and do nothing until then. */
function sayUnheard(output: Output, { refine, refineTrials, refineMinutes, refineFolds }: Settings): void {
  if (refine || [refineTrials, refineMinutes, refineFolds].every((value) => value === null)) return;
  output.say(
    "Mind: --refine-trials, --refine-minutes and --refine-folds are kept for refining, which takes --refine: now, or with --resume.",
  );
}

/** @throws RangeError, TypeError, UsageError for settings that the data, or one another, do not go with. */
function refuseUnfit(settings: Settings, train: Dataset, from: Model | null): void {
  const options = trainSettings(settings, train, from);
  // Refining after it is asked for by other flags.
  const task = settings.task ?? (train.labels ? "classification" : "segmentation");
  resolveTraining({ ...options, normalization: { kind: "none" } }, train, task, settings.seed);
}

/** Whether a run has come so far that something of it was kept. */
async function hasEpochs(storage: Storage): Promise<boolean> {
  return (await storage.list()).some((name) => /^(history\.|checkpoint\/)/.test(name));
}

/**
 * The settings of the study in a folder; null where there is none, or it was begun without a file of them. That file is
 * the first of a study: it stands alone where the command was stopped just then.
 */
async function settingsIn(directory: string): Promise<Settings | null> {
  const kept = await readConfig({ directory, storage: folderStorage(directory) });
  return kept && resolveSettings({}, kept);
}

/** @throws StudyStateError when the folder holds a study, and no flag says what becomes of it. */
async function refuseTaken({ out, resume, force }: TrainFlags): Promise<void> {
  if (resume || force || !(await hasStudy(folderStorage(out)))) return;
  throw new StudyStateError(
    `${out}: expected a folder without a study, got one. Go on with --resume, replace it with --force, or choose another --out.`,
  );
}

/** Trains, refines if asked, and says what came of it. */
async function work(
  { output, begin }: Context,
  { directory, storage }: Place,
  settings: Settings,
  run: Study,
  data: Dataset | DatasetSplit,
  path: string,
): Promise<number> {
  const interrupt = listenForInterrupt(output);
  const { signal } = interrupt;
  try {
    // What does not go together is refused before anything is written.
    // A study that has begun keeps what it began from.
    const kept = settings.from === null ? null : await storage.read("from.safetensors");
    const given = settings.from === null || kept ? null : await modelToBeginFrom(settings.from);
    const from = kept ? loadModel(kept, "from.safetensors") : given;
    const options = trainSettings(settings, trainingSetOf(data), from);
    const { train, validation, test } = await run.sets();
    const entries = await run.ledger();
    output.say(`${path}: ${train} images to train on, ${validation} to validate, ${test} to test, sealed.`);
    for (const line of [secondSetText, balanceText, auditText].map((text) => text(entries)))
      if (line !== null) output.say(line);
    if (settings.numericMode === "fast" && !hasRelaxedSimd()) {
      output.say("This engine has no relaxed SIMD: the numeric mode is reproducible.");
    }
    const trained = await runTraining(
      run,
      {
        ...options,
        resume: true,
        signal,
        checkpointEvery: settings.checkpointEvery,
        onRefusedCheckpoint: (reason) => output.warn(`${directory}/${reason.message}. Going on without it.`),
      },
      settings.epochs,
      begin,
    );
    const lines = [trainingText(trained)];
    let result: TrainingResult = trained;
    if (settings.refine && !(await run.ledger()).some(({ event }) => event === "refined")) {
      const refined = await runRefining(run, { ...refineSettings(settings), signal }, begin);
      lines.push(refinementText(refined));
      result = refined;
    }
    if (settings.learningCurve && !(await run.ledger()).some(({ event }) => event === "learning curve")) {
      lines.push(learningCurveText(await runLearningCurve(run, { signal }, begin)));
    }
    lines.push(`The study is in ${directory}. Read the test set, once: voxgrad test ${quoted(directory)}`);
    output.result(lines.join("\n"), recordOf(directory, result));
    return done;
  } catch (error) {
    if (!signal.aborted) throw error;
    output.say(
      `Stopped; what was reached is saved. Go on: voxgrad train ${quoted(path)} --out ${quoted(directory)} --resume`,
    );
    return interrupted;
  } finally {
    interrupt.close();
  }
}

/** @throws UsageError for settings of a study that began from a model which nobody names. */
async function modelToBeginFrom(path: string | true): Promise<Model> {
  if (path !== true) return (await openModel(path)).model;
  throw new UsageError(
    "--from: expected the path of the model that these settings begin with, got none. Name it: the study that they are " +
      "of keeps it as from.safetensors. Or say none.",
  );
}

/** What --json prints. */
function recordOf(directory: string, result: TrainingResult): object {
  const { epochs, bestEpoch, weightsSha256, train, validation, diagnosis, explanation, seconds } = result;
  return { directory, epochs, bestEpoch, weightsSha256, train, validation, diagnosis, explanation, seconds };
}
