// Masks image by image on the page: a plot of every image's Dice, quartiles, the worst images.
import { axis, chart } from "./chart.ts";
import { decimal, plural } from "./format.ts";
import { imageWords, sortedFigures, worstImages } from "./image-words.ts";
import type { ImageWords } from "./image-words.ts";
import { markup, nothing } from "./markup.ts";
import type { Markup } from "./markup.ts";
import { newerFields } from "./newer-fields.ts";
import type { ImageFigures } from "./newer-fields.ts";
import type { Report } from "./record.ts";

export function imagesTable(report: Report): Markup {
  const words = imageWords(report);
  if (words === null) return nothing;
  return markup`<div class="beside spread">
${dicePlot(newerFields(report).perImage ?? [])}
<div>${table(words.spread, "How the figures spread over the images")}
<p class="note">Least, quartiles and most over the images; none: how many images the figure is undefined for.</p></div>
</div>
<h3>${words.worst.rows.length < worstImages ? "Images by Dice, the worst first" : `The ${worstImages} images that came off worst`}</h3>
${table(words.worst, "The images that came off worst")}
<p class="note">Images by their place in the test set, from 0, or by name.</p>`;
}

function table({ head, rows }: ImageWords["spread"], label: string): Markup {
  return markup`<div class="scroll" role="region" tabindex="0" aria-label="${label}">
<table class="plain">
<thead><tr>${head.map((name, k) => markup`<th scope="col" class="${k === 0 ? "name" : "number"}">${name}</th>`)}</tr></thead>
<tbody>
${rows.map(([name, ...cells]) => markup`<tr><th scope="row">${name}</th>${cells.map((cell) => markup`<td class="number">${cell}</td>`)}</tr>`)}
</tbody>
</table>
</div>`;
}

/** The Dice of every image, the worst first. */
function dicePlot(perImage: readonly ImageFigures[]): Markup {
  const values = sortedFigures(perImage, "dice");
  if (values.length === 0) return nothing;
  const step = Math.ceil(values.length / 400);
  const points = values.map((value, i) => [i + 1, Math.round(1e3 * value) / 1e3]).filter((_, i) => i % step === 0 || i === values.length - 1);
  const option = {
    grid: { left: 58, right: 16, top: 12, bottom: 48, outerBoundsMode: "none" as const },
    xAxis: { ...axis, name: "images, the worst first", nameGap: 28, min: 0, max: Math.max(1, values.length), minInterval: 1, splitNumber: 5, splitLine: { show: false } },
    yAxis: { ...axis, min: 0, max: 1, interval: 0.25 },
    series: [{ type: "scatter" as const, data: points, symbolSize: 5, itemStyle: { color: "var(--series-0)", opacity: 1 }, clip: false }],
  };
  const median = decimal(values[Math.round(0.5 * (values.length - 1))]);
  const label = `Dice of ${plural(values.length, "image")}, from ${decimal(values[0])} to ${decimal(values.at(-1)!)}, median ${median}`;
  return markup`<figure>
<figcaption><strong>Dice of each image</strong></figcaption>
${chart(option, { width: 400, height: 296 }, label)}
</figure>`;
} // prettier-ignore
