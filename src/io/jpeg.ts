// JPEG files as images, gray or RGB; as they are stored, whatever EXIF says of turning them.
import type { Image } from "../data/image.ts";
import { FormatError } from "../errors.ts";
import { CodecError } from "./codecs/samples.ts";
import { checkJpegSize, readJpegHeader } from "./jpeg-header.ts";
import type { WholeSource } from "./whole.ts";

/** @throws FormatError for a stream that is broken or cut off, has more than 8 bits (12 in gray), or four colours. */
export async function readJpeg({ bytes, name }: WholeSource, maximumBytes: number): Promise<Image> {
  try {
    const header = readJpegHeader(bytes);
    const { process, bits, width, height, colours, end } = header;
    const isWide = process === 1 && bits === 12 && colours === 1;
    if (!isWide && (process > 2 || bits !== 8))
      throw new CodecError(
        `expected a JPEG of 8 bits (baseline or progressive), or gray of 12, got process ${process} of ${bits} bits`,
      );
    if (colours !== 1 && colours !== 3)
      throw new CodecError(`expected gray or RGB, got ${colours} colours. Save it as RGB.`);
    checkJpegSize(header);
    // A progressive image is held as coefficients of two bytes, then as pixels, twice.
    const bytesEach = isWide ? 2 : process === 2 ? 5 / 4 : 1;
    if (width * height * colours * bytesEach > maximumBytes)
      throw new CodecError(`expected at most ${maximumBytes} bytes of pixels, got ${width}x${height}x${colours}. If that is right, raise maximumBytes (--maximum-bytes).`); // prettier-ignore
    const decode = isWide
      ? (await import("./codecs/jpeg-12bit.ts")).decodeJpeg12
      : (await import("./codecs/jpeg-8bit.ts")).decodeJpeg8;
    const { data } = await decode(bytes.subarray(0, end), { width, height, colours });
    return {
      format: "jpeg",
      pixels: data,
      shape: colours === 3 ? [height, width, 3] : [height, width],
      colours,
      spacing: null,
      unit: "unknown",
      affine: null,
      rescale: { slope: 1, intercept: 0 },
      frameRescales: null,
      modalityTable: null,
      windows: [],
      photometric: colours === 3 ? "RGB" : "MONOCHROME2",
      palette: null,
      bigEndian: false,
      dicom: null,
    };
  } catch (cause) {
    throw cause instanceof CodecError ? new FormatError(`${name}: ${cause.message}`, { cause }) : cause;
  }
}
