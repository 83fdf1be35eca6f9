// The part of a report's page that shows single test images: the worst errors and the surest right answers, with maps.
import { drawImage, drawMap, hasAny, mapColours, mapInWords, outlinesOf } from "./example-pictures.ts";
import type { Example, Examples, SignedPicture } from "./examples.ts";
import { count, decimal } from "./format.ts";
import { markup, nothing } from "./markup.ts";
import type { Markup } from "./markup.ts";

/** Maps that are nowhere stronger are drawn empty: at full strength their colours would be those of rounding. */
const least = 0.001;

/** Sections for the page of a report; needs galleryStyle among the page's rules. Nothing where no image is to be shown. */
export function galleryHtml({ worst, best }: Examples): Markup {
  const all = [...worst, ...best];
  if (all.length === 0) return nothing;
  const ofMasks = all[0].dice !== undefined;
  return markup`<div class="gallery">
<p>${ofMasks ? "The test images with the lowest and with the highest Dice" : "The wrong answers that the network was surest of, and its surest right ones"}. They were chosen after the seal was broken, and changed nothing about the network.</p>
${legend(all)}
<h3>${ofMasks ? "Lowest Dice" : "Most confident errors"}</h3>
${worst.length > 0 ? markup`<div class="examples">${worst.map(exampleFigure)}</div>` : markup`<p>No answer was wrong.</p>`}
<h3>${ofMasks ? "Highest Dice" : "Most confident right answers"}</h3>
${best.length > 0 ? markup`<div class="examples">${best.map(exampleFigure)}</div>` : markup`<p>${ofMasks ? "No other image has a Dice." : "No answer was right."}</p>`}
${limits(all)}
</div>`;
}

function legend(all: readonly Example[]): Markup {
  return markup`<ul class="legend">
<li class="maps"><span class="ramp" aria-hidden="true"></span><span>in the maps: <b>orange</b> speaks for the answer that was given, <b>blue</b> against it; the stronger the colour the more. Each map has its own scale.</span></li>
${hasAny(all, "mask") ? markup`<li><svg class="sample" viewBox="0 0 34 8" aria-hidden="true"><path class="halo" d="M0 4h34"/><path class="true" d="M0 4h34"/></svg><span>outline of the true mask</span></li>` : nothing}
${hasAny(all, "predictedMask") ? markup`<li><svg class="sample" viewBox="0 0 34 8" aria-hidden="true"><path class="said" d="M0 4h34"/></svg><span>outline of the predicted mask, in the image alone</span></li>` : nothing}
</ul>`;
}

function exampleFigure(example: Example): Markup {
  const { index, truth, predicted, probability, dice, picture, saliency, occlusion } = example;
  const name = `Test image ${count(index)}`;
  const slice = picture.slice === undefined ? "" : `, slice ${count(picture.slice)}`;
  const sure = dice === undefined ? `probability ${decimal(probability)}` : `Dice ${decimal(dice)}`;
  const said =
    dice === undefined
      ? markup`is <b>${truth}</b>, called <b>${predicted}</b>`
      : markup`true: ${truth}; predicted: ${predicted}`;
  const told = dice === undefined ? `truly ${truth}, called ${predicted}` : `truly ${truth}; predicted ${predicted}`;
  const truly = outline("true", outlinesOf(example.mask));
  const tile = (title: string, url: string, alt: string, outlines = truly) =>
    markup`<div class="tile"><div class="frame"><img src="${url}" width="${picture.width}" height="${picture.height}" alt="${alt}"><svg viewBox="0 0 ${picture.width} ${picture.height}" preserveAspectRatio="none" aria-hidden="true">${outlines}</svg></div><small>${title}</small></div>`;
  const map = (title: string, of: SignedPicture | null) => {
    if (of === null) return nothing;
    const [shown, most] =
      of.scale < least ? [{ ...of, scale: 0 }, `below ${least}`] : [of, `up to ${figure(of.scale)}`];
    const alt = `${title} of test image ${count(index)}, ${most}: ${mapInWords(shown)}.`;
    return tile(`${title}, ${most}`, drawMap(picture, shown), alt);
  };
  return markup`<figure class="example">
<figcaption><strong>${name}</strong>${slice}: ${said}, ${sure}</figcaption>
<div class="tiles">
${tile("image", drawImage(picture), `${name}${slice}: ${told}, ${sure}.`, markup`${outline("said", outlinesOf(example.predictedMask))}${truly}`)}
${map("saliency", saliency)}
${map("occlusion", occlusion)}
</div>
</figure>`;
}

