// The three sets of a study: how many images of each class each of them has.
import { count, percent } from "./format.ts";
import { markup, nothing } from "./markup.ts";
import type { Markup } from "./markup.ts";
import type { Report } from "./record.ts";
import { groupSizes, secondSetSentence } from "./words.ts";

const names = ["train", "validation", "test"] as const;
const titles = { train: "training", validation: "validation", test: "test" } as const;
const uses = {
  train: "the network learns from it",
  validation: "watched, never learned from",
  test: "sealed, read once",
} as const;

export function setsTable(report: Report): Markup {
  const { sets, classes, task } = report;
  const secondSet = secondSetSentence(report);
  const head = names.map(
    (name) => markup`<th scope="col" class="number">${titles[name]} <small>${uses[name]}</small></th>`,
  );
  const totals = names.map((name) => markup`<td class="number"><strong>${count(sets[name].size)}</strong></td>`);
  const rows = classes.map((title, k) => {
    const cells = names.map((name) => {
      const share = sets[name].size > 0 ? sets[name].classCounts[k] / sets[name].size : 0;
      return markup`<td class="number">${count(sets[name].classCounts[k])} <small>${percent(share)}</small>${shareBar(share)}</td>`;
    });
    return markup`<tr><th scope="row">${task === "segmentation" ? `with ${title}` : title}</th>${cells}</tr>`;
  });
  return markup`<table class="sets">
<thead><tr><th scope="col">images</th>${head}</tr></thead>
<tbody>
<tr><th scope="row">all</th>${totals}</tr>
${rows}
${groupsRow(report)}
</tbody>
</table>${
    secondSet === null
      ? nothing
      : markup`
<p>${secondSet}</p>`
  }`;
}

/** How many groups (patients) the images of each set are of; nothing where none are known. */
function groupsRow({ sets }: Report): Markup {
  if (!names.every((name) => sets[name].groups)) return nothing;
  const cells = names.map((name) => {
    const { count: groups = 0, smallest = 0, largest = 0 } = sets[name].groups ?? {};
    return markup`<td class="number">${count(groups)} <small>${groupSizes(smallest, largest)}</small></td>`;
  });
  return markup`<tr><th scope="row">groups <small>such as patients; none is in two sets unless the audit says so</small></th>${cells}</tr>`;
}

function shareBar(share: number): Markup {
  const width = `${Number((100 * share).toFixed(1))}%`;
  return markup`<svg class="bar" height="5" aria-hidden="true"><rect class="track" width="100%" height="5" rx="1"/><rect class="filled" width="${width}" height="5" rx="1"/></svg>`;
}
