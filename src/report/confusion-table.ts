// A confusion matrix as a table: rows truth, columns predicted, each cell shaded by its part of the row.
import type { ConfusionFigure } from "./figure.ts";
import { count, percent } from "./format.ts";
import { markup } from "./markup.ts";
import type { Markup } from "./markup.ts";

/**
 * @param names of the rows and columns
 * @param counted what is counted: "images", "voxels"
 */
export function confusionTable({ value, method }: ConfusionFigure, names: readonly string[], counted: string): Markup {
  const rows = value.map((row, truth) => {
    const sum = row.reduce((added, cell) => added + cell, 0);
    const cells = row.map((cell, predicted) => {
      const share = sum > 0 ? cell / sum : 0;
      return markup`<td class="${truth === predicted ? "right" : "wrong"}" style="--share:${share.toFixed(3)}">${count(cell)} <small>${sum > 0 ? percent(share) : "–"}</small></td>`;
    });
    return markup`<tr><th scope="row">${names[truth]} <small>${count(sum)}</small></th>${cells}</tr>`;
  });
  return markup`<div class="scroll" role="region" tabindex="0" aria-label="Confusion matrix of ${counted}: ${names.join(", ")}">
<table class="confusion" style="--columns:${names.length}">
<thead>
<tr><td></td><th scope="colgroup" colspan="${names.length}">predicted</th></tr>
<tr><th scope="col" class="corner">truth</th>${names.map((name) => markup`<th scope="col">${name}</th>`)}</tr>
</thead>
<tbody>
${rows}
</tbody>
</table>
</div>
<p class="note">Percentages are of the row: of the ${counted} that truly are of a class, how many were called what. Blue is right, orange is wrong. (${method}.)</p>`;
}
