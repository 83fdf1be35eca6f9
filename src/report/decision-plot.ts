// Decision curves (Vickers & Elkin 2006): what the answers are worth at each threshold, beside treating all and none.
import { strokeSample } from "./chart.ts";
import { decimal } from "./format.ts";
import { markup, nothing } from "./markup.ts";
import type { Markup } from "./markup.ts";
import { newerFields } from "./newer-fields.ts";
import type { DecisionPoints } from "./label-curves.ts";
import type { Report } from "./record.ts";
import { squarePlot } from "./square-plot.ts";
import type { Point } from "./square-plot.ts";

/** Points of a curve that are drawn. */
const drawnPoints = 100;

/** Nothing where the record has no such curve. Of several classes, what each brings beyond the better of all and none. */
export function decisionPlot(report: Report): Markup {
  const drawn = newerFields(report).curves?.decision ?? [];
  if (drawn.length === 0) return nothing;
  const isAlone = drawn.length === 1;
  const lines = isAlone ? [drawn[0].netBenefit, drawn[0].treatAll] : drawn.map(beyond);
  const { low, high, step } = boundsOf(lines.flat());
  const none: readonly Point[] = [[0, 0], [1, 0]]; // prettier-ignore
  const curves = [
    { points: none, stroke: null },
    ...lines.map((line, k) => ({ points: above(drawn[isAlone ? 0 : k].threshold, line, low), stroke: k })),
  ];
  const y = isAlone ? "net benefit" : "net benefit beyond acting on all or none";
  const plot = { x: "threshold: probability from which one would act", y, bounds: [low, high] as const, step, curves };
  const legend = isAlone ? [`${drawn[0].class}, by the network`, "acting on every image"] : drawn.map(({ class: name }) => name);
  const reading = isAlone
    ? "Where the curve lies above acting on every image and on none (dotted, 0), the network is of use at that threshold."
    : "Each class against the rest, less the better of acting on every image and on none: above the dotted 0 the network is of use at that threshold.";
  return markup`<figure>
${squarePlot(plot, `Decision curves: net benefit by threshold. ${drawn.map(spoken).join("; ")}`)}
<figcaption>
<ul class="legend">
${legend.map((name, k) => markup`<li>${strokeSample(k)} ${name}</li>`)}
</ul>
<p>True positives less false ones, these weighted by the odds of the threshold, per image. ${reading}</p>
</figcaption>
</figure>`;
} // prettier-ignore

function beyond({ netBenefit, treatAll }: DecisionPoints): readonly (number | null)[] {
  return netBenefit.map((value, i) => (value === null ? null : value - Math.max(0, treatAll[i] ?? 0)));
}

function boundsOf(values: readonly (number | null)[]): { readonly low: number; readonly high: number; readonly step: number } {
  const most = values.reduce<number>((largest, value) => Math.max(largest, value ?? largest), 0.05);
  const step = most <= 0.25 ? 0.05 : most <= 0.6 ? 0.1 : 0.2;
  // A rate's own last bits would make a step more.
  return { low: -step, high: Number((step * Math.ceil(most / step - 1e-9)).toFixed(2)), step };
} // prettier-ignore

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
