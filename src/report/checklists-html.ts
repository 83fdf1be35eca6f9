// The parts of the page that an author takes along: limits in plain words, the CLAIM checklist, a model card.
import { claimItems } from "./claim.ts";
import type { ClaimItem } from "./claim.ts";
import { limitsOf } from "./limits.ts";
import { markup, nothing } from "./markup.ts";
import type { Markup } from "./markup.ts";
import { modelCard } from "./model-card.ts";
import type { Report } from "./record.ts";

export function limitsHtml(report: Report): Markup {
  return markup`<p>As far as the run itself can tell:</p>
<ul>
${limitsOf(report).map((limit) => markup`<li>${limit}</li>`)}
</ul>`;
}

export function claimHtml(report: Report): Markup {
  const items = claimItems(report);
  const sections = [...new Set(items.map(({ section }) => section))];
  return markup`<p>${claimSummary(items)}</p>
<details><summary>The ${items.length} items</summary>
${sections.map(
  (section) => markup`<h3>${section}</h3>
<dl class="methods">
${items
  .filter((each) => each.section === section)
  .map(({ item, title, answer, question }) => row(`${item}. ${title}`, answer, question))}
</dl>`,
)}</details>`;
}

export function modelCardHtml(report: Report): Markup {
  return markup`<p>${modelCardSummary}</p>
<details><summary>The model card</summary>
<dl class="methods">
${modelCard(report).map(({ heading, text, question }) => row(heading, text, question))}
</dl></details>`;
}

/** What the run fills, and what it leaves to the author. */
export function claimSummary(items: readonly ClaimItem[]): string {
  const whole = items.filter(({ question }) => question === null).length;
  const part = items.filter(({ answer, question }) => answer !== null && question !== null).length;
  return (
    `Of the ${items.length} items of CLAIM 2024 (Tejani et al., Radiology: Artificial Intelligence 2024;6(4):e240300) this ` +
    `run answers ${whole}, and ${part} in part; what only the author knows stands as a question. Numbers are CLAIM's, words are not.`
  );
}

export const modelCardSummary =
  "After Mitchell et al., Model Cards for Model Reporting (2019): what the run knows, and what it asks the author.";

function row(title: string, answer: string | null, question: string | null): Markup {
  const said = answer === null ? nothing : markup`<p>${answer}</p>`;
  const asked = question === null ? nothing : markup`<p class="note"><strong>To the author:</strong> ${question}</p>`;
  return markup`<div><dt>${title}</dt><dd>${said}${asked}</dd></div>`;
}
