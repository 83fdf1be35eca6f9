// ROC curves with their legend: each class against the rest, or the second of two.
import { axis, chart, stroke, strokeSample } from "./chart.ts";
import type { RocPoints } from "./figure.ts";
import { decimal } from "./format.ts";
import { markup, nothing } from "./markup.ts";
import type { Markup } from "./markup.ts";
import type { Report } from "./record.ts";

const size = { width: 400, height: 388 };

/** Steps of a rate that are told apart: less than a pixel each. */
const steps = 500;

/** The figure of the curves; nothing for masks, a sentence when no class has a curve. */
export function rocPlot(report: Report): Markup {
  const { roc, task, metrics } = report;
  if (roc.length === 0) {
    if (task === "segmentation") return nothing;
    return markup`<p>There is no ROC curve: ${metrics.rocAuc.reason ?? "the test set lacks a class"}.</p>`;
  }
  const point = workingPoint(report);
  const option = {
    grid: { left: 56, right: 16, top: 12, bottom: 48, outerBoundsMode: "none" as const },
    xAxis: { ...axis, min: 0, max: 1, interval: 0.2, name: "false positive rate (1 − specificity)", nameGap: 30 },
    yAxis: { ...axis, min: 0, max: 1, interval: 0.2, name: "true positive rate (recall)", nameGap: 36 },
    series: [
      {
        type: "line" as const,
        data: [
          [0, 0],
          [1, 1],
        ],
        lineStyle: { color: "var(--quiet)", width: 1, type: [3, 3] },
        showSymbol: false,
        clip: false,
      },
      ...roc.map((curve, k) => ({
        type: "line" as const,
        data: corners(curve),
        lineStyle: { ...stroke(k), width: 2.5 },
        showSymbol: false,
        clip: false,
      })),
      ...(point
        ? [
            {
              type: "scatter" as const,
              data: [point],
              symbolSize: 11,
              itemStyle: { color: "var(--ink)", borderColor: "var(--paper)", borderWidth: 2, opacity: 1 },
              z: 5,
              clip: false,
            },
          ]
        : []),
    ],
  };
  const names = roc.map((curve) => {
    const area = roc.length === 1 ? metrics.rocAuc.value : null;
    return `${curve.class}: area ${decimal(area ?? areaUnder(curve))}`;
  });
  return markup`<figure>
${chart(option, size, `ROC curves. ${names.join("; ")}`)}
<figcaption>
<ul class="legend">
${names.map((name, k) => markup`<li>${strokeSample(k)} ${name}</li>`)}
${point ? markup`<li><span class="dot" aria-hidden="true"></span> the answers of the confusion matrix: recall ${decimal(metrics.recall.value)}, specificity ${decimal(metrics.specificity.value)}</li>` : nothing}
</ul>
<p>${roc.length > 1 ? "Each class against the rest. " : ""}The further a curve bends to the upper left, the better; the dotted diagonal is guessing.</p>
</figcaption>
</figure>`;
}

/** Where the likeliest class puts a test of two classes on its curve. */
function workingPoint({ classes, metrics: { recall, specificity } }: Report): [number, number] | null {
  if (classes.length !== 2 || recall.value === null || specificity.value === null) return null;
  return [1 - specificity.value, recall.value];
}

/** The curve's corners to less than a pixel: a hundred thousand images make no larger page than a thousand. */
function corners({ falsePositiveRate, truePositiveRate }: RocPoints): [number, number][] {
  const kept: [number, number][] = [];
  falsePositiveRate.forEach((rate, i) => {
    const next: [number, number] = [Math.round(rate * steps), Math.round(truePositiveRate[i] * steps)];
    const last = kept.at(-1);
    const before = kept.at(-2);
    if (last && last[0] === next[0] && last[1] === next[1]) return;
    if (before && last && [0, 1].some((way) => before[way] === last[way] && last[way] === next[way])) kept.pop();
    kept.push(next);
  });
  return kept.map(([x, y]) => [x / steps, y / steps]);
}

/** Area by trapezoids, which is the area under the ROC curve exactly. */
function areaUnder({ falsePositiveRate: x, truePositiveRate: y }: RocPoints): number {
  let area = 0;
  for (let i = 1; i < x.length; i++) area += ((x[i] - x[i - 1]) * (y[i] + y[i - 1])) / 2;
  return area;
}
