// JPEG-LS, lossless and near-lossless (ITU-T T.87), decoded by CharLS.
import factory from "@cornerstonejs/codec-charls/decodewasmjs";
import { codecBase64 } from "#codecs/jpeg-ls";
import { codecOf } from "./instance.ts";
import type { FrameShape, Samples } from "./samples.ts";

const codec = codecOf(factory, codecBase64, "JpegLSDecoder");

export async function decodeJpegLs(bytes: Uint8Array, shape: FrameShape): Promise<Samples> {
  return { data: await codec.decode(bytes, shape), photometric: null };
}
