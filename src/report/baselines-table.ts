// The network beside answers that need none: each score stands with its trivial baseline.
import { decimal } from "./format.ts";
import { markup, nothing } from "./markup.ts";
import type { Markup } from "./markup.ts";
import { furtherFigure, newerFields } from "./newer-fields.ts";
import type { TrivialAnswer } from "./newer-fields.ts";
import type { Report } from "./record.ts";

const columns = [
  ["accuracy", "accuracy"],
  ["balancedAccuracy", "balanced accuracy"],
  ["rocAuc", "ROC AUC"],
  ["brier", "Brier score"],
] as const;

export interface BaselineRows {
  readonly head: readonly string[];
  /** The network first. */
  readonly rows: readonly (readonly string[])[];
}

/** Null where the record has no more than the one baseline that its sentence names. */
export function baselineRows(report: Report): BaselineRows | null {
  const { baselines } = newerFields(report);
  if (!baselines || baselines.length === 0) return null;
  const network: TrivialAnswer = {
    name: "the network",
    accuracy: report.metrics.accuracy.value,
    balancedAccuracy: report.metrics.balancedAccuracy.value,
    rocAuc: report.metrics.rocAuc.value,
    brier: furtherFigure(report, "brier")?.value ?? null,
  };
  const all = [network, ...baselines];
  const used = columns.filter(([key]) => baselines.some((each) => each[key] !== undefined && each[key] !== null));
  return {
    head: ["answer", ...used.map(([, name]) => name)],
    rows: all.map((each) => [each.name, ...used.map(([key]) => decimal(each[key] ?? null))]),
  };
}

export function baselinesTable(report: Report): Markup {
  const table = baselineRows(report);
  if (table === null) return nothing;
  const [first, ...rest] = table.head;
  return markup`<h3>Beside what needs no network</h3>
<div class="scroll" role="region" tabindex="0" aria-label="Baselines">
<table class="plain">
<thead><tr><th scope="col">${first}</th>${rest.map((name) => markup`<th scope="col" class="number">${name}</th>`)}</tr></thead>
<tbody>
${table.rows.map(([name, ...cells], k) => markup`<tr class="${k === 0 ? "own" : "other"}"><th scope="row">${name}</th>${cells.map((cell) => markup`<td class="number">${cell}</td>`)}</tr>`)}
</tbody>
</table>
</div>`;
}
