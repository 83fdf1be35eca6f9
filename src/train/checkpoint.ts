// A run at a step as bytes, and back: what is needed to go on to the last bit, with a SHA-256 inside.
import { FormatError } from "../errors.ts";
import { readSafetensors, writeSafetensors } from "../io/safetensors.ts";
import { sha256 } from "../storage/sha256.ts";
import { parseProgress } from "./check-progress.ts";
import type { RunState } from "./progress.ts";

/** A run's state, and whose it is. */
export interface Checkpoint extends RunState {
  /** SHA-256 of the settings that the run goes by: another run's state is of no use to it. */
  readonly settingsSha256: string;
}

/** The figures of a hundred thousand epochs; a checkpoint that claims more was not written here. */
const mostHeaderBytes = 100_000_000;
const noHash = "0".repeat(64);

/** A safetensors file whose metadata holds the progress, and the SHA-256 of the file with 64 zeros in its place. */
export async function encodeCheckpoint(state: RunState, settingsSha256 = noHash): Promise<Uint8Array<ArrayBuffer>> {
  const tensors = new Map([...state.tensors].map(([name, data]) => [name, { shape: [data.length], data }]));
  const progress = JSON.stringify(state.progress);
  const bytes = writeSafetensors(tensors, { sha256: noHash, settings: settingsSha256, progress }, mostHeaderBytes);
  const hash = new TextEncoder().encode(await sha256(bytes));
  bytes.set(hash, placeOfHash(bytes, "checkpoint"));
  return bytes;
}

/** Where the 64 digits stand: the first value of the metadata, which is the first entry of the header at byte 8. */
function placeOfHash(bytes: Uint8Array, name: string): number {
  const before = `{"__metadata__":{"sha256":"`;
  const head = new TextDecoder().decode(bytes.subarray(8, 8 + before.length));
  if (head !== before) throw new FormatError(`${name}: expected its SHA-256 at byte 8, got ${JSON.stringify(head)}`);
  return 8 + before.length;
}

/**
 * Reads what encodeCheckpoint wrote.
 * @param name stands in error messages.
 * @throws FormatError when a single bit is not as it was written, or what was written is no run's state.
 */
export async function decodeCheckpoint(bytes: Uint8Array, name: string): Promise<Checkpoint> {
  const { tensors, metadata } = readSafetensors(bytes, name, mostHeaderBytes);
  const progress = metadata.get("progress");
  const settingsSha256 = metadata.get("settings");
  const hash = metadata.get("sha256");
  if (progress === undefined || settingsSha256 === undefined || hash === undefined) {
    throw new FormatError(`${name}: expected a checkpoint with its progress, settings and SHA-256, got a file without`);
  }
  const blank = bytes.slice();
  blank.set(new TextEncoder().encode(noHash), placeOfHash(blank, name));
  if ((await sha256(blank)) !== hash)
    throw new FormatError(`${name}: expected the SHA-256 ${hash}, got another: the file was changed or cut off`);
  return {
    settingsSha256,
    progress: parseProgress(progress, name),
    tensors: new Map([...tensors].map(([tensor, { data }]) => [tensor, data])),
  };
}
