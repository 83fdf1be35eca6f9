// What a study takes and gives: the types of its three phases.
import type { Dataset, DatasetSplit } from "../data/dataset.ts";
import type { FormatError } from "../errors.ts";
import type { Report } from "../report/record.ts";
import type { Storage } from "../storage/storage.ts";
import type { Model } from "../train/model.ts";
import type { Epoch } from "../train/progress.ts";
import type { Task, TrainOptions } from "../train/settings.ts";
import type { ThreadOptions } from "../train/team.ts";
import type { Monitor } from "../train/stopping.ts";
import type { Optimism } from "./comparison.ts";
import type { LeakagePolicy } from "./leakage.ts";
import type { RefinementTrial } from "./events.ts";
import type { LedgerEntry } from "./ledger.ts";
import type { Remedy } from "./remedy.ts";
import type { TrainingResult } from "./run.ts";

export interface StudyOptions extends ThreadOptions {
  /** One dataset, to be divided, or three that are apart already. */
  readonly data: Dataset | DatasetSplit;
  /**
   * A second set, whose images join the training set alone: the first remedy, more data. It is audited against validation
   * and test set as all is; a group of one name in both sets is one patient. It may have a part of the classes. Of three
   * sets all images join.
   */
  readonly moreData?: Dataset | DatasetSplit | null;
  /** The seed of everything drawn; 1 by default. */
  readonly seed?: number;
  /** Classification where there are labels, else segmentation, unless said. */
  readonly task?: Task;
  /**
   * What goes into one set together: "patient", the default, all images of a patient, where the data names groups;
   * "similarity", near copies as well, which the audit finds; null mixes them. Only for data that is not divided yet.
   */
  readonly groupBy?: "patient" | "similarity" | null;
  /** Training, validation and test set; 0.7, 0.15, 0.15 by default. Only for data that is not divided yet. */
  readonly ratios?: readonly number[];
  /**
   * What to do when an image, a near copy of it or a patient stands in two sets, or pixels were scaled by statistics of
   * other sets than the training set: "stop", the default, throws LeakageError, which counts and names the pairs;
   * "drop" leaves out the copy in the training set, or in the validation set where the other is in the test set; "allow"
   * goes on, and the report says so first.
   */
  readonly leakage?: LeakagePolicy;
  /** Where the study is kept; in memory by default. */
  readonly storage?: Storage;
  /** Where the data came from; only written down. */
  readonly source?: string | null;
  /** Where the second set came from; only written down. */
  readonly moreSource?: string | null;
}

export interface OpenOptions extends ThreadOptions {
  readonly storage: Storage;
  /** What the study was begun with: checked against what the ledger commits to. */
  readonly data: Dataset | DatasetSplit;
  /** The second set that it was begun with, where there was one. */
  readonly moreData?: Dataset | DatasetSplit | null;
}

export interface TrainRunOptions extends TrainOptions {
  /**
   * Goes on from the study's checkpoint with the settings it was begun with. Those of TrainOptions are looked at only
   * where none were written down yet.
   */
  readonly resume?: boolean;
  /**
   * Seconds between two checkpoints in the middle of an epoch, 30 by default, longer where writing one would take more
   * than a twentieth of the time; 0 writes one after every step, null none. After every epoch there is one in any case.
   */
  readonly checkpointEvery?: number | null;
  /** Hears of each checkpoint that could not be used, by name and with the reason: the one before it is, where it is whole. */
  readonly onRefusedCheckpoint?: (reason: FormatError) => void;
  /** Stops after the running step; the state is kept, and the signal's reason is thrown. */
  readonly signal?: AbortSignal;
  /**
   * Hears after every step how many of the epoch's images the weights have seen. A promise that it gives is waited for
   * before the next step: training pauses.
   */
  readonly onStep?: ((images: number) => void) | ((images: number) => Promise<void>);
}

