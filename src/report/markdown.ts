// report.md: the record of a test as a text that reads well as it is, and on every page that renders Markdown.
import { auditWords } from "./audit-table.ts";
import { baselineRows } from "./baselines-table.ts";
import { classRows } from "./class-table.ts";
import { claimMarkdown, limitsMarkdown, modelCardMarkdown } from "./checklists-markdown.ts";
import { diagnosisSentence } from "./diagnosis-runs.ts";
import { count, decimal, plural, range, time } from "./format.ts";
import { furtherFigures, rangeWithUnit, withUnit } from "./further-figures.ts";
import { imageWords } from "./image-words.ts";
import { markdownCurves } from "./markdown-curves.ts";
import { blocks, escapeMarkdown, markdownTable } from "./markdown-text.ts";
import { countedWeights, networkRows, networkSentence } from "./network-rows.ts";
import { openingSentences, timesOpened } from "./opening-words.ts";
import { partTitles } from "./part-titles.ts";
import { explainDiagnosis } from "../train/explain-diagnosis.ts";
import type { Report } from "./record.ts";
import { fingerprintRows, repeatCommands, repeatSentences, seedRows } from "./repeat.ts";
import { namedFigures } from "./named-figures.ts";
import { unlikeWords } from "./unlike-words.ts";
import {
  baselineSentence,
  confusionNames,
  decisionSentence,
  groupSizes,
  phaseDetails,
  secondSetSentence,
  settingRows,
} from "./words.ts";

/** The report as Markdown, in the parts that the page has. */
export function markdownOf(report: Report): string {
  const { warnings } = report;
  const parts: readonly (readonly [title: string, body: string])[] = [
    [partTitles.figures, figures(report)],
    [partTitles.answers, answers(report)],
    [partTitles.images, images(report)],
    [partTitles.training, training(report)],
    [partTitles.network, drawnNetwork(report)],
    [partTitles.data, data(report)],
    [partTitles.events, events(report)],
    [partTitles.limits, limitsMarkdown(report)],
    [partTitles.claim, claimMarkdown(report)],
    [partTitles.modelCard, modelCardMarkdown(report)],
    [partTitles.repeat, repeat(report)],
    [partTitles.methods, methods(report)],
  ];
  const sections = [
    "# Test report",
    firstLines(report),
    warnings.map((warning) => `> **Mind:** ${escapeMarkdown(warning)}`).join("\n>\n"),
    ...parts.filter(([, body]) => body !== "").map(([title, body]) => `## ${title}\n\n${body}`),
    "**Not for clinical use.** These figures describe one network on one test set. They do not show that it is safe or useful for patients.",
  ];
  return blocks(sections) + "\n";
}

function firstLines(report: Report): string {
  const { testSet, task, classes } = report;
  const openings = openingSentences(report).map((sentence) => ` ${escapeMarkdown(sentence)}`);
  return (
    `${plural(testSet.size, "test image")}, opened ${timesOpened(report)}, on ${escapeMarkdown(time(testSet.opened))}.${openings.join("")} ` +
    `Task: ${task}; ${task === "segmentation" ? "foreground" : "classes"}: ${classes.map(escapeMarkdown).join(", ")}.`
  );
}

function figures(report: Report): string {
  const baselines = baselineRows(report);
  const further = furtherFigures(report);
  const classes = classRows(report);
  const head = ["figure", "value", "95 % interval", "meaning"];
  return blocks([
    markdownTable(
      head,
      namedFigures(report).map(({ name, meaning, figure: { value, interval, reason } }) => [
        name,
        value === null ? `undefined: ${reason}` : decimal(value),
        interval || value === null ? range(interval) : `none: ${reason}`,
        meaning,
      ]),
    ),
    escapeMarkdown(baselineSentence(report)),
    ...(baselines ? ["### Beside what needs no network", markdownTable(baselines.head, baselines.rows)] : []),
    ...(further.length > 0
      ? [
          "### Further figures",
          markdownTable(
            head,
            further.map(({ name, meaning, scale, figure: { value, interval, reason } }) => [
              name,
              value === null ? `undefined: ${reason}` : withUnit(value, scale),
              interval ? rangeWithUnit(interval, scale) : value === null ? "–" : `none: ${reason}`,
              meaning,
            ]),
          ),
        ]
      : []),
    ...(classes
      ? [
          "### Each class against the rest",
          markdownTable(
            ["class", ...classes.head],
            classes.rows.map(({ name, cells }) => [name, ...cells.map((cell) => (cell ? decimal(cell.value) : ""))]),
          ),
        ]
      : []),
  ]);
}

