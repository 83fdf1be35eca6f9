// JPEG of one colour, sequential, of 12 bits (ITU-T T.81, process 4): decoded here, as no small package does it rightly.
import { huffmanTable, ScanBits } from "./huffman.ts";
import type { HuffmanTable } from "./huffman.ts";
import { inverseDct } from "./inverse-dct.ts";
import { CodecError } from "./samples.ts";
import type { FrameShape, Samples } from "./samples.ts";

/** Where each coefficient, in the order of the stream, stands in its block of 8x8   (figure A.6). */
const zigzag = [
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55,
  62, 63,
]; // prettier-ignore

interface Scan {
  readonly bits: number;
  readonly quantization: Float64Array;
  readonly first: HuffmanTable;
  readonly others: HuffmanTable;
  readonly restartInterval: number;
  /** Where its bits begin. */
  readonly start: number;
}

/** @param bytes a stream whose segments are known to lie within it (readJpegHeader). */
export function decodeJpeg12(bytes: Uint8Array, { width, height, colours }: FrameShape): Promise<Samples> {
  if (colours !== 1) throw new CodecError(`expected one colour in a JPEG of 12 bits, got ${colours}`);
  const scan = readScan(bytes);
  const { bits, quantization, first, others, restartInterval, start } = scan;
  const data = new Uint16Array(width * height);
  const reader = new ScanBits(bytes, start);
  const block = new Float64Array(64);
  const rows = new Float64Array(64);
  const [middle, most] = [1 << (bits - 1), (1 << bits) - 1];
  const across = Math.ceil(width / 8);
  const blocks = across * Math.ceil(height / 8);
  let previous = 0;
  for (let i = 0; i < blocks; i++) {
    if (restartInterval > 0 && i > 0 && i % restartInterval === 0) {
      reader.restart((i / restartInterval - 1) % 8);
      previous = 0;
    }
    block.fill(0);
    previous += reader.signed(reader.symbol(first) & 15);
    block[0] = previous * quantization[0];
    for (let k = 1; k < 64; k++) {
      const symbol = reader.symbol(others);
      const length = symbol & 15;
      // 00 ends the block, f0 stands for 16 zeros.
      if (length === 0 && symbol < 0xf0) break;
      k += symbol >> 4;
      if (k > 63) throw new CodecError(`expected 64 coefficients in block ${i}, got more`);
      if (length > 0) block[zigzag[k]] = reader.signed(length) * quantization[k];
    }
    inverseDct(block, rows);
    const [left, top] = [(i % across) * 8, Math.floor(i / across) * 8];
    for (let y = top; y < Math.min(top + 8, height); y++)
      for (let x = left; x < Math.min(left + 8, width); x++)
        data[y * width + x] = Math.min(most, Math.max(0, Math.round(block[(y - top) * 8 + x - left] + middle)));
  }
  return Promise.resolve({ data, photometric: null });
}

/** The tables and the one scan of the stream. */
function readScan(bytes: Uint8Array): Scan {
  const short = (at: number) => (bytes[at] << 8) | bytes[at + 1];
  const quantizations: (Float64Array | undefined)[] = [];
  const tables: (HuffmanTable | undefined)[] = [];
  let [bits, table, restartInterval] = [8, 0, 0];
  for (let at = 2; at + 4 <= bytes.length;) {
    const marker = bytes[at + 1];
    if (marker === 0xff) {
      at++;
      continue;
    }
    const [start, end] = [at + 4, at + 2 + short(at + 2)];
    if (marker === 0xdb) readQuantizations(bytes, start, end, quantizations);
    if (marker === 0xc4) readHuffman(bytes, start, end, tables);
    if (marker === 0xdd) restartInterval = short(start);
    if (marker === 0xc0 || marker === 0xc1) [bits, table] = [bytes[start], bytes[start + 8] & 3];
    if (marker === 0xc2) throw new CodecError("expected a sequential JPEG of 12 bits, got a progressive one");
    at = end;
    if (marker !== 0xda) continue;
    const [quantization, first, others] = [quantizations[table], tables[bytes[start + 2] >> 4], tables[16 + (bytes[start + 2] & 15)]]; // prettier-ignore
    if (!quantization || !first || !others) throw new CodecError("expected the tables that the scan names, got none");
    return { bits, quantization, first, others, restartInterval, start: end };
  }
  throw new CodecError("expected a scan in the JPEG stream, got none");
}

function readQuantizations(bytes: Uint8Array, start: number, end: number, into: (Float64Array | undefined)[]): void {
  for (let at = start; at < end;) {
    const width = bytes[at] >> 4 ? 2 : 1;
    if (at + 1 + 64 * width > end) throw new CodecError(`expected 64 divisors at byte ${at} of the JPEG stream`);
    const first = at + 1;
    into[bytes[at] & 3] = Float64Array.from({ length: 64 }, (_, k) =>
      width === 1 ? bytes[first + k] : (bytes[first + 2 * k] << 8) | bytes[first + 2 * k + 1],
    );
    at += 1 + 64 * width;
  }
}

/** Tables of the first coefficient by their number, those of the others from 16 on. */
function readHuffman(bytes: Uint8Array, start: number, end: number, into: (HuffmanTable | undefined)[]): void {
  for (let at = start; at < end;) {
    const counts = bytes.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (at + 17 + total > end) throw new CodecError(`expected ${total} Huffman codes at byte ${at} of the JPEG stream`);
    into[(bytes[at] >> 4 ? 16 : 0) + (bytes[at] & 15)] = huffmanTable(counts, bytes.subarray(at + 17, at + 17 + total));
    at += 17 + total;
  }
}
