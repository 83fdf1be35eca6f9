// A page of HTML that is complete in itself: what every page that is written here has around its own parts.
import { Markup, markup } from "./markup.ts";
import { style } from "./style.ts";

export interface PageParts {
  readonly title: string;
  /** Rules of this page alone, behind those of every page. */
  readonly rules?: string;
  readonly header: Markup;
  readonly main: Markup;
  readonly footer: Markup;
}

/** No script, nothing is fetched; for screens bright and dark, phones and paper. */
export function pageOf({ title, rules = "", header, main, footer }: PageParts): string {
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>
${new Markup(style)}${new Markup(rules === "" ? "" : `\n${rules}`)}
</style>
</head>
<body>
${header}
<main>
${main}
</main>
${footer}
</body>
</html>
`;
  return page.text;
}

/** What stands above the main part: the title, and what belongs beside it. */
export function headerOf(title: string, beside: Markup): Markup {
  return markup`<header>
<p class="use">Not for clinical use</p>
<h1>${title}</h1>${beside}
</header>`;
}
