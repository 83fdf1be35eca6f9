// What a report says of test images that are unlike the training set: sentences and a table, for page, text and checklist.
import { count, decimal, percent, plural } from "./format.ts";
import { newerFields } from "./newer-fields.ts";
import type { Report } from "./record.ts";
import type { UnlikeTraining } from "./unlike.ts";

/** Figures that are given of a part of the test set. */
const partKeys = ["accuracy", "recall", "specificity", "precision", "dice", "rocAuc"] as const;

/** A chance below this is no chance. */
const unlikely = 0.01;

/** From so much on, test images lie farther off as a whole: 0.5 is alike. */
const muchFarther = 0.6;

/** More images are flagged than chance would have it, or they lie farther off as a whole. */
export function isUnlike(found: UnlikeTraining): boolean {
  return isFlaggedOften(found) || isFartherOff(found);
}

function isFlaggedOften({ chance, share, expected }: UnlikeTraining): boolean {
  return chance < unlikely && (share.value ?? 0) > expected;
}

function isFartherOff({ farther }: UnlikeTraining): boolean {
  return (farther?.value ?? 0) >= muchFarther && (farther?.interval?.[0] ?? 0) > 0.5;
}

/** To be read before the figures; none where test images are like those of training, or nobody looked. */
export function unlikeWarning(report: Omit<Report, "warnings">): string[] {
  const { unlikeTraining: found } = newerFields(report);
  if (!found || !isUnlike(found)) return [];
  const why = [
    ...(isFlaggedOften(found) ? [flaggedSentence(found, report.testSet.size)] : []),
    ...(isFartherOff(found) ? [fartherSentence(found)] : []),
  ];
  return [
    `The test set is unlike the training set: ${why.join("; ")}. ` +
      "The figures say how the network does on images of another kind than those it learned from." +
      aloneSentence(found, report.task),
  ];
}

function flaggedSentence({ images, share, expected }: UnlikeTraining, size: number): string {
  return `${count(images)} of ${plural(size, "image")} (${percent(share.value ?? 0)}) lie outside what was seen in training, where ${percent(expected)} are to be expected`;
}

function fartherSentence({ farther }: UnlikeTraining): string {
  return `in the last hidden layer a test image lies farther from the training images than a validation image in ${percent(farther?.value ?? 0)} of all pairs, where half would be alike`;
}

function aloneSentence({ figures }: UnlikeTraining, task: Report["task"]): string {
  if (!figures) return "";
  const [key, name] = task === "segmentation" ? (["dice", "mean Dice"] as const) : (["accuracy", "accuracy"] as const);
  const [alone, rest] = [figures.unlike[key].value, figures.rest[key].value];
  if (alone === null || rest === null) return "";
  return ` Of those images alone the ${name} is ${decimal(alone)}, of the rest ${decimal(rest)}.`;
}

export interface UnlikeWords {
  readonly sentences: readonly string[];
  /** Why images were flagged: reason, what it means, how many; empty where none was. */
  readonly reasons: readonly (readonly [reason: string, meaning: string, images: string])[];
  /** Figures of the flagged images and of the rest: null where either are too few. */
  readonly figures: {
    readonly head: readonly string[];
    readonly rows: readonly (readonly [name: string, unlike: string, rest: string])[];
  } | null;
}

/** Null where the record does not say. */
export function unlikeWords(report: Report): UnlikeWords | null {
  const { unlikeTraining: found } = newerFields(report);
  if (!found) return null;
  const { images, share, expected, reasons, farther, figures } = found;
  const { size } = report.testSet;
  const sure = share.interval ? ` (${percent(share.value ?? 0)}; 95 % interval ${percent(share.interval[0])} to ${percent(share.interval[1])})` : ""; // prettier-ignore
  const verdict = isUnlike(found)
    ? "That is more than chance gives: the test set is unlike the training set."
    : "By that the test set is like the training set.";
  return {
    sentences: [
      `Of the ${plural(size, "test image")} ${count(images)}${sure} ${images === 1 ? "lies" : "lie"} outside what was seen in training; of images of one kind ${percent(expected)} would. ` +
        (farther?.value === null || !farther
          ? ""
          : `In the last hidden layer a test image lies farther from the training images than a validation image in ${percent(farther.value)} of all pairs${farther.interval ? ` (95 % interval ${percent(farther.interval[0])} to ${percent(farther.interval[1])})` : ""}; 50 % is alike. `) +
        verdict,
      ...(images > 0 && !figures ? ["There are too few of them, or of the rest, for figures of their own."] : []),
    ],
    reasons: images === 0 ? [] : [
      ["shape", "another size than the training images", count(reasons.shape)],
      ["intensities", "darker, brighter or of other contrast than any of them", count(reasons.intensities)],
      ["distance", reasons.distance === null ? "not known: the network has no hidden layer" : "beyond the 99.5th percentile in the last hidden layer", reasons.distance === null ? "–" : count(reasons.distance)],
    ],
    figures: figures && {
      head: ["figure", `unlike: ${plural(figures.unlike.size, "image")}`, `the rest: ${plural(figures.rest.size, "image")}`],
      rows: partKeys.flatMap((key) => {
        const [alone, rest] = [figures.unlike[key], figures.rest[key]];
        return alone.value === null && rest.value === null ? [] : [[nameOf(key, report.task), withRange(alone), withRange(rest)] as const];
      }),
    },
  };
} // prettier-ignore

function nameOf(key: (typeof partKeys)[number], task: Report["task"]): string {
  const names = { accuracy: "Accuracy", recall: "Recall", specificity: "Specificity", precision: "Precision", rocAuc: "ROC AUC" }; // prettier-ignore
  return key === "dice" ? (task === "segmentation" ? "Mean Dice" : "Dice (F1)") : names[key];
}

function withRange({ value, interval }: { value: number | null; interval: readonly [number, number] | null }): string {
  if (value === null) return "–";
  return interval ? `${decimal(value)} (${decimal(interval[0])} to ${decimal(interval[1])})` : decimal(value);
}
