// The segments of a JPEG (ITU-T T.81) or JPEG-LS (T.87) stream: what it holds, before a decoder is let at it.
import { CodecError } from "./codecs/samples.ts";

export interface JpegHeader {
  /** SOF's number: 0 baseline, 1 extended, 2 progressive, 3 lossless; 0x37 is JPEG-LS. */
  readonly process: number;
  readonly bits: number;
  readonly width: number;
  readonly height: number;
  readonly colours: number;
  readonly scans: number;
  /** Colours of the first scan, and its last byte but one: the point transform of a lossless one. */
  readonly scanColours: number;
  readonly pointTransform: number;
  readonly isJfif: boolean;
  /** The transform of colours that Adobe's segment names: 0 none, 1 YCbCr, 2 YCCK; null without. */
  readonly adobeTransform: number | null;
  /** Where the segments of JFIF and Adobe lie, with their markers: what says of colours what they are. */
  readonly colourSegments: readonly (readonly [start: number, end: number])[];
  /** Where the stream ends, behind its end marker. */
  readonly end: number;
}

/** More scans than any encoder writes, each of which a decoder walks the whole image for. */
const mostScans = 100;

/** @throws CodecError naming the byte, for what is no whole JPEG stream of one frame. */
export function readJpegHeader(bytes: Uint8Array): JpegHeader {
  const fail = (at: number, what: string): never => {
    throw new CodecError(`expected ${what} at byte ${at} of the JPEG stream`);
  };
  const short = (at: number) => (bytes[at] << 8) | bytes[at + 1];
  if (bytes.length < 4 || short(0) !== 0xffd8) fail(0, "ff d8");
  let frame: Pick<JpegHeader, "process" | "bits" | "width" | "height" | "colours"> | null = null;
  let [scans, scanColours, pointTransform, isJfif] = [0, 0, 0, false];
  let adobeTransform: number | null = null;
  const colourSegments: (readonly [number, number])[] = [];
  let at = 2;
  for (;;) {
    if (at + 2 > bytes.length) fail(at, "a marker, got the end: the stream is cut off");
    if (bytes[at] !== 0xff) fail(at, `a marker, got ${bytes[at].toString(16)}`);
    const marker = bytes[at + 1];
    if (marker === 0xff) {
      at++;
      continue;
    }
    at += 2;
    if (marker === 0xd9) break;
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) continue;
    if (marker < 0xc0 && marker !== 0x01) fail(at - 2, `a marker, got ff ${marker.toString(16)}`);
    const length = at + 2 <= bytes.length ? short(at) : 0;
    if (length < 2 || at + length > bytes.length) fail(at, `a segment within the stream, got one of ${length} bytes`);
    if (marker === 0xc8 || marker === 0xcc || (marker >= 0xc9 && marker <= 0xcf))
      fail(at - 2, `Huffman coding of one frame, got marker ff ${marker.toString(16)} (arithmetic, or reserved)`);
    if ((marker >= 0xc0 && marker <= 0xc7 && marker !== 0xc4) || marker === 0xf7) {
      if (frame) fail(at - 2, "one frame, got a second");
      if (length < 8) fail(at, `a frame header of 8 bytes or more, got ${length}`);
      frame = { process: marker - 0xc0, bits: bytes[at + 2], height: short(at + 3), width: short(at + 5), colours: bytes[at + 7] }; // prettier-ignore
      if (length !== 8 + 3 * frame.colours) fail(at, `${8 + 3 * frame.colours} bytes for ${frame.colours} colours, got ${length}`); // prettier-ignore
      if (!(frame.width > 0 && frame.height > 0)) fail(at + 3, `a width and height of at least 1, got ${frame.width}x${frame.height}`); // prettier-ignore
    }
    if (marker === 0xe0 && length >= 7) isJfif ||= textAt(bytes, at + 2, 5) === "JFIF\0";
    if (marker === 0xee && length >= 14 && textAt(bytes, at + 2, 5) === "Adobe") adobeTransform = bytes[at + 13];
    if (marker === 0xe0 || marker === 0xee) colourSegments.push([at - 2, at + length]);
    at += length;
    if (marker !== 0xda) continue;
    if (!frame) return fail(at - length, "a frame before its first scan");
    if (++scans > mostScans) fail(at - length, `at most ${mostScans} scans, got more`);
    if (scans === 1) [scanColours, pointTransform] = [bytes[at - length + 2], bytes[at - 1] & 15];
    at = endOfScan(bytes, at);
  }
  if (!frame || scans === 0) return fail(at - 2, "a frame and a scan before the end marker");
  return { ...frame, scans, scanColours, pointTransform, isJfif, adobeTransform, colourSegments, end: at };
}

/** The next marker that is no restart; ff 00 (in JPEG-LS ff 00 to ff 7f) stands for data. */
function endOfScan(bytes: Uint8Array, start: number): number {
  for (let at = start; at + 1 < bytes.length; at++) {
    if (bytes[at] !== 0xff) continue;
    const marker = bytes[at + 1];
    if (marker >= 0x80 && marker !== 0xff && !(marker >= 0xd0 && marker <= 0xd7)) return at;
  }
  return bytes.length;
}

function textAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

/**
 * Huffman coding spends a bit on each block of 8x8 at least once, so a byte holds 8 blocks; lossless coding a bit on each
 * pixel. JPEG-LS can say of a line that it is like the last in one bit: there only very large images are held to a ratio.
 * @throws CodecError for a stream that claims more pixels than its bytes can hold.
 */
export function checkJpegSize({ process, width, height, end }: JpegHeader): void {
  const most = process === 3 ? 8 * end : process === 0x37 ? Math.max(67108864, 4096 * end) : 512 * end;
  if (width * height > most)
    throw new CodecError(`expected pixels that ${end} bytes can hold, got ${width}x${height}: it is cut off, or lies`);
}
