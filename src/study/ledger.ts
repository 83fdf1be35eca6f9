// What happened in a study, in order: lines of JSON, each with the SHA-256 of the line before it.
import { StudyStateError } from "../errors.ts";
import { sha256 } from "../storage/sha256.ts";
import type { Storage } from "../storage/storage.ts";
import type { LedgerEvent } from "./events.ts";

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
  "test resumed": true,
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
