// The part of the page that says how to repeat the study: commands, seeds, settings, fingerprints.
import { markup } from "./markup.ts";
import type { Markup } from "./markup.ts";
import type { Report } from "./record.ts";
import { fingerprintRows, repeatCommands, repeatSentences, seedRows } from "./repeat.ts";
import { settingRows } from "./words.ts";

export function repeatHtml(report: Report): Markup {
  // As report.json has them, so that a report that was read from it gives the same page.
  const settings = JSON.parse(JSON.stringify(report.settings)) as object;
  return markup`${repeatSentences.map((sentence) => markup`<p>${sentence}</p>`)}
<pre tabindex="0" role="region" aria-label="Commands"><code>${repeatCommands(report).join("\n")}</code></pre>
${pairs("plainly", seedRows(report))}
<h3>Fingerprints</h3>
<p>SHA-256 of the weights that were tested, and of the images that the study committed to before training.</p>
<dl class="pairs-list hashes">
${fingerprintRows(report).map(([name, hash]) => markup`<div><dt>${name}</dt><dd><code>${hash}</code></dd></div>`)}
</dl>
<h3>Every setting</h3>
${pairs("columns", settingRows(settings))}`;
}

function pairs(look: string, rows: readonly (readonly [string, string])[]): Markup {
  return markup`<dl class="pairs-list ${look}">
${rows.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}
</dl>`;
}
