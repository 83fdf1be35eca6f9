// Learning curves: what each epoch brought on the training and the validation set, the tested epoch marked.
import type { Epoch } from "../train/progress.ts";
import { axis, chart, stroke, strokeSample } from "./chart.ts";
import { overfittingSince } from "./diagnosis-runs.ts";
import { count, decimal } from "./format.ts";
import { markup, nothing } from "./markup.ts";
import type { Markup } from "./markup.ts";
import type { Report } from "./record.ts";

const size = { width: 400, height: 296 };

/** Columns of a plot that are told apart. */
const columns = 300;

interface Curves {
  readonly title: string;
  readonly train: (epoch: Epoch) => number | null;
  readonly validation?: (epoch: Epoch) => number | null;
  /** A share: the axis ends at 1 and need not begin at 0. */
  readonly share?: boolean;
}

/** The plots side by side; nothing when no epoch is on record. */
export function learningPlots({ history, bestEpoch, task }: Report): Markup {
  if (history.length === 0) return nothing;
  const plots: Curves[] = [
    { title: "Loss", train: ({ loss }) => loss, validation: ({ validation }) => validation.loss },
    task === "segmentation"
      ? { title: "Mean Dice", train: ({ dice }) => dice, validation: ({ validation }) => validation.dice, share: true }
      : {
          title: "Accuracy",
          train: ({ accuracy }) => accuracy,
          validation: ({ validation }) => validation.accuracy,
          share: true,
        },
    { title: "Total error, training set", train: ({ totalError }) => totalError },
  ];
  const since = overfittingSince(history);
  return markup`<ul class="legend">
<li>${strokeSample(0)} training set</li>
<li>${strokeSample(1)} validation set, which the network does not learn from</li>
${history.some(({ epoch }) => epoch === bestEpoch) ? markup`<li><span class="dot" aria-hidden="true"></span> epoch ${bestEpoch}, whose weights were tested</li>` : nothing}
${since === null ? nothing : markup`<li><span class="area" aria-hidden="true"></span> overfitting, since epoch ${since}</li>`}
</ul>
<div class="plots">
${plots.filter(({ train }) => history.some((epoch) => train(epoch) !== null)).map((curves) => learningPlot(curves, history, bestEpoch))}
</div>`;
}

function learningPlot({ title, train, validation, share }: Curves, history: readonly Epoch[], best: number): Markup {
  const sets = [{ name: "training", read: train }, ...(validation ? [{ name: "validation", read: validation }] : [])];
  const tested = history.find(({ epoch }) => epoch === best);
  const first = history[0].epoch;
  const last = history[history.length - 1].epoch;
  const since = overfittingSince(history);
  const option = {
    grid: { left: 58, right: 36, top: 32, bottom: 48, outerBoundsMode: "none" as const },
    xAxis: {
      ...axis,
      name: "epoch",
      nameGap: 28,
      min: first,
      max: Math.max(last, first + 1),
      minInterval: 1,
      splitNumber: 5,
      splitLine: { show: false },
    },
    yAxis: {
      ...axis,
      splitNumber: 4,
      ...(share ? { max: 1, min: ({ min }: { min: number }) => Math.floor(min * 10) / 10 } : {}),
      axisLabel: { ...axis.axisLabel, formatter: shortly },
    },
    series: [
      ...sets.map(({ read }, k) => ({
        type: "line" as const,
        data: thinned(history.map((epoch) => [epoch.epoch, read(epoch)])),
        lineStyle: { ...stroke(k), width: 2.5 },
        showSymbol: history.length === 1,
        itemStyle: { color: stroke(k).color },
        clip: false,
        ...(tested && k === sets.length - 1 ? { markLine: markAt(best) } : {}),
        ...(since !== null && since <= last && k === 0 ? { markArea: shaded(since, last) } : {}),
      })),
      ...(tested
        ? [
            {
              type: "scatter" as const,
              data: sets.map(({ read }) => [best, read(tested)]).filter(([, value]) => value !== null),
              symbolSize: 10,
              itemStyle: { color: "var(--ink)", borderColor: "var(--paper)", borderWidth: 2, opacity: 1 },
              z: 5,
              clip: false,
            },
          ]
        : []),
    ],
  };
  const ends = sets.map(
    ({ name, read }) => `${name} ${decimal(read(history[0]))} at first, ${decimal(read(history.at(-1)!))} at last`,
  );
  return markup`<figure>
<figcaption><strong>${title}</strong></figcaption>
${chart(option, size, `${title} by epoch: ${ends.join("; ")}`)}
</figure>`;
}

type Point = [epoch: number, value: number | null];

/** Of very many epochs the lowest and the highest in each column of the plot, so that no peak is lost. */
function thinned(points: readonly Point[]): Point[] {
  if (points.length <= 2 * columns) return [...points];
  const width = points.length / columns;
  return Array.from({ length: columns }, (_, column) => {
    const here = points.slice(Math.floor(column * width), Math.floor((column + 1) * width));
    const byValue = here.filter(([, value]) => value !== null).sort((a, b) => a[1]! - b[1]!);
    if (byValue.length === 0) return [here[0]];
    return [byValue[0], byValue[byValue.length - 1]].sort((a, b) => a[0] - b[0]);
  }).flat();
}

function markAt(epoch: number) {
  return {
    symbol: "none",
    silent: true,
    lineStyle: { color: "var(--quiet)", type: [3, 3], width: 1 },
    label: { formatter: `epoch ${epoch}`, color: "var(--ink)", fontSize: 13, textBorderWidth: 0, distance: 8 },
    data: [{ xAxis: epoch }],
  };
}

/** The epochs in which the network overfitted. */
function shaded(from: number, to: number) {
  const ends: [{ xAxis: number }, { xAxis: number }] = [{ xAxis: from }, { xAxis: to }];
  return { silent: true, itemStyle: { color: "var(--mind)", opacity: 0.12 }, label: { show: false }, data: [ends] };
}

/** A value of an axis in at most seven characters. */
function shortly(value: number): string {
  if (value !== 0 && (Math.abs(value) >= 1e6 || Math.abs(value) < 1e-4)) return value.toExponential(1);
  return Number.isInteger(value) ? count(value) : `${Number(value.toPrecision(4))}`;
}
