// What a page has of a worker: the library's calls, carried out there.
import type {
  ClassPredictions, Epoch, ExplanationMaps, ExplanationOptions, LearningCurve, LearningCurveOptions, LedgerEntry,
  MaskPredictions, Model, OcclusionOptions, OpenOptions, ProvidedKernels, Refinement, RefineOptions, Report, SamplingOptions, StudyOptions,
  StudySets, TestOptions, TrainingResult, TrainRunOptions,
  Verification, VerifyOptions,
} from "../index.ts"; // prettier-ignore
import type { DataDescription, KeptStorage, StorageDescription } from "./descriptions.ts";

export interface WorkerOptions {
  /**
   * Where the worker's file lies, for bundlers that do not follow `new Worker(new URL(...))`: `voxgrad/build/worker-host.js`
   * as a file, with what it imports.
   */
  readonly workerUrl?: string | URL;
  /** Kernels that the worker takes instead of loading the library's own, as `provideKernels` has them. Bytes are copied. */
  readonly kernels?: ProvidedKernels;
}

/** The options of `study`, with its data and storage described instead of made. */
export interface RemoteStudyOptions extends Omit<StudyOptions, "data" | "moreData" | "storage"> {
  readonly data: DataDescription;
  readonly moreData?: DataDescription | null;
  /** "memory", the worker's own, by default: gone when the worker ends. */
  readonly storage?: StorageDescription;
}

/** The options of `openStudy`, with its data and storage described instead of made. */
export interface RemoteOpenOptions extends Omit<OpenOptions, "data" | "moreData" | "storage"> {
  readonly data: DataDescription;
  readonly moreData?: DataDescription | null;
  readonly storage: KeptStorage;
}

/** The options of `verifyStudy`, with its data and storage described instead of made. */
export interface RemoteVerifyOptions extends Omit<VerifyOptions, "data" | "moreData" | "storage"> {
  readonly storage: KeptStorage;
  readonly data?: DataDescription | null;
  readonly moreData?: DataDescription | null;
}

/** What a page hears in the middle of an epoch. */
export interface RemoteStepOptions {
  /** Hears how many of the epoch's images the weights have seen, at most every 50 milliseconds. */
  readonly onStep?: (images: number) => void;
}

export interface RemoteTrainOptions extends Omit<TrainRunOptions, "onStep">, RemoteStepOptions {
  /**
   * By how many epochs the worker may be ahead of the loop that hears of them, 8 by default: it does not wait for the page.
   * 0 runs an epoch only when the loop asks for it, as without a worker: a loop that is left ends training right there.
   */
  readonly ahead?: number;
}

export interface RemoteTestOptions extends Omit<TestOptions, "pages"> {
  /**
   * Further pages of the report by file name: "html" for that of `voxgrad/report`, made in the worker and written before the
   * test counts as finished; a function makes one here, of the report, written right after.
   */
  readonly pages?: Readonly<Record<string, "html" | ((report: Report) => string)>>;
}

/** A study in a worker: the calls of `Study`, and those that only a worker needs. What they throw is what `Study` throws. */
export interface RemoteStudy {
  sets(): Promise<StudySets>;
  /**
   * Yields every epoch as it comes. Leaving the loop early ends training after the running epoch; an aborted signal ends
   * it after the running step.
   */
  train(options?: RemoteTrainOptions): AsyncGenerator<Epoch, TrainingResult>;
  refine(options?: Omit<RefineOptions, "onStep"> & RemoteStepOptions): Promise<Refinement>;
  learningCurve(options?: Omit<LearningCurveOptions, "onStep"> & RemoteStepOptions): Promise<LearningCurve>;
  test(options?: RemoteTestOptions): Promise<Report>;
  model(): Promise<Model>;
  ledger(): Promise<readonly LedgerEntry[]>;
  /** Stops `train`, `refine` and `learningCurve` after their running step; resolves when they stand. */
  pause(): Promise<void>;
  /** Goes on, to the same bits. */
  resume(): Promise<void>;
  /** The names of the study's files. */
  files(): Promise<readonly string[]>;
  /** The bytes of one, such as "report.html", to be offered for download; null where there is none. */
  read(name: string): Promise<Uint8Array<ArrayBuffer> | null>;
}

/** A worker that waits for calls. */
export interface Remote {
  /**
   * Begins a study, and makes its data.
   * @throws TypeError for what cannot be sent or is not described; as what makes the data.
   */
  study(options: RemoteStudyOptions): Promise<RemoteStudy>;
  /** Opens a study that a storage holds. @throws as study. */
  openStudy(options: RemoteOpenOptions): Promise<RemoteStudy>;
  verifyStudy(options: RemoteVerifyOptions): Promise<Verification>;
  predict(
    model: Model,
    data: DataDescription,
    options?: SamplingOptions | Record<string, never>,
  ): Promise<ClassPredictions | MaskPredictions>;
  saliency(
    model: Model,
    data: DataDescription,
    images: number | readonly number[],
    options?: ExplanationOptions,
  ): Promise<ExplanationMaps>;
  occlusion(
    model: Model,
    data: DataDescription,
    images: number | readonly number[],
    options?: OcclusionOptions,
  ): Promise<ExplanationMaps>;
  /** Ends the worker at once, whatever it does; calls that are not answered fail with a ThreadError. */
  end(): void;
  [Symbol.dispose](): void;
}
