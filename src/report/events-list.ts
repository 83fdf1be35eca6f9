// What happened in a study, in order, by phase; the opening of the test set stands out.
import { count, decimal, plural, time } from "./format.ts";
import { markup, nothing } from "./markup.ts";
import type { Markup } from "./markup.ts";
import type { Phase, Report } from "./record.ts";
import { phaseDetails } from "./words.ts";

/** The phase that an event of the ledger belongs to. */
const phaseOf: ReadonlyMap<string, string> = new Map([
  ["created", "before"],
  ["audited", "before"],
  ["split", "before"],
  ["scaling audited", "1 training"],
  ["training started", "1 training"],
  ["interrupted", "1 training"],
  ["resumed", "1 training"],
  ["training ended", "1 training"],
  ["refining started", "2 refining"],
  ["refining interrupted", "2 refining"],
  ["refining resumed", "2 refining"],
  ["tried", "2 refining"],
  ["refined", "2 refining"],
  ["learning curve", "2 refining"],
  ["test opened", "3 testing"],
  ["test resumed", "3 testing"],
  ["test finished", "3 testing"],
]);

export function eventsList({ phases }: Report): Markup {
  const openings = phases.filter(isOpening).length;
  const opening =
    openings === 1 ? "the seal was broken here, and only here" : `one of ${openings} openings: a study has one`;
  const items = together(phases).map((group) => {
    const [phase] = group;
    if (phase.event === "tried") return lookUps(group);
    const { trials, ...rest } = phase as Phase & { readonly trials?: unknown };
    const details = phaseDetails(rest);
    return markup`<li class="${isOpening(phase) ? "opening" : "event"}">
<div class="phase">${phaseOf.get(phase.event) ?? ""}</div>
<div><strong>${phase.event}</strong>${isOpening(phase) ? markup` <em>${opening}</em>` : nothing} <time>${time(phase.time)}</time>
${Array.isArray(trials) ? trialsTable(trials, phase) : nothing}
${details ? markup`<small>${details}</small>` : nothing}</div>
</li>`;
  });
  return markup`<ol class="events">
${items}
</ol>`;
}

/** The phases in order, each alone, but trials that follow one another. */
function together(phases: readonly Phase[]): readonly (readonly Phase[])[] {
  const groups: Phase[][] = [];
  for (const phase of phases) {
    const last = groups.at(-1);
    if (phase.event === "tried" && last?.[0].event === "tried") last.push(phase);
    else groups.push([phase]);
  }
  return groups;
}

/** Trials, folded: there may be many. */
function lookUps(trials: readonly Phase[]): Markup {
  return markup`<li class="event">
<div class="phase">${phaseOf.get("tried") ?? ""}</div>
<details><summary><strong>tried</strong> ${plural(trials.length, "time")}, each look at the validation set counted</summary>
<ul>
${trials.map((trial) => markup`<li><small>${phaseDetails(trial)}</small></li>`)}
</ul></details>
</li>`;
}

/** What the ledger says of a remedy that was compared. */
interface Trial {
  readonly remedy?: string;
  readonly epochs?: number;
  readonly monitor?: string;
  readonly value?: number | null;
  readonly gain?: number | null;
  readonly standardError?: number | null;
}

/** What refining compared, a remedy a row; the one that was kept stands out. */
function trialsTable(trials: readonly Trial[], phase: Phase & { readonly kept?: string }): Markup {
  const [first] = trials;
  const rows = trials.map(({ remedy = "", epochs, value, gain, standardError }) => {
    const isKept = remedy === phase.kept;
    const better = typeof gain === "number" ? `${signed(gain)}${typeof standardError === "number" ? ` ± ${decimal(standardError)}` : ""}` : "–";
    return markup`<tr class="${isKept ? "own" : "other"}"><th scope="row">${remedy}${isKept ? markup` <em>kept</em>` : nothing}</th><td class="number">${epochs === undefined ? "–" : count(epochs)}</td><td class="number">${decimal(value ?? null)}</td><td class="number">${better}</td></tr>`;
  });
  return markup`<div class="scroll" role="region" tabindex="0" aria-label="What refining compared">
<table class="plain trials">
<thead><tr><th scope="col">remedy</th><th scope="col" class="number">epochs</th><th scope="col" class="number">validation ${first?.monitor ?? "figure"}</th><th scope="col" class="number">better by</th></tr></thead>
<tbody>
${rows}
</tbody>
</table>
</div>`;
} // prettier-ignore

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${decimal(Math.abs(value))}`;
}

function isOpening({ event }: Phase): boolean {
  return event === "test opened";
}
