// Where a run stands: what each epoch brought, and everything that is needed to go on to the last bit.
import type { Diagnosis, Evidence } from "./diagnosis.ts";
import type { SetFigures } from "./figures.ts";
import type { PlateauState } from "./schedule.ts";
import type { StoppingState } from "./stopping.ts";
import type { Counters } from "./updater.ts";

/** One pass over the training set, and what it brought. The figures at the top level are the training set's. */
export interface Epoch extends SetFigures {
  /** From 1. */
  readonly epoch: number;
  readonly validation: SetFigures;
  /** What the weights themselves cost: l1 * sum |w| + l2 * sum w^2. */
  readonly penalty: number;
  readonly learningRate: number;
  /** Wall-clock time of the epoch, evaluation included. */
  readonly seconds: number;
  /** Whether the monitored value is the best so far. */
  readonly best: boolean;
  /** What both curves say: `explainDiagnosis` says it in a sentence. */
  readonly diagnosis: Diagnosis;
  /** The figures that the diagnosis rests on. */
  readonly evidence: Evidence;
}

/** JSON-safe. */
export interface Progress {
  /** Epochs finished. */
  readonly epoch: number;
  /** Images of the running epoch that the weights have seen. */
  readonly position: number;
  readonly history: readonly Epoch[];
  readonly stopping: StoppingState;
  readonly plateau: PlateauState | null;
  readonly counters: Counters;
}

/** A run at a step: its progress and its arrays, tensor after tensor in the files' layout: "parameters", "best", "state m", ... */
export interface RunState {
  readonly progress: Progress;
  readonly tensors: ReadonlyMap<string, Float32Array>;
}
