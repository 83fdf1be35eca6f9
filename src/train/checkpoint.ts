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
  const bytes = writeSafetensors(tensors, { progress, sha256: noHash });
  return writeSafetensors(tensors, { progress, sha256: await sha256(bytes) });
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
  const blank = writeSafetensors(tensors, { progress, sha256: noHash });
  const whole = writeSafetensors(tensors, { progress, sha256: hash });
  const isSame = whole.length === bytes.length && whole.every((byte, i) => byte === bytes[i]);
  if (!isSame || (await sha256(blank)) !== hash)
    throw new FormatError(`${name}: expected the SHA-256 ${hash}, got another: the file was changed or cut off`);
  return {
    progress: JSON.parse(progress) as RunState["progress"],
    tensors: new Map([...tensors].map(([tensor, { data }]) => [tensor, data])),
  };
}
