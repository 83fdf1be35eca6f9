// Draws the pictures of an example: its image in gray, and its maps in two colours over it, as PNG in data URLs.
import { encode } from "fast-png";
import { fromBase64, toBase64 } from "../base64.ts";
import type { Example, Picture, SignedPicture } from "./examples.ts";
import { maskOutline } from "./outline.ts";

/** What speaks for the answer is orange, what speaks against it blue: a pair that colour-blind readers tell apart. */
export const mapColours = { against: [70, 140, 255], for: [255, 150, 30] } as const;

/** How bright the image stays below a map, and the part of a map's largest value from which on it is seen. */
const dimmed = 0.7;
const visible = 0.12;

export function drawImage({ width, height, gray }: Picture): string {
  return urlOf({ width, height }, fromBase64(gray), 1);
}

/** A map over its image: the stronger the more opaque. */
export function drawMap({ width, height, gray }: Picture, { signed, scale }: SignedPicture): string {
  const below = fromBase64(gray);
  const values = new Int8Array(fromBase64(signed).buffer);
  const data = new Uint8Array(3 * width * height);
  values.forEach((value, pixel) => {
    const strength = Math.abs(value) / 127;
    const opacity = scale === 0 || strength < visible ? 0 : 0.2 + 0.75 * strength;
    const colour = value > 0 ? mapColours.for : mapColours.against;
    for (let c = 0; c < 3; c++) {
      data[3 * pixel + c] = Math.round((1 - opacity) * dimmed * below[pixel] + opacity * colour[c]);
    }
  });
  return urlOf({ width, height }, data, 3);
}

function urlOf(size: Pick<Picture, "width" | "height">, data: Uint8Array, channels: number): string {
  return `data:image/png;base64,${toBase64(encode({ ...size, data, channels, depth: 8 }))}`;
}

/** The borders of every class of a mask; empty where there is no mask, or nothing in it. */
export function outlinesOf(mask: Picture | undefined): string {
  if (!mask) return "";
  const bytes = fromBase64(mask.gray);
  const classes = [...new Set(bytes)].filter((k) => k > 0);
  return classes.map((k) => maskOutline(mask.width, mask.height, (x, y) => bytes[y * mask.width + x] === k)).join("");
}

/** What a map shows, in words: "most for it at the upper left, most against it in the middle". */
export function mapInWords({ width, height, signed, scale }: SignedPicture): string {
  if (scale === 0) return "the same everywhere";
  const values = new Int8Array(fromBase64(signed).buffer);
  const placeOf = (sign: number) => {
    const most = values.reduce((best, value, i) => (sign * value > sign * values[best] ? i : best), 0);
    if (sign * values[most] <= 127 * visible) return null;
    const third = (at: number, length: number) => Math.min(2, Math.floor((3 * (at + 0.5)) / length));
    return places[third(Math.floor(most / width), height)][third(most % width, width)];
  };
  const parts = [
    [placeOf(1), "for"],
    [placeOf(-1), "against"],
  ] as const;
  return parts.flatMap(([place, side]) => (place === null ? [] : [`most ${side} the answer ${place}`])).join(", ");
}

const places = [
  ["at the upper left", "at the top", "at the upper right"],
  ["at the left", "in the middle", "at the right"],
  ["at the lower left", "at the bottom", "at the lower right"],
] as const;

/** Whether any example of a list has a picture of a kind. */
export function hasAny(examples: readonly Example[], kind: "mask" | "predictedMask" | "occlusion"): boolean {
  return examples.some((example) => example[kind] !== undefined && example[kind] !== null);
}
