// What happened in a study, in order, by phase; the opening of the test set stands out.
import { plural, time } from "./format.ts";
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
${Array.isArray(trials) ? trialsList(trials) : nothing}
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

/** What refining compared, one remedy a line. */
function trialsList(trials: readonly object[]): Markup {
  return markup`<ul>
${trials.map((trial) => markup`<li><small>${phaseDetails(trial)}</small></li>`)}
</ul>`;
}

function isOpening({ event }: Phase): boolean {
  return event === "test opened";
}
