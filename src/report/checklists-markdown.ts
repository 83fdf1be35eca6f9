// The same as text: limits in plain words, the CLAIM checklist, a model card.
import { claimSummary, modelCardSummary } from "./checklists-html.ts";
import { claimItems } from "./claim.ts";
import { limitsOf } from "./limits.ts";
import { escapeMarkdown } from "./markdown-text.ts";
import { modelCard } from "./model-card.ts";
import type { Report } from "./record.ts";

export function limitsMarkdown(report: Report): string {
  return limitsOf(report)
    .map((limit) => `- ${escapeMarkdown(limit)}`)
    .join("\n");
}

export function claimMarkdown(report: Report): string {
  const items = claimItems(report);
  const sections = [...new Set(items.map(({ section }) => section))];
  const parts = sections.map((section) => {
    const own = items.filter((each) => each.section === section);
    const rows = own.map(({ item, title, answer, question }) => entry(`${item}\\. ${escapeMarkdown(title)}`, answer, question));
    return `### ${escapeMarkdown(section)}\n\n${rows.join("\n")}`;
  });
  return [escapeMarkdown(claimSummary(items)), ...parts].join("\n\n");
} // prettier-ignore

export function modelCardMarkdown(report: Report): string {
  const rows = modelCard(report).map(({ heading, text, question }) => entry(escapeMarkdown(heading), text, question));
  return `${escapeMarkdown(modelCardSummary)}\n\n${rows.join("\n")}`;
}

function entry(title: string, answer: string | null, question: string | null): string {
  const said = answer === null ? "" : ` ${escapeMarkdown(answer)}`;
  const asked =
    question === null ? "" : `${answer === null ? " " : "\n  "}*To the author:* ${escapeMarkdown(question)}`;
  return `- **${title}:**${said}${asked}`;
}