export interface RefineOptions {
  /** What to try; `defaultRemedies` unless given. One that the settings have already is left out. */
  readonly remedies?: readonly Remedy[];
  /** At most so many of them, the first ones. */
  readonly trials?: number;
  /** Epochs of the trials that are run to the end: those of the study by default, of small sets as many as make 1,500 updates. */
  readonly epochs?: number;
  /** No trial is begun or gone on with once the trials have run for so long; what they reached by then is compared. */
  readonly seconds?: number | null;
  /**
   * Judges every remedy by k networks, each on a part of training and validation set that it did not see, 2 to 100; slower,
   * and less noisy where the validation set is small. null, the default, judges on the validation set.
   */
  readonly folds?: number | null;
  /** Stops after the running step; the next call with the same options goes on from there. The signal's reason is thrown. */
  readonly signal?: AbortSignal;
  /** Hears every step of every trial, as that of `train` does. */
  readonly onStep?: ((images: number) => void) | ((images: number) => Promise<void>);
  /** Hears every epoch of every trial, which remedy it tries, and how far the search is. */
  readonly onEpoch?: (
    remedy: string,
    epoch: Epoch,
    progress: { readonly done: number; readonly planned: number },
  ) => void;
}

export interface Refinement extends TrainingResult {
  readonly trials: readonly RefinementTrial[];
  /** The remedy whose weights are kept; "none" when no other was better by more than the noise. */
  readonly kept: string;
  /** How far the best value flatters itself, having been chosen on the images that it is of; null where there was no choice. */
  readonly optimism: Optimism | null;
}

export interface LearningCurveOptions {
  /** Stops after the running step; the signal's reason is thrown. */
  readonly signal?: AbortSignal;
  /** Hears every step of every network, as that of `train` does. */
  readonly onStep?: ((images: number) => void) | ((images: number) => Promise<void>);
  /** Hears every epoch, with how many images it is of, and how far the curve is. */
  readonly onEpoch?: (
    part: string,
    epoch: Epoch,
    progress: { readonly done: number; readonly planned: number },
  ) => void;
}

/** The validation figure that networks reach that were trained on so many images. */
export interface LearningCurvePoint {
  readonly images: number;
  /** One a network; each learned from other images. */
  readonly values: readonly number[];
}

export interface LearningCurve {
  readonly monitor: Monitor;
  /** An eighth, a quarter, a half and all of the training set. */
  readonly points: readonly LearningCurvePoint[];
  /** What is to be expected of twice the images, with its 95 % interval; null where a figure is undefined. */
  readonly twice: {
    readonly images: number;
    readonly value: number;
    readonly interval: readonly [number, number];
    /** How much better than with the images that there are, by the fitted law; 0 or more. */
    readonly gain: number;
  } | null;
}

export interface TestOptions {
  /**
   * Why the test set is to be opened again, in words: the ledger keeps it, and every later report begins with how often the
   * set was opened, and why. null, the default, for the one look that a study has.
   */
  readonly reopen?: string | null;
  /** Further pages of the report by file name, such as `{ "report.html": reportHtml }`; written before the test counts as finished. */
  readonly pages?: Readonly<Record<string, (report: Report) => string>>;
  /**
   * Whether the report shows single images of the test set, the worst errors and the surest right answers; true by default.
   * They are patients' pixels: false where the report goes to people who may not see them.
   */
  readonly examples?: boolean;
}

/** The sizes of a study's sets. There is nothing of the test set but its size. */
export interface StudySets {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

export interface Study {
  /**
   * Divides the data, audits it for leakage, checks it and commits to it; every other call does this first.
   * @throws LeakageError where an image or a patient stands in two sets, unless `leakage` says otherwise.
   */
  sets(): Promise<StudySets>;
  /**
   * Phase one, and the watch of phase two: yields every epoch. Leaving the loop early keeps the best weights so far.
   * @throws SealedTestSetError when the test set was opened; DivergenceError when numbers went wrong.
   */
  train(options?: TrainRunOptions): AsyncGenerator<Epoch, TrainingResult>;
  /** Phase two: tries remedies against overfitting and keeps what validation prefers. @throws as train. */
  refine(options?: RefineOptions): Promise<Refinement>;
  /**
   * Phase two: trains on an eighth, a quarter and a half of the training set, three times each, and says what twice the
   * images would bring. The model stays as it is. @throws as train; RangeError for fewer than 8 images or patients.
   */
  learningCurve(options?: LearningCurveOptions): Promise<LearningCurve>;
  /**
   * Phase three: opens the test set, once. A test that was stopped in the middle is finished: the same opening counts.
   * @throws SealedTestSetError at a second call without `reopen`; StudyStateError before training, when the test set's pixels
   * changed, or weights, decision, history or settings are not those that the ledger names.
   */
  test(options?: TestOptions): Promise<Report>;
  /** The model as it stands. @throws StudyStateError before training. */
  model(): Promise<Model>;
  /** What happened, in order. */
  ledger(): Promise<readonly LedgerEntry[]>;
}
