// PNG files as images: gray, RGB, with alpha or a palette, of 1 to 16 bits; pixels are decoded by fast-png.
import type { Image, Palette } from "../data/image.ts";
import { FormatError } from "../errors.ts";
import { deflateLimit, inflate } from "./inflate.ts";
import { pixelsOfPasses } from "./png-adam7.ts";
import { checkChecksums, readPngChunks, unpackedBytes } from "./png-chunks.ts";
import type { PngHeader } from "./png-chunks.ts";
import type { WholeSource } from "./whole.ts";

/** Bytes behind the last pixel that some encoders leave; more is a bomb. */
const mostLeftOver = 65536;

/** @throws FormatError for a file that is broken, cut off, has another checksum, or holds more or less than it says. */
export async function readPng({ bytes, name }: WholeSource, maximumBytes: number): Promise<Image> {
  const { header, data, palette: colourTable, essence } = readPngChunks(bytes, name);
  const { width, height, depth, colourType } = header;
  const colours = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[colourType] ?? 1;
  const wanted = unpackedBytes(header);
  const packed = data.reduce((sum, { length }) => sum + length, 0);
  const decodedBytes = width * height * colours * (depth === 16 ? 2 : 1);
  if (Math.max(wanted, decodedBytes) > maximumBytes)
    throw new FormatError(`${name}: expected at most ${maximumBytes} bytes of pixels, got ${width}x${height} of ${depth} bits`); // prettier-ignore
  if (wanted > packed * deflateLimit + 64)
    throw new FormatError(`${name}: expected pixels that ${packed} packed bytes can hold, got ${width}x${height} of ${depth} bits`); // prettier-ignore
  const isLowPasses = header.isInterlaced && depth < 8;
  const unpacked = await checkUnpacked(data, packed, wanted, name, !isLowPasses);
  if (isLowPasses) checkChecksums(essence, name);
  const decoded = isLowPasses ? null : await decodedBy(essence, name);
  const pixels =
    decoded === null
      ? pixelsOfPasses(unpacked, header, name)
      : depth < 8
        ? spread(decoded as Uint8Array, header)
        : decoded;
  const palette = colourTable && paletteOf(colourTable);
  checkIndices(palette, pixels, name);
  return {
    format: "png",
    pixels,
    shape: colours > 1 ? [height, width, colours] : [height, width],
    colours,
    spacing: null,
    unit: "unknown",
    affine: null,
    rescale: { slope: 1, intercept: 0 },
    frameRescales: null,
    modalityTable: null,
    windows: [],
    photometric: { 0: "MONOCHROME2", 2: "RGB", 3: "PALETTE COLOR", 4: "GRAYA", 6: "RGBA" }[colourType] ?? "",
    palette,
    bigEndian: depth === 16,
    dicom: null,
  };
}

async function decodedBy(essence: Uint8Array, name: string): Promise<Uint8Array | Uint16Array> {
  const { decode } = await import("fast-png");
  try {
    return decode(essence, { checkCrc: true }).data as Uint8Array | Uint16Array;
  } catch (cause) {
    throw new FormatError(`${name}: expected a PNG that decodes, but ${(cause as Error).message}`, { cause });
  }
}

/** fast-png takes missing pixels for 0, does not look at zlib's checksum and unpacks what there is: so all is counted first. */
async function checkUnpacked(
  data: readonly Uint8Array[],
  packed: number,
  wanted: number,
  name: string,
  countOnly: boolean,
): Promise<Uint8Array> {
  const whole = new Uint8Array(packed);
  let at = 0;
  for (const part of data) {
    whole.set(part, at);
    at += part.length;
  }
  const maximumBytes = wanted + mostLeftOver;
  const { bytes, size } = await inflate(whole, {
    packing: "zlib",
    maximumBytes,
    headerBytes: maximumBytes,
    name,
    countOnly,
    expectedBytes: wanted,
  });
  if (size < wanted) throw new FormatError(`${name}: expected ${wanted} bytes of pixels unpacked, got ${size}`);
  return bytes;
}

/** Pixels of less than 8 bits stand several to a byte, the first in the high bits; each line begins with a new byte. */
function spread(packed: Uint8Array, { width, height, depth }: PngHeader): Uint8Array {
  const lineBytes = Math.ceil((width * depth) / 8);
  const pixels = new Uint8Array(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      const byte = packed[y * lineBytes + (bit >> 3)];
      pixels[y * width + x] = (byte >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
    }
  return pixels;
}

function paletteOf(colours: Uint8Array): Palette {
  const table = (index: number) => ({ first: 0, values: colours.filter((_, i) => i % 3 === index) });
  return { bits: 8, red: table(0), green: table(1), blue: table(2) };
}

function checkIndices(palette: Palette | null, pixels: Uint8Array | Uint16Array, name: string): void {
  if (!palette) return;
  const { length } = palette.red.values;
  const bad = length < 256 ? pixels.findIndex((index) => index >= length) : -1;
  if (bad >= 0)
    throw new FormatError(`${name}: expected indices into ${length} colours, got ${pixels[bad]} at pixel ${bad}`);
}
