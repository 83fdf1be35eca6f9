// The limits of a test in plain words: what its figures do not show, as far as the run itself can tell.
import { count, plural } from "./format.ts";
import type { Report } from "./record.ts";
import { divisionOf, figureOf, isPlain, numberIn, phaseOf, textIn, timesOpenedOf, trainingOf } from "./run-facts.ts";

/** From so many images of a class on, a rate of it is more than a guess. */
const fewOfAClass = 30;

/** An interval wider than this leaves much open. */
const wideInterval = 0.2;

/** One sentence each, the general ones last. */
export function limitsOf(report: Report): readonly string[] {
  return [
    ...openingLimits(report),
    ...sizeLimits(report),
    ...divisionLimits(report),
    ...trainingLimits(report),
    "The figures hold for images like those of the test set: of other patients, devices, protocols or institutions they say nothing.",
    "They hold against the labels or masks that were given: where those are wrong, so are the figures.",
    "How the network does in subgroups, by age, sex, severity or device, is not known: the run does not know them.",
    "They do not show that the network is safe or of use to patients: it is not for clinical use.",
  ];
}

function openingLimits(report: Report): string[] {
  const times = timesOpenedOf(report);
  if (times === 1) return [];
  return [`The test set was opened ${count(times)} times: what was chosen after the first time may have been chosen by its figures, which then flatter.`];
} // prettier-ignore

function sizeLimits(report: Report): string[] {
  const { sets, classes, task } = report;
  const { classCounts, size } = sets.test;
  const few = classes.filter((_, k) => classCounts[k] < fewOfAClass);
  const key = task === "segmentation" ? "dice" : "rocAuc";
  const interval = figureOf(report, key)?.interval;
  const limits: string[] = [];
  if (few.length > 0) {
    const list = few.map((name) => `${count(classCounts[classes.indexOf(name)])} of ${name}`).join(", ");
    limits.push(`The test set of ${plural(size, "image")} has few ${task === "segmentation" ? "with some foreground" : "of some classes"} (${list}): one image more or less moves their figures.`);
  }
  if (interval && interval[1] - interval[0] > wideInterval)
    limits.push(`The interval of ${task === "segmentation" ? "the mean Dice" : "the ROC AUC"} is ${(interval[1] - interval[0]).toFixed(2)} wide: the test set is too small to say more.`);
  return limits;
} // prettier-ignore

function divisionLimits(report: Report): string[] {
  const limits: string[] = [];
  const { groups } = report.sets.test as { readonly groups?: unknown };
  if (textIn(divisionOf(report), "groupBy") === null)
    limits.push("Images of one patient may stand in several sets, since groups were not kept together: the figures may flatter.");
  else if (groups === undefined)
    limits.push("Where the data names no patients, images of one patient may stand in several sets unnoticed.");
  const audited = phaseOf(report, "audited");
  const pairs = audited && isPlain(audited["pairs"]) ? Object.values(audited["pairs"]) : [];
  const found = pairs.reduce<number>((sum, number) => sum + (typeof number === "number" ? number : 0), 0);
  if (found > 0 && textIn(audited, "leakage") === "allow")
    limits.push(`${plural(found, "pair")} of images or groups stood in two sets, and training went on all the same: the figures may flatter.`);
  if (!audited) limits.push("No audit for leakage between the sets is on record.");
  return limits;
} // prettier-ignore

function trainingLimits(report: Report): string[] {
  const limits: string[] = [];
  const looks = numberIn(phaseOf(report, "test opened"), "validationLookUps");
  if (looks !== null && looks > 0)
    limits.push(`What was chosen on the validation set was chosen by ${plural(looks, "look")} at its figures: they flatter, those of the test set do not.`);
  limits.push("One network from one seed was tested: another seed would give somewhat other figures, which the intervals do not count.");
  const last = report.history.at(-1);
  if (last && last.epoch === report.bestEpoch && numberIn(trainingOf(report), "epochs") === last.epoch)
    limits.push("The last epoch was the best: longer training may have come further.");
  return limits;
} // prettier-ignore