function answers(report: Report): string {
  const names = confusionNames(report);
  const { value, method } = report.metrics.confusion;
  const rows = value.map((row, k) => [names[k], ...row.map(count)]);
  return blocks([
    `### Confusion matrix`,
    `${markdownTable(["truth \\ predicted", ...names], rows)}\n\n(${escapeMarkdown(method)})`,
    escapeMarkdown(decisionSentence(report) ?? ""),
    markdownCurves(report),
  ]);
}

function images(report: Report): string {
  const words = imageWords(report);
  if (words === null) return "";
  const { spread, worst } = words;
  return blocks([
    markdownTable(spread.head, spread.rows),
    "### The images that came off worst",
    markdownTable(worst.head, worst.rows),
  ]);
}

function training({ history, bestEpoch }: Report): string {
  const best = history.find((epoch) => epoch.epoch === bestEpoch);
  const last = history.at(-1);
  if (!best || !last) return `Best epoch: ${bestEpoch}.`;
  return blocks([
    `${plural(history.length, "epoch")}; tested are the weights of epoch ${bestEpoch}: training loss ${decimal(best.loss)}, ` +
      `validation loss ${decimal(best.validation.loss)}. At the end: ${escapeMarkdown(last.diagnosis)}. ${escapeMarkdown(explainDiagnosis(last))}`,
    escapeMarkdown(diagnosisSentence(history)),
  ]);
}

function drawnNetwork(report: Report): string {
  const rows = networkRows(report);
  if (rows === null) return "The layers of the network are not on record.";
  return blocks([
    networkSentence(rows),
    markdownTable(
      ["layer", "nodes", "then", "learned"],
      rows.map((row) => [row.title, count(row.nodes), row.notes.join(", "), countedWeights(row)]),
    ),
  ]);
}

function data(report: Report): string {
  const { sets, classes } = report;
  const names = ["train", "validation", "test"] as const;
  const hasGroups = names.every((name) => sets[name].groups);
  const rows = names.map((name) => {
    const { size, classCounts, sha256, groups } = sets[name];
    const grouped = groups ? `${count(groups.count)} ${groupSizes(groups.smallest, groups.largest)}` : "";
    return [name, count(size), ...classCounts.map(count), ...(hasGroups ? [grouped] : []), `${sha256.slice(0, 12)}…`];
  });
  const audit = auditWords(report);
  const unlike = unlikeWords(report);
  return blocks([
    markdownTable(["set", "images", ...classes, ...(hasGroups ? ["groups"] : []), "SHA-256"], rows),
    escapeMarkdown(secondSetSentence(report) ?? ""),
    ...(unlike
      ? [
          "### Is the test set like the training set?",
          ...unlike.sentences.map(escapeMarkdown),
          ...(unlike.reasons.length > 0
            ? [markdownTable(["unlike training by", "meaning", "images"], unlike.reasons)]
            : []),
          ...(unlike.figures ? [markdownTable(unlike.figures.head, unlike.figures.rows)] : []),
        ]
      : []),
    ...(audit
      ? [
          "### Leakage audit",
          ...audit.sentences.map(escapeMarkdown),
          markdownTable(
            ["kind of leak", "meaning", "pairs"],
            audit.rows.map(([kind, meaning, pairs]) => [kind, meaning, count(pairs)]),
          ),
        ]
      : []),
  ]);
}

function events({ phases }: Report): string {
  return phases
    .map((phase) => {
      const details = phaseDetails(phase);
      return `1. ${escapeMarkdown(time(phase.time))}: **${escapeMarkdown(phase.event)}**${details ? `: ${escapeMarkdown(details)}` : ""}`;
    })
    .join("\n");
}

function repeat(report: Report): string {
  return blocks([
    ...repeatSentences,
    "```sh\n" + repeatCommands(report).join("\n") + "\n```",
    markdownTable(["", "value"], seedRows(report)),
    markdownTable(["fingerprint", "SHA-256"], fingerprintRows(report)),
    "### Every setting",
    markdownTable(["setting", "value"], settingRows(report.settings)),
  ]);
}

function methods(report: Report): string {
  return [...namedFigures(report), ...furtherFigures(report)]
    .map(({ name, figure }) => `- ${name}: ${escapeMarkdown(figure.method)}.`)
    .join("\n");
}
