// What a reader of a report must know before its figures: one plain sentence each.
import { count, decimal, percent, plural, range } from "./format.ts";
import { fewMasksWarning } from "./mask-sizes.ts";
import { reopened } from "./openings.ts";
import type { Phase, Report } from "./record.ts";
import { unlikeWarning } from "./unlike-words.ts";

/** An interval that is wider says too little. */
const widestInterval = 0.2;

/** From this part of the test set on, one group decides how wide the intervals are. */
const largestGroup = 1 / 3;

/** From this part of the test set on, the commonest class makes the accuracy misleading. */
const imbalance = 0.8;

/** The sentences, the gravest first; none when nothing is amiss. */
export function warningsOf(report: Omit<Report, "warnings">): string[] {
  return [
    ...reopened(report.openings),
    ...leaking(report),
    ...weighted(report),
    ...scaledByOthers(report),
    ...unread(report),
    ...unlikeWarning(report),
    ...againstBaseline(report),
    ...againstGuessing(report),
    ...againstIntensity(report),
    ...againstPrior(report),
    ...againstSameAnswer(report),
    ...oneGroup(report),
    ...tooSmall(report),
    ...fewMasksWarning(report.maskSizes),
    ...imbalanced(report),
    ...neverAnswered(report),
    ...undefinedFigures(report),
    ...training(report),
    ...flattered(report),
  ];
}

/** A leak that the study was told to allow: no figure means what it says. */
function leaking({ phases, sets }: Omit<Report, "warnings">): string[] {
  const audited: (Phase & Partial<Audited>) | undefined = phases.find(({ event }) => event === "audited");
  if (audited?.leakage !== "allow" || !audited.images || !audited.pairs) return [];
  const pairs = Object.entries(audited.pairs).filter(([kind, number]) => number > 0 && kind !== "statistics");
  if (pairs.length === 0) return [];
  const kinds = pairs.map(([kind, number]) => `${kind} ${count(number)}`).join(", ");
  const { test, validation } = audited.images;
  return [
    `The sets leak into one another, and the study was told to go on: ${count(test)} of ${plural(sets.test.size, "test image")} ` +
      `and ${count(validation)} of ${plural(sets.validation.size, "validation image")} have a copy or their patient in another set ` +
      `(pairs: ${kinds}). The figures are too good: a network that learned its training images by heart would reach them too.`,
  ];
}

/** Who reads a figure must know what it counts. */
function weighted({ testSet: { size, weights } }: Omit<Report, "warnings">): string[] {
  if (!weights) return [];
  const short = (value: number) => `${Number(value.toPrecision(3))}`;
  return [
    `The test images do not count alike: each has a weight, from ${short(weights.least)} to ${short(weights.most)}, and every figure goes by them. ` +
      `The ${plural(size, "image")} say as much as ${weights.effectiveSize.toFixed(1)} that count alike.`,
  ];
}

/** Pixels that were scaled by figures of other sets than the training set, and the study was told to go on. */
function scaledByOthers({ phases }: Omit<Report, "warnings">): string[] {
  const isLeak = (phase: Phase & Partial<Audited>) =>
    phase.leakage === "allow" &&
    (phase.event === "scaling audited" || (phase.event === "audited" && (phase.pairs?.statistics ?? 0) > 0));
  if (!phases.some(isLeak)) return [];
  return [
    "Pixels were scaled by figures of validation or test images, and the study was told to go on: " +
      "what the network was given knows something of the images that it is tested with.",
  ];
}

/** Files that the study was told to leave out. */
function unread({ phases }: Omit<Report, "warnings">): string[] {
  const split: (Phase & { readonly unreadable?: Unreadable }) | undefined = phases.find(
    ({ event }) => event === "split",
  );
  if (!split?.unreadable) return [];
  const { count: files } = split.unreadable;
  return [`${plural(files, "file")} could not be read and ${files === 1 ? "is" : "are"} in none of the sets.`];
}

interface Unreadable {
  readonly count: number;
}

/** What the ledger says of the audit. */
interface Audited {
  readonly leakage: string;
  readonly pairs: Readonly<Record<string, number>>;
  readonly images: Readonly<Record<string, number>>;
}

