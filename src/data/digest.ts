// What an image is known by: the SHA-256 of its pixels as they are stored, with its label and mask.
import { sha256 } from "../storage/sha256.ts";
import type { Pixels } from "./dataset.ts";

/** SHA-256 in hex over the pixels' type (a Buffer's is Uint8Array) and little-endian bytes, the label and the mask. */
export function imageDigest(pixels: Pixels, label: number | null, mask: Uint8Array | null): Promise<string> {
  const head = new TextEncoder().encode(
    `${pixels[Symbol.toStringTag]} ${pixels.length} ${label ?? "none"} ${mask?.length ?? 0}\n`,
  );
  const bytes = new Uint8Array(head.length + pixels.byteLength + (mask?.length ?? 0));
  bytes.set(head);
  bytes.set(littleEndian(pixels), head.length);
  if (mask) bytes.set(mask, head.length + pixels.byteLength);
  return sha256(bytes);
}

function littleEndian(pixels: Pixels): Uint8Array {
  const bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength).slice();
  const isLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  const width = pixels.BYTES_PER_ELEMENT;
  if (isLittle || width === 1) return bytes;
  for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
  return bytes;
}
