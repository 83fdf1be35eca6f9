// What the commands print for people: tables of figures and the ends of phases in words.
import { namedFigures } from "../index.ts";
import type { LearningCurve, LedgerEntry, Refinement, Report, SetFigures, TrainingResult } from "../index.ts";
import { quoted } from "./shell.ts";

export function decimal(value: number | null, digits = 3): string {
  return value === null ? "undefined" : value.toFixed(digits);
}

/** What training came to, in a few lines. */
export function trainingText({
  epochs,
  bestEpoch,
  train,
  validation,
  diagnosis,
  explanation,
  seconds,
  weightsSha256,
}: TrainingResult): string {
  const lines = [
    `${epochs} ${epochs === 1 ? "epoch" : "epochs"} in ${seconds.toFixed(1)} s, the best was epoch ${bestEpoch}; the curves say: ${diagnosis}.`,
    explanation,
    ...table([["", "training", "validation"], ...rowsOf(train, validation)]),
    `Weights SHA-256 ${weightsSha256}`,
  ];
  return lines.join("\n");
}

function rowsOf(train: SetFigures | null, validation: SetFigures | null): string[][] {
  if (!train || !validation) return [];
  const row = (name: string, figure: (figures: SetFigures) => number | null, digits?: number) =>
    figure(train) === null && figure(validation) === null
      ? []
      : [[name, decimal(figure(train), digits), decimal(figure(validation), digits)]];
  return [
    ...row("total error", ({ totalError }) => totalError, 2),
    ...row("loss", ({ loss }) => loss),
    ...row("absolute error", ({ absoluteError }) => absoluteError),
    ...row("accuracy", ({ accuracy }) => accuracy),
    ...row("ROC AUC", ({ rocAuc }) => rocAuc),
    ...row("Dice", ({ dice }) => dice),
  ];
}

/** How many training images a second set brought; null without one. */
export function secondSetText(entries: readonly LedgerEntry[]): string | null {
  const split = entries.find((entry) => entry.event === "split");
  if (!split?.moreData) return null;
  return `Of the images to train on ${split.moreData.size} are of the second set, which joins the training set alone.`;
}

/** How far the classes of the sets are off; null where they are not by 1 % or more. */
export function balanceText(entries: readonly LedgerEntry[]): string | null {
  const split = entries.find((entry) => entry.event === "split");
  if (!split || split.imbalance < 0.01) return null;
  return `A class's share of a set differs from its share of all images by up to ${(100 * split.imbalance).toFixed(1)} %.`;
}

/** What the audit found and what became of it; null where nothing leaks. */
export function auditText(entries: readonly LedgerEntry[]): string | null {
  const audited = entries.find((entry) => entry.event === "audited");
  if (!audited || Object.values(audited.pairs).every((number) => number === 0)) return null;
  const { statistics, ...copies } = audited.pairs;
  const scaled = statistics > 0 ? "Mind: the pixels were scaled by figures of other sets than the training set. " : "";
  if (Object.values(copies).every((number) => number === 0)) return scaled.trimEnd();
  const { test, validation } = audited.images;
  const found = `${test} test and ${validation} validation images have a copy or their patient in another set`;
  if (!audited.dropped) return `${scaled}Mind: ${found}; --leakage allow goes on, and the report will say so.`;
  const { dropped } = audited;
  return `${scaled}${found}: ${dropped.train.size} training and ${dropped.validation.size} validation images were left out.`;
}

/** Which remedy was kept, and what each reached. */
export function refinementText({ trials, kept, optimism }: Refinement): string {
  const [{ monitor }] = trials;
  const better = ({ gain, standardError }: Refinement["trials"][number]) =>
    gain === null ? "" : `${gain < 0 ? "" : "+"}${decimal(gain)} ± ${decimal(standardError)}`;
  return [
    ...table([
      ["remedy", "epochs", `validation ${monitor}`, "better by", ""],
      ...trials.map((trial) => [
        trial.remedy,
        `${trial.epochs}`,
        decimal(trial.value),
        better(trial),
        trial.remedy === kept ? "kept" : "",
      ]),
    ]),
    ...(kept === "none" && trials.length > 1 ? ["  No remedy is better by more than the noise."] : []),
    ...(optimism
      ? [`  Chosen from ${trials.length}, the best looks better than it is by about ${decimal(optimism.optimism)}.`]
      : []),
  ].join("\n");
}

/** What parts of the training set reached, and what twice of it would. */
export function learningCurveText({ monitor, points, twice }: LearningCurve): string {
  const range = (values: readonly number[]) =>
    values.length > 1 ? `${decimal(Math.min(...values))} to ${decimal(Math.max(...values))}` : "";
  const mean = (values: readonly number[]) =>
    values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
  return [
    ...table([
      ["training images", `validation ${monitor}`, ""],
      ...points.map(({ images, values }) => [`${images}`, decimal(mean(values)), range(values)]),
      ...(twice
        ? [[`${twice.images} (expected)`, decimal(twice.value), twice.interval.map((end) => decimal(end)).join(" to ")]]
        : []),
    ]),
    ...(twice ? [`  Twice the images would make it better by about ${decimal(twice.gain)}.`] : []),
  ].join("\n");
}

/** Every figure of a test with its interval, and what to mind. */
export function reportText(report: Report): string {
  const rows = namedFigures(report).map(({ name, figure: { value, interval, reason } }) => [
    name,
    decimal(value),
    interval ? `${decimal(interval[0])} to ${decimal(interval[1])}` : (reason ?? ""),
  ]);
  const { baseline, warnings } = report;
  return [
    ...table([["figure", "value", "95 % interval"], ...rows]),
    ...positiveText(report),
    `Baseline, ${baseline.name}: accuracy ${decimal(baseline.accuracy)}.`,
    ...warnings.map((warning) => `Mind: ${warning}`),
  ].join("\n");
}

/** Which of two classes is found or missed: the second in order, whatever it means. */
function positiveText({ classes, task }: Report): string[] {
  if (task !== "classification" || classes.length !== 2) return [];
  const [negative, positive] = classes;
  return [
    `Recall, precision and Dice are of "${positive}", the second class; specificity is of "${negative}". To look for the other, train with --positive ${quoted(negative)}.`,
  ];
}

/** Lines of columns, the first to the left and the others too. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map(
    (row) =>
      `  ${row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join("  ")
        .trimEnd()}`,
  );
}