function againstBaseline({ metrics, baseline }: Omit<Report, "warnings">): string[] {
  const { value, interval } = metrics.accuracy;
  if (value === null) return [];
  if (value <= baseline.accuracy)
    return [
      `The network does not beat the baseline: its accuracy is ${decimal(value)}, and ${baseline.name} gives ${decimal(baseline.accuracy)} without looking at an image.`,
    ];
  if (interval && interval[0] <= baseline.accuracy)
    return [
      `The accuracy of ${decimal(value)} may be no better than the baseline: its interval, ${range(interval)}, reaches down to the ${decimal(baseline.accuracy)} that ${baseline.name} gives.`,
    ];
  return [];
}

function againstGuessing({ metrics: { rocAuc } }: Omit<Report, "warnings">): string[] {
  if (rocAuc.value === null || !rocAuc.interval || rocAuc.interval[0] > 0.5) return [];
  return [
    `The ROC AUC of ${decimal(rocAuc.value)} cannot be told from guessing: its interval, ${range(rocAuc.interval)}, does not lie above 0.5.`,
  ];
}

/** How bright an image is as a whole ranks the images as well. */
function againstIntensity({ metrics: { rocAuc }, baselines }: Omit<Report, "warnings">): string[] {
  const intensity = baselines.find(({ name }) => name === "the mean intensity of the image");
  if (rocAuc.value === null || !intensity || intensity.rocAuc === null || intensity.rocAuc <= 0.5) return [];
  if (rocAuc.value <= intensity.rocAuc)
    return [
      `The network does not beat the mean intensity of the image: its ROC AUC is ${decimal(rocAuc.value)}, and that of the mean intensity alone ${decimal(intensity.rocAuc)}.`,
    ];
  if (!rocAuc.interval || rocAuc.interval[0] > intensity.rocAuc) return [];
  return [
    `The ROC AUC of ${decimal(rocAuc.value)} may be no better than that of the mean intensity of the image: its interval, ${range(rocAuc.interval)}, reaches down to ${decimal(intensity.rocAuc)}.`,
  ];
}

/** Probabilities that say less than how common the classes are. */
function againstPrior({ metrics: { brier }, baselines }: Omit<Report, "warnings">): string[] {
  const prior = baselines.find((one) => one.brier !== undefined && one.brier !== null);
  if (brier.value === null || !prior?.brier || brier.value < prior.brier) return [];
  return [
    `The probabilities are worth no more than ${prior.name}: their Brier score is ${decimal(brier.value)}, and that of the shares ${decimal(prior.brier)}; less is better.`,
  ];
}

/** The accuracy may beat a baseline that never sees the rare class, and miss that class all the same. */
function againstSameAnswer({
  metrics: { balancedAccuracy, accuracy },
  baselines,
  task,
}: Omit<Report, "warnings">): string[] {
  const [same] = baselines;
  const { value } = balancedAccuracy;
  if (task !== "classification" || value === null || same.balancedAccuracy === null) return [];
  if (value > same.balancedAccuracy || (accuracy.value ?? 0) <= same.accuracy) return [];
  return [
    `The balanced accuracy is ${decimal(value)}, no better than the ${decimal(same.balancedAccuracy)} of ${same.name}: what the network gets right is the commonest class.`,
  ];
}

function tooSmall({ metrics, task, testSet }: Omit<Report, "warnings">): string[] {
  const watched =
    task === "classification"
      ? ([
          ["accuracy", metrics.accuracy],
          ["recall", metrics.recall],
          ["specificity", metrics.specificity],
          ["ROC AUC", metrics.rocAuc],
        ] as const)
      : ([["Dice", metrics.dice]] as const);
  const wide = watched.flatMap(([name, { interval }]) =>
    interval && interval[1] - interval[0] > widestInterval ? [`${name} ${range(interval, 2)}`] : [],
  );
  if (wide.length === 0) return [];
  return [
    `The test set of ${plural(testSet.size, "image")} is too small to say how good the network is: ${wide.join(", ")} (95 % intervals wider than ${widestInterval}).`,
  ];
}

