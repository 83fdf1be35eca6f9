// What can happen in a study: the events of its ledger, each with what it says.
import type { LeakKind } from "../data/audit.ts";
import type { Decision } from "../train/decision.ts";
import type { Optimism } from "./comparison.ts";
import type { LeakagePolicy } from "./leakage.ts";
import type { LearningCurve } from "./options.ts";

/** How many images a set has, and the SHA-256 that commits the study to them. */
export interface CommittedSet {
  readonly size: number;
  readonly sha256: string;
}

/** Which images: a bit for each of the dataset that they count in, the lowest first, as base64. */
export interface CertifiedIds {
  readonly ids: string;
}

/** What a remedy was compared by, when the study was refined. */
export interface RefinementTrial {
  readonly remedy: string;
  /** Epochs that it ran; most are stopped before the end. */
  readonly epochs: number;
  /** The validation figure that was compared, and its value. */
  readonly monitor: string;
  readonly value: number | null;
  /** How much better it is than the network as it was, on the same images, and the standard error of that. */
  readonly gain: number | null;
  readonly standardError: number | null;
  /** null where it was judged by several networks, one a fold. */
  readonly weightsSha256: string | null;
}

/** What training or refining leaves: the study's model and history, each bound to the line. */
export interface Kept {
  readonly weightsSha256: string;
  /** Of model.safetensors whole, the recipe included. */
  readonly modelSha256: string;
  /** Of the epochs in history.json, their seconds left out. */
  readonly historySha256: string;
  /** What was chosen on the validation set, and is frozen from here on. */
  readonly decision?: Decision;
}

export type LedgerEvent =
  | {
      readonly event: "created";
      readonly seed: number;
      readonly task: string;
      /** Over what study.json says of task, division and images: it stays as it is from here on. */
      readonly recordSha256: string;
    }
  | {
      /** The sets were compared, the sealed one among them, before anything was learned. */
      readonly event: "audited";
      /** What was to become of a leak. */
      readonly leakage: LeakagePolicy;
      /** The correlation from which on images counted as near copies; null where they were too small, or too many. */
      readonly threshold: number | null;
      /** Pairs across sets, by kind; of `statistics` the sets whose figures the pixels were scaled by. */
      readonly pairs: Readonly<Record<LeakKind, number>>;
      /** Images of each set that stand in one of the pairs. */
      readonly images: { readonly train: number; readonly validation: number; readonly test: number };
      /** What was left out. */
      readonly dropped?: Readonly<Record<"train" | "validation", CertifiedIds & { readonly size: number }>>;
    }
  | {
      /** The sets that the study commits to. */
      readonly event: "split";
      readonly train: CommittedSet & CertifiedIds;
      readonly validation: CommittedSet & CertifiedIds;
      readonly test: CommittedSet & CertifiedIds;
      /** The largest difference between a class's share of a set and its share of all. */
      readonly imbalance: number;
      /** How many of the training images a second set brought, after the audit; left out without one. */
      readonly moreData?: { readonly size: number };
      /** Files that could not be read and are in no set; left out where all could be. No names: files are called after patients. */
      readonly unreadable?: { readonly count: number };
    }
  | {
      /** Pixels were to be scaled by figures that were given, and they are those of validation or test images too. */
      readonly event: "scaling audited";
      /** What was to become of it: `drop` fitted the same kind on the training set instead. */
      readonly leakage: LeakagePolicy;
      readonly kind: string;
      readonly fittedOn: readonly string[];
    }
  | {
      readonly event: "training started";
      readonly epochs: number;
      readonly seed: number;
      /** Over the settings of training as study.json has them: a run goes on with these alone. */
      readonly settingsSha256: string;
      /** How often figures of the validation set were looked at before, those of abandoned runs included. */
      readonly validationLookUps: number;
    }
  | ({
      readonly event: "training ended";
      readonly epochs: number;
      readonly bestEpoch: number;
      /** How often figures of the validation set were looked at since the study began. */
      readonly validationLookUps: number;
      /** How products were rounded: `fast` is `reproducible` where the engine has no relaxed SIMD. */
      readonly numericMode: string;
      /** Threads that shared the work at its end, and why not more; the bits are the same with any number. */
      readonly threads?: number;
      readonly threadsReason?: string | null;
      readonly fused: boolean;
    } & Kept)
  | {
      readonly event: "refining started" | "refining resumed";
      /** What is to be tried. */
      readonly remedies: readonly string[];
      readonly folds: number | null;
      readonly epochs: number;
    }
  | { readonly event: "refining interrupted" }
  | {
      /** A remedy ran for so many epochs, on each of so many parts, and validation was looked at after each. */
      readonly event: "tried";
      readonly remedy: string;
      readonly parts: number;
      readonly epochs: number;
      readonly monitor: string;
      readonly value: number | null;
      /** How much better than the network as it was; below 0 where it is worse. */
      readonly effect: number | null;
      readonly validationLookUps: number;
    }
  | ({
      readonly event: "refined";
      /** Of the run whose weights are kept. */
      readonly epochs: number;
      readonly bestEpoch: number;
      /** Of the settings that it ran by, as study.json has them. */
      readonly settingsSha256: string;
      readonly trials: readonly RefinementTrial[];
      /** The remedy whose weights are kept. */
      readonly kept: string;
      /** How far the best value flatters itself, having been chosen; null where there was no choice. */
      readonly optimism: Optimism | null;
      readonly validationLookUps: number;
    } & Kept)
  | ({ readonly event: "learning curve"; readonly validationLookUps: number } & LearningCurve)
  | {
      /** By Ctrl-C or a signal; a process that is killed records nothing. */
      readonly event: "interrupted";
      /** Epochs finished, and images of the running one that the weights have seen. */
      readonly epochs: number;
      readonly images: number;
    }
  | {
      readonly event: "resumed";
      /** Where the run goes on, as for `interrupted`. */
      readonly epochs: number;
      readonly images: number;
      /** What is wrong with checkpoints that could not be used; left out where there are none. */
      readonly refused?: readonly string[];
    }
  | {
      /** The seal is broken: on disk before the first test image is read. */
      readonly event: "test opened";
      readonly weightsSha256: string;
      readonly testSha256: string;
      readonly validationLookUps: number;
      /** How probabilities become decisions: what was frozen with the weights. */
      readonly decision?: Decision;
      /** Why it was opened again; left out of the first opening. */
      readonly reason?: string;
    }
  | {
      /** A test that was stopped in the middle goes on: the same opening, by the same weights. */
      readonly event: "test resumed";
      readonly weightsSha256: string;
    }
  | {
      readonly event: "test finished";
      readonly weightsSha256: string;
      /** SHA-256 of every file of the report, by name. */
      readonly reports: Readonly<Record<string, string>>;
    };
