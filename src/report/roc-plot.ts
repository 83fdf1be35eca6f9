// ROC curves with their legend: each class against the rest, or the second of two.
import { strokeSample } from "./chart.ts";
import type { RocPoints } from "./figure.ts";
import { decimal } from "./format.ts";
import { markup, nothing } from "./markup.ts";
import type { Markup } from "./markup.ts";
import type { Report } from "./record.ts";
import { corners, squarePlot } from "./square-plot.ts";

/** Steps of a rate that are told apart: less than a pixel each. */
const steps = 500;

/** The figure of the curves; nothing for masks, a sentence when no class has a curve. */
export function rocPlot(report: Report): Markup {
  const { roc, task, metrics } = report;
  if (roc.length === 0) {
    if (task === "segmentation") return nothing;
    return markup`<p>There is no ROC curve: ${metrics.rocAuc.reason ?? "the test set lacks a class"}.</p>`;
  }
  const dot = workingPoint(report);
  const curves = [
    { points: [[0, 0], [1, 1]] as const, stroke: null },
    ...roc.map((curve, k) => ({ points: corners(curve.falsePositiveRate, curve.truePositiveRate, steps), stroke: k })),
  ]; // prettier-ignore
  const axes = { x: "false positive rate (1 − specificity)", y: "true positive rate (recall)" };
  const names = roc.map((curve) => {
    const area = roc.length === 1 ? metrics.rocAuc.value : null;
    return `${curve.class}: area ${decimal(area ?? areaUnder(curve))}`;
  });
  return markup`<figure>
${squarePlot({ ...axes, curves, dot }, `ROC curves. ${names.join("; ")}`)}
<figcaption>
<ul class="legend">
${names.map((name, k) => markup`<li>${strokeSample(k)} ${name}</li>`)}
${dot ? markup`<li><span class="dot" aria-hidden="true"></span> the answers of the confusion matrix: recall ${decimal(metrics.recall.value)}, specificity ${decimal(metrics.specificity.value)}</li>` : nothing}
</ul>
<p>${roc.length > 1 ? "Each class against the rest. " : ""}The further a curve bends to the upper left, the better; the dotted diagonal is guessing.</p>
</figcaption>
</figure>`;
}

/** Where the answers put a test of two classes on its curve. */
function workingPoint({ classes, metrics: { recall, specificity } }: Report): [number, number] | null {
  if (classes.length !== 2 || recall.value === null || specificity.value === null) return null;
  return [1 - specificity.value, recall.value];
}

/** Area by trapezoids, which is the area under the ROC curve exactly. */
function areaUnder({ falsePositiveRate: x, truePositiveRate: y }: RocPoints): number {
  let area = 0;
  for (let i = 1; i < x.length; i++) area += ((x[i] - x[i - 1]) * (y[i] + y[i - 1])) / 2;
  return area;
}
