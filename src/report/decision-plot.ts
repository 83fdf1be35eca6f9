// Decision curves (Vickers & Elkin 2006): what the answers are worth at each threshold, beside treating all and none.
import { strokeSample } from "./chart.ts";
import { decimal } from "./format.ts";
import { markup, nothing } from "./markup.ts";
import type { Markup } from "./markup.ts";
import { newerFields } from "./newer-fields.ts";
import type { DecisionPoints } from "./newer-fields.ts";
import type { Report } from "./record.ts";
import { squarePlot } from "./square-plot.ts";
import type { Point } from "./square-plot.ts";

/** Points of a curve that are drawn. */
const drawnPoints = 100;

/** Nothing where the record has no such curve. */
export function decisionPlot(report: Report): Markup {
  const drawn = newerFields(report).curves?.decision ?? [];
  if (drawn.length === 0) return nothing;
  const isAlone = drawn.length === 1;
  const values = drawn
    .flatMap(({ netBenefit, treatAll }) => (isAlone ? [...netBenefit, ...treatAll] : netBenefit))
    .filter((value) => value !== null);
  const most = Math.max(0.05, ...values);
  const step = most <= 0.25 ? 0.05 : most <= 0.6 ? 0.1 : 0.2;
  // A rate's own last bits would make a step more.
  const high = Number((step * Math.ceil(most / step - 1e-9)).toFixed(2));
  const low = -step;
  const none: readonly Point[] = [[0, 0], [1, 0]]; // prettier-ignore
  const curves = [
    { points: none, stroke: null },
    ...drawn.map((curve, k) => ({ points: above(curve.threshold, curve.netBenefit, low), stroke: k })),
    ...(isAlone ? [{ points: above(drawn[0].threshold, drawn[0].treatAll, low), stroke: 1 }] : []),
  ];
  const axes = { x: "threshold: probability from which one would act", y: "net benefit" };
  const names = drawn.map(({ class: name }) => `${name}: by the network`);
  const legend = isAlone ? [...names, "acting on every image"] : names;
  return markup`<figure>
${squarePlot({ ...axes, bounds: [low, high], step, curves }, `Decision curves: net benefit by threshold. ${drawn.map(spoken).join("; ")}`)}
<figcaption>
<ul class="legend">
${legend.map((name, k) => markup`<li>${strokeSample(k)} ${name}</li>`)}
</ul>
<p>True positives less false ones, these weighted by the odds of the threshold, per image. Where the curve lies above acting on every image and on none (dotted, 0), the network is of use at that threshold.</p>
</figcaption>
</figure>`;
}

function above(x: readonly number[], y: readonly (number | null)[], low: number): Point[] {
  const step = Math.max(1, Math.ceil(x.length / drawnPoints));
  return x.flatMap((across, i): Point[] => {
    const value = y[i];
    const isKept = i % step === 0 || i === x.length - 1;
    return isKept && value !== null && value >= low ? [[across, Math.round(1e4 * value) / 1e4]] : [];
  });
}

function spoken({ class: name, threshold, netBenefit }: DecisionPoints): string {
  const told = [0.1, 0.25, 0.5, 0.75].map((wanted) => {
    const nearest = threshold.reduce((best, at, i) => (Math.abs(at - wanted) < Math.abs(threshold[best] - wanted) ? i : best), 0); // prettier-ignore
    return `${decimal(netBenefit[nearest] ?? null)} at ${decimal(threshold[nearest] ?? null, 2)}`;
  });
  return `${name}: ${told.join(", ")}`;
}
