// What an image is known by: the SHA-256 of its pixels as they are stored, with its label and mask.
import { littleEndianBytes } from "../endian.ts";
import { sha256 } from "../storage/sha256.ts";
import type { Pixels } from "./dataset.ts";

/** SHA-256 in hex over the pixels' type (a Buffer's is Uint8Array) and little-endian bytes, the label and the mask. */
export function imageDigest(pixels: Pixels, label: number | null, mask: Uint8Array | null): Promise<string> {
  const head = new TextEncoder().encode(
    `${pixels[Symbol.toStringTag]} ${pixels.length} ${label ?? "none"} ${mask?.length ?? 0}\n`,
  );
  const bytes = new Uint8Array(head.length + pixels.byteLength + (mask?.length ?? 0));
  bytes.set(head);
  bytes.set(littleEndianBytes(pixels), head.length);
  if (mask) bytes.set(mask, head.length + pixels.byteLength);
  return sha256(bytes);
}
