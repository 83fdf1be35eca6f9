// Precision-recall curves with their legend; what guessing would reach is the class's share of the test set.
import { strokeSample } from "./chart.ts";
import { decimal } from "./format.ts";
import { markup, nothing } from "./markup.ts";
import type { Markup } from "./markup.ts";
import { furtherFigure, newerFields } from "./newer-fields.ts";
import type { PrecisionRecallPoints } from "./label-curves.ts";
import type { Report } from "./record.ts";
import { corners, squarePlot } from "./square-plot.ts";
import type { Point } from "./square-plot.ts";

/** Steps that are told apart; such a curve goes up and down, so they are fewer than a ROC curve's. */
const steps = 250;

/** Nothing where the record has no such curve. */
export function precisionRecallPlot(report: Report): Markup {
  const drawn = newerFields(report).curves?.precisionRecall ?? [];
  if (drawn.length === 0) return nothing;
  const isAlone = drawn.length === 1;
  const share = isAlone ? shareOf(report, drawn[0].class) : null;
  const guessing: readonly Point[] = share === null ? [] : [[0, share], [1, share]]; // prettier-ignore
  const { recall, precision } = report.metrics;
  const isPoint = isAlone && recall.value !== null && precision.value !== null;
  const plot = {
    x: "recall (sensitivity)",
    y: "precision",
    curves: [
      ...(guessing.length > 0 ? [{ points: guessing, stroke: null }] : []),
      ...drawn.map((curve, k) => ({ points: corners(curve.recall, curve.precision, steps), stroke: k })),
    ],
    dot: isPoint ? ([recall.value, precision.value] as const) : null,
  };
  const names = drawn.map((curve) => `${curve.class}${areaOf(report, curve)}`);
  const below = share === null ? "" : ` The dotted line is guessing: ${decimal(share)} of the test images are of the class.`; // prettier-ignore
  return markup`<figure>
${squarePlot(plot, `Precision-recall curves. ${names.join("; ")}`)}
<figcaption>
<ul class="legend">
${names.map((name, k) => markup`<li>${strokeSample(k)} ${name}</li>`)}
${isPoint ? markup`<li><span class="dot" aria-hidden="true"></span> the answers of the confusion matrix: recall ${decimal(recall.value)}, precision ${decimal(precision.value)}</li>` : nothing}
</ul>
<p>${isAlone ? "" : "Each class against the rest. "}The further a curve bends to the upper right, the better.${below}</p>
</figcaption>
</figure>`;
}

function areaOf(report: Report, { class: name }: PrecisionRecallPoints): string {
  const own = report.perClass.find((figures) => figures.class === name) as
    { readonly averagePrecision?: { readonly value: number | null } } | undefined;
  const value = report.classes.length === 2 ? furtherFigure(report, "averagePrecision")?.value : own?.averagePrecision?.value; // prettier-ignore
  return value === undefined || value === null ? "" : `: average precision ${decimal(value)}`;
}

function shareOf({ classes, metrics }: Report, name: string): number | null {
  const rows = metrics.confusion.value.map((row) => row.reduce((sum, cell) => sum + cell, 0));
  const all = rows.reduce((sum, row) => sum + row, 0);
  const own = rows.at(classes.indexOf(name));
  return own === undefined || all === 0 ? null : own / all;
}
