// DICOM's tables by stored value (PS3.3 C.7.6.3.1.5, C.11.1): palettes, and the modality's in the place of a slope.
import type { Palette, Table } from "../../data/image.ts";
import { FormatError } from "../../errors.ts";
import type { Attributes } from "./attributes.ts";
import { tagOf } from "./elements.ts";
import { unfoldedSegments } from "./segments.ts";

/** @throws FormatError for a table shorter than its descriptor says, or whose segments do not make it. */
function tableOf(
  attributes: Attributes,
  descriptorTag: string,
  dataTag: string,
  segmentsTag: string,
  isSigned: boolean,
): { table: Table; bits: 8 | 16 } | null {
  // prettier-ignore
  const { name } = attributes;
  const descriptor = attributes.shorts(descriptorTag, false);
  if (descriptor.length === 0) return null;
  if (descriptor.length < 3)
    throw new FormatError(`${name}: expected 3 numbers in ${tagOf(descriptorTag)}, got ${descriptor.length}`);
  const length = descriptor[0] === 0 ? 65536 : descriptor[0];
  const first = isSigned ? (descriptor[1] << 16) >> 16 : descriptor[1];
  const bits = descriptor[2] > 8 ? 16 : 8;
  const segments = attributes.bytes(segmentsTag);
  if (segments) {
    const place = `${name}, ${tagOf(segmentsTag)}`;
    const data = bits === 8 ? segments : attributes.shorts(segmentsTag, false);
    const values = unfoldedSegments(data, bits, length, place);
    if (values.length === length) return { table: { first, values: (bits === 8 ? Uint8Array : Uint16Array).from(values) }, bits }; // prettier-ignore
    throw new FormatError(`${place}: expected segments of ${length} numbers, got ${values.length}`);
  }
  const bytes = attributes.bytes(dataTag);
  if (!bytes) throw new FormatError(`${name}: expected a table of ${length} numbers in ${tagOf(dataTag)}, got none`);
  // Numbers of 8 bits may stand in bytes, or each in a word.
  const isPacked = bits === 8 && bytes.length < 2 * length;
  if (bytes.length < (isPacked ? length : 2 * length))
    throw new FormatError(`${name}: expected ${length} numbers in ${tagOf(dataTag)}, got ${bytes.length} bytes`);
  const values = isPacked ? bytes.slice(0, length) : Uint16Array.from(attributes.shorts(dataTag, false)).slice(0, length); // prettier-ignore
  return { table: { first, values }, bits };
}

export function paletteOf(attributes: Attributes, isSigned: boolean): Palette {
  const { name } = attributes;
  const [red, green, blue] = ["1", "2", "3"].map((colour) =>
    tableOf(attributes, `x0028110${colour}`, `x0028120${colour}`, `x0028122${colour}`, isSigned),
  );
  if (!red || !green || !blue)
    throw new FormatError(`${name}: expected palettes in (0028,1101) to (0028,1103) for PALETTE COLOR, got none`);
  return { bits: red.bits, red: red.table, green: green.table, blue: blue.table };
}

export function modalityTableOf(attributes: Attributes, isSigned: boolean): Table | null {
  const [item] = attributes.items("x00283000");
  return (item as Attributes | undefined)
    ? (tableOf(item, "x00283002", "x00283006", "", isSigned)?.table ?? null)
    : null;
}
