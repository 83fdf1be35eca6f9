// Figures of each class against the rest, and their averages over the classes.
import type { ClassFigures } from "./figure.ts";
import { decimal, range } from "./format.ts";
import { intervalBar } from "./interval-bar.ts";
import { markup, nothing } from "./markup.ts";
import type { Markup } from "./markup.ts";
import { newerFields } from "./newer-fields.ts";
import type { Measure } from "../metrics/measure.ts";
import type { Report } from "./record.ts";

const columns = [
  ["recall", "recall"],
  ["specificity", "specificity"],
  ["precision", "precision"],
  ["negativePredictiveValue", "negative predictive value"],
  ["dice", "Dice (F1)"],
  ["jaccard", "Jaccard"],
  ["rocAuc", "ROC AUC"],
  ["averagePrecision", "average precision"],
] as const;

const averageNames = { macro: "mean, classes alike", micro: "all taken together", weighted: "mean, by class size" };

export interface ClassRow {
  readonly name: string;
  readonly isAverage: boolean;
  /** In the order of the head; null where nothing is said. */
  readonly cells: readonly (Measure | null)[];
}

/** Null where the record has no figures of classes. */
export function classRows(
  report: Report,
): { readonly head: readonly string[]; readonly rows: readonly ClassRow[] } | null {
  const { perClass, task } = report;
  // Of one kind of foreground the table of figures says it already.
  if (perClass.length <= 1) return null;
  // Of masks the probabilities of all voxels are not kept, so that their curves have no areas.
  const isSaid = ([key]: (typeof columns)[number]) =>
    task === "classification" || (key !== "rocAuc" && key !== "averagePrecision");
  const used = columns.filter((column) => isSaid(column) && perClass.some((figures) => measureOf(figures, column[0])));
  const { averages } = newerFields(report);
  const rows = perClass.map((figures) => ({
    name: figures.class,
    isAverage: false,
    cells: used.map(([key]) => measureOf(figures, key)),
  }));
  const means = (["macro", "micro", "weighted"] as const).flatMap((kind) => {
    const average = averages?.[kind];
    if (!average) return [];
    // F1 and Dice are one figure by two names.
    const cells = used.map(([key]) => (average as Readonly<Record<string, Measure | undefined>>)[key === "dice" ? "f1" : key] ?? null);
    return cells.some((cell) => cell !== null) ? [{ name: averageNames[kind], isAverage: true, cells }] : [];
  }); // prettier-ignore
  return { head: used.map(([, name]) => name), rows: [...rows, ...means] };
}

/** Nothing where the table of figures says it already. */
export function perClassTable(report: Report): Markup {
  const table = classRows(report);
  if (table === null) return nothing;
  return markup`<h3>Each class against the rest</h3>
<div class="scroll" role="region" tabindex="0" aria-label="Figures of each class">
<table class="classes">
<thead><tr><th scope="col">class</th>${table.head.map((name) => markup`<th scope="col" class="number">${name}</th>`)}</tr></thead>
<tbody>
${table.rows.map(({ name, isAverage, cells }) => markup`<tr class="${isAverage ? "average" : "class"}"><th scope="row">${name}</th>${cells.map(cell)}</tr>`)}
</tbody>
</table>
</div>`;
}

function cell(measure: Measure | null): Markup {
  if (measure === null) return markup`<td></td>`;
  const { value, reason } = measure;
  if (value === null) return markup`<td class="undefined">undefined: ${reason ?? "no reason given"}</td>`;
  const { interval = null } = measure as { readonly interval?: readonly [number, number] | null };
  const sure = interval ? markup` <small>${range(interval, 2)}</small>` : nothing;
  return markup`<td class="number">${decimal(value)}${sure} ${intervalBar({ value, interval })}</td>`;
}

function measureOf(figures: ClassFigures, key: string): Measure | null {
  return (figures as unknown as Readonly<Record<string, Measure | undefined>>)[key] ?? null;
}
