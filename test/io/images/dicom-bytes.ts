// Writes DICOM files for tests, element by element, honest or not (PS3.5 section 7, PS3.10).

/** An attribute of eight hexadecimal digits: its value representation and its value. */
export type Attribute =
  | readonly [tag: string, vr: "US" | "SS", values: readonly number[]]
  | readonly [tag: string, vr: "UI" | "DS" | "IS" | "CS" | "LO" | "PN" | "DA" | "SH" | "LT" | "AS", text: string]
  | readonly [tag: string, vr: "OB" | "OW" | "OV" | "OF" | "UN", bytes: Uint8Array]
  | readonly [tag: string, vr: "SQ", items: readonly (readonly Attribute[])[]]
  | readonly [tag: string, vr: "fragments", fragments: readonly Uint8Array[], table?: readonly number[]];

export interface DicomFields {
  readonly syntax?: string;
  readonly attributes: readonly Attribute[];
  /** Packs what follows the head, for the deflated syntax. */
  readonly pack?: (bytes: Uint8Array) => Uint8Array;
}

const longForms = new Set(["OB", "OW", "OV", "OF", "UN", "SQ"]);

class Writer {
  readonly bytes: number[] = [];
  constructor(
    readonly isExplicit: boolean,
    readonly isLittle: boolean,
  ) {}

  number(value: number, width: 2 | 4): void {
    const all = Array.from({ length: width }, (_, i) => Math.floor(value / 256 ** i) & 255);
    this.bytes.push(...(this.isLittle ? all : all.reverse()));
  }

  tag(tag: string): void {
    this.number(parseInt(tag.slice(0, 4), 16), 2);
    this.number(parseInt(tag.slice(4), 16), 2);
  }

  head(tag: string, vr: string, length: number): void {
    this.tag(tag);
    if (!this.isExplicit) return this.number(length, 4);
    this.bytes.push(vr.charCodeAt(0), vr.charCodeAt(1));
    if (longForms.has(vr)) this.number(0, 2);
    this.number(length, longForms.has(vr) ? 4 : 2);
  }

  attribute(attribute: Attribute): void {
    const [tag, vr, value] = attribute;
    if (vr === "fragments") {
      const [, , fragments, table = []] = attribute;
      this.head(tag, "OB", 4294967295);
      this.tag("fffee000");
      this.number(4 * table.length, 4);
      for (const offset of table) this.number(offset, 4);
      for (const fragment of fragments) {
        this.tag("fffee000");
        this.number(fragment.length, 4);
        for (const byte of fragment) this.bytes.push(byte);
      }
      this.tag("fffee0dd");
      this.number(0, 4);
      return;
    }
    const inner = new Writer(this.isExplicit, this.isLittle);
    if (vr === "US" || vr === "SS") for (const number of value) inner.number(number & 65535, 2);
    else if (vr === "SQ")
      for (const item of value) {
        const own = new Writer(this.isExplicit, this.isLittle);
        for (const one of item) own.attribute(one);
        inner.tag("fffee000");
        inner.number(own.bytes.length, 4);
        for (const byte of own.bytes) inner.bytes.push(byte);
      }
    else if (typeof value === "string") for (const char of value) inner.bytes.push(char.charCodeAt(0));
    else for (const byte of value) inner.bytes.push(byte);
    if (inner.bytes.length % 2 === 1) inner.bytes.push(typeof value === "string" && vr !== "UI" ? 32 : 0);
    this.head(tag, vr, inner.bytes.length);
    for (const byte of inner.bytes) this.bytes.push(byte);
  }
}

export const explicitLittle = "1.2.840.10008.1.2.1";
export const implicitLittle = "1.2.840.10008.1.2";
export const explicitBig = "1.2.840.10008.1.2.2";

export function dicomBytes({
  syntax = explicitLittle,
  attributes,
  pack = (bytes) => bytes,
}: DicomFields): Uint8Array<ArrayBuffer> {
  // prettier-ignore
  const meta = new Writer(true, true);
  meta.attribute(["00020010", "UI", syntax]);
  const body = new Writer(syntax !== implicitLittle, syntax !== explicitBig);
  for (const attribute of attributes) body.attribute(attribute);
  const packed = pack(Uint8Array.from(body.bytes));
  const head = [...new Array<number>(128).fill(0), 0x44, 0x49, 0x43, 0x4d, ...meta.bytes];
  const bytes = new Uint8Array(head.length + packed.length);
  bytes.set(head);
  bytes.set(packed, head.length);
  return bytes;
}

export interface ImageFields {
  readonly width: number;
  readonly height: number;
  readonly frames?: number;
  readonly colours?: number;
  readonly photometric?: string;
  readonly bits?: number;
  readonly stored?: number;
  readonly high?: number;
  readonly signed?: boolean;
  readonly planar?: boolean;
  /** Attributes besides, in any order. */
  readonly more?: readonly Attribute[];
}

/** The attributes of an image, in their order, and its pixels behind them. */
export function imageAttributes(fields: ImageFields, pixels: Attribute | null): readonly Attribute[] {
  const { width, height, frames, colours = 1, bits = 16, stored = bits, high = stored - 1, signed = false } = fields;
  const { photometric = colours === 3 ? "RGB" : "MONOCHROME2", planar = false, more = [] } = fields;
  const attributes: Attribute[] = [
    ["00280002", "US", [colours]],
    ["00280004", "CS", photometric],
    ["00280010", "US", [height]],
    ["00280011", "US", [width]],
    ["00280100", "US", [bits]],
    ["00280101", "US", [stored]],
    ["00280102", "US", [high]],
    ["00280103", "US", [signed ? 1 : 0]],
    ...more,
  ];
  if (colours > 1) attributes.push(["00280006", "US", [planar ? 1 : 0]]);
  if (frames !== undefined) attributes.push(["00280008", "IS", String(frames)]);
  attributes.sort(([a], [b]) => (a < b ? -1 : 1));
  return pixels ? [...attributes, pixels] : attributes;
}
