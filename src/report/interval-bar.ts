// A figure and its interval drawn to scale, from 0 to 1.
import type { Figure } from "./figure.ts";
import { markup, nothing } from "./markup.ts";
import type { Markup } from "./markup.ts";

/**
 * Nothing for what is undefined. The numbers themselves stand beside it, so it is hidden from screen readers.
 * @param reference what needs no network, where there is such a value: a tick
 */
export function intervalBar({ value, interval }: Pick<Figure, "value" | "interval">, reference?: number): Markup {
  if (value === null) return nothing;
  const [low, high] = interval ?? [value, value];
  return markup`<svg class="bar" height="18" aria-hidden="true">
<rect class="track" x="0" y="8" width="100%" height="2"/>
${reference === undefined ? nothing : markup`<rect class="reference" x="${share(reference)}" y="0" width="1.5" height="18"/>`}
<rect class="interval" x="${share(low)}" y="2" width="${share(high - low)}" height="14" rx="1"/>
<circle class="value" cx="${share(value)}" cy="9" r="4"/>
</svg>`;
}

function share(value: number): string {
  return `${Number((100 * value).toFixed(2))}%`;
}
