// Pixels that are not packed (PS3.5 section 8): bits, bytes or words in a row, as numbers.
import type { Element } from "dicom-parser";
import type { StoredPixels } from "../../data/image.ts";
import { FormatError } from "../../errors.ts";
import { readNumbers } from "../byte-order.ts";
import { tagOf } from "./elements.ts";
import { elementsOf } from "./pixel-description.ts";
import type { PixelDescription } from "./pixel-description.ts";

/** @throws FormatError when there are fewer bytes than the frames take. */
export function nativePixels(
  bytes: Uint8Array<ArrayBuffer>,
  { tag, vr, dataOffset, length }: Element,
  description: PixelDescription,
  isLittle: boolean,
  name: string,
): StoredPixels {
  const { bitsAllocated, type, photometric, colours, width, height, frames } = description;
  const count = elementsOf(description);
  // Of each two pixels only one colour difference is kept.
  const isHalved = photometric === "YBR_FULL_422" && colours === 3 && bitsAllocated === 8;
  const values = isHalved ? (count / 3) * 2 : count;
  const wanted = bitsAllocated === 1 ? Math.ceil(count / 8) : values * (bitsAllocated / 8);
  const there = Math.min(length, bytes.length - dataOffset);
  if (wanted > there)
    throw new FormatError(
      `${name}: expected ${wanted} bytes in ${tagOf(tag)} at byte ${dataOffset} for ${frames} frames of ${width}x${height}x${colours} of ${bitsAllocated} bits, got ${there}`,
    );
  const body = bytes.subarray(dataOffset, dataOffset + wanted);
  if (bitsAllocated === 1) return bits(body, count);
  if (isHalved) return doubled(body, count);
  // Bytes in big-endian words stand in pairs the wrong way round.
  if (bitsAllocated === 8 && !isLittle && vr === "OW") return swappedPairs(bytes, dataOffset, wanted);
  return readNumbers(body, type, isLittle);
}

/** The first pixel stands in the lowest bit; frames follow each other without a gap. */
function bits(packed: Uint8Array, count: number): Uint8Array {
  const pixels = new Uint8Array(count);
  for (let i = 0; i < count; i++) pixels[i] = (packed[i >> 3] >> (i & 7)) & 1;
  return pixels;
}

/** Y Y Cb Cr of two neighbours as Y Cb Cr of each. */
function doubled(packed: Uint8Array, count: number): Uint8Array {
  const pixels = new Uint8Array(count);
  for (let from = 0, to = 0; from + 3 < packed.length; from += 4, to += 6) {
    const [first, second, blueness, redness] = packed.subarray(from, from + 4);
    pixels.set([first, blueness, redness, second, blueness, redness], to);
  }
  return pixels;
}

function swappedPairs(bytes: Uint8Array, start: number, length: number): Uint8Array {
  const pixels = new Uint8Array(length);
  for (let i = 0; i < length; i++) pixels[i] = bytes[start + (i ^ 1)] ?? 0;
  return pixels;
}
