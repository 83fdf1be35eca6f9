// JPEG 2000, reversible and not (ITU-T T.800), decoded by OpenJPEG.
import factory from "@cornerstonejs/codec-openjpeg/decodewasmjs";
import { codecBase64 } from "#codecs/jpeg-2000";
import { codecOf } from "./instance.ts";
import type { FrameShape, Samples } from "./samples.ts";

const codec = codecOf(factory, codecBase64, "J2KDecoder");

/** The decoder undoes the transform of colours that the stream names; whether there was one, its header says. */
export async function decodeJpeg2000(bytes: Uint8Array, shape: FrameShape): Promise<Samples> {
  return { data: await codec.decode(bytes, shape), photometric: null };
}
