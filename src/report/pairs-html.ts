// A page that shows pairs of images side by side: what an audit found, for a person to judge.
import { decimal, plural } from "./format.ts";
import { markup, nothing } from "./markup.ts";
import type { Markup } from "./markup.ts";
import { headerOf, pageOf } from "./page.ts";

/** One image of a pair. */
export interface ShownImage {
  /** Which it is: "train 12". */
  readonly name: string;
  /** What is said of it below its name: its class, its group. */
  readonly note: string;
  /** A picture as a data URL. */
  readonly picture: string;
}

export interface ShownPair {
  readonly kind: string;
  readonly similarity: number | null;
  readonly a: ShownImage;
  readonly b: ShownImage;
}

export interface PairsPage {
  readonly title: string;
  /** Sections in order: a heading, what it means, its pairs, and how many more there are that are not shown. */
  readonly sections: readonly {
    readonly heading: string;
    readonly meaning: string;
    readonly pairs: readonly ShownPair[];
    readonly more: number;
  }[];
}

/**
 * Pairs of images as a page of HTML: complete in itself (no script, nothing is fetched), for screens bright and dark.
 * Names and notes are escaped.
 *
 * @example
 * ```ts
 * import { pairsHtml } from "voxgrad/report";
 *
 * const image = { name: "train 3", note: "tumour", picture: "data:image/png;base64,AAAA" };
 * const pairs = [{ kind: "near", similarity: 0.991, a: image, b: { ...image, name: "test 8" } }];
 * const section = { heading: "Leakage", meaning: "Images that stand in two sets.", pairs, more: 0 };
 * console.log(pairsHtml({ title: "scans.npz", sections: [section] }).length);
 * ```
 */
export function pairsHtml({ title, sections }: PairsPage): string {
  const heading = `Pairs in ${title}`;
  return pageOf({
    title: heading,
    rules: pairsStyle,
    header: headerOf(heading, nothing),
    main: markup`${sections.map(section)}`,
    footer: markup`<footer><p>Volumes are shown by their middle slice. Each picture spans its own intensities from black to white.</p></footer>`,
  });
}

function section({ heading, meaning, pairs, more }: PairsPage["sections"][number]): Markup {
  return markup`<section>
<h2>${heading}</h2>
${
  pairs.length === 0 && more === 0
    ? markup`<p>No such pair was found.</p>`
    : markup`<p>${meaning}</p>
<div class="pairs">
${pairs.map(pairFigure)}
</div>`
}
${more > 0 ? markup`<p class="note">${plural(more, "more pair")} not shown here; --json has them all.</p>` : nothing}
</section>`;
}

function pairFigure({ kind, similarity, a, b }: ShownPair): Markup {
  return markup`<figure class="pair">
${[a, b].map(({ name, note, picture }) => markup`<div><img src="${picture}" alt="${name}"><strong>${name}</strong><small>${note}</small></div>`)}
<figcaption>${kind}${similarity === null ? "" : `, correlation ${decimal(similarity)}`}</figcaption>
</figure>`;
}

const pairsStyle = `
.pairs { display: grid; gap: 24px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 280px), 1fr)); }
.pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 4px 8px; padding: 10px; background: var(--panel); border-radius: 4px; break-inside: avoid; }
.pair img { display: block; width: 100%; image-rendering: pixelated; margin-bottom: 4px; }
.pair strong, .pair small { display: block; font-size: 0.875rem; overflow-wrap: anywhere; }
.pair figcaption { grid-column: 1 / 3; color: var(--quiet); font-size: 0.875rem; }
`.trim();
