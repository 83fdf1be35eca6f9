// report.html: the record of a test as one page that needs nothing but itself.
import { auditTable } from "./audit-table.ts";
import { baselinesTable } from "./baselines-table.ts";
import { perClassTable } from "./class-table.ts";
import { claimHtml, limitsHtml, modelCardHtml } from "./checklists-html.ts";
import { confusionTable } from "./confusion-table.ts";
import { decisionPlot } from "./decision-plot.ts";
import { curvesInWords, diagnosisSentence } from "./diagnosis-runs.ts";
import { eventsList } from "./events-list.ts";
import { figuresTable, furtherTable, headlineFigure } from "./figures-table.ts";
import { count, decimal, plural, range, time } from "./format.ts";
import { galleryHtml, galleryStyle } from "./gallery-html.ts";
import { furtherFigures } from "./further-figures.ts";
import { imagesTable } from "./images-table.ts";
import { learningPlots } from "./learning-plots.ts";
import { markup, nothing } from "./markup.ts";
import type { Markup } from "./markup.ts";
import { networkDrawing } from "./network-drawing.ts";
import { openingSentences, timesOpened } from "./opening-words.ts";
import { headerOf, pageOf } from "./page.ts";
import { partTitles } from "./part-titles.ts";
import { contentsOf, partsOf } from "./parts.ts";
import type { Part } from "./parts.ts";
import { precisionRecallPlot } from "./precision-recall-plot.ts";
import { explainDiagnosis } from "../train/explain-diagnosis.ts";
import type { Report } from "./record.ts";
import { reliabilityPlot } from "./reliability-plot.ts";
import { repeatHtml } from "./repeat-html.ts";
import { rocPlot } from "./roc-plot.ts";
import { setsTable } from "./sets-table.ts";
import { unlikeHtml } from "./unlike-html.ts";
import { namedFigures } from "./named-figures.ts";
import { confusionNames, decisionSentence, headline } from "./words.ts";

/**
 * The report as a page of HTML: complete in itself (no script, nothing is fetched), for screens bright and dark, phones
 * and paper. Everything that comes from data is escaped. The same report gives the same bytes.
 *
 * @example
 * ```ts
 * import { reportHtml } from "voxgrad/report";
 * import type { Report } from "voxgrad";
 *
 * const page = (report: Report) => new Blob([reportHtml(report)], { type: "text/html" });
 * ```
 */
export function reportHtml(report: Report): string {
  const parts = partsOfReport(report);
  const main = markup`${verdict(report)}
${headlineFigure(report)}
${contentsOf(parts)}
${partsOf(parts)}`;
  const footer = markup`<footer>
<p><strong>Not for clinical use.</strong> These figures describe one network on one test set. They do not show that it is safe or useful for patients.</p>
<p>Written by voxgrad ${report.voxgrad}.</p>
</footer>`;
  return pageOf({ title: titleOf(report), rules: galleryStyle, header: header(report), main, footer });
}

/** In the order of the page; those that the record has nothing for are left out. */
function partsOfReport(report: Report): readonly Part[] {
  const parts: readonly Part[] = [
    { id: "figures", title: partTitles.figures, body: markup`${figuresTable(report)}
${baselinesTable(report)}
${furtherTable(report)}
${perClassTable(report)}` },
    { id: "answers", title: partTitles.answers, body: answers(report) },
    { id: "images", title: partTitles.images, body: imagesTable(report) },
    { id: "examples", title: partTitles.examples, body: report.examples ? galleryHtml(report.examples) : nothing },
    { id: "training", title: partTitles.training, body: training(report) },
    { id: "network", title: partTitles.network, body: networkDrawing(report) },
    { id: "data", title: partTitles.data, body: markup`${setsTable(report)}
${unlikeHtml(report)}
${auditTable(report)}` },
    { id: "events", title: partTitles.events, body: eventsList(report) },
    { id: "limits", title: partTitles.limits, body: limitsHtml(report) },
    { id: "claim", title: partTitles.claim, body: claimHtml(report) },
    { id: "card", title: partTitles.modelCard, body: modelCardHtml(report) },
    { id: "repeat", title: partTitles.repeat, body: repeatHtml(report) },
    { id: "methods", title: partTitles.methods, body: methods(report) },
  ]; // prettier-ignore
  return parts.filter(({ body }) => body !== nothing);
}

function titleOf(report: Report): string {
  const { name, figure } = headline(report);
  const sure = figure.interval ? ` (${range(figure.interval)})` : "";
  return `Test report: ${name} ${figure.value === null ? "undefined" : decimal(figure.value)}${sure}`;
}

