// Images that other libraries hold, taken by their structure: no package of theirs is needed.
import { isLittleEndian, reverseElements } from "../endian.ts";
import { kindOf } from "../kind.ts";
import { ownArray } from "../own-bytes.ts";
import type { Image, StoredPixels } from "./image.ts";

/** Row by row: the nine numbers one behind the other, or three rows. */
export type DirectionCosines = ArrayLike<number> | readonly ArrayLike<number>[];

/** Voxels with x fastest; places as ITK has them (millimetres to the left, posterior, superior). */
export interface ArrayStructure {
  readonly data: StoredPixels | Uint8ClampedArray;
  /** x first. */
  readonly dims: ArrayLike<number>;
  readonly spacing?: ArrayLike<number>;
  /** The place of the first voxel. */
  readonly origin?: ArrayLike<number>;
  /** Column by axis. */
  readonly direction?: DirectionCosines;
}

/** What itk-wasm gives. */
export interface ItkStructure {
  readonly imageType: { readonly components: number; readonly pixelType?: string };
  readonly size: ArrayLike<number>;
  readonly spacing: ArrayLike<number>;
  readonly origin: ArrayLike<number>;
  readonly direction: DirectionCosines;
  readonly data: unknown;
}

/** What nifti-reader-js gives: readHeader and readImage. */
export interface NiftiStructure {
  readonly header: {
    readonly dims: ArrayLike<number>;
    readonly pixDims: ArrayLike<number>;
    readonly datatypeCode: number;
    readonly littleEndian: boolean;
    readonly scl_slope: number;
    readonly scl_inter: number;
    readonly affine?: readonly ArrayLike<number>[];
    readonly xyzt_units?: number;
  };
  readonly image: ArrayBuffer;
}

/** What a canvas gives. */
export interface PictureStructure {
  readonly data: Uint8ClampedArray | Uint8Array;
  readonly width: number;
  readonly height: number;
}

export type ImageStructure = ArrayStructure | ItkStructure | NiftiStructure | PictureStructure;

/**
 * An image of what another library holds: `{ data, dims, spacing?, origin?, direction? }`, an image of itk-wasm, header
 * and buffer of nifti-reader-js, an ImageData. Data is kept, not copied, except where its bytes must change their order.
 *
 * @throws TypeError for another structure; RangeError where lengths disagree.
 * @example
 * ```ts
 * import { fromStructure } from "voxgrad";
 *
 * const image = fromStructure({ data: new Int16Array(24), dims: [4, 3, 2], spacing: [0.5, 0.5, 3] });
 * console.log(image.shape, image.spacing); // [ 2, 3, 4 ] [ 0.5, 0.5, 3 ]
 * ```
 */
export function fromStructure(value: ImageStructure): Image {
  if (typeof value !== "object" || value === null) throw unknown(value);
  if ("header" in value) return ofNifti(value);
  if ("imageType" in value) {
    const { size, imageType, ...rest } = value;
    if (imageType.pixelType === "Complex")
      throw new RangeError("fromStructure: expected real numbers as pixels, got Complex. Take the real part or the magnitude."); // prettier-ignore
    return ofArray({ ...rest, dims: size, data: rest.data as StoredPixels }, imageType.components);
  }
  if ("dims" in value) return ofArray(value, null);
  if ("width" in value && "height" in value) return ofArray({ data: value.data, dims: [value.width, value.height] }, 4);
  throw unknown(value);
}

function unknown(value: unknown): TypeError {
  const got = typeof value === "object" && value !== null ? `{ ${Object.keys(value).join(", ")} }` : String(value);
  return new TypeError(
    "fromStructure: expected { data, dims }, an image of itk-wasm, { header, image } of nifti-reader-js or an ImageData, " +
      `got ${got}`,
  );
}

function ofArray({ data, dims, spacing, origin, direction }: ArrayStructure, components: number | null): Image {
  const pixels = pixelsOf(data);
  const lengths = lengthsOf(dims);
  const voxels = lengths.reduce((product, length) => product * length, 1);
  const colours = components ?? pixels.length / voxels;
  checkLength(pixels.length, lengths, colours);
  const distances = spacing ? Array.from(spacing) : null;
  if (distances && distances.length !== lengths.length)
    throw new RangeError(
      `fromStructure: expected a spacing for each of ${lengths.length} axes, got ${distances.length}`,
    );
  if (distances && !distances.every((distance) => distance > 0 && distance < Infinity))
    throw new RangeError(
      `fromStructure: expected spacings above 0, got [${distances.join(", ")}]. Leave spacing out where it is not known.`,
    );
  checkPlace(lengths.length, origin, direction);
  const isPlaced = origin !== undefined || direction !== undefined;
  return {
    ...bare,
    pixels,
    shape: shapeOf(lengths, colours),
    colours,
    spacing: distances,
    unit: distances ? "mm" : "unknown",
    affine: isPlaced && lengths.length <= 3 ? affineOf(lengths.length, distances, origin, direction) : null,
    photometric: photometricOf(colours),
  };
}

const bare = {
  format: "array",
  rescale: { slope: 1, intercept: 0 },
  frameRescales: null,
  modalityTable: null,
  windows: [],
  palette: null,
  bigEndian: false,
  dicom: null,
} as const;

const photometricOf = (colours: number) => ["MONOCHROME2", "GRAYA", "RGB", "RGBA"][colours - 1];

function pixelsOf(data: unknown): StoredPixels {
  const own = ownArray(data);
  if (own instanceof Uint8ClampedArray) return new Uint8Array(own.buffer, own.byteOffset, own.length);
  if (stored.some((type) => own instanceof type)) return own as StoredPixels;
  throw new TypeError(`fromStructure: expected data as a typed array such as Int16Array, got ${kindOf(data)}`);
}

