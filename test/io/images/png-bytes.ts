// Writes PNG files for tests, honest or not (ISO/IEC 15948).
import { deflateSync } from "node:zlib";

export interface PngFields {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colourType: number;
  readonly interlace?: number;
  readonly palette?: readonly number[];
  /** Lines with their filter's byte before each. */
  readonly lines: readonly number[] | Uint8Array;
  readonly extra?: readonly (readonly [type: string, data: Uint8Array])[];
}

/** CRC-32 of ISO 3309, bit by bit. */
export function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ -1) >>> 0;
}

export function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

export function pngBytes(fields: PngFields): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, fields.width);
  view.setUint32(4, fields.height);
  header.set([fields.depth, fields.colourType, 0, 0, fields.interlace ?? 0], 8);
  return new Uint8Array(
    Buffer.concat([
      new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      chunk("IHDR", header),
      ...(fields.extra ?? []).map(([type, data]) => chunk(type, data)),
      ...(fields.palette ? [chunk("PLTE", Uint8Array.from(fields.palette))] : []),
      chunk("IDAT", deflateSync(Uint8Array.from(fields.lines))),
      chunk("IEND", new Uint8Array(0)),
    ]),
  );
}

/** Pixels of one number each as the lines of Adam7's passes, each line behind the filter that `filterOf` says for it. */
export function adam7Lines(
  pixels: readonly number[],
  { width, height, depth }: { readonly width: number; readonly height: number; readonly depth: number },
  filterOf: (line: number) => number,
): number[] {
  const lines: number[] = [];
  let line = 0;
  for (const [left, top, dx, dy] of [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]]) {
    let above: number[] = [];
    for (let y = top; y < height && left < width; y += dy) {
      let bits = "";
      for (let x = left; x < width; x += dx) bits += pixels[y * width + x].toString(2).padStart(depth, "0");
      const row = (bits.match(/.{1,8}/g) ?? []).map((byte) => parseInt(byte.padEnd(8, "0"), 2));
      const filter = filterOf(line++);
      lines.push(filter, ...row.map((byte, i) => (byte - predicted(filter, row[i - 1] ?? 0, above[i] ?? 0, (i > 0 ? above[i - 1] : 0) ?? 0)) & 255));
      above = row;
    }
  }
  return lines;
} // prettier-ignore

/** Clause 9.2 of the standard, as it is written there. */
function predicted(filter: number, a: number, b: number, c: number): number {
  const p = a + b - c;
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
  return [0, a, b, Math.floor((a + b) / 2), pa <= pb && pa <= pc ? a : pb <= pc ? b : c][filter];
}