/** Two digits that say something: 0.31, 1.2, 14. */
function figure(value: number): string {
  return value >= 10 ? value.toFixed(0) : `${Number(value.toPrecision(2))}`;
}

function outline(kind: "true" | "said", path: string): Markup {
  if (path === "") return nothing;
  const line = markup`<path class="${kind}" d="${path}"/>`;
  return kind === "said" ? line : markup`<path class="halo" d="${path}"/>${line}`;
}

function limits(all: readonly Example[]): Markup {
  const volumes = all.some(({ picture }) => picture.slice !== undefined);
  return markup`<div class="note">
<p>The numbers below the maps are log-odds, ln p / (1 - p): 1 more makes the odds of the answer 2.7 times as high. <strong>Saliency</strong> is gradient times input: how much a very small change of each pixel would move them, times how far the pixel is from what the network takes for neutral. ${hasAny(all, "occlusion") ? markup`<strong>Occlusion</strong> paints one square after the other over with a mean intensity, and shows how much of them is lost.` : markup`Occlusion maps were left out: going forward with every square of these images painted over would have taken too long.`}</p>
<p>What these maps cannot tell: why the network answers so, whether the answer is right, and whether it would be right elsewhere. A map that looks sensible is no proof that the network learned the disease: some such maps look alike whether a network was trained or not (Adebayo et al. 2018, Sanity Checks for Saliency Maps). Saliency knows only very small changes; occlusion misses what two places say together, and shows the network images unlike any that it has seen. An empty place may matter as much as a coloured one.</p>
<p>Pictures are gray, from the image's 0.5th percentile (black) to its 99.5th (white)${volumes ? ", one slice of each volume; the maps may be stronger in others" : ""}. The numbers count the test set's images from 0. The pictures are in report.json too: mind who may see them.</p>
</div>`;
}

const rgb = (colour: readonly number[]) => `rgb(${colour.join(" ")})`;

/** The rules that galleryHtml needs. Outlines and maps lie on gray pictures, on which bright colours show in either scheme. */
export const galleryStyle = `
.gallery .maps { flex: 1 1 100%; grid-template-columns: 110px minmax(0, 1fr); }
.gallery .ramp { width: 110px; height: 12px; margin-top: 5px; border-radius: 2px; background: linear-gradient(to right, ${rgb(mapColours.against)}, #555 50%, ${rgb(mapColours.for)}); }
.examples { display: grid; gap: 16px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 420px), 1fr)); }
.example { min-width: 0; padding: 10px; background: var(--panel); border-radius: 4px; break-inside: avoid; }
.example figcaption { font-size: 0.875rem; line-height: 1.4; margin-bottom: 8px; overflow-wrap: anywhere; }
.gallery > .note { margin-top: 20px; }
.tiles { display: grid; gap: 8px; grid-template-columns: repeat(3, minmax(0, 1fr)); align-items: start; }
.frame { position: relative; }
.frame img { display: block; width: 100%; height: auto; image-rendering: pixelated; border-radius: 2px; }
.frame svg { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; }
.gallery path { fill: none; stroke-width: 2; vector-effect: non-scaling-stroke; }
.gallery .halo { stroke: rgb(0 0 0 / 0.6); stroke-width: 4; }
.gallery .true { stroke: #ffffff; }
.gallery .said { stroke: #12b886; stroke-width: 1.5; }
@media print {
  .examples { display: block; }
  .example { display: inline-block; width: calc(50% - 6pt); margin: 0 4pt 6pt 0; vertical-align: top; }
}
`.trim();
