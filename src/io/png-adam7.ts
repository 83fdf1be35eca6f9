// Interlaced PNG of less than 8 bits a pixel (ISO/IEC 15948, clauses 8.2 and 9): fast-png takes each pixel for a byte there.
import { FormatError } from "../errors.ts";
import type { PngHeader } from "./png-chunks.ts";

/** Where each of Adam7's passes begins, and how far apart its pixels are. */
export const passes = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** @param unpacked the lines of all passes. @throws FormatError for a filter that is none. */
export function pixelsOfPasses(unpacked: Uint8Array, { width, height, depth }: PngHeader, name: string): Uint8Array {
  const pixels = new Uint8Array(width * height);
  const mask = (1 << depth) - 1;
  let at = 0;
  for (const [left, top, stepX, stepY] of passes) {
    const columns = Math.ceil((width - left) / stepX);
    const rows = Math.ceil((height - top) / stepY);
    if (columns <= 0 || rows <= 0) continue;
    const lineBytes = Math.ceil((columns * depth) / 8);
    let above = new Uint8Array(lineBytes);
    for (let row = 0; row < rows; row++) {
      const filter = unpacked[at];
      if (filter > 4) throw new FormatError(`${name}: expected a filter from 0 to 4 before line ${row}, got ${filter}`);
      const line = unpacked.slice(at + 1, at + 1 + lineBytes);
      unfilter(line, above, filter);
      for (let column = 0; column < columns; column++) {
        const bit = column * depth;
        pixels[(top + row * stepY) * width + left + column * stepX] = (line[bit >> 3] >> (8 - depth - (bit & 7))) & mask; // prettier-ignore
      }
      above = line;
      at += 1 + lineBytes;
    }
  }
  return pixels;
}

/** Adds to each byte what it was predicted from: the byte before it, the one above, their mean, or Paeth's choice. */
function unfilter(line: Uint8Array, above: Uint8Array, filter: number): void {
  for (let i = 0; i < line.length; i++) {
    const [before, over, corner] = i > 0 ? [line[i - 1], above[i], above[i - 1]] : [0, above[i], 0];
    line[i] += [0, before, over, (before + over) >> 1, paeth(before, over, corner)][filter];
  }
}

/** The one of the three that comes nearest to before + over - corner, in this order. */
function paeth(before: number, over: number, corner: number): number {
  const [a, b, c] = [over - corner, before - corner, before + over - 2 * corner].map(Math.abs);
  return a <= b && a <= c ? before : b <= c ? over : corner;
}
