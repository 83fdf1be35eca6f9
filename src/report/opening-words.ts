// How often the test set was opened, and why, in words: they stand in a report's first lines.
import { plural, time } from "./format.ts";
import { openingsOf } from "./newer-fields.ts";
import type { Opening } from "./newer-fields.ts";
import type { Report } from "./record.ts";

/** `once`, `2 times`: an opening that was resumed is the same opening. */
export function timesOpened(report: Report): string {
  const times = openingsOf(report).filter(({ resumed }) => !resumed).length;
  return times <= 1 ? "once" : plural(times, "time");
}

/** A sentence an opening; none where the set was opened once and nothing is to be said of it. */
export function openingSentences(report: Report): readonly string[] {
  const openings = openingsOf(report);
  if (openings.length === 1 && !openings[0].resumed && !openings[0].reason) return [];
  let number = 0;
  return openings.map((opening) => {
    if (!opening.resumed) number++;
    return sentence(opening, number);
  });
}

function sentence({ time: opened, reason, resumed, validationLookUps }: Opening, number: number): string {
  const what = resumed ? "Resumed after an interruption, with the same weights" : `Opening ${number}`;
  const looks =
    validationLookUps === undefined ? "" : `, after ${plural(validationLookUps, "look")} at the validation set`;
  return `${what}: ${time(opened)}${looks}${reason ? `, because: ${reason}` : ""}.`;
}
