// Phase three: the seal is broken, on record, before the first test image is read; once.
import { SealedTestSetError, StudyStateError } from "../errors.ts";
import { reportMarkdown } from "../report/markdown.ts";
import type { Report } from "../report/record.ts";
import { checkWeightsNamed, lookUpsOf, modelHash, refuseUnfinished } from "./desk.ts";
import type { Desk } from "./desk.ts";
import { examine } from "./examine.ts";
import { readHistory } from "./keep.ts";
import { ledgerName } from "./ledger.ts";
import type { LedgerEntry } from "./ledger.ts";
import type { TestOptions } from "./options.ts";
import { commit } from "./sets.ts";

export async function test(desk: Desk, { pages = {}, examples = true }: TestOptions): Promise<Report> {
  const { record } = await desk.open();
  const before = await desk.entries();
  refuseSecond(before);
  await refuseCutLedger(desk, before);
  refuseUnfinished("test", before);
  const model = await desk.model();
  const weightsSha256 = await modelHash(model);
  checkWeightsNamed(before, weightsSha256);
  refuseOtherOpening(before, weightsSha256);
  const committed = before.find((entry) => entry.event === "split");
  const testSha256 = committed?.test.sha256 ?? "";
  // On disk before the first test image is read: an opening that is cut short counts, and the next call finishes it.
  if (!before.some(({ event }) => event === "test opened")) {
    await desk.log({ event: "test opened", weightsSha256, testSha256, validationLookUps: lookUpsOf(before) });
  }
  const sets = await desk.unseal();
  if ((await commit(sets.test)).sha256 !== testSha256) {
    throw new StudyStateError(
      "test set: expected the images that the ledger commits to, got others. Restore them, then test again.",
    );
  }
  const history = await readHistory(desk.storage);
  const entries = await desk.entries();
  const report = await examine({ model, sets, record, entries, weightsSha256, history, examples });
  const texts: readonly (readonly [string, string])[] = [
    ["report.json", JSON.stringify(report, null, 2) + "\n"],
    ["report.md", reportMarkdown(report)],
    ...Object.entries(pages).map(([name, page]) => [name, page(report)] as const),
  ];
  for (const [name, text] of texts) await desk.storage.write(name, new TextEncoder().encode(text));
  await desk.log({ event: "test finished", weightsSha256 });
  return report;
}

function refuseSecond(entries: readonly LedgerEntry[]): void {
  const finished = entries.find(({ event }) => event === "test finished");
  if (!finished) return;
  throw new SealedTestSetError(
    `the test set was opened before; its test ended on ${finished.time}, and it is read only once. ` +
      "The report is in the study's folder. For another test, begin a new study with images that no network has seen.",
  );
}

/** A report without its opening in the ledger: the last lines were cut off, to test again. */
async function refuseCutLedger({ storage }: Desk, entries: readonly LedgerEntry[]): Promise<void> {
  if (entries.some(({ event }) => event === "test opened") || (await storage.read("report.json")) === null) return;
  throw new SealedTestSetError(
    `${ledgerName}: expected the opening of the test set that report.json is of, got a ledger without: its last lines ` +
      "were cut off. Restore the study's folder from a copy, or begin a new study.",
  );
}

/** The model must be the one that an unfinished opening was for. */
function refuseOtherOpening(entries: readonly LedgerEntry[], weightsSha256: string): void {
  const opening = entries.find((entry) => entry.event === "test opened");
  if (opening && opening.weightsSha256 !== weightsSha256) {
    throw new SealedTestSetError(`the test set was opened on ${opening.time} for other weights, and is read only once`);
  }
}
