// Breaking the seal of the test set: once, on record, before the first of its images is read; or again, with the reason.
import { SealedTestSetError, StudyStateError } from "../errors.ts";
import { lookUpsOf } from "./desk.ts";
import type { Desk } from "./desk.ts";
import { ledgerName } from "./ledger.ts";
import type { LedgerEntry } from "./ledger.ts";
import { keptLine, lineOf } from "./named.ts";

/** A line that opened the test set. */
export type OpeningLine = Extract<LedgerEntry, { event: "test opened" }>;

const isOpening = (entry: LedgerEntry): entry is OpeningLine => entry.event === "test opened";

/** The last opening of the test set; null while it is sealed. */
export function lastOpening(entries: readonly LedgerEntry[]): OpeningLine | null {
  return entries.findLast(isOpening) ?? null;
}

/**
 * Puts an opening on record, or goes on with one that was stopped in the middle; what it returns is on disk.
 *
 * @param reopen why a set that was opened is to be opened again; null for the one look that a study has.
 * @throws SealedTestSetError when the set was opened, and there is no reason to open it again; StudyStateError for a reason
 * where there is nothing to open again.
 */
export async function breakSeal(desk: Desk, reopen: string | null): Promise<void> {
  const entries = await desk.entries();
  const opening = lastOpening(entries);
  const line = keptLine(entries);
  const weightsSha256 = line?.weightsSha256 ?? "";
  if (!opening) await refuseCutLedger(desk);
  if (reopen !== null) checkReason(reopen, opening);
  const finished = opening && entries.find(({ event, index }) => event === "test finished" && index > opening.index);
  if (opening && opening.weightsSha256 !== weightsSha256) {
    throw new SealedTestSetError(
      `${lineOf(opening)}: the test set was opened by other weights (${opening.weightsSha256}) than training ended with, ` +
        `and is read only once. Restore the study's folder from a copy.`,
    );
  }
  if (opening && !finished) {
    if (reopen !== null && reopen !== opening.reason) {
      throw new StudyStateError(
        `test: expected a test that came to its end before the set is opened again, got one that was stopped (${lineOf(opening)}). ` +
          "Leave --reopen out: the same opening is finished.",
      );
    }
    await desk.log({ event: "test resumed", weightsSha256 });
    return;
  }
  if (finished && reopen === null) {
    throw new SealedTestSetError(
      `the test set was opened before (${lineOf(opening)}); its test ended on ${finished.time}, and it is read only once. ` +
        "The report is in the study's folder. For another test, begin a new study with images that no network has seen; " +
        "where there is a reason to read it again, give it (--reopen): every later report says so.",
    );
  }
  const committed = entries.find((entry) => entry.event === "split");
  await desk.log({
    event: "test opened",
    weightsSha256,
    testSha256: committed?.test.sha256 ?? "",
    validationLookUps: lookUpsOf(entries),
    ...(line?.decision ? { decision: line.decision } : {}),
    ...(reopen === null ? {} : { reason: reopen }),
  });
}

function checkReason(reason: string, opening: OpeningLine | null): void {
  if (typeof reason !== "string" || reason.trim() === "")
    throw new RangeError("reopen: expected the reason in words, got none. Every later report names it.");
  if (opening) return;
  throw new StudyStateError(
    "reopen: expected a test set that was opened before, got one that is sealed. Leave --reopen out.",
  );
}

/** A report without its opening in the ledger: the last lines were cut off, to test again. */
async function refuseCutLedger({ storage }: Desk): Promise<void> {
  if ((await storage.read("report.json")) === null) return;
  throw new SealedTestSetError(
    `${ledgerName}: expected the opening of the test set that report.json is of, got a ledger without: its last lines ` +
      "were cut off. Restore the study's folder from a copy, or begin a new study.",
  );
}