function header(report: Report): Markup {
  const { testSet, task, classes, bestEpoch } = report;
  const { name, figure } = headline(report);
  const openings = openingSentences(report);
  const list = markup`
<dl>
<div class="result"><dt>${name}</dt><dd>${figure.value === null ? "undefined" : decimal(figure.value)}${figure.interval ? ` (95 %: ${range(figure.interval)})` : ""}</dd></div>
<div><dt>task</dt><dd>${task}</dd></div>
<div><dt>${task === "segmentation" ? "foreground" : "classes"}</dt><dd>${classes.join(", ")}</dd></div>
<div><dt>test set</dt><dd>${plural(testSet.size, "image")}, opened ${timesOpened(report)}</dd></div>
<div><dt>opened</dt><dd>${time(testSet.opened)}</dd></div>
<div><dt>weights of</dt><dd>${bestEpoch > 0 ? `epoch ${count(bestEpoch)}` : "an epoch not on record"}</dd></div>
</dl>${openings.length > 0 ? markup`
<ul class="openings" aria-label="Openings of the test set">
${openings.map((sentence) => markup`<li>${sentence}</li>`)}
</ul>` : nothing}`; // prettier-ignore
  return headerOf("Test report", list);
}

function verdict({ warnings, task }: Report): Markup {
  if (warnings.length === 0)
    return markup`<section class="verdict fine">
<h2>No warning</h2>
<p>Checked: the baseline, ${task === "classification" ? "guessing, " : ""}the size of the test set, the balance of the classes, classes that were never answered, figures that are undefined, and how training ended.</p>
</section>`;
  return markup`<section class="verdict mind">
<h2>Mind, before reading the figures</h2>
<ul>
${warnings.map((warning) => markup`<li>${warning}</li>`)}
</ul>
</section>`;
}

/** The confusion matrices and, for labels, the curves. */
function answers(report: Report): Markup {
  const { metrics, task, roc } = report;
  const names = confusionNames(report);
  const images = metrics.containsForeground;
  const decided = decisionSentence(report);
  const matrix = markup`<div><h3>Confusion matrix</h3>${confusionTable(metrics.confusion, names, task === "segmentation" ? "voxels" : "images")}
${spoken(report)}${decided === null ? nothing : markup`<p>${decided}</p>`}</div>`;
  const plots: readonly (readonly [title: string, plot: Markup])[] = [
    ["Images with and without foreground", images ? confusionTable(images, ["no foreground", "foreground"], "images") : nothing],
    [`ROC curve${roc.length > 1 ? "s" : ""}`, rocPlot(report)],
    ["Precision and recall", precisionRecallPlot(report)],
    ["Reliability of the probabilities", reliabilityPlot(report)],
    ["Decision curve", decisionPlot(report)],
  ]; // prettier-ignore
  const drawn = plots.filter(([, plot]) => plot !== nothing);
  const others = drawn.map(([title, plot]) => markup`<div><h3>${title}</h3>${plot}</div>`);
  if (names.length <= 4) return markup`<div class="beside">${matrix}${others}</div>`;
  return markup`${matrix}
<div class="beside">${others}</div>`;
}

/** The four cells of two classes in words. */
function spoken({ metrics, classes, task }: Report): Markup {
  if (task !== "classification" || classes.length !== 2) return nothing;
  const [[rightlyNot, falseAlarms], [missed, found]] = metrics.confusion.value;
  return markup`<p class="spoken">Of ${plural(found + missed, "image")} of "${classes[1]}", <strong>${count(found)}</strong> were found and <strong>${count(missed)}</strong> missed. Of ${plural(rightlyNot + falseAlarms, "image")} of "${classes[0]}", <strong>${count(rightlyNot)}</strong> were called so and <strong>${count(falseAlarms)}</strong> were false alarms.</p>`;
}

function training(report: Report): Markup {
  const { history, bestEpoch } = report;
  const best = history.find(({ epoch }) => epoch === bestEpoch);
  const last = history.at(-1);
  const summary =
    best && last
      ? `${plural(history.length, "epoch")}; tested are the weights of epoch ${bestEpoch}: training loss ${decimal(best.loss)}, validation loss ${decimal(best.validation.loss)}. At the end: ${last.diagnosis}. ${explainDiagnosis(last)}`
      : "The epochs are not on record.";
  return markup`<p>${summary}</p>
${learningPlots(report)}
${history.length > 0 ? markup`<p class="note">${diagnosisSentence(history)} ${curvesInWords(history)}</p>` : nothing}`;
}

function methods(report: Report): Markup {
  const figures = [...namedFigures(report), ...furtherFigures(report)];
  return markup`<dl class="methods">
${figures.map(({ name, figure }) => markup`<div><dt>${name}</dt><dd>${figure.method}.</dd></div>`)}
</dl>
<p class="note">TP, FN: of the class, and called so or not; FP, TN: of another class, and called the class or not. Seed of the study: ${report.seed}.</p>`;
}
