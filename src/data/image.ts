// One image as its file holds it: pixels as stored, and what turns them into values at places in the body.

/** Pixels as a file stores them. */
export type StoredPixels =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

export type PixelType =
  "uint8" | "int8" | "uint16" | "int16" | "uint32" | "int32" | "uint64" | "int64" | "float32" | "float64";

/** value = slope * stored + intercept */
export interface Rescale {
  readonly slope: number;
  readonly intercept: number;
}

/** What to show of the values: from dark to light within `width` about `center`, by a function of DICOM (PS3.3 C.11.2.1). */
export interface Window {
  readonly center: number;
  readonly width: number;
  readonly shape: "LINEAR" | "LINEAR_EXACT" | "SIGMOID";
  readonly explanation: string;
}

/** What a table's numbers are for stored values from `first` on; values beside the table take its ends. */
export interface Table {
  readonly first: number;
  readonly values: ArrayLike<number>;
}

/** Red, green and blue by stored value, each of `bits` bits. */
export interface Palette {
  readonly bits: 8 | 16;
  readonly red: Table;
  readonly green: Table;
  readonly blue: Table;
}

/** What DICOM says of where an image comes from; empty texts where it is silent. */
export interface DicomOrigin {
  readonly transferSyntax: string;
  readonly modality: string;
  readonly patient: string;
  readonly study: string;
  readonly series: string;
  readonly instance: string;
  readonly instanceNumber: number | null;
  /** The centre of the first pixel, in millimetres to the left, posterior and superior; null where it is not said. */
  readonly position: readonly number[] | null;
  /** Direction cosines along a row and along a column. */
  readonly orientation: readonly number[] | null;
  /** Gray per unit of an RT dose grid; not applied to values, which are the modality's. */
  readonly doseGridScaling: number | null;
}

/** A plain value; nothing in it is to be changed. */
export interface Image {
  readonly format: "nifti1" | "nifti2" | "dicom" | "png" | "jpeg" | "array";
  /** Row-major as `shape` says, so that x is fastest, but for colours. */
  readonly pixels: StoredPixels;
  /** Slowest index first: `[frames, height, width]`, `[height, width, 3]` with colours last. */
  readonly shape: readonly number[];
  /** Values of one pixel: 1, or the last length of `shape`. */
  readonly colours: number;
  /** Distance of neighbours along each axis, x first, colours not counted; null where the file does not say. */
  readonly spacing: readonly number[] | null;
  /** What spacing and affine count; a time axis has a unit of its own. */
  readonly unit: "mm" | "m" | "um" | "unknown";
  /** 4x4, from indices (x, y, z) to places to the right, anterior and superior; null where the file does not say. */
  readonly affine: readonly (readonly number[])[] | null;
  readonly rescale: Rescale;
  /** One for each frame (first axis), where frames differ; null where `rescale` holds for all. */
  readonly frameRescales: readonly Rescale[] | null;
  /** DICOM's modality table, in the place of `rescale`; null where there is none. */
  readonly modalityTable: Table | null;
  readonly windows: readonly Window[];
  /** "MONOCHROME1" (low is light), "MONOCHROME2", "RGB", "PALETTE COLOR", "YBR_FULL", "RGBA", "GRAYA". */
  readonly photometric: string;
  readonly palette: Palette | null;
  /** Whether the file's numbers are stored with the high byte first; `pixels` is in the machine's order. */
  readonly bigEndian: boolean;
  readonly dicom: DicomOrigin | null;
}

/** The name of the type that pixels are stored in. */
export function pixelTypeOf({ pixels }: { readonly pixels: StoredPixels }): PixelType {
  const name = pixels[Symbol.toStringTag].toLowerCase();
  return name.replace(/^big/, "").replace(/array$/, "") as PixelType;
}

/** Voxels of one frame, colours not counted. */
function frameLengthOf({ shape, colours }: Image, length: number): number {
  const frames = shape.length - (colours > 1 ? 1 : 0) > 2 ? shape[0] : 1;
  return length / frames;
}

/**
 * The values as numbers, after slope and intercept (or DICOM's modality rescale or table), in the order of `pixels`.
 * Each is slope * stored + intercept in float64, rounded once where `into` is a Float32Array.
 *
 * @param into as many elements as there are pixels; made when it is left out.
 * @throws RangeError when `into` has another length.
 * @example
 * ```ts
 * import { valuesOf } from "voxgrad";
 * import type { Image } from "voxgrad";
 *
 * const mean = (image: Image) => valuesOf(image).reduce((sum, value) => sum + value, 0) / image.pixels.length;
 * ```
 */
export function valuesOf(image: Image, into?: Float64Array): Float64Array;
export function valuesOf(image: Image, into: Float32Array): Float32Array;
export function valuesOf(
  image: Image,
  into: Float32Array | Float64Array = new Float64Array(image.pixels.length),
): Float32Array | Float64Array {
  const { pixels, frameRescales, modalityTable: table } = image;
  if (into.length !== pixels.length)
    throw new RangeError(`valuesOf: expected room for ${pixels.length} values, got ${into.length}`);
  if (table) {
    const last = table.values.length - 1;
    for (let i = 0; i < into.length; i++)
      into[i] = table.values[Math.min(Math.max(Number(pixels[i]) - table.first, 0), last)];
    return into;
  }
  const size = frameRescales ? frameLengthOf(image, pixels.length) : pixels.length;
  const rescales = frameRescales ?? [image.rescale];
  rescales.forEach(({ slope, intercept }, frame) => {
    const end = (frame + 1) * size;
    if (pixels instanceof BigInt64Array || pixels instanceof BigUint64Array)
      for (let i = frame * size; i < end; i++) into[i] = Number(pixels[i]) * slope + intercept;
    else for (let i = frame * size; i < end; i++) into[i] = pixels[i] * slope + intercept;
  });
  return into;
}
