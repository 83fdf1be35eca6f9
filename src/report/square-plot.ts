// A plot of curves over one another, from 0 to 1 across: what ROC, precision-recall, reliability and decision curves share.
import { axis, chart, stroke } from "./chart.ts";
import type { Markup } from "./markup.ts";

export type Point = readonly [x: number, y: number];

export interface SquareCurve {
  readonly points: readonly Point[];
  /** Number of the stroke; null for a thin dotted line that is there to compare with. */
  readonly stroke: number | null;
  /** Whether each point has a dot, of its size. */
  readonly sizes?: readonly number[];
  /** Words at the end of a line to compare with. */
  readonly name?: string;
}

export interface SquarePlot {
  readonly x: string;
  readonly y: string;
  /** The bounds of y; 0 to 1 when left out. */
  readonly bounds?: readonly [low: number, high: number];
  /** Between two lines of y; 0.2 when left out. */
  readonly step?: number;
  readonly curves: readonly SquareCurve[];
  /** A black dot. */
  readonly dot?: Point | null;
}

const size = { width: 400, height: 388 };

/** @param label what the plot shows, for those who do not see it */
export function squarePlot(
  { x, y, bounds = [0, 1], step = 0.2, curves, dot = null }: SquarePlot,
  label: string,
): Markup {
  const [low, high] = bounds;
  const option = {
    grid: { left: 56, right: 16, top: 12, bottom: 48, outerBoundsMode: "none" as const },
    xAxis: { ...axis, min: 0, max: 1, interval: 0.2, name: x, nameGap: 30 },
    yAxis: {
      ...axis,
      min: low,
      max: high,
      interval: step,
      name: y,
      nameGap: 38,
    },
    series: [
      ...curves.map(({ points, stroke: number, sizes }) => ({
        type: "line" as const,
        data: points.map(([across, up], i) => (sizes ? { value: [across, up], symbolSize: sizes[i] } : [across, up])),
        lineStyle:
          number === null
            ? { color: "var(--quiet)", width: 1, type: [3, 3] }
            : { ...stroke(number), width: sizes ? 1.5 : 2.5 },
        ...(number === null ? {} : { itemStyle: { color: stroke(number).color, opacity: 1 } }),
        showSymbol: sizes !== undefined,
        symbol: "circle",
        clip: false,
      })),
      ...(dot
        ? [
            {
              type: "scatter" as const,
              data: [[...dot]],
              symbolSize: 11,
              itemStyle: { color: "var(--ink)", borderColor: "var(--paper)", borderWidth: 2, opacity: 1 },
              z: 5,
              clip: false,
            },
          ]
        : []),
    ],
  };
  return chart(option, size, label);
}

/** The points of a curve to less than a pixel, those on a straight way left out: a hundred thousand images make no larger page than a thousand. */
export function corners(x: readonly number[], y: readonly number[], steps: number): Point[] {
  const kept: [number, number][] = [];
  x.forEach((across, i) => {
    const next: [number, number] = [Math.round(across * steps), Math.round(y[i] * steps)];
    const last = kept.at(-1);
    const before = kept.at(-2);
    if (last && last[0] === next[0] && last[1] === next[1]) return;
    const isOnWay = (way: 0 | 1) =>
      before && last && before[way] === last[way] && last[way] === next[way] &&
      (last[1 - way] - before[1 - way]) * (next[1 - way] - last[1 - way]) > 0; // prettier-ignore
    if (isOnWay(0) || isOnWay(1)) kept.pop();
    kept.push(next);
  });
  return kept.map(([across, up]) => [across / steps, up / steps]);
}
