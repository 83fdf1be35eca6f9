// report.html: the record of a test as one page that needs nothing but itself.
import { confusionTable } from "./confusion-table.ts";
import { eventsList } from "./events-list.ts";
import { figuresTable, headlineFigure, perClassTable } from "./figures-table.ts";
import { count, decimal, plural, range, time } from "./format.ts";
import { galleryHtml, galleryStyle } from "./gallery-html.ts";
import { learningPlots } from "./learning-plots.ts";
import { markup, nothing } from "./markup.ts";
import type { Markup } from "./markup.ts";
import { headerOf, pageOf } from "./page.ts";
import { explainDiagnosis } from "../train/diagnosis.ts";
import type { Report } from "./record.ts";
import { rocPlot } from "./roc-plot.ts";
import { setsTable } from "./sets-table.ts";
import { confusionNames, headline, namedFigures, settingRows } from "./words.ts";

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
  // As report.json has them, so that a report that was read from it gives the same page.
  const settings = JSON.parse(JSON.stringify(report.settings)) as object;
  const main = markup`${verdict(report)}
${headlineFigure(report)}
<section>
<h2>Figures of the test set</h2>
${figuresTable(report)}
${perClassTable(report)}
</section>
${answers(report)}
${report.examples ? galleryHtml(report.examples) : nothing}
${training(report)}
<section>
<h2>The sets</h2>
${setsTable(report)}
</section>
<section>
<h2>What happened, in order</h2>
${eventsList(report)}
</section>
<section>
<h2>Settings</h2>
<table class="settings">
<tbody>
${settingRows(settings).map(([name, value]) => markup`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}
</tbody>
</table>
</section>
${methods(report)}
${fingerprints(report)}`;
  const footer = markup`<footer>
<p><strong>Not for clinical use.</strong> These figures describe one network on one test set. They do not show that it is safe or useful for patients.</p>
<p>Written by voxgrad ${report.voxgrad}.</p>
</footer>`;
  return pageOf({ title: titleOf(report), rules: galleryStyle, header: header(report), main, footer });
}

function titleOf(report: Report): string {
  const { name, figure } = headline(report);
  const sure = figure.interval ? ` (${range(figure.interval)})` : "";
  return `Test report: ${name} ${figure.value === null ? "undefined" : decimal(figure.value)}${sure}`;
}

function header({ testSet, task, classes, bestEpoch }: Report): Markup {
  const list = markup`
<dl>
<div><dt>task</dt><dd>${task}</dd></div>
<div><dt>${task === "segmentation" ? "foreground" : "classes"}</dt><dd>${classes.join(", ")}</dd></div>
<div><dt>test set</dt><dd>${plural(testSet.size, "image")}, opened once</dd></div>
<div><dt>opened</dt><dd>${time(testSet.opened)}</dd></div>
<div><dt>weights of</dt><dd>${bestEpoch > 0 ? `epoch ${count(bestEpoch)}` : "an epoch not on record"}</dd></div>
</dl>`;
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

/** The confusion matrices and, for labels, the ROC curves. */
function answers(report: Report): Markup {
  const { metrics, task } = report;
  const names = confusionNames(report);
  const images = metrics.containsForeground;
  const curves = rocPlot(report);
  const second = images
    ? markup`<div><h2>Images with and without foreground</h2>${confusionTable(images, ["no foreground", "foreground"], "images")}</div>`
    : curves === nothing
      ? nothing
      : markup`<div><h2>ROC curve${report.roc.length > 1 ? "s" : ""}</h2>${curves}</div>`;
  return markup`<section class="${names.length > 4 ? "stack" : "beside"}">
<div><h2>Confusion matrix</h2>${confusionTable(metrics.confusion, names, task === "segmentation" ? "voxels" : "images")}
${spoken(report)}</div>
${second}
</section>`;
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
  return markup`<section>
<h2>Training</h2>
<p>${summary}</p>
${learningPlots(report)}
${history.length > 0 ? markup`<p class="note">Where the validation curve turns for the worse while the training curve goes on getting better, the network overfits: it learns its training images by heart.</p>` : nothing}
</section>`;
}

function methods(report: Report): Markup {
  return markup`<section>
<h2>How the figures were made</h2>
<dl class="methods">
${namedFigures(report).map(({ name, figure }) => markup`<div><dt>${name}</dt><dd>${figure.method}.</dd></div>`)}
</dl>
<p class="note">TP, FN: of the class, and called so or not; FP, TN: of another class, and called the class or not. Seed of the study: ${report.seed}.</p>
</section>`;
}

function fingerprints({ weightsSha256, sets }: Report): Markup {
  const rows = [
    ["weights", weightsSha256],
    ["training set", sets.train.sha256],
    ["validation set", sets.validation.sha256],
    ["test set", sets.test.sha256],
  ] as const;
  return markup`<section>
<h2>Fingerprints</h2>
<p>SHA-256 of the weights that were tested, and of the images that the study committed to before training. In the reproducible mode, these images and the settings above give these weights again after as many epochs, bit for bit.</p>
<table class="settings">
<tbody>
${rows.map(([name, hash]) => markup`<tr><th scope="row">${name}</th><td><code>${hash}</code></td></tr>`)}
</tbody>
</table>
</section>`;
}
