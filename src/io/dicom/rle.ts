// DICOM's run-length coding (PS3.5 annex G): a frame as planes of bytes, each packed as in TIFF's PackBits.
import { CodecError } from "../codecs/samples.ts";
import type { PixelDescription } from "./pixel-description.ts";

const headerBytes = 64;

/** One frame, little-endian, colours pixel by pixel. @throws CodecError when a plane is cut off, missing or broken. */
export function decodeRle(
  packed: Uint8Array,
  { width, height, colours, bitsAllocated }: PixelDescription,
): Uint8Array<ArrayBuffer> {
  const elementBytes = bitsAllocated / 8;
  const planes = colours * elementBytes;
  if (!Number.isInteger(elementBytes))
    throw new CodecError(`expected whole bytes to a pixel, got ${bitsAllocated} bits`);
  if (packed.length < headerBytes)
    throw new CodecError(`expected a header of ${headerBytes} bytes, got ${packed.length}`);
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const count = view.getUint32(0, true);
  if (count !== planes) throw new CodecError(`expected ${planes} planes of bytes, got ${count}`);
  const size = width * height;
  // Two bytes make at most 128.
  if (size * planes > 64 * packed.length)
    throw new CodecError(
      `expected pixels that ${packed.length} bytes can hold, got ${width}x${height} of ${planes} bytes`,
    );
  const frame = new Uint8Array(size * planes);
  for (let plane = 0; plane < planes; plane++) {
    const start = view.getUint32(4 + 4 * plane, true);
    const end = plane + 1 < planes ? view.getUint32(8 + 4 * plane, true) : packed.length;
    if (start < headerBytes || start > end || end > packed.length)
      throw new CodecError(`expected plane ${plane} within ${packed.length} bytes, got ${start} to ${end}`);
    // Of each colour the highest byte comes first.
    const colour = Math.floor(plane / elementBytes);
    const byte = elementBytes - 1 - (plane % elementBytes);
    const got = unpackPlane(packed, start, end, frame, colour * elementBytes + byte, planes);
    if (got < size) throw new CodecError(`expected ${size} bytes in plane ${plane}, got ${got}: it is cut off`);
  }
  return frame;
}

/** n from 0 to 127: the next n + 1 bytes as they are; 129 to 255: the next byte 257 - n times; 128: nothing. */
function unpackPlane(
  packed: Uint8Array,
  start: number,
  end: number,
  into: Uint8Array,
  first: number,
  step: number,
): number {
  let to = first;
  let at = start;
  while (at < end && to < into.length) {
    const n = packed[at++];
    if (n === 128) continue;
    const length = n < 128 ? n + 1 : 257 - n;
    if (at + (n < 128 ? length : 1) > end) break;
    for (let i = 0; i < length && to < into.length; i++, to += step) into[to] = packed[n < 128 ? at + i : at];
    at += n < 128 ? length : 1;
  }
  return (to - first) / step;
}
