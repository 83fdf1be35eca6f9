// The figures of a test: the one to remember, and all of them with their intervals.
import { decimal, range } from "./format.ts";
import { furtherFigures, rangeWithUnit, withUnit } from "./further-figures.ts";
import type { FurtherFigure } from "./further-figures.ts";
import { intervalBar } from "./interval-bar.ts";
import { markup, nothing } from "./markup.ts";
import type { Markup } from "./markup.ts";
import type { Report } from "./record.ts";
import { baselineSentence, headline, namedFigures } from "./words.ts";

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
  const rows = figures.map(({ name, meaning, figure }) => {
    const { value, interval, reason } = figure;
    const title = markup`<th scope="row">${name} <small>${meaning}</small></th>`;
    if (value === null)
      return markup`<tr>${title}<td class="number">–</td><td class="undefined">undefined: ${reason ?? "no reason given"}</td></tr>`;
    const sure = interval ? range(interval) : `no interval: ${reason ?? "no reason given"}`;
    return markup`<tr>${title}<td class="number">${decimal(value)}</td><td class="${interval ? "sure" : "undefined"}"><span>${sure}</span>${intervalBar(figure, referenceOf(name, report))}</td></tr>`;
  });
  const guessing = report.task === "classification" ? " and, for the ROC AUC, guessing" : "";
  return markup`<table class="figures">
<thead><tr><th scope="col">figure</th><th scope="col" class="number">value</th><th scope="col" class="sure"><span>95 % interval</span>${scale}</th></tr></thead>
<tbody>
${rows}
</tbody>
</table>
<p class="note">Dot: the value. Band: its 95 % interval. Tick: what needs no network, which is the baseline for the accuracy${guessing}.</p>`;
}

/** What agreement, calibration and distances the record has; nothing where it has none. */
export function furtherTable(report: Report): Markup {
  const figures = furtherFigures(report);
  if (figures.length === 0) return nothing;
  return markup`<h3>Further figures</h3>
<table class="figures">
<thead><tr><th scope="col">figure</th><th scope="col" class="number">value</th><th scope="col" class="sure"><span>95 % interval</span>${scale}</th></tr></thead>
<tbody>
${figures.map(furtherRow)}
</tbody>
</table>
<p class="note">A band is drawn where a figure lies between 0 and 1 and more is better.</p>`;
}

function furtherRow({ name, meaning, figure, scale: kind }: FurtherFigure): Markup {
  const { value, interval, reason } = figure;
  const title = markup`<th scope="row">${name} <small>${meaning}</small></th>`;
  if (value === null)
    return markup`<tr>${title}<td class="number">–</td><td class="undefined">undefined: ${reason ?? "no reason given"}</td></tr>`;
  const sure = interval ? rangeWithUnit(interval, kind) : `no interval: ${reason ?? "no reason given"}`;
  const bar = kind === "share" ? intervalBar(figure) : nothing;
  return markup`<tr>${title}<td class="number">${withUnit(value, kind)}</td><td class="${interval ? "sure" : "undefined"}"><span>${sure}</span>${bar}</td></tr>`;
}

const scale = markup`<span class="scale" aria-hidden="true"><span>0</span><span>0.5</span><span>1</span></span>`;

/** What a figure would be without a network, where that is known. */
function referenceOf(name: string, { baseline }: Report): number | undefined {
  if (name === "Accuracy") return baseline.accuracy;
  return name === "ROC AUC" ? 0.5 : undefined;
}
