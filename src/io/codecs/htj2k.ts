// High-throughput JPEG 2000 (ITU-T T.814), decoded by OpenJPH.
import factory from "@cornerstonejs/codec-openjph/wasmjs";
import { codecBase64 } from "#codecs/htj2k";
import { codecOf } from "./instance.ts";
import type { FrameShape, Samples } from "./samples.ts";

const codec = codecOf(factory, codecBase64, "HTJ2KDecoder");

export async function decodeHtj2k(bytes: Uint8Array, shape: FrameShape): Promise<Samples> {
  return { data: await codec.decode(bytes, shape), photometric: null };
}
