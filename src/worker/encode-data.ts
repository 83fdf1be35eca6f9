// Descriptions as they are sent: addresses whole, arrays copied or moved.
import type { DataDescription, StorageDescription } from "./descriptions.ts";
import { buffersOf, encode } from "./encode.ts";
import type { Sent } from "./encode.ts";

/** @throws TypeError for what cannot be sent. */
export function encodeData(described: DataDescription, at: string): { sent: Sent; transfer: readonly ArrayBuffer[] } {
  // What is no description is refused where the data would be made.
  if (typeof described !== "object") return { sent: encode(described, at), transfer: [] };
  const sent = encode(withWholeAddress(described), at);
  const sets = "train" in described ? [described.train, described.validation, described.test] : [described];
  const moved = sets.flatMap((set) => ("arrays" in set && set.transfer ? buffersOf({ ...set.arrays }) : []));
  return { sent, transfer: [...new Set(moved)] };
}

/** An address is the page's: the worker has another one to begin from. */
function withWholeAddress(described: DataDescription): DataDescription {
  const { location } = globalThis as { location?: { href: string } };
  if (!("npz" in described) || typeof described.npz !== "string" || !location) return described;
  return { ...described, npz: new URL(described.npz, location.href) };
}

/** @throws TypeError for a storage that was made here. */
export function checkDescribed(storage: StorageDescription | undefined): void {
  if (storage === undefined || storage === "memory") return;
  if (typeof storage === "object" && !("read" in storage)) return;
  throw new TypeError(
    'storage: expected "memory", { opfs: name } or { folder: path }, got one that was made here: its functions cannot be ' +
      "sent to a worker",
  );
}
