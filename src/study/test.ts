// Phase three: the seal is broken, on record, before the first test image is read; then the report is written.
import { StudyStateError } from "../errors.ts";
import { markdownOf } from "../report/markdown.ts";
import type { Report } from "../report/record.ts";
import { sha256 } from "../storage/sha256.ts";
import { refuseUnfinished } from "./desk.ts";
import type { Desk } from "./desk.ts";
import { examine } from "./examine.ts";
import { readHistory } from "./keep.ts";
import { checkNamed, lineOf, modelHash } from "./named.ts";
import { breakSeal } from "./opening.ts";
import type { TestOptions } from "./options.ts";
import { commit } from "./sets.ts";

export async function test(desk: Desk, { pages = {}, examples = true, reopen = null }: TestOptions): Promise<Report> {
  const { record } = await desk.open();
  const before = await desk.entries();
  refuseUnfinished("test", before);
  const model = await desk.model();
  await checkNamed(desk.storage, before, record);
  const weightsSha256 = await modelHash(model);
  // On disk before the first test image is read: an opening that is cut short counts, and the next call finishes it.
  await breakSeal(desk, reopen);
  const sets = await desk.unseal();
  const committed = before.find((entry) => entry.event === "split");
  if (committed && (await commit(sets.test)).sha256 !== committed.test.sha256) {
    throw new StudyStateError(
      `test set: expected the images that ${lineOf(committed)} commits to, got others. Restore them, then test again: ` +
        "the opening is on record, and is finished then.",
    );
  }
  const history = await readHistory(desk.storage);
  const entries = await desk.entries();
  const report = await examine({ model, sets, record, entries, weightsSha256, history, examples });
  const texts: readonly (readonly [string, string])[] = [
    ["report.json", JSON.stringify(report, null, 2) + "\n"],
    ["report.md", markdownOf(report)],
    ...Object.entries(pages).map(([name, page]) => [name, page(report)] as const),
  ];
  const reports: Record<string, string> = {};
  for (const [name, text] of texts) {
    const bytes = new TextEncoder().encode(text);
    reports[name] = await sha256(bytes);
    await desk.storage.write(name, bytes);
  }
  await desk.log({ event: "test finished", weightsSha256, reports });
  return report;
}
