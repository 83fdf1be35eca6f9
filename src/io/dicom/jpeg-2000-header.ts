// The segments of a JPEG 2000 codestream (ITU-T T.800, annex A): what it holds, before a decoder is let at it.
import { CodecError } from "../codecs/samples.ts";

export interface CodestreamHeader {
  readonly width: number;
  readonly height: number;
  readonly colours: number;
  readonly bits: number;
  readonly isSigned: boolean;
  /** Where the codestream begins: not at 0 where it lies in a JP2 box. */
  readonly start: number;
}

/** As many tiles as the standard allows. */
const mostTiles = 65535;

/** @throws CodecError for what is no codestream, or claims what none may. */
export function readCodestreamHeader(bytes: Uint8Array<ArrayBuffer>): CodestreamHeader {
  const start = findCodestream(bytes);
  const fail = (at: number, what: string): never => {
    throw new CodecError(`expected ${what} at byte ${at} of the JPEG 2000 stream`);
  };
  if (start < 0) return fail(0, "ff 4f ff 51");
  if (bytes.length < start + 45) return fail(start, `a header of 45 bytes, got ${bytes.length - start}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, bytes.byteLength - start);
  const [right, bottom, left, top, tileWidth, tileHeight, tileLeft, tileTop] = Array.from({ length: 8 }, (_, i) =>
    view.getUint32(8 + 4 * i),
  );
  const colours = view.getUint16(40);
  const [width, height] = [right - left, bottom - top];
  if (!(width >= 1 && height >= 1)) fail(start + 8, `a width and height of at least 1, got ${width}x${height}`);
  const tiles = Math.ceil((right - tileLeft) / tileWidth) * Math.ceil((bottom - tileTop) / tileHeight);
  if (!(tiles >= 1 && tiles <= mostTiles)) fail(start + 24, `1 to ${mostTiles} tiles, got ${tiles}`);
  if (!(colours >= 1 && colours <= 4 && start + 42 + 3 * colours <= bytes.length))
    fail(start + 40, `1 to 4 components, got ${colours}`);
  const [depth] = [view.getUint8(42)];
  for (let i = 0; i < colours; i++) {
    if (view.getUint8(42 + 3 * i) !== depth) fail(start + 42 + 3 * i, "components of one depth");
    if (view.getUint16(43 + 3 * i) !== 0x0101) fail(start + 43 + 3 * i, "components of full size (1x1)");
  }
  const bits = (depth & 127) + 1;
  if (bits > 16) fail(start + 42, `at most 16 bits, got ${bits}`);
  checkTileParts(view, fail);
  return { width, height, colours, bits, isSigned: depth > 127, start };
}

/** Decoders take what is missing at the end for 0: each part of a tile (SOT) says how long it is. */
function checkTileParts(view: DataView, fail: (at: number, what: string) => never): void {
  let at = 2;
  for (let isMain = true; ;) {
    if (at + 2 > view.byteLength) fail(at, "an end marker (ff d9), got the end: the stream is cut off");
    const marker = view.getUint16(at);
    if (marker === 0xffd9 && !isMain) return;
    if (at + 12 > view.byteLength) fail(at, "a segment, got the end: the stream is cut off");
    if (marker !== 0xff90) {
      const length = view.getUint16(at + 2);
      if (!isMain || marker < 0xff00 || length < 2)
        fail(at, `a segment, got ${marker.toString(16)} of ${length} bytes`);
      at += 2 + length;
      continue;
    }
    isMain = false;
    const length = view.getUint32(at + 6);
    // The last part may leave open how long it is: to the end marker.
    const end = length === 0 ? view.byteLength - 2 : at + length;
    if ((length !== 0 && length < 14) || end > view.byteLength)
      fail(at, `a part of a tile within the stream, got one of ${length} bytes: the stream is cut off`);
    at = end;
    // Bytes that fill a fragment up to an even length stand behind the end marker.
    if (length === 0 && view.getUint16(at) !== 0xffd9 && view.getUint16(at - 1) === 0xffd9) return;
  }
}

function findCodestream(bytes: Uint8Array): number {
  const isJp2 = bytes[4] === 0x6a && bytes[5] === 0x50;
  const last = isJp2 ? Math.min(bytes.length - 4, 65536) : 0;
  for (let at = 0; at <= last; at++)
    if (bytes[at] === 0xff && bytes[at + 1] === 0x4f && bytes[at + 2] === 0xff && bytes[at + 3] === 0x51) return at;
  return -1;
}
