// Whether a ledger whose chain is whole tells a story that a study can have: nothing learns after the opening, and so on.
import type { LedgerEvent } from "./events.ts";
import { ledgerName } from "./ledger.ts";
import type { LedgerEntry } from "./ledger.ts";
import { keptLine, lineOf } from "./named.ts";
import { lastOpening } from "./opening.ts";
import type { StudyProblem } from "./seal.ts";

/** What may stand behind the first opening of the test set. */
const afterOpening: ReadonlySet<LedgerEvent["event"]> = new Set(["test opened", "test resumed", "test finished"]);

/** Lines that cannot stand where they do, each with the reason. */
export function storyProblems(entries: readonly LedgerEntry[]): StudyProblem[] {
  return entries.flatMap((entry, index) => {
    const message = wrongWith(entry, entries.slice(0, index));
    return message === null ? [] : [{ file: ledgerName, line: index + 1, message }];
  });
}

function wrongWith(entry: LedgerEntry, before: readonly LedgerEntry[]): string | null {
  const { event } = entry;
  if (before.length === 0) return event === "created" ? null : `expected "created" first, got "${event}"`;
  const opening = lastOpening(before);
  if (opening && !afterOpening.has(event))
    return `expected nothing but the test after the opening of the test set in ${lineOf(opening)}, got "${event}"`;
  const looks = before.findLast((each) => "validationLookUps" in each);
  if ("validationLookUps" in entry && looks && "validationLookUps" in looks) {
    if (entry.validationLookUps < looks.validationLookUps)
      return `expected at least the ${looks.validationLookUps} looks at the validation set of ${lineOf(looks)}, got ${entry.validationLookUps}`;
  }
  const split = before.find((each) => each.event === "split");
  if (event === "training started" && !split)
    return `expected the sets to be committed to first ("split"), got "${event}"`;
  const isOver = opening !== null && before.findLast((each) => each.event === "test finished")?.index;
  const isOpen = opening !== null && !(typeof isOver === "number" && isOver > opening.index);
  switch (entry.event) {
    case "test opened": {
      const kept = keptLine(before);
      if (isOpen) return `expected the test of ${lineOf(opening)} to end before another opening, got one`;
      if (opening && !entry.reason)
        return `expected the reason of a second opening, after ${lineOf(opening)}, got none`;
      if (!kept) return "expected training that came to its end before the opening, got none";
      if (entry.weightsSha256 !== kept.weightsSha256)
        return `expected the weights of ${lineOf(kept)} (${kept.weightsSha256}), got ${entry.weightsSha256}`;
      if (JSON.stringify(entry.decision) !== JSON.stringify(kept.decision))
        return `expected the decision that ${lineOf(kept)} froze, got another`;
      if (split && entry.testSha256 !== split.test.sha256)
        return `expected the test set of ${lineOf(split)} (${split.test.sha256}), got ${entry.testSha256}`;
      return null;
    }
    case "test resumed":
    case "test finished":
      if (!opening || !isOpen) return `expected an opening that has not ended before "${event}", got none`;
      if (entry.weightsSha256 !== opening.weightsSha256)
        return `expected the weights of ${lineOf(opening)} (${opening.weightsSha256}), got ${entry.weightsSha256}`;
      return null;
    default:
      return null;
  }
}
