// Lossless JPEG (ITU-T T.81, process 14), decoded by jpeg-lossless-decoder-js.
import { Decoder } from "jpeg-lossless-decoder-js";
import { CodecError } from "./samples.ts";
import type { FrameShape, Samples } from "./samples.ts";

export function decodeJpegLossless(bytes: Uint8Array, { width, height, colours }: FrameShape): Promise<Samples> {
  const decoder = new Decoder();
  let data: Uint8Array | Uint16Array;
  try {
    const own = bytes.slice();
    data = decoder.decode(own.buffer, 0, own.length);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CodecError(`expected bytes that decode, but ${reason}`, { cause });
  }
  // It stops at a marker where there should be pixels, and says nothing.
  if (decoder.yLoc < height)
    throw new CodecError(`expected ${height} rows, got ${decoder.yLoc}: it is cut off or broken`);
  // The decoder makes twice as many elements as there are pixels of 16 bits.
  const length = width * height * colours;
  if (data.length < length) throw new CodecError(`expected ${length} values decoded, got ${data.length}`);
  return Promise.resolve({ data: data.subarray(0, length), photometric: null });
}
