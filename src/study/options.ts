// What a study takes and gives: the types of its three phases.
import type { Dataset, DatasetSplit } from "../data/dataset.ts";
import type { Report } from "../report/record.ts";
import type { Storage } from "../storage/storage.ts";
import type { Model } from "../train/model.ts";
import type { Epoch } from "../train/progress.ts";
import type { Task, TrainOptions } from "../train/settings.ts";
import type { LeakagePolicy } from "./leakage.ts";
import type { LedgerEntry, RefinementTrial } from "./ledger.ts";
import type { Remedy } from "./remedy.ts";
import type { TrainingResult } from "./run.ts";

export interface StudyOptions {
  /** One dataset, to be divided, or three that are apart already. */
  readonly data: Dataset | DatasetSplit;
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
}

export interface TrainRunOptions extends TrainOptions {
  /** Goes on from the study's checkpoint with the settings it was begun with; other options are not looked at. */
  readonly resume?: boolean;
  /** Stops after the running step; the state is kept, and the signal's reason is thrown. */
  readonly signal?: AbortSignal;
  /** Hears after every step how many of the epoch's images the weights have seen. */
  readonly onStep?: (images: number) => void;
}

export interface RefineOptions {
  /** What to try; `defaultRemedies` unless given. One that the settings have already is left out. */
  readonly remedies?: readonly Remedy[];
  readonly signal?: AbortSignal;
  /** Hears every epoch of every trial, and which remedy it tries. */
  readonly onEpoch?: (remedy: string, epoch: Epoch) => void;
}

export interface Refinement extends TrainingResult {
  readonly trials: readonly RefinementTrial[];
  /** The remedy whose weights are kept; "none" when the network as trained did best. */
  readonly kept: string;
}

export interface TestOptions {
  /** Further pages of the report by file name, such as `{ "report.html": reportHtml }`; written before the test counts as finished. */
  readonly pages?: Readonly<Record<string, (report: Report) => string>>;
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
   * Phase three: opens the test set, once.
   * @throws SealedTestSetError at a second call; StudyStateError before training, or when the test set's pixels changed.
   */
  test(options?: TestOptions): Promise<Report>;
  /** The model as it stands. @throws StudyStateError before training. */
  model(): Promise<Model>;
  /** What happened, in order. */
  ledger(): Promise<readonly LedgerEntry[]>;
}
