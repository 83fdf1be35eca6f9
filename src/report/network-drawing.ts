// The network as a picture: a row of nodes for each dense layer, lines for its weights, words beside.
import { count } from "./format.ts";
import { markup, nothing } from "./markup.ts";
import type { Markup } from "./markup.ts";
import { countedWeights, networkRows, networkSentence } from "./network-rows.ts";
import type { NetworkRow } from "./network-rows.ts";
import type { Report } from "./record.ts";

/** Of more nodes the first and the last are drawn, and dots between them. */
const mostNodes = 12;

/** In units of the picture: a row is 76 high, as it is on the page at 16 pixels a letter. */
const size = { width: 248, row: 76, radius: 5 };

/** A sentence where the record does not say what the network was. */
export function networkDrawing(report: Report): Markup {
  const rows = networkRows(report);
  if (rows === null) return markup`<p>The layers of the network are not on record.</p>`;
  const height = rows.length * size.row;
  const places = rows.map(({ nodes }, k) => nodePlaces(nodes, size.row * (k + 0.5)));
  return markup`<p>${networkSentence(rows)}</p>
<div class="network" style="--rows:${rows.length}">
<svg viewBox="0 0 ${size.width} ${height}" aria-hidden="true">
${places.slice(1).map((below, k) => markup`<path class="weights" d="${linesBetween(places[k].at, below.at)}"/>`)}
${places.map(({ at, gap }) => markup`${at.map(([x, y]) => markup`<circle cx="${x}" cy="${y}" r="${size.radius}"/>`)}${gap ? dots(gap) : nothing}`)}
</svg>
<ol>
${rows.map(rowWords)}
</ol>
</div>
<p class="note">From the input above to the output below; each line is a weight. Of more than ${mostNodes} nodes in a row the first and the last are drawn.</p>`;
}

function rowWords(row: NetworkRow): Markup {
  const counted = countedWeights(row);
  return markup`<li><strong>${row.title}</strong> ${count(row.nodes)} ${row.nodes === 1 ? "node" : "nodes"}
<small>${row.notes.join(" · ")}</small>${counted ? markup`<small>${counted}</small>` : nothing}</li>`;
}

type Place = readonly [x: number, y: number];

interface Nodes {
  readonly at: readonly Place[];
  /** The middle of what is left out. */
  readonly gap: Place | null;
}

/** Nodes side by side about the middle of the picture. */
function nodePlaces(nodes: number, y: number): Nodes {
  const isCut = nodes > mostNodes;
  const drawn = isCut ? mostNodes : nodes;
  const slots = isCut ? mostNodes + 2 : drawn;
  const apart = Math.min(34, (size.width - 4 * size.radius) / Math.max(1, slots - 1));
  const first = size.width / 2 - (apart * (slots - 1)) / 2;
  const slotOf = (i: number) => (isCut && i >= mostNodes / 2 ? i + 2 : i);
  const at = Array.from({ length: drawn }, (_, i): Place => [tenth(first + apart * slotOf(i)), y]);
  return { at, gap: isCut ? [size.width / 2, y] : null };
}

function dots([x, y]: Place): Markup {
  return markup`<path class="gap" d="M${x - 7} ${y}h0M${x} ${y}h0M${x + 7} ${y}h0"/>`;
}

function linesBetween(above: readonly Place[], below: readonly Place[]): string {
  return above.flatMap(([x, y]) => below.map(([to, down]) => `M${x} ${y + 5}L${to} ${down - 5}`)).join("");
}

const tenth = (value: number) => Math.round(10 * value) / 10;
