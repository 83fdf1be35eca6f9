// What happened in a study, in order: lines of JSON, each with the SHA-256 of the line before it.
import type { LeakKind } from "../data/audit.ts";
import { StudyStateError } from "../errors.ts";
import { sha256 } from "../storage/sha256.ts";
import type { Storage } from "../storage/storage.ts";
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

export type LedgerEvent =
  | { readonly event: "created"; readonly seed: number; readonly task: string }
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
  | {
      readonly event: "training ended";
      readonly epochs: number;
      readonly bestEpoch: number;
      /** How often figures of the validation set were looked at since the study began. */
      readonly validationLookUps: number;
      /** How products were rounded: `fast` is `reproducible` where the engine has no relaxed SIMD. */
      readonly numericMode: string;
      readonly fused: boolean;
      readonly weightsSha256: string;
    }
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
  | {
      readonly event: "refined";
      readonly trials: readonly RefinementTrial[];
      /** The remedy whose weights are kept. */
      readonly kept: string;
      /** How far the best value flatters itself, having been chosen; null where there was no choice. */
      readonly optimism: Optimism | null;
      readonly validationLookUps: number;
      readonly weightsSha256: string;
    }
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
      readonly event: "test opened";
      readonly weightsSha256: string;
      readonly testSha256: string;
      readonly validationLookUps: number;
    }
  | { readonly event: "test finished"; readonly weightsSha256: string };

export type LedgerEntry = LedgerEvent & {
  /** From 0. */
  readonly index: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** SHA-256 of the bytes of the line before, without its newline; 64 zeros in the first line. */
  readonly previous: string;
};

/** A ledger that was read: every line up to the first that is wrong. */
export interface CheckedLedger {
  readonly entries: readonly LedgerEntry[];
  /** SHA-256 of the last of them: what the next line holds as `previous`. */
  readonly head: string;
  readonly problem: LedgerProblem | null;
}

export interface LedgerProblem {
  /** From 1. */
  readonly line: number;
  readonly message: string;
  /** Where the line begins when it is the last one and has no end: all before it is in order. */
  readonly tornAt: number | null;
}

export const ledgerName = "ledger.jsonl";

/** The `previous` of the first line. */
export const noLine = "0".repeat(64);

/**
 * Every line of the study's ledger, the chain of hashes checked; none when there is no ledger yet.
 *
 * @throws StudyStateError that names the line when one was edited, removed, reordered, or ends in the middle.
 */
export async function readLedger(storage: Storage): Promise<readonly LedgerEntry[]> {
  return (await readChecked(storage)).entries;
}

/**
 * Adds a line; it is on disk when the promise resolves. One call at a time: hold the storage's lock.
 *
 * @throws StudyStateError when the ledger so far is not in order.
 */
export async function appendEntry(storage: Storage, event: LedgerEvent, time = new Date()): Promise<LedgerEntry> {
  const { entries, head } = await readChecked(storage);
  const entry: LedgerEntry = { index: entries.length, time: time.toISOString(), ...event, previous: head };
  await storage.append(ledgerName, new TextEncoder().encode(JSON.stringify(entry) + "\n"));
  return entry;
}

/** Whether the last line ends in the middle. */
export async function isTorn(storage: Storage): Promise<boolean> {
  const bytes = await storage.read(ledgerName);
  return bytes !== null && (await checkLedger(bytes)).problem?.tornAt != null;
}

/**
 * Drops a last line that ends in the middle: its process was killed while it wrote, and what it was to record has not
 * happened. Anything else that is wrong stays as it is.
 *
 * @returns whether there was such a line.
 */
export async function dropTornLine(storage: Storage): Promise<boolean> {
  const bytes = await storage.read(ledgerName);
  if (!bytes) return false;
  const { problem } = await checkLedger(bytes);
  if (problem?.tornAt == null) return false;
  await storage.write(ledgerName, bytes.subarray(0, problem.tornAt));
  return true;
}

async function readChecked(storage: Storage): Promise<CheckedLedger> {
  const checked = await checkLedger((await storage.read(ledgerName)) ?? new Uint8Array(0));
  if (checked.problem)
    throw new StudyStateError(`${ledgerName} line ${checked.problem.line}: ${checked.problem.message}`);
  return checked;
}

/** Reads a ledger's bytes up to the first line that is wrong, and says what is wrong with it. */
export async function checkLedger(bytes: Uint8Array): Promise<CheckedLedger> {
  const entries: LedgerEntry[] = [];
  let head = noLine;
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(newline, start);
    const line = bytes.subarray(start, end < 0 ? bytes.length : end);
    const entry = end < 0 ? torn : checkLine(line, entries.length, head);
    if (typeof entry === "string") {
      const problem = { line: entries.length + 1, message: entry, tornAt: end < 0 ? start : null };
      return { entries, head, problem };
    }
    entries.push(entry);
    head = await sha256(line);
    start = end + 1;
  }
  return { entries, head, problem: null };
}

const newline = 0x0a;

const torn =
  "ends in the middle. The process was stopped while it wrote, or the file was cut off. " +
  "Resume the study to drop this line.";

/** Lists every kind, so that the compiler misses none. */
const events: Readonly<Record<LedgerEvent["event"], true>> = {
  created: true,
  audited: true,
  split: true,
  "scaling audited": true,
  "training started": true,
  "training ended": true,
  "refining started": true,
  "refining resumed": true,
  "refining interrupted": true,
  tried: true,
  refined: true,
  "learning curve": true,
  interrupted: true,
  resumed: true,
  "test opened": true,
  "test finished": true,
};

/** The entry that the line holds, or what is wrong with it. */
function checkLine(line: Uint8Array, index: number, head: string): LedgerEntry | string {
  const restore = "Restore the study's folder from a copy.";
  let value: Partial<Record<keyof LedgerEntry, unknown>> | null;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(line)) as typeof value;
  } catch {
    return `is no JSON: it was edited after it was written. ${restore}`;
  }
  if (value === null || typeof value !== "object") return `is no entry: it was edited after it was written. ${restore}`;
  if (value.index !== index) {
    return `expected entry ${index}, got entry ${String(value.index)}: lines were removed, added or reordered. ${restore}`;
  }
  if (value.previous !== head) {
    const what = index === 0 ? "it was edited, or lines before it removed" : `line ${index} or this one was edited`;
    return `the chain of hashes is broken: ${what} after it was written. ${restore}`;
  }
  if (typeof value.event !== "string" || !Object.hasOwn(events, value.event) || typeof value.time !== "string") {
    return `expected one of the events ${Object.keys(events).join(", ")} and a time, got ${JSON.stringify(value.event)}. ${restore}`;
  }
  return value as LedgerEntry;
}
