// Text from data inside Markdown.

/** No character of a name or a message may become markup, a link, HTML or a new line. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\\`*_[\]>|~#!&]/g, "\\$&")
    .replace(/</g, "&lt;")
    .replace(/:\/\//g, ":\\/\\/");
}
