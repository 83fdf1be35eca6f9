// What DICOM says of its pixels (PS3.3 C.7.6.3): size, frames, colours, bits.
import { FormatError } from "../../errors.ts";
import type { NumberType } from "../byte-order.ts";
import type { Attributes } from "./attributes.ts";
import { tagOf } from "./elements.ts";

export interface PixelDescription {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly colours: number;
  readonly photometric: string;
  readonly bitsAllocated: 1 | 8 | 16 | 32 | 64;
  readonly bitsStored: number;
  /** Where the lowest bit of a pixel stands in what is allocated for it. */
  readonly lowBit: number;
  readonly isSigned: boolean;
  /** Whether colours stand plane by plane in each frame. */
  readonly isPlanar: boolean;
  /** As pixels are held; a single bit as uint8. */
  readonly type: NumberType;
}

/** @throws FormatError naming the tag of what is missing or makes no image. */
export function describePixels(attributes: Attributes): PixelDescription {
  const { name } = attributes;
  const fail = (tag: string, what: string): never => {
    throw new FormatError(`${name}: expected ${what} in ${tagOf(tag)}`);
  };
  const size = (tag: string) => {
    const value = attributes.short(tag);
    return value !== null && value >= 1 ? value : fail(tag, `at least 1 row and column, got ${value ?? "none"}`);
  };
  const [height, width] = [size("x00280010"), size("x00280011")];
  const colours = attributes.short("x00280002") ?? 1;
  if (colours !== 1 && colours !== 3 && colours !== 4) fail("x00280002", `1, 3 or 4 samples a pixel, got ${colours}`);
  const frames = attributes.decimal("x00280008") ?? 1;
  if (!(Number.isSafeInteger(frames) && frames >= 1)) fail("x00280008", `a whole number of frames, got ${frames}`);
  const photometric = attributes.text("x00280004") ?? "";
  if (photometric === "") fail("x00280004", "a photometric interpretation, got none");

  const float = attributes.has("x7fe00008") ? "float32" : attributes.has("x7fe00009") ? "float64" : null;
  if (float) {
    const bits = float === "float32" ? 32 : 64;
    return { width, height, frames, colours, photometric, bitsAllocated: bits, bitsStored: bits, lowBit: 0, isSigned: true, isPlanar: false, type: float }; // prettier-ignore
  }
  const bitsAllocated = attributes.short("x00280100") ?? 0;
  if (bitsAllocated !== 1 && bitsAllocated !== 8 && bitsAllocated !== 16 && bitsAllocated !== 32)
    return fail("x00280100", `1, 8, 16 or 32 bits allocated, got ${bitsAllocated || "none"}`);
  const bitsStored = attributes.short("x00280101") ?? bitsAllocated;
  if (!(bitsStored >= 1 && bitsStored <= bitsAllocated))
    fail("x00280101", `1 to ${bitsAllocated} bits stored, got ${bitsStored}`);
  const highBit = attributes.short("x00280102") ?? bitsStored - 1;
  if (!(highBit >= bitsStored - 1 && highBit < bitsAllocated))
    fail("x00280102", `a high bit from ${bitsStored - 1} to ${bitsAllocated - 1}, got ${highBit}`);
  const representation = attributes.short("x00280103") ?? 0;
  if (representation > 1) fail("x00280103", `a pixel representation of 0 or 1, got ${representation}`);
  const isSigned = representation === 1;
  const width8 = Math.max(8, bitsAllocated);
  return {
    ...{ width, height, frames, colours, photometric, bitsAllocated, bitsStored, isSigned },
    lowBit: highBit + 1 - bitsStored,
    isPlanar: colours > 1 && attributes.short("x00280006") === 1,
    type: `${isSigned ? "" : "u"}int${width8}` as NumberType,
  };
}

/** Elements of all frames. */
export function elementsOf({ width, height, frames, colours }: PixelDescription): number {
  return width * height * frames * colours;
}
