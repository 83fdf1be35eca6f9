// One packed frame as samples: which decoder it needs, and whether its own header agrees with DICOM's.
import { CodecError } from "../codecs/samples.ts";
import type { Samples } from "../codecs/samples.ts";
import { checkJpegSize, readJpegHeader } from "../jpeg-header.ts";
import type { JpegHeader } from "../jpeg-header.ts";
import { readCodestreamHeader } from "./jpeg-2000-header.ts";
import type { PixelDescription } from "./pixel-description.ts";

/** @throws CodecError for a stream that disagrees with the description, or does not decode. */
export async function decodeFrame(
  packed: Uint8Array<ArrayBuffer>,
  packing: "jpeg" | "jpeg-2000" | "htj2k",
  description: PixelDescription,
): Promise<Samples> {
  if (packing === "jpeg") return decodeJpeg(packed, description);
  const header = readCodestreamHeader(packed);
  checkAgreement(header, description);
  const stream = packed.subarray(header.start);
  const { data } = await (packing === "htj2k"
    ? (await import("../codecs/htj2k.ts")).decodeHtj2k(stream, description)
    : (await import("../codecs/jpeg-2000.ts")).decodeJpeg2000(stream, description));
  // Signed bytes must keep their sign in the words that DICOM may allocate.
  const samples = header.isSigned && data instanceof Uint8Array ? Uint16Array.from(new Int8Array(data.buffer)) : data;
  return { data: samples, photometric: /^YBR_(RCT|ICT)$/.test(description.photometric) ? "RGB" : null };
}

async function decodeJpeg(packed: Uint8Array<ArrayBuffer>, description: PixelDescription): Promise<Samples> {
  const header = readJpegHeader(packed);
  const { process, bits, colours, end } = header;
  checkAgreement(header, description);
  checkJpegSize(header);
  const stream = packed.subarray(0, end);
  if (process === 0x37) return (await import("../codecs/jpeg-ls.ts")).decodeJpegLs(stream, description);
  if (process === 3) {
    // What the decoder would read as something else.
    if (header.scanColours !== colours || header.pointTransform !== 0 || (colours > 1 && bits > 8))
      throw new CodecError(`expected lossless JPEG in one scan, without a point transform, of gray or of 8 bits, got ${header.scans} scans, transform ${header.pointTransform}, ${colours} colours of ${bits} bits`); // prettier-ignore
    return (await import("../codecs/jpeg-lossless.ts")).decodeJpegLossless(stream, description);
  }
  if (process > 2) throw new CodecError(`expected baseline, extended, progressive or lossless JPEG, got process ${process}`); // prettier-ignore
  if (bits === 12) return (await import("../codecs/jpeg-12bit.ts")).decodeJpeg12(stream, description);
  if (bits !== 8) throw new CodecError(`expected JPEG of 8 or 12 bits, got ${bits}`);
  const { decodeJpeg8 } = await import("../codecs/jpeg-8bit.ts");
  if (colours !== 3) return decodeJpeg8(stream, description);
  const { transform, photometric } = coloursOf(header, description);
  const { data } = await decodeJpeg8(withColourTransform(stream, header, transform), description);
  return { data, photometric };
}

/**
 * What three colours are: JFIF's and Adobe's segments say it of the stream, DICOM of the image. Pixels are kept as they are
 * stored, as in every other packing, and converted only where DICOM says RGB of a stream that says YCbCr.
 */
function coloursOf(
  { isJfif, adobeTransform }: JpegHeader,
  { photometric }: PixelDescription,
): { readonly transform: 0 | 1; readonly photometric: "RGB" | null } {
  const isYbr = isJfif || (adobeTransform === null ? photometric !== "RGB" : adobeTransform !== 0);
  if (!isYbr) return { transform: 0, photometric: "RGB" };
  return photometric === "RGB" ? { transform: 1, photometric } : { transform: 0, photometric: null };
}

/** The stream with a segment of Adobe's alone to say whether its colours are to be converted (1) or kept (0). */
function withColourTransform(stream: Uint8Array, { colourSegments }: JpegHeader, transform: 0 | 1): Uint8Array {
  const adobe = Uint8Array.of(0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, transform);
  const named = new Uint8Array(stream.length + adobe.length);
  let [from, to] = [2, 0];
  const copy = (part: Uint8Array) => {
    named.set(part, to);
    to += part.length;
  };
  copy(stream.subarray(0, 2));
  copy(adobe);
  for (const [start, end] of colourSegments) {
    copy(stream.subarray(from, start));
    from = end;
  }
  copy(stream.subarray(from));
  return named.subarray(0, to);
}

interface StreamShape {
  readonly width: number;
  readonly height: number;
  readonly colours: number;
  readonly bits: number;
}

function checkAgreement(stream: StreamShape, description: PixelDescription): void {
  const { width, height, colours, bitsAllocated } = description;
  if (stream.width !== width || stream.height !== height || stream.colours !== colours)
    throw new CodecError(`expected a stream of ${width}x${height}x${colours} as (0028,0010), (0028,0011) and (0028,0002) say, got ${stream.width}x${stream.height}x${stream.colours}`); // prettier-ignore
  if (stream.bits > bitsAllocated)
    throw new CodecError(`expected a stream of at most ${bitsAllocated} bits as (0028,0100) says, got ${stream.bits}`);
}
