// The numbered parts of a page, and their contents: links that need no script.
import { markup } from "./markup.ts";
import type { Markup } from "./markup.ts";

export interface Part {
  /** Of its own among the parts: what a link to it is called. */
  readonly id: string;
  readonly title: string;
  readonly body: Markup;
}

export function partsOf(parts: readonly Part[]): Markup {
  return markup`${parts.map(
    ({ id, title, body }) => markup`<section class="part" id="${id}">
<h2>${title}</h2>
${body}
</section>`,
  )}`;
}

/** Numbered as the parts are. */
export function contentsOf(parts: readonly Part[]): Markup {
  return markup`<nav class="contents" aria-label="Contents">
<ol>
${parts.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`)}
</ol>
</nav>`;
}
