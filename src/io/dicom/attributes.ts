// Attributes of a DICOM data set as numbers and texts, checked where they are read.
import type { Element } from "dicom-parser";
import { FormatError } from "../../errors.ts";
import { tagOf, textOf } from "./elements.ts";
import type { DataSet } from "./elements.ts";

/** Reads attributes of one data set, or of an item of a sequence. Tags are dicom-parser's: "x00280010". */
export interface Attributes {
  readonly name: string;
  /** An unsigned number of 16 bits; null where the attribute is absent or empty. */
  short(tag: string): number | null;
  /** Numbers of 16 bits, all there are. */
  shorts(tag: string, isSigned: boolean): readonly number[];
  text(tag: string): string | null;
  /** Numbers written as text, with backslashes between. @throws FormatError for what is no number. */
  decimals(tag: string): readonly number[];
  /** A whole number, or a decimal one, written as text. */
  decimal(tag: string): number | null;
  /** The bytes of an attribute; null where it is absent. */
  bytes(tag: string): Uint8Array<ArrayBuffer> | null;
  items(tag: string): readonly Attributes[];
  has(tag: string): boolean;
}

export function attributesOf(dataSet: DataSet, isLittle: boolean, name: string): Attributes {
  const { byteArray } = dataSet;
  const view = new DataView(byteArray.buffer, byteArray.byteOffset, byteArray.byteLength);
  const find = (tag: string): Element | null => {
    const element = dataSet.elements[tag];
    if (!element || element.length === 0) return null;
    return element.dataOffset + element.length <= byteArray.length ? element : null;
  };
  const self: Attributes = {
    name,
    short(tag) {
      const element = find(tag);
      if (!element) return null;
      if (element.length < 2)
        throw new FormatError(`${name}: expected 2 bytes in ${tagOf(tag)}, got ${element.length}`);
      return view.getUint16(element.dataOffset, isLittle);
    },
    shorts(tag, isSigned) {
      const element = find(tag);
      if (!element) return [];
      return Array.from({ length: Math.min(element.length >> 1, 65536) }, (_, i) =>
        isSigned
          ? view.getInt16(element.dataOffset + 2 * i, isLittle)
          : view.getUint16(element.dataOffset + 2 * i, isLittle),
      );
    },
    text: (tag) => textOf(dataSet, tag),
    decimals(tag) {
      const text = textOf(dataSet, tag);
      if (text === null || text === "") return [];
      return text.split("\\").map((part) => {
        const value = part.trim() === "" ? NaN : Number(part);
        if (Number.isFinite(value)) return value;
        throw new FormatError(`${name}: expected numbers in ${tagOf(tag)}, got ${JSON.stringify(text.slice(0, 100))}`);
      });
    },
    decimal: (tag) => self.decimals(tag)[0] ?? null,
    bytes(tag) {
      const element = find(tag);
      return element && byteArray.subarray(element.dataOffset, element.dataOffset + element.length);
    },
    items(tag) {
      const element = dataSet.elements[tag];
      return (element?.items ?? []).flatMap((item) =>
        item.dataSet ? [attributesOf(item.dataSet as DataSet, isLittle, name)] : [],
      );
    },
    has: (tag) => Object.hasOwn(dataSet.elements, tag),
  };
  return self;
}
