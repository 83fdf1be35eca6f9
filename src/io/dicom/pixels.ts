// DICOM's pixels as numbers, native or packed: frame by frame, colours last, bits that are no pixel's taken off.
import type { StoredPixels } from "../../data/image.ts";
import { FormatError } from "../../errors.ts";
import { numberTypes, readNumbers } from "../byte-order.ts";
import { CodecError } from "../codecs/samples.ts";
import { decodeFrame } from "./decode-frame.ts";
import { tagOf } from "./elements.ts";
import type { DicomFile } from "./elements.ts";
import { framesOf } from "./frames.ts";
import { nativePixels } from "./native-pixels.ts";
import { elementsOf } from "./pixel-description.ts";
import type { PixelDescription } from "./pixel-description.ts";
import { decodeRle } from "./rle.ts";

export interface DicomPixels {
  readonly pixels: StoredPixels;
  /** What the colours mean now, where a decoder changed it. */
  readonly photometric: string;
}

/** Packed frames whose pixels take no more than this are not held to a ratio. */
const harmlessBytes = 67108864;
const mostRatio = 1000;

/** What a decoder takes for each value of a frame at most, its result included: measured, and rounded up. */
const decoderBytes = { rle: 3, jpeg: 5, "jpeg-2000": 10, htj2k: 4 } as const;

/** @throws FormatError for missing pixels, ones that are cut off, and frames that do not decode (by their number). */
export async function readPixels(
  { name, dataSet, syntax }: DicomFile,
  description: PixelDescription,
  maximumBytes: number,
): Promise<DicomPixels> {
  const element = dataSet.elements.x7fe00010 ?? dataSet.elements.x7fe00008 ?? dataSet.elements.x7fe00009;
  if (!element || element.length === 0)
    throw new FormatError(`${name}: expected pixels in (7fe0,0010), got none: it is no image, or cut off`);
  const { photometric, frames, type, bitsAllocated } = description;
  const bytes = dataSet.byteArray;
  const wanted = elementsOf(description) * numberTypes[type].BYTES_PER_ELEMENT;
  if (!(wanted <= maximumBytes))
    throw new FormatError(`${name}: expected at most ${maximumBytes} bytes of pixels, got ${wanted}. If that is right, raise maximumBytes (--maximum-bytes).`); // prettier-ignore
  if (syntax.pixels === "native") {
    if (element.encapsulatedPixelData)
      throw new FormatError(`${name}: expected pixels of a known length in ${tagOf(element.tag)} for ${syntax.name}, got packed ones`); // prettier-ignore
    const pixels = nativePixels(bytes, element, description, syntax.isLittle, name);
    return { pixels: cleaned(pixelByPixel(pixels, description), description), photometric };
  }
  if (bitsAllocated === 1 || bitsAllocated > 16)
    if (syntax.pixels !== "rle" || bitsAllocated === 1)
      throw new FormatError(`${name}: expected 8 or 16 bits in (0028,0100) for ${syntax.name}, got ${bitsAllocated}`);
  const decoding = (elementsOf(description) / frames) * decoderBytes[syntax.pixels];
  if (decoding > 4 * maximumBytes)
    throw new FormatError(`${name}: expected frames that ${syntax.name} decodes in 4 times ${maximumBytes} bytes, got ones that take ${decoding}. If that is right, raise maximumBytes (--maximum-bytes).`); // prettier-ignore
  const packed = framesOf(bytes, element, frames, name);
  const packedBytes = packed.reduce((sum, { length }) => sum + length, 0);
  if (wanted > harmlessBytes && wanted > mostRatio * packedBytes)
    throw new FormatError(`${name}: expected pixels that ${packedBytes} packed bytes can hold, got ${wanted} bytes`);
  const pixels = new numberTypes[type](elementsOf(description));
  const size = pixels.length / frames;
  let meaning: string | null = null;
  for (let frame = 0; frame < frames; frame++) {
    try {
      if (syntax.pixels === "rle")
        pixels.set(readNumbers(decodeRle(packed[frame], description), type, true) as never, frame * size);
      else {
        const samples = await decodeFrame(packed[frame], syntax.pixels, description);
        pixels.set(samples.data as never, frame * size);
        meaning ??= samples.photometric;
      }
    } catch (cause) {
      if (!(cause instanceof CodecError)) throw cause;
      throw new FormatError(`${name}: frame ${frame} (${syntax.name}): ${cause.message}`, { cause });
    }
  }
  return { pixels: cleaned(pixels, description), photometric: meaning ?? photometric };
}

/** Colours that stand plane by plane in each frame, pixel by pixel. */
function pixelByPixel(planes: StoredPixels, { isPlanar, colours, frames }: PixelDescription): StoredPixels {
  if (!isPlanar) return planes;
  const pixels = planes.slice() as Uint8Array;
  const frameSize = planes.length / frames;
  const size = frameSize / colours;
  for (let frame = 0; frame < frames; frame++)
    for (let colour = 0; colour < colours; colour++)
      for (let i = 0; i < size; i++)
        pixels[frame * frameSize + i * colours + colour] = planes[frame * frameSize + colour * size + i] as number;
  return pixels;
}

/** Only the bits stored are the pixel's: above and below there may be overlays, or a sign that stops halfway. */
function cleaned(
  pixels: StoredPixels,
  { bitsAllocated, bitsStored, lowBit, isSigned }: PixelDescription,
): StoredPixels {
  if (bitsStored >= bitsAllocated || pixels instanceof Float32Array || pixels instanceof Float64Array) return pixels;
  // Pixels may be a view of the caller's bytes.
  const own = pixels.slice() as Uint16Array;
  const above = 32 - bitsStored - lowBit;
  const unused = 32 - bitsStored;
  for (let i = 0; i < own.length; i++) own[i] = isSigned ? (own[i] << above) >> unused : (own[i] << above) >>> unused;
  return own;
}