const stored = [
  Uint8Array,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  BigUint64Array,
  BigInt64Array,
  Float32Array,
  Float64Array,
] as const;

function lengthsOf(dims: ArrayLike<number>): number[] {
  const lengths = Array.from(dims);
  if (lengths.length > 0 && lengths.every((length) => Number.isSafeInteger(length) && length >= 1)) return lengths;
  throw new RangeError(`fromStructure: expected dimensions of at least 1, x first, got [${lengths.join(", ")}]`);
}

function checkLength(length: number, lengths: readonly number[], colours: number): void {
  const voxels = lengths.reduce((product, size) => product * size, 1);
  if ([1, 2, 3, 4].includes(colours) && length === voxels * colours) return;
  throw new RangeError(
    `fromStructure: expected 1 to 4 values for each of ${lengths.join("x")} voxels, got ${length} values`,
  );
}

const shapeOf = (lengths: readonly number[], colours: number) =>
  colours > 1 ? [...[...lengths].reverse(), colours] : [...lengths].reverse();

/** A number for each axis as origin (a slice may have three), for each pair of axes as direction, all finite. */
function checkPlace(
  axes: number,
  origin: ArrayLike<number> | undefined,
  direction: DirectionCosines | undefined,
): void {
  const fail = (what: string, got: readonly number[]): never => {
    throw new RangeError(`fromStructure: expected ${what}, got [${got.join(", ")}]`);
  };
  const place = origin && Array.from(origin);
  if (place && !(place.length >= axes && place.every(Number.isFinite)))
    fail(`an origin of ${axes} finite numbers`, place);
  const cosines = direction && Array.from(direction as ArrayLike<number | ArrayLike<number>>, (row) => (typeof row === "number" ? [row] : Array.from(row))).flat(); // prettier-ignore
  if (cosines && !(cosines.length === axes * axes && cosines.every(Number.isFinite)))
    fail(`a direction of ${axes}x${axes} finite numbers`, cosines);
}

/** Columns are directions times spacings, then the origin; to the right and anterior instead of left and posterior. */
function affineOf(
  axes: number,
  spacing: readonly number[] | null,
  origin: ArrayLike<number> = [],
  direction: DirectionCosines = [],
) {
  const rows = direction as ArrayLike<number | ArrayLike<number>>;
  const cosine = (row: number, column: number): number => {
    if (row >= axes || column >= axes || rows.length === 0) return row === column ? 1 : 0;
    const first = rows[typeof rows[0] === "number" ? row * axes + column : row];
    return typeof first === "number" ? first : first[column];
  };
  const sign = [-1, -1, 1];
  return [
    ...sign.map((s, row) => [
      ...[0, 1, 2].map((column) => s * cosine(row, column) * (spacing?.[column] ?? 1) || 0),
      s * (origin[row] ?? 0) || 0,
    ]),
    [0, 0, 0, 1],
  ];
}

type Maker = new (buffer: ArrayBuffer, byteOffset: number, length: number) => StoredPixels;

/** By NIfTI's datatype: the type, and how many values a voxel has. */
const niftiTypes: ReadonlyMap<number, readonly [make: Maker, colours: number]> = new Map<number, [Maker, number]>([
  [2, [Uint8Array, 1]],
  [4, [Int16Array, 1]],
  [8, [Int32Array, 1]],
  [16, [Float32Array, 1]],
  [64, [Float64Array, 1]],
  [128, [Uint8Array, 3]],
  [256, [Int8Array, 1]],
  [512, [Uint16Array, 1]],
  [768, [Uint32Array, 1]],
  [1024, [BigInt64Array, 1]],
  [1280, [BigUint64Array, 1]],
  [2304, [Uint8Array, 4]],
]);

const niftiUnits: Readonly<Record<number, Image["unit"]>> = { 1: "m", 2: "mm", 3: "um" };

function ofNifti({ header, image }: NiftiStructure): Image {
  const { datatypeCode, littleEndian, scl_slope: slope, scl_inter: intercept, affine, xyzt_units: units = 0 } = header;
  const type = niftiTypes.get(datatypeCode);
  if (!type)
    throw new RangeError(`fromStructure: expected a NIfTI datatype of whole or real numbers, got ${datatypeCode}`);
  const [make, colours] = type;
  const lengths = lengthsOf(Array.from(header.dims).slice(1, 1 + header.dims[0]));
  const count = lengths.reduce((product, length) => product * length, colours);
  const { BYTES_PER_ELEMENT: width } = make as unknown as { readonly BYTES_PER_ELEMENT: number };
  if (image.byteLength < count * width) checkLength(Math.floor(image.byteLength / width), lengths, colours);
  const isOwnOrder = width === 1 || littleEndian === isLittleEndian();
  const bytes = isOwnOrder ? image : reverseElements(new Uint8Array(image.slice(0, count * width)), width).buffer;
  // A slope of 0, or one that is no number, says that nothing is scaled (nifti1.h).
  const isScaled = Number.isFinite(slope) && slope !== 0 && Number.isFinite(intercept);
  return {
    ...bare,
    pixels: new make(bytes, 0, count),
    shape: shapeOf(lengths, colours),
    colours,
    spacing: Array.from(header.pixDims).slice(1, 1 + lengths.length),
    unit: niftiUnits[units & 7] ?? "unknown",
    affine: affine ? affine.map((row) => Array.from(row)) : null,
    rescale: isScaled ? { slope, intercept } : bare.rescale,
    photometric: photometricOf(colours),
    bigEndian: !littleEndian,
  };
}
