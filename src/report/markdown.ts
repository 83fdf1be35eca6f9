// report.md: the record of a test as a text that reads well as it is, and on every page that renders Markdown.
import { count, decimal, plural, range, time } from "./format.ts";
import { explainDiagnosis } from "../train/diagnosis.ts";
import type { Report } from "./record.ts";
import {
  baselineSentence,
  confusionNames,
  namedFigures,
  phaseDetails,
  secondSetSentence,
  settingRows,
} from "./words.ts";

/**
 * The report as Markdown (CommonMark with tables). Everything that comes from data is escaped.
 *
 * @example
 * ```ts
 * import { reportMarkdown } from "voxgrad";
 * import type { Report } from "voxgrad";
 *
 * const show = (report: Report) => console.log(reportMarkdown(report));
 * ```
 */
export function reportMarkdown(report: Report): string {
  const { testSet, task, classes, warnings } = report;
  const sections = [
    "# Test report",
    `${plural(testSet.size, "test image")}, opened once, on ${escape(time(testSet.opened))}. ` +
      `Task: ${task}; ${task === "segmentation" ? "foreground" : "classes"}: ${classes.map(escape).join(", ")}.`,
    warnings.length > 0 ? warnings.map((warning) => `> **Mind:** ${escape(warning)}`).join("\n>\n") : "",
    "## Figures of the test set",
    figures(report),
    escape(baselineSentence(report)),
    "## Confusion matrix",
    confusion(report),
    ...perClass(report),
    "## The sets",
    sets(report),
    escape(secondSetSentence(report) ?? ""),
    "## Training",
    training(report),
    "## What happened, in order",
    report.phases
      .map((phase) => {
        const details = phaseDetails(phase);
        return `1. ${escape(time(phase.time))}: **${escape(phase.event)}**${details ? `: ${escape(details)}` : ""}`;
      })
      .join("\n"),
    "## Settings",
    table(["setting", "value"], settingRows(report.settings)),
    "## How the figures were made",
    namedFigures(report)
      .map(({ name, figure }) => `- ${name}: ${escape(figure.method)}.`)
      .join("\n"),
    `Weights SHA-256 \`${escape(report.weightsSha256)}\`; test set SHA-256 \`${escape(testSet.sha256)}\`; ` +
      `seed ${report.seed}; voxgrad ${escape(report.voxgrad)}.`,
  ];
  return sections.filter((section) => section !== "").join("\n\n") + "\n";
}

function figures(report: Report): string {
  return table(
    ["figure", "value", "95 % interval", "meaning"],
    namedFigures(report).map(({ name, meaning, figure: { value, interval, reason } }) => [
      name,
      value === null ? `undefined: ${reason}` : decimal(value),
      interval || value === null ? range(interval) : `none: ${reason}`,
      meaning,
    ]),
  );
}

function confusion(report: Report): string {
  const names = confusionNames(report);
  const { value, method } = report.metrics.confusion;
  const rows = value.map((row, k) => [names[k], ...row.map(count)]);
  return `${table(["truth \\ predicted", ...names], rows)}\n\n(${escape(method)})`;
}

function perClass({ perClass, task }: Report): string[] {
  if (perClass.length <= (task === "classification" ? 2 : 1)) return [];
  const rows = perClass.map((figures) => [
    figures.class,
    ...[figures.recall, figures.specificity, figures.precision, figures.dice].map(({ value }) => decimal(value)),
  ]);
  return ["## Each class against the rest", table(["class", "recall", "specificity", "precision", "Dice"], rows)];
}

function sets({ sets, classes }: Report): string {
  const rows = (["train", "validation", "test"] as const).map((name) => {
    const { size, classCounts, sha256 } = sets[name];
    return [name, count(size), ...classCounts.map(count), `${sha256.slice(0, 12)}…`];
  });
  return table(["set", "images", ...classes, "SHA-256"], rows);
}

function training({ history, bestEpoch }: Report): string {
  const best = history.find((epoch) => epoch.epoch === bestEpoch);
  const last = history.at(-1);
  if (!best || !last) return `Best epoch: ${bestEpoch}.`;
  return (
    `${plural(history.length, "epoch")}; tested are the weights of epoch ${bestEpoch}: training loss ${decimal(best.loss)}, ` +
    `validation loss ${decimal(best.validation.loss)}. At the end: ${escape(last.diagnosis)}. ${escape(explainDiagnosis(last))}`
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escape).join(" | ")} |`;
  return [line(head), `|${head.map(() => " --- |").join("")}`, ...rows.map(line)].join("\n");
}

/** No character of a name or a message may become markup, a link, HTML or a new line. */
function escape(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\\`*_[\]>|~#!&]/g, "\\$&")
    .replace(/</g, "&lt;")
    .replace(/:\/\//g, ":\\/\\/");
}
