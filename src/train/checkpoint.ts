// A run at a step as bytes, and back: what is needed to go on to the last bit, with a SHA-256 inside.
import { FormatError } from "../errors.ts";
import { readSafetensors, writeSafetensors } from "../io/safetensors.ts";
import { sha256 } from "../storage/sha256.ts";
import type { RunState } from "./progress.ts";

const noHash = "0".repeat(64);

/** A safetensors file whose metadata holds the progress, and the SHA-256 of the file with 64 zeros in its place. */
export async function encodeCheckpoint(state: RunState): Promise<Uint8Array<ArrayBuffer>> {
  const tensors = new Map([...state.tensors].map(([name, data]) => [name, { shape: [data.length], data }]));
  const progress = JSON.stringify(state.progress);
  const bytes = writeSafetensors(tensors, { sha256: noHash, progress });
  const hash = new TextEncoder().encode(await sha256(bytes));
  bytes.set(hash, placeOfHash(bytes));
  return bytes;
}

/** Where the 64 digits stand: the first value of the metadata, which is the first entry of the header at byte 8. */
function placeOfHash(bytes: Uint8Array): number {
  const before = `{"__metadata__":{"sha256":"`;
  const head = new TextDecoder().decode(bytes.subarray(8, 8 + before.length));
  if (head !== before) throw new FormatError(`checkpoint: expected its SHA-256 at byte 8, got ${JSON.stringify(head)}`);
  return 8 + before.length;
}

/**
 * Reads what encodeCheckpoint wrote.
 * @throws FormatError when a single bit is not as it was written.
 */
export async function decodeCheckpoint(bytes: Uint8Array, name: string): Promise<RunState> {
  const { tensors, metadata } = readSafetensors(bytes, name);
  const progress = metadata.get("progress");
  const hash = metadata.get("sha256");
  if (progress === undefined || hash === undefined) {
    throw new FormatError(`${name}: expected a checkpoint with its progress and SHA-256, got a file without`);
  }
  const blank = bytes.slice();
  blank.set(new TextEncoder().encode(noHash), placeOfHash(blank));
  if ((await sha256(blank)) !== hash)
    throw new FormatError(`${name}: expected the SHA-256 ${hash}, got another: the file was changed or cut off`);
  return {
    progress: JSON.parse(progress) as RunState["progress"],
    tensors: new Map([...tensors].map(([tensor, { data }]) => [tensor, data])),
  };
}
