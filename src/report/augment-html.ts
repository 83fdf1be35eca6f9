// A page that shows images beside what a network sees of them in training: a sheet of originals and draws.
import { markup, nothing } from "./markup.ts";
import type { Markup } from "./markup.ts";
import { headerOf, pageOf } from "./page.ts";

/** A slice as a picture. */
export interface PlanePicture {
  /** Which slice it is: "middle slice across z"; empty for a picture. */
  readonly name: string;
  /** A PNG as a data URL. */
  readonly picture: string;
  readonly width: number;
  readonly height: number;
  /** Of each class of masks its outline, a path in an SVG of that size. */
  readonly outlines: readonly string[];
}

export interface PictureOfDraw {
  /** "original", "epoch 2". */
  readonly name: string;
  /** What was done: "rotate z +4.1°, flip x". */
  readonly note: string;
  readonly planes: readonly PlanePicture[];
}

/** One image: the original first. */
export interface AugmentedRow {
  readonly name: string;
  readonly note: string;
  readonly pictures: readonly PictureOfDraw[];
}

export interface AugmentationPage {
  readonly title: string;
  /** Names and values: the list, the seed. */
  readonly facts: readonly (readonly [string, string])[];
  /** Names of what the outlines are of, in their order. */
  readonly classes: readonly string[];
  readonly rows: readonly AugmentedRow[];
}

/**
 * Images beside their augmentations as a page of HTML: complete in itself (no script, nothing is fetched), for screens
 * bright and dark. Names and notes are escaped.
 *
 * @example
 * ```ts
 * import { augmentationHtml } from "voxgrad/report";
 *
 * const plane = { name: "", picture: "data:image/png;base64,AAAA", width: 8, height: 8, outlines: ["M2 2h4v4h-4z"] };
 * const pictures = [
 *   { name: "original", note: "", planes: [plane] },
 *   { name: "epoch 1", note: "rotate z +4.1°", planes: [plane] },
 * ];
 * const rows = [{ name: "image 3", note: "tumour", pictures }];
 * console.log(augmentationHtml({ title: "scans.npz", facts: [["seed", "1"]], classes: ["1"], rows }).length > 0); // true
 * ```
 */
export function augmentationHtml({ title, facts, classes, rows }: AugmentationPage): string {
  const heading = `Augmentation of ${title}`;
  const list = markup`
<dl>${facts.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
  return pageOf({
    title: heading,
    rules: sheetStyle,
    header: headerOf(heading, list),
    main: markup`${classes.length > 0 ? legend(classes) : nothing}
${rows.map(row)}`,
    footer: markup`<footer><p>Each image as it is, and as training sees it in its first epochs, before pixels are scaled. The pictures of an image share one scale from black to white. Of volumes the middle slices across z, y and x are shown.</p></footer>`,
  });
}

/** Outlines lie on gray pictures, on which bright colours show in either scheme. */
const colours = ["#56b4e9", "#f5925a", "#3ccf9f", "#e79ac4", "#e6c54a", "#b0a6ff", "#9adcf5", "#ffffff"];
const colourOf = (index: number) => colours[index % colours.length];

function legend(classes: readonly string[]): Markup {
  return markup`<ul class="legend masks">
${classes.map((name, k) => markup`<li><svg class="sample" viewBox="0 0 34 8" aria-hidden="true"><path class="halo" d="M0 4h34"/><path d="M0 4h34" style="stroke: ${colourOf(k)}"/></svg><span>mask ${name}</span></li>`)}
</ul>`;
}

function row({ name, note, pictures }: AugmentedRow): Markup {
  return markup`<section>
<h2>${name}${note === "" ? nothing : markup` <small>${note}</small>`}</h2>
<div class="sheet">
${pictures.map((one) => drawFigure(name, one))}
</div>
</section>`;
}

function drawFigure(image: string, { name, note, planes }: PictureOfDraw): Markup {
  const alt = (plane: string) => [`${image}, ${name}`, plane].filter((part) => part !== "").join(", ");
  return markup`<figure>
${planes.map(
  ({ name: plane, picture, width, height, outlines }) => markup`<div class="plane">
<img src="${picture}" width="${width}" height="${height}" alt="${alt(plane)}${note === "" ? "" : `: ${note}`}">
<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true">${outlines.map((path, k) => (path === "" ? nothing : markup`<path class="halo" d="${path}"/><path d="${path}" style="stroke: ${colourOf(k)}"/>`))}</svg>
</div>`,
)}
<figcaption><strong>${name}</strong> ${note}</figcaption>
</figure>`;
}

const sheetStyle = `
.sheet { display: grid; gap: 16px 12px; grid-template-columns: repeat(6, minmax(0, 1fr)); }
.sheet figure { min-width: 0; break-inside: avoid; }
.sheet .plane { position: relative; margin-bottom: 4px; }
.sheet img { display: block; width: 100%; height: auto; image-rendering: pixelated; border-radius: 2px; }
.sheet .plane svg { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; }
.sheet path, .masks path { fill: none; stroke-width: 2; vector-effect: non-scaling-stroke; }
.sheet .halo, .masks .halo { stroke: rgb(0 0 0 / 0.55); stroke-width: 4; }
.sheet figcaption { color: var(--quiet); font-size: 0.8125rem; line-height: 1.35; }
.sheet figcaption strong { display: block; color: var(--ink); }
.masks { margin-top: 24px; }
h2 small { font-weight: 400; margin-left: 6px; }
@media (max-width: 640px) {
  .sheet { grid-template-columns: repeat(3, minmax(0, 1fr)); }
  .use { float: none; display: inline-block; margin: 0 0 12px; }
}
@media print { .sheet { grid-template-columns: repeat(6, minmax(0, 1fr)); } }
`.trim();
