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
