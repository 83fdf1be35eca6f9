// Palettes packed in segments (PS3.3 C.7.9.2): runs of numbers, lines between two, and runs that stood before.
import { FormatError } from "../../errors.ts";

/** Indirect segments may not lead to further ones, so that no few bytes unfold to all memory there is. */
const mostEntries = 65536;

/** Half to even, as numpy. */
function rounded(value: number): number {
  const near = Math.round(value);
  return near - value === 0.5 && near % 2 !== 0 ? near - 1 : near;
}

/**
 * @param data the numbers of the table, of 8 or 16 bits each.
 * @param bits how wide they are: offsets of indirect segments are pairs of words, or four bytes.
 * @returns at most `length` of them. @throws FormatError for a segment that is none.
 */
export function unfoldedSegments(data: ArrayLike<number>, bits: 8 | 16, length: number, place: string): number[] {
  const table: number[] = [];
  const most = Math.min(length, mostEntries);
  const fail = (at: number, what: string): never => {
    throw new FormatError(`${place}: expected ${what} at number ${at} of the palette's segments`);
  };
  /** Reads segments from `at` on, at most `count`; gives the place behind them. */
  const read = (start: number, count: number, isCopy: boolean): void => {
    let at = start;
    for (let left = count; left > 0 && at + 2 < data.length && table.length < most; left--) {
      const [kind, size] = [data[at], data[at + 1]];
      at += 2;
      if (kind === 0) {
        if (at + size > data.length) fail(at, `a run of ${size} numbers within the table`);
        for (let i = 0; i < size; i++) table.push(data[at + i]);
        at += size;
      } else if (kind === 1) {
        const from = table.at(-1) ?? fail(at, "a number before the first line");
        for (let i = 1; i <= size; i++) table.push(rounded(from + ((data[at] - from) * i) / size));
        at += 1;
      } else if (kind === 2 && !isCopy) {
        const words = bits === 16 ? 2 : 4;
        if (at + words > data.length) fail(at, "an offset within the table");
        const offset = bits === 16 ? data[at] + 65536 * data[at + 1] : data[at] + 256 * (data[at + 1] + 256 * (data[at + 2] + 256 * data[at + 3])); // prettier-ignore
        at += words;
        // In bytes, by the standard.
        read(bits === 16 ? offset / 2 : offset, size, true);
      } else fail(at - 2, `a segment of kind 0, 1 or 2, got ${kind}${isCopy ? " in a copied one" : ""}`);
    }
  };
  read(0, Infinity, false);
  return table.slice(0, most);
}
