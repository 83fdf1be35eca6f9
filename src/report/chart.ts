// A chart as SVG text, drawn by Apache ECharts without a screen; colours are the page's own, for both schemes.
import { LineChart, ScatterChart } from "echarts/charts";
import type { LineSeriesOption, ScatterSeriesOption } from "echarts/charts";
import { GridSimpleComponent, MarkAreaComponent, MarkLineComponent } from "echarts/components";
import type { GridComponentOption, MarkAreaComponentOption, MarkLineComponentOption } from "echarts/components";
import { init, setPlatformAPI, use } from "echarts/core";
import type { ComposeOption } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { Markup, markup } from "./markup.ts";

export type ChartOption = ComposeOption<
  LineSeriesOption | ScatterSeriesOption | GridComponentOption | MarkAreaComponentOption | MarkLineComponentOption
>;

/** A chart's size in its own units; on the page it takes the width that there is. */
export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

/** What every axis has. */
export const axis = {
  type: "value",
  nameLocation: "middle",
  nameTextStyle: { color: "var(--quiet)", fontSize: 13 },
  axisLabel: { color: "var(--quiet)", fontSize: 13, hideOverlap: true },
  axisLine: { show: true, onZero: false, lineStyle: { color: "var(--quiet)" } },
  axisTick: { show: true, lineStyle: { color: "var(--quiet)" } },
  splitLine: { lineStyle: { color: "var(--line)" } },
} as const;

/** The page has this many, `--series-0` and so on. Not a multiple of the dashes: 24 lines before two are alike. */
const colours = 8;
const dashes = [[], [7, 4], [2, 3]] as const;

/** Stroke of series k: lines differ in colour and dashes, so that they are told apart without colour too. */
export function stroke(k: number): { readonly color: string; readonly type: number[] | "solid" } {
  const dash = dashes[k % dashes.length];
  return { color: `var(--series-${k % colours})`, type: dash.length > 0 ? [...dash] : "solid" };
}

/** A short piece of series k's line, for a legend. */
export function strokeSample(k: number): Markup {
  const { color, type } = stroke(k);
  const dash = type === "solid" ? "none" : type.join(" ");
  return markup`<svg class="sample" viewBox="0 0 34 8" aria-hidden="true"><path d="M1 4H33" stroke="${color}" stroke-width="2.5" stroke-dasharray="${dash}"/></svg>`;
}

/**
 * The same option gives the same text, in Node and in every browser. Text from data belongs into `label` and legends, which are escaped, not into
 * `option`.
 *
 * @param label what the chart shows, for those who do not see it
 */
export function chart(option: ChartOption, { width, height }: ChartSize, label: string): Markup {
  // Both hold for every chart of this copy of ECharts, which is bundled and nobody else's.
  use([LineChart, ScatterChart, GridSimpleComponent, MarkAreaComponent, MarkLineComponent, SVGRenderer]);
  setPlatformAPI({ measureText });
  const drawing = init(null, null, { renderer: "svg", ssr: true, width, height, devicePixelRatio: 1 });
  try {
    drawing.setOption({ ...option, animation: false });
    return markup`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
${new Markup(shapesOf(drawing.renderToSVGString()))}
</svg>`;
  } finally {
    drawing.dispose();
  }
}

/** Widths as a rule of thumb: a browser's own would move the labels, and Node has none. */
function measureText(text: string, font = ""): { readonly width: number } {
  const size = Number(/([\d.]+)px/.exec(font)?.[1] ?? 12);
  const ems = Array.from(text, (character) => (character < "\u2e80" ? 0.6 : 1));
  return { width: size * ems.reduce((sum, width) => sum + width, 0) };
}

/** The shapes alone: without the outer element, and without what serves a mouse or an animation and is numbered anew each time. */
function shapesOf(svg: string): string {
  return svg
    .replace(/^<svg[^>]*>\s*/, "")
    .replace(/\s*<\/svg>\s*$/, "")
    .replace(/<(style|defs)\s*>[\s\S]*?<\/\1>\s*/g, "")
    .replace(/ (?:class|clip-path|pointer-events|ecmeta_\w+)="[^"]*"/g, "")
    .replace(/font-family:[^;"]*;/g, "");
}
