// The headers of NIfTI-1 (348 bytes) and NIfTI-2 (540 bytes): field by field, checked as nibabel checks them.
import { FormatError } from "../errors.ts";
import { numberTypes } from "./byte-order.ts";
import type { NumberType } from "./byte-order.ts";

export interface NiftiHeader {
  readonly version: 1 | 2;
  readonly isLittle: boolean;
  /** Whether pixels stand in a file of their own (.img). */
  readonly isPair: boolean;
  /** x first. */
  readonly dimensions: readonly number[];
  readonly type: NumberType;
  readonly colours: 1 | 3 | 4;
  /** pixdim[0], which holds the sign of z in a quaternion form, and the distances along each axis. */
  readonly handedness: number;
  readonly spacing: readonly number[];
  readonly unit: "mm" | "m" | "um" | "unknown";
  readonly offset: number;
  readonly slope: number;
  readonly intercept: number;
  readonly quaternion: { readonly code: number; readonly bcd: readonly number[]; readonly shift: readonly number[] };
  readonly rows: { readonly code: number; readonly values: readonly (readonly number[])[] };
}

/** Types that make an image: of numbers, or of bytes as colours. */
const types: Record<number, readonly [type: NumberType, colours: 1 | 3 | 4]> = {
  2: ["uint8", 1],
  4: ["int16", 1],
  8: ["int32", 1],
  16: ["float32", 1],
  64: ["float64", 1],
  128: ["uint8", 3],
  256: ["int8", 1],
  512: ["uint16", 1],
  768: ["uint32", 1],
  1024: ["int64", 1],
  1280: ["uint64", 1],
  2304: ["uint8", 4],
};

/** Types that make none, by what they are called. */
const refused: Record<number, string> = {
  0: "unknown (0)",
  1: "binary, one bit a voxel (1)",
  32: "complex64 (32). Save its real part or its magnitude.",
  1536: "float128 (1536), whose 16 bytes differ from machine to machine. Save it as float64.",
  1792: "complex128 (1792). Save its real part or its magnitude.",
  2048: "complex256 (2048). Save its real part or its magnitude.",
};

/** Where fields stand in each version, and how wide numbers are there. */
const places = {
  1: { size: 348, dim: 40, datatype: 70, pixdim: 76, offset: 108, slope: 112, intercept: 116, units: 123, qform: 252, sform: 254, quatern: 256, srow: 280, magic: 344 },
  2: { size: 540, dim: 16, datatype: 12, pixdim: 104, offset: 168, slope: 176, intercept: 184, units: 500, qform: 344, sform: 348, quatern: 352, srow: 400, magic: 4 },
} as const; // prettier-ignore

/** @throws FormatError naming the byte where a field is not as it must be. */
export function readNiftiHeader(bytes: Uint8Array, version: 1 | 2, name: string): NiftiHeader {
  const at = places[version];
  const fail = (byte: number, what: string): never => {
    throw new FormatError(`${name}: expected ${what} (byte ${byte} of the NIfTI-${version} header)`);
  };
  if (bytes.length < at.size) fail(bytes.length, `a header of ${at.size} bytes, got a file of ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLittle = view.getInt32(0, true) === at.size;
  const wide = version === 2;
  const short = (byte: number) => (wide ? view.getInt32(byte, isLittle) : view.getInt16(byte, isLittle));
  const real = (byte: number) => (wide ? view.getFloat64(byte, isLittle) : view.getFloat32(byte, isLittle));
  const realBytes = wide ? 8 : 4;
  const reals = (byte: number, count: number) => Array.from({ length: count }, (_, i) => real(byte + i * realBytes));
  const long = (byte: number) => (wide ? Number(view.getBigInt64(byte, isLittle)) : view.getInt16(byte, isLittle));

  const lengthOf = (axis: number) => long(at.dim + axis * (wide ? 8 : 2));
  const axes = lengthOf(0);
  if (!(axes >= 1 && axes <= 7)) fail(at.dim, `1 to 7 dimensions, got ${axes}`);
  const dimensions = Array.from({ length: axes }, (_, axis) => lengthOf(axis + 1));
  const empty = dimensions.findIndex((length) => !(length >= 1));
  if (empty >= 0)
    fail(at.dim + (empty + 1) * (wide ? 8 : 2), `a length of at least 1 along axis ${empty + 1}, got ${dimensions[empty]}`); // prettier-ignore

  const code = view.getInt16(at.datatype, isLittle);
  if (!Object.hasOwn(types, code))
    fail(at.datatype, `whole numbers or floats as voxels, got ${refused[code] ?? `data type ${code}, which is none`}`);
  const [type, colours] = types[code];

  const isPair = String.fromCharCode(bytes[at.magic + 1]) === "i";
  const given = wide ? long(at.offset) : real(at.offset);
  const least = isPair ? 0 : at.size + 4;
  // A fraction is left out, as nibabel does.
  const offset = Math.floor(given);
  if (!Number.isSafeInteger(offset) || offset < least)
    fail(at.offset, `voxels from byte ${least} or later on, got vox_offset ${given}`);

  const slope = real(at.slope);
  const intercept = real(at.intercept);
  // A slope of 0 means no scaling (the standard); nibabel takes one that is not finite to mean the same.
  const isScaled = slope !== 0 && Number.isFinite(slope) && colours === 1;
  if (isScaled && !Number.isFinite(intercept))
    fail(at.intercept, `a finite intercept beside the slope ${slope}, got ${intercept}`);

  const pixdim = reals(at.pixdim, 8);
  return {
    version,
    isLittle,
    isPair,
    dimensions,
    type,
    colours,
    handedness: pixdim[0],
    spacing: dimensions.map((_, axis) => (axis < 3 ? distance(pixdim[axis + 1]) : pixdim[axis + 1])),
    unit: unitOf(wide ? view.getInt32(at.units, isLittle) : bytes[at.units]),
    offset,
    slope: isScaled ? slope : 1,
    intercept: isScaled ? intercept : 0,
    quaternion: { code: short(at.qform), bcd: reals(at.quatern, 3), shift: reals(at.quatern + 3 * realBytes, 3) },
    rows: { code: short(at.sform), values: [0, 1, 2].map((row) => reals(at.srow + row * 4 * realBytes, 4)) },
  };
}

/** Bytes of a voxel, and the number of voxels: beyond 2^53 it is roughly right, and too large all the same. */
export function niftiVoxels({ dimensions, type, colours }: NiftiHeader): {
  readonly width: number;
  readonly count: number;
} {
  const count = dimensions.reduce((product, length) => product * length, 1);
  return { width: numberTypes[type].BYTES_PER_ELEMENT * colours, count };
}

/** Beside what a header says there may be as much again, which is not read, and extensions. */
const mostBeside = 16777216;

/** Bytes that the file of voxels may have at most; of a pair's header that it may have itself. */
export function mostNiftiBytes(header: NiftiHeader, isPixelFile = !header.isPair): number {
  const { width, count } = niftiVoxels(header);
  return mostBeside + (isPixelFile ? header.offset + 2 * count * width : 0);
}

/** Distances of 0 are taken as 1 and negative ones without their sign, as nibabel does. */
function distance(pixdim: number): number {
  return pixdim === 0 ? 1 : Math.abs(pixdim);
}

function unitOf(code: number): NiftiHeader["unit"] {
  return (["unknown", "m", "mm", "um"] as const)[code & 7] ?? "unknown";
}
