// HTML put together from literals and holes: what fills a hole is escaped, so that no text from data becomes markup.

/** HTML that is safe as it stands. A class, so that nothing that was read from a file can pass for it. */
export class Markup {
  constructor(readonly text: string) {}
}

/** What may stand in a hole of a template. */
export type Hole = Markup | readonly Markup[] | string | number;

/** The template with every hole escaped, but for what is markup already. Quotes are escaped too: holes fit attributes. */
export function markup(literals: TemplateStringsArray, ...holes: readonly Hole[]): Markup {
  return new Markup(String.raw({ raw: literals }, ...holes.map(written)));
}

/** Nothing. */
export const nothing = new Markup("");

function written(hole: Hole): string {
  if (hole instanceof Markup) return hole.text;
  if (Array.isArray(hole)) return hole.map(written).join("\n");
  return escape(`${hole as string | number}`);
}

function escape(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