/** A patient with a third of the images, or a name for all whose patient is not known. */
function oneGroup({ sets: { test } }: Omit<Report, "warnings">): string[] {
  const { groups, size } = test;
  if (!groups || groups.count === size || groups.largest < largestGroup * size) return [];
  return [
    `${count(groups.largest)} of the ${plural(size, "test image")} are of one group: the intervals, for which whole groups are drawn, ` +
      "ask what would become of the figures without it, and are wide. Where that is no patient but a name for unknown ones, give each image a group of its own.",
  ];
}

function imbalanced({ metrics, task, classes }: Omit<Report, "warnings">): string[] {
  const rows = metrics.confusion.value.map((row) => row.reduce((sum, cell) => sum + cell, 0));
  const share = Math.max(...rows) / rows.reduce((sum, row) => sum + row, 0);
  if (!(share >= imbalance)) return [];
  const commonest = rows.indexOf(Math.max(...rows));
  if (task === "segmentation")
    return [
      `The voxel accuracy misleads: ${percent(share)} of the voxels are ${commonest === 0 ? "background" : `"${classes[commonest - 1]}"`}. Dice, recall and precision say more.`,
    ];
  return [
    `The accuracy misleads: ${percent(share)} of the test images are "${classes[commonest]}". Balanced accuracy, recall and specificity say more.`,
  ];
}

function neverAnswered({ metrics, classes, task }: Omit<Report, "warnings">): string[] {
  const names = task === "segmentation" ? ["background", ...classes] : classes;
  const never = names.filter((_, k) => {
    const called = metrics.confusion.value.reduce((sum, row) => sum + row[k], 0);
    return called === 0 && metrics.confusion.value[k].some((cell) => cell > 0);
  });
  return never.map((name) => `The network never answered "${name}", though the test set has it.`);
}

function undefinedFigures({ metrics, task }: Omit<Report, "warnings">): string[] {
  const expected = {
    accuracy: metrics.accuracy,
    recall: metrics.recall,
    specificity: metrics.specificity,
    precision: metrics.precision,
    Dice: metrics.dice,
    ...(task === "classification" ? { "ROC AUC": metrics.rocAuc } : {}),
  };
  const missing = new Map<string, string[]>();
  for (const [name, { value, reason }] of Object.entries(expected))
    if (value === null) missing.set(reason ?? "", [...(missing.get(reason ?? "") ?? []), name]);
  return [...missing].map(([reason, names]) => `Undefined on this test set: ${names.join(", ")} (${reason}).`);
}

function training({ history, bestEpoch }: Omit<Report, "warnings">): string[] {
  const last = history.at(-1);
  if (!last) return [];
  if (last.diagnosis.startsWith("overfitting"))
    return [
      `Training ended ${last.diagnosis}; the weights tested are those of epoch ${bestEpoch}. More data, augmentation, dropout or regularization may help.`,
    ];
  if (last.diagnosis === "underfitting")
    return ["The network underfits: it did not learn its own training set. A larger network or more epochs may help."];
  if (bestEpoch === last.epoch && history.length > 1)
    return ["The last epoch was the best: training may have ended too early. More epochs may help."];
  return [];
}

/** From this part of the value on, what was gained by choosing is worth a word. */
const worthAWord = 0.02;

/** The validation set chose among many: its figure of the chosen one is too good. */
function flattered({ phases }: Omit<Report, "warnings">): string[] {
  const refined: (Phase & Partial<Refined>) | undefined = phases.findLast(({ event }) => event === "refined");
  if (!refined?.optimism || !refined.trials) return [];
  const { value, corrected, optimism } = refined.optimism;
  if (optimism <= worthAWord * Math.abs(value)) return [];
  const [{ monitor }] = refined.trials;
  return [
    `The validation set was looked at ${plural(refined.validationLookUps ?? 0, "time")}, and chose among ${refined.trials.length} networks: ` +
      `its ${monitor} of ${decimal(value)} is too good by about ${decimal(optimism)}; on other images ${decimal(corrected)} is to be expected.`,
  ];
}

/** What the ledger says of refining. */
interface Refined {
  readonly trials: readonly { readonly monitor: string }[];
  readonly optimism: { readonly value: number; readonly corrected: number; readonly optimism: number } | null;
  readonly validationLookUps: number;
}
