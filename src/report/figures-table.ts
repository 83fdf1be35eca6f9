// The figures of a test: the one to remember, and all of them with their intervals.
import { decimal, range } from "./format.ts";
import { furtherFigures, rangeWithUnit, withUnit } from "./further-figures.ts";
import { intervalBar } from "./interval-bar.ts";
import { markup, nothing } from "./markup.ts";
import type { Markup } from "./markup.ts";
import type { Report } from "./record.ts";
import { namedFigures } from "./named-figures.ts";
import type { NamedFigure } from "./named-figures.ts";
import { baselineSentence, headline } from "./words.ts";

/** The one figure to remember, large. */
export function headlineFigure(report: Report): Markup {
  const { name, meaning, figure } = headline(report);
  const { value, interval, reason } = figure;
  const sure = interval
    ? markup`95 % interval <strong>${range(interval)}</strong>`
    : markup`${value === null ? "" : "no interval: "}${reason ?? "no reason given"}`;
  return markup`<section class="headline">
<p class="name">${name}</p>
${value === null ? markup`<p class="number none">undefined</p>` : markup`<p class="number">${decimal(value)}</p>`}
<p class="sure">${sure}</p>
${intervalBar(figure, referenceOf(name, report))}
${value === null ? nothing : scale}
<p class="meaning">${meaning}.</p>
<p class="meaning">${baselineSentence(report)}</p>
</section>`;
}

/** Every figure with its interval, drawn to one scale. */
export function figuresTable(report: Report): Markup {
  const figures = namedFigures(report);
  const rows = figures.map(({ name, meaning, figure }) =>
    row({
      name,
      meaning,
      figure,
      value: decimal(figure.value),
      sure: figure.interval && range(figure.interval),
      bar: intervalBar(figure, referenceOf(name, report)),
    }),
  );
  const guessing = report.task === "classification" ? " and, for the ROC AUC, guessing" : "";
  return markup`${table(rows)}
<p class="note">Each line runs from 0 to 1. Dot: the value. Band: its 95 % interval. Tick: what needs no network, which is the baseline for the accuracy${guessing}.${reasonsOf(figures)}</p>`;
}

/** What agreement, calibration and distances the record has; nothing where it has none. */
export function furtherTable(report: Report): Markup {
  const figures = furtherFigures(report);
  if (figures.length === 0) return nothing;
  const rows = figures.map(({ name, meaning, figure, scale: kind }) =>
    row({
      name,
      meaning,
      figure,
      value: withUnit(figure.value, kind),
      sure: figure.interval && rangeWithUnit(figure.interval, kind),
      bar: kind === "share" ? intervalBar(figure) : nothing,
    }),
  );
  return markup`<h3>Further figures</h3>
${table(rows)}
<p class="note">A line is drawn where a figure lies between 0 and 1 and more is better.${reasonsOf(figures)}</p>`;
}

interface Row extends NamedFigure {
  readonly value: string;
  /** The interval in words; null where there is none. */
  readonly sure: string | null;
  readonly bar: Markup;
}

/** Roles are said, since rows are laid out as blocks on a small screen, which would take them away. */
function table(rows: readonly Markup[]): Markup {
  return markup`<table class="figures" role="table">
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">figure</th><th scope="col" role="columnheader" class="number">value</th><th scope="col" role="columnheader" class="sure"><span>95 % interval</span>${scale}</th></tr></thead>
<tbody role="rowgroup">
${rows}
</tbody>
</table>`;
}

function row({ name, meaning, figure, value, sure, bar }: Row): Markup {
  const title = markup`<th scope="row" role="rowheader">${name} <small>${meaning}</small></th>`;
  const rest =
    figure.value === null
      ? markup`<td role="cell" class="undefined">undefined: ${figure.reason ?? "no reason given"}</td>`
      : markup`<td role="cell" class="${sure === null ? "undefined" : "sure"}"><span>${sure ?? "no interval"}</span>${bar}</td>`;
  return markup`<tr role="row">${title}<td role="cell" class="number">${value}</td>${rest}</tr>`;
}

/** Why figures have no interval, each reason once. */
function reasonsOf(figures: readonly NamedFigure[]): string {
  const reasons = new Set(
    figures.flatMap(({ figure: { value, interval, reason } }) =>
      value !== null && interval === null ? [reason ?? "no reason given"] : [],
    ),
  );
  return [...reasons].map((reason) => ` No interval: ${reason}.`).join("");
}

const scale = markup`<span class="scale" aria-hidden="true"><span>0</span><span>0.5</span><span>1</span></span>`;

/** What a figure would be without a network, where that is known. */
function referenceOf(name: string, { baseline }: Report): number | undefined {
  if (name === "Accuracy") return baseline.accuracy;
  return name === "ROC AUC" ? 0.5 : undefined;
}
