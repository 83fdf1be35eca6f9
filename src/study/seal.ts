// The seal of the ledger: how many lines it has and the hash of the last, in a file of its own, so that none can be cut off.
import { StudyStateError } from "../errors.ts";
import { sha256 } from "../storage/sha256.ts";
import type { Storage } from "../storage/storage.ts";
import type { LedgerEvent } from "./events.ts";
import { appendEntry, checkLedger, dropTornLine, ledgerName, noLine } from "./ledger.ts";
import type { CheckedLedger, LedgerEntry } from "./ledger.ts";

export const sealName = "seal.json";

/** What seal.json holds. */
export interface Seal {
  readonly version: 1;
  /** Lines of the ledger when it was written. */
  readonly lines: number;
  /** SHA-256 of the last of them, without its newline. */
  readonly head: string;
}

/** Something that is wrong with a study: in which file, and where it has lines in which of them, from 1. */
export interface StudyProblem {
  readonly file: string;
  readonly line?: number;
  readonly message: string;
}

/** The ledger beside its seal. */
export interface SealedLedger extends CheckedLedger {
  /** The ledger has one line more than the seal knows: the process was stopped between the two. */
  readonly isAhead: boolean;
  /** What the seal says against the ledger. */
  readonly broken: StudyProblem | null;
}

const restore = "Restore the study's folder from a copy.";

/** Reads both, and refuses nothing. */
export async function readSealed(storage: Storage): Promise<SealedLedger> {
  const checked = await checkLedger((await storage.read(ledgerName)) ?? new Uint8Array(0));
  const { entries, head, problem } = checked;
  const seal = await readSeal(storage);
  if (typeof seal === "string")
    return { ...checked, isAhead: false, broken: { file: sealName, message: `${seal} ${restore}` } };
  const { lines, head: sealed } = seal ?? { lines: 0, head: noLine };
  const isAhead = entries.length === lines + 1;
  const say = (file: string, message: string, line?: number): SealedLedger => ({
    ...checked,
    isAhead,
    broken: { file, ...(line === undefined ? {} : { line }), message: `${message} ${restore}` },
  });
  // A line that is wrong in itself is said first.
  if (problem && problem.tornAt === null) return { ...checked, isAhead, broken: null };
  if (entries.length < lines) {
    const got = entries.length === 0 ? "none" : `${entries.length}`;
    const end = entries.length === 0 ? "it was removed or cut off" : "its last lines were cut off";
    return say(ledgerName, `expected the ${lines} lines that ${sealName} has, got ${got}: ${end}.`, entries.length + 1);
  }
  if (entries.length > lines + 1) {
    const end = seal ? "it was put back, or lines were added" : "it was removed";
    return say(
      sealName,
      `expected the seal of ${entries.length} lines, or of one less, got ${seal ? `one of ${lines}` : "none"}: ${end}.`,
    );
  }
  const own = lines === 0 ? noLine : isAhead ? entries[lines].previous : head;
  if (own !== sealed)
    return say(ledgerName, `the last line that ${sealName} has was edited after it was written.`, Math.max(1, lines));
  return { ...checked, isAhead, broken: null };
}

/**
 * Every line of the ledger, chain and seal checked; none when there is no ledger yet.
 * @throws StudyStateError that names the file, and the line.
 */
export async function readLedgerSealed(storage: Storage): Promise<SealedLedger> {
  const sealed = await readSealed(storage);
  const wrong = sealed.broken ?? (sealed.problem && { file: ledgerName, ...sealed.problem });
  if (wrong) throw new StudyStateError(placed(wrong));
  return sealed;
}

/** "ledger.jsonl line 3: ...". */
export function placed({ file, line, message }: StudyProblem): string {
  return `${file}${line === undefined ? "" : ` line ${line}`}: ${message}`;
}

/** Adds a line to the ledger; once it is on disk, seals it. One call at a time: hold the storage's lock. */
export async function appendSealed(storage: Storage, event: LedgerEvent, time?: Date): Promise<LedgerEntry> {
  const { entries, head, isAhead } = await readLedgerSealed(storage);
  // The seal is never more than one line behind.
  if (isAhead) await writeSeal(storage, entries.length, head);
  const entry = await appendEntry(storage, event, time);
  await writeSeal(storage, entry.index + 1, await sha256(new TextEncoder().encode(JSON.stringify(entry))));
  return entry;
}

/** Whether a process was stopped while it wrote a line, or before it sealed one. */
export async function needsMending(storage: Storage): Promise<boolean> {
  const { isAhead, broken, problem } = await readSealed(storage);
  return broken === null && (problem ? problem.tornAt !== null : isAhead);
}

/** Drops a line that ends in the middle, and seals one that is whole. One call at a time: hold the storage's lock. */
export async function mend(storage: Storage): Promise<void> {
  if (!(await needsMending(storage))) return;
  await dropTornLine(storage);
  const { entries, head, isAhead } = await readLedgerSealed(storage);
  if (isAhead) await writeSeal(storage, entries.length, head);
}

async function writeSeal(storage: Storage, lines: number, head: string): Promise<void> {
  const seal: Seal = { version: 1, lines, head };
  await storage.write(sealName, new TextEncoder().encode(JSON.stringify(seal) + "\n"));
}

/** null where there is none; a sentence where it is no seal. */
async function readSeal(storage: Storage): Promise<Seal | null | string> {
  const bytes = await storage.read(sealName);
  if (!bytes) return null;
  try {
    const seal = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as Partial<Seal> | null;
    const isWhole =
      seal?.version === 1 &&
      Number.isSafeInteger(seal.lines) &&
      (seal.lines ?? -1) >= 0 &&
      typeof seal.head === "string" &&
      /^[0-9a-f]{64}$/.test(seal.head);
    if (isWhole) return seal as Seal;
  } catch {
    // Said below, as for JSON of another kind.
  }
  return "expected the number of the ledger's lines and the hash of the last, got something else: it was edited.";
}
