// Changes to valid bytes that a broken or hostile file may show: lengths, offsets, cuts, splices, repeats, bits.
import type { Draws } from "./draws.ts";

/** Numbers at which lengths, dimensions and offsets go over an edge. */
const edges = [
  0, 1, 2, 7, 8, 127, 128, 255, 256, 32767, 32768, 65534, 65535, 65536, 8388607, 16777215, 16777216, 2147483646,
  2147483647, 2147483648, 4294967294, 4294967295,
]; // prettier-ignore
const realEdges = [0, -0, 1, -1, 0.5, 1e-45, 1e38, -1e38, NaN, Infinity, -Infinity, 2147483648, 1e300];
const texts = ["", "0", "-1", "65535", "4294967296", "1e308", "NaN", "\\", "\0", "99999999999999999999", "1.5", "\ufeff", '"', "../"]; // prettier-ignore

/** One to four changes, or now and then nothing but noise. @param others whose parts may be spliced in. */
export function mutated(original: Uint8Array, others: readonly Uint8Array[], draws: Draws): Uint8Array<ArrayBuffer> {
  if (draws.chance(0.01)) return noise(draws);
  let bytes = Uint8Array.from(original);
  for (let left = 1 + draws.below(4); left > 0; left--) bytes = changed(bytes, others, draws);
  return bytes;
}

function noise(draws: Draws): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: draws.below(600) }, () => draws.below(256));
}

/** Headers are small: half of all changes fall into the first 512 bytes, or the last 64. */
function placeIn(bytes: Uint8Array, draws: Draws): number {
  if (draws.chance(0.1)) return Math.max(0, bytes.length - 1 - draws.below(64));
  return draws.below(Math.max(1, draws.chance(0.5) ? Math.min(512, bytes.length) : bytes.length));
}

function changed(bytes: Uint8Array<ArrayBuffer>, others: readonly Uint8Array[], draws: Draws): Uint8Array<ArrayBuffer> {
  const at = placeIn(bytes, draws);
  const view = new DataView(bytes.buffer);
  const fits = (width: number) => at + width <= bytes.length;
  switch (draws.below(14)) {
    case 0:
      if (fits(1)) bytes[at] ^= 1 << draws.below(8);
      return bytes;
    case 1:
      if (fits(1)) bytes[at] = draws.below(256);
      return bytes;
    case 2:
      for (let left = 1 + draws.below(16); left > 0; left--) bytes[draws.below(bytes.length)] = draws.below(256);
      return bytes;
    case 3:
      if (fits(2)) view.setUint16(at, draws.pick(edges) & 65535, draws.chance(0.5));
      return bytes;
    case 4:
      if (fits(4)) view.setUint32(at, draws.pick(edges), draws.chance(0.5));
      return bytes;
    case 5:
      if (fits(8)) view.setBigInt64(at, BigInt(draws.pick(edges)) * (draws.chance(0.3) ? -1n : 1n), draws.chance(0.5));
      return bytes;
    case 6:
      if (fits(8) && draws.chance(0.5)) view.setFloat64(at, draws.pick(realEdges), draws.chance(0.5));
      else if (fits(4)) view.setFloat32(at, draws.pick(realEdges), draws.chance(0.5));
      return bytes;
    case 7:
      return bytes.slice(0, at);
    case 8:
      return joined(bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + 1 + draws.below(64))));
    case 9: {
      const part = bytes.subarray(at, at + 1 + draws.below(64));
      return joined(bytes.subarray(0, at), part, ...(draws.chance(0.1) ? new Array<Uint8Array>(50).fill(part) : [part]), bytes.subarray(at)); // prettier-ignore
    }
    case 10: {
      const other = draws.pick(others);
      const from = placeIn(other, draws);
      return joined(bytes.subarray(0, at), other.subarray(from, draws.chance(0.5) ? from + 32 : undefined));
    }
    case 11:
      return bytes.fill(draws.pick([0, 255, 32, 48]), at, at + 1 + draws.below(32));
    case 12:
      return withOtherDigit(bytes, at, draws);
    default:
      return joined(bytes.subarray(0, at), new TextEncoder().encode(draws.pick(texts)), bytes.subarray(at));
  }
}

/** Numbers that stand as text: the next digit becomes another. */
function withOtherDigit(bytes: Uint8Array<ArrayBuffer>, at: number, draws: Draws): Uint8Array<ArrayBuffer> {
  const found = bytes.findIndex((byte, i) => i >= at && byte >= 48 && byte <= 57);
  if (found >= 0) bytes[found] = draws.pick([48, 49, 57, 45, 46, 101, 48 + draws.below(10)]);
  return bytes;
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
