// JPEG of 8 bits, baseline, extended and progressive (ITU-T T.81), decoded by libjpeg-turbo.
import factory from "@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs";
import { codecBase64 } from "#codecs/jpeg-8bit";
import { codecOf } from "./instance.ts";
import type { FrameShape, Samples } from "./samples.ts";

const codec = codecOf(factory, codecBase64, "JPEGDecoder");

/** Colours that the stream says are YCbCr come as RGB, others as they are. */
export async function decodeJpeg8(bytes: Uint8Array, shape: FrameShape): Promise<Samples> {
  return { data: await codec.decode(bytes, shape), photometric: null };
}
