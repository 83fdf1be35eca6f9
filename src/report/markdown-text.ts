// Markdown put together from text: tables, and text from data that can become no markup.

/** A table of CommonMark's extension; cells are escaped. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(" | ")} |`;
  return [line(head), `|${head.map(() => " --- |").join("")}`, ...rows.map(line)].join("\n");
}

/** No character of a name or a message may become markup, a link, HTML or a new line. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\\`*_[\]>|~#!&]/g, "\\$&")
    .replace(/</g, "&lt;")
    .replace(/:\/\//g, ":\\/\\/");
}

/** Paragraphs and blocks with a line between them; empty ones are left out. */
export function blocks(texts: readonly string[]): string {
  return texts.filter((text) => text !== "").join("\n\n");
}
