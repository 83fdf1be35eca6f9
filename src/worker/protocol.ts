// What a page and its worker say to each other: calls and their answers, events, and what acts on a running call.
import type { ProvidedKernels } from "../index.ts";
import type { Sent } from "./encode.ts";
import type { SentError } from "./encode-error.ts";

/** What can be asked of the worker. Those of a study name its number. */
export type CallName =
  | "study" | "openStudy"
  | "sets" | "train" | "refine" | "learningCurve" | "test" | "model" | "ledger"
  | "pause" | "resume" | "files" | "read" | "write"
  | "predict" | "saliency" | "occlusion" | "verifyStudy"; // prettier-ignore

export type EventName = "epoch" | "step" | "trialEpoch" | "refusedCheckpoint";

/** Asks the worker for something. */
export interface Call {
  readonly kind: "call";
  /** Names the call in its answer, in its events and in what acts on it. */
  readonly id: number;
  readonly name: CallName;
  /** Chosen by the page when a study is begun or opened. */
  readonly study: number;
  readonly given: readonly Sent[];
  /** What the page wants to hear of. */
  readonly events: readonly EventName[];
}

export type ToWorker =
  /** A word of shared memory that counts what acts on running calls, where there is such memory: heard after every step; and the kernels that it is to have. */
  | { readonly kind: "begin"; readonly knocks: SharedArrayBuffer | null; readonly kernels: ProvidedKernels }
  | Call
  | { readonly kind: "abort"; readonly id: number }
  /** The page's loop asks for the next epoch. */
  | { readonly kind: "more"; readonly id: number }
  /** The page's loop was left. */
  | { readonly kind: "leave"; readonly id: number };

export type ToPage =
  /** It hears; or why what it was to begin with cannot be. */
  | { readonly kind: "ready"; readonly refused: SentError | null }
  | { readonly kind: "event"; readonly id: number; readonly name: EventName; readonly given: readonly Sent[] }
  | { readonly kind: "answer"; readonly id: number; readonly value: Sent }
  /** null: the reason of the signal that was aborted, which the page has. */
  | { readonly kind: "failure"; readonly id: number; readonly error: SentError | null };

/** The page's way to its worker, as a runtime has it. */
export interface WayToWorker {
  post(message: ToWorker, transfer?: readonly ArrayBuffer[]): void;
  /** Whether the process is to stay alive for its answers. */
  keepAlive(isWaiting: boolean): void;
  /** Ends the worker at once. */
  end(): void;
}

/** Begins a worker. @param onEnd hears when it ends by itself, or cannot begin, and why. */
export type BeginWorker = (
  onMessage: (message: ToPage) => void,
  onEnd: (why: string) => void,
  url?: string | URL,
) => WayToWorker;

/** The worker's way to its page. */
export interface WayToPage {
  post(message: ToPage, transfer?: readonly ArrayBuffer[]): void;
}
