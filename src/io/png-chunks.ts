// The chunks of a PNG (ISO/IEC 15948): where each lies and what its header says, before a decoder is let at it.
import { FormatError } from "../errors.ts";
import { passes } from "./png-adam7.ts";

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  /** 0 gray, 2 RGB, 3 palette, 4 gray and alpha, 6 RGB and alpha. */
  readonly colourType: number;
  readonly isInterlaced: boolean;
}

export interface PngChunks {
  readonly header: PngHeader;
  /** The packed pixels. */
  readonly data: readonly Uint8Array[];
  /** Red, green and blue of each colour; null where pixels are no indices. */
  readonly palette: Uint8Array | null;
  /** The file without what a decoder of pixels has no need of (texts, profiles, times). */
  readonly essence: Uint8Array<ArrayBuffer>;
}

const depths: Record<number, readonly number[]> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
const wanted = new Set(["IHDR", "PLTE", "IDAT", "IEND"]);

/** @throws FormatError naming the byte, for chunks that overrun the file, are missing, or out of order. */
export function readPngChunks(bytes: Uint8Array<ArrayBuffer>, name: string): PngChunks {
  const fail = (at: number, what: string): never => {
    throw new FormatError(`${name}: expected ${what} at byte ${at}`);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [bytes.subarray(0, 8)];
  const data: Uint8Array[] = [];
  let header: PngHeader | null = null;
  let palette: Uint8Array | null = null;
  for (let at = 8; ;) {
    if (at + 12 > bytes.length) fail(at, "a PNG chunk, got the end: the file is cut off");
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (at + 12 + length > bytes.length)
      fail(at, `a chunk of ${length} bytes ("${printable(type)}"), got ${bytes.length - at - 12}: the file is cut off`);
    if (!header && type !== "IHDR") fail(at, `IHDR as the first chunk, got "${printable(type)}"`);
    if (type === "IHDR") {
      if (header) fail(at, "IHDR once, got it twice");
      header = readHeader(view, at + 8, length, fail);
    }
    if (type === "PLTE") {
      if (length === 0 || length > 768 || length % 3 !== 0)
        fail(at, `1 to 256 colours of 3 bytes, got ${length} bytes`);
      palette = bytes.subarray(at + 8, at + 8 + length);
    }
    if (type === "IDAT") data.push(bytes.subarray(at + 8, at + 8 + length));
    // A chunk with a capital first letter is needed to make sense of the image; those that are known are all there are.
    if (!wanted.has(type) && /^[A-Z]/.test(type)) fail(at, `a chunk that is known, got "${printable(type)}"`);
    // Only an indexed image has use of a palette.
    if (wanted.has(type) && (type !== "PLTE" || header?.colourType === 3))
      parts.push(bytes.subarray(at, at + 12 + length));
    at += 12 + length;
    if (type !== "IEND") continue;
    if (!header) return fail(at, "IHDR");
    if (header.colourType === 3 && !palette) fail(at, "a palette (PLTE) before the end, got none");
    return { header, data, palette: header.colourType === 3 ? palette : null, essence: joined(parts) };
  }
}

function readHeader(view: DataView, at: number, length: number, fail: (at: number, what: string) => never): PngHeader {
  if (length !== 13) fail(at - 8, `IHDR of 13 bytes, got ${length}`);
  const [width, height] = [view.getUint32(at), view.getUint32(at + 4)];
  const [depth, colourType, packing, filter, interlace] = [8, 9, 10, 11, 12].map((i) => view.getUint8(at + i));
  if (!(width >= 1 && height >= 1 && width < 2147483648 && height < 2147483648))
    fail(at, `a width and height of 1 to 2^31 - 1, got ${width}x${height}`);
  if (!depths[colourType]?.includes(depth)) fail(at + 8, `a depth and colour type that go together, got ${depth} bits and type ${colourType}`); // prettier-ignore
  if (packing !== 0 || filter !== 0) fail(at + 10, `packing and filter method 0, got ${packing} and ${filter}`);
  if (interlace > 1) fail(at + 12, `interlace method 0 or 1, got ${interlace}`);
  return { width, height, depth, colourType, isInterlaced: interlace === 1 };
}

/** The bytes that pixels unpack to: each line of each pass has a byte for its filter before it. */
export function unpackedBytes({ width, height, depth, colourType, isInterlaced }: PngHeader): number {
  const bits = depth * ([1, 0, 3, 1, 2, 0, 4][colourType] ?? 1);
  const passBytes = (columns: number, rows: number) =>
    columns > 0 && rows > 0 ? rows * (1 + Math.ceil((columns * bits) / 8)) : 0;
  if (!isInterlaced) return passBytes(width, height);
  return passes.reduce<number>(
    (sum, [x, y, dx, dy]) => sum + passBytes(Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)),
    0,
  );
}

/**
 * CRC-32 of ISO 3309 of each chunk of `essence`, bit by bit: for files that fast-png, which checks them, is not given.
 * @throws FormatError for a chunk whose checksum is another.
 */
export function checkChecksums(essence: Uint8Array<ArrayBuffer>, name: string): void {
  const view = new DataView(essence.buffer);
  for (let at = 8; at < essence.length;) {
    const end = at + 8 + view.getUint32(at);
    let crc = -1;
    for (let i = at + 4; i < end; i++) {
      crc ^= essence[i];
      for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    const type = String.fromCharCode(...essence.subarray(at + 4, at + 8));
    if ((crc ^ -1) >>> 0 !== view.getUint32(end))
      throw new FormatError(`${name}: expected a chunk ("${type}") of the checksum that stands behind it, got another: its bytes were changed`); // prettier-ignore
    at = end + 4;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const printable = (type: string) => type.replace(/[^\x20-\x7e]/g, "?");
