// Test images that are unlike the training set, on the page: a sentence, the reasons, the figures of those alone.
import { markup, nothing } from "./markup.ts";
import type { Markup } from "./markup.ts";
import type { Report } from "./record.ts";
import { unlikeWords } from "./unlike-words.ts";

/** Nothing where the record does not say. */
export function unlikeHtml(report: Report): Markup {
  const words = unlikeWords(report);
  if (words === null) return nothing;
  const { sentences, reasons, figures } = words;
  return markup`<h3>Is the test set like the training set?</h3>
${sentences.map((sentence) => markup`<p>${sentence}</p>`)}
${
  reasons.length === 0
    ? nothing
    : markup`<table class="audit">
<thead><tr><th scope="col">unlike training by</th><th scope="col" class="number">images</th></tr></thead>
<tbody>
${reasons.map(([reason, meaning, images]) => markup`<tr><th scope="row">${reason} <small>${meaning}</small></th><td class="number">${images}</td></tr>`)}
</tbody>
</table>`
}${
    figures === null
      ? nothing
      : markup`
<div class="scroll" role="region" tabindex="0" aria-label="Figures of the images unlike training, and of the rest">
<table class="plain">
<thead><tr>${figures.head.map((name, k) => markup`<th scope="col" class="${k === 0 ? "name" : "number"}">${name}</th>`)}</tr></thead>
<tbody>
${figures.rows.map(([name, ...cells]) => markup`<tr><th scope="row">${name}</th>${cells.map((cell) => markup`<td class="number">${cell}</td>`)}</tr>`)}
</tbody>
</table>
</div>`
  }`;
}
