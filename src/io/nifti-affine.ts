// From voxel indices to millimetres in a NIfTI header: its rows, its quaternion, or its distances alone, in nibabel's order.
import { FormatError } from "../errors.ts";
import type { NiftiHeader } from "./nifti-header.ts";

type Matrix = readonly (readonly number[])[];
const lastRow = [0, 0, 0, 1];

/** Codes of coordinate systems that NIfTI knows (0 says none); others count as none, as in nibabel. */
const isCode = (code: number) => code >= 1 && code <= 5;

/** As far as float32 may be off 1: nibabel's threshold. */
const unitTolerance = 3 * 1.1920929e-7;

/** @throws FormatError for a quaternion longer than 1, and for numbers that are not finite. */
export function niftiAffine(header: NiftiHeader, name: string): Matrix {
  const { rows, quaternion } = header;
  const affine = isCode(rows.code)
    ? [...rows.values, lastRow]
    : isCode(quaternion.code)
      ? ofQuaternion(header, name)
      : ofSpacing(header);
  const bad = affine.flat().find((value) => !Number.isFinite(value));
  if (bad !== undefined)
    throw new FormatError(
      `${name}: expected finite numbers in the ${isCode(rows.code) ? "sform" : "qform or pixdim"} of the header, got ${bad}`,
    );
  return affine;
}

/** R from the unit quaternion a + bi + cj + dk, columns times distances, z times the sign of pixdim[0]   (nifti1.h, method 2) */
function ofQuaternion({ quaternion, spacing, handedness }: NiftiHeader, name: string): Matrix {
  const [b, c, d] = quaternion.bcd;
  const rest = 1 - (b * b + c * c + d * d);
  if (!(rest >= -unitTolerance))
    throw new FormatError(`${name}: expected a quaternion (qform) of length 1 at most, got (${b}, ${c}, ${d})`);
  const a = rest > unitTolerance ? Math.sqrt(rest) : 0;
  const [x, y, z] = [0, 1, 2].map((axis) => spacing[axis] ?? 1);
  const depth = handedness === -1 ? -z : z;
  // A quaternion whose a was rounded to 0 may be a little longer than 1: divide by its length.
  const s = 2 / (a * a + b * b + c * c + d * d);
  return [
    [x * (1 - s * (c * c + d * d)), y * s * (b * c - a * d), depth * s * (b * d + a * c), quaternion.shift[0]],
    [x * s * (b * c + a * d), y * (1 - s * (b * b + d * d)), depth * s * (c * d - a * b), quaternion.shift[1]],
    [x * s * (b * d - a * c), y * s * (c * d + a * b), depth * (1 - s * (b * b + c * c)), quaternion.shift[2]],
    lastRow,
  ];
}

/** No orientation is said: x to the left and the middle in the origin, as nibabel has it. */
function ofSpacing({ dimensions, spacing }: NiftiHeader): Matrix {
  return [0, 1, 2].map((axis) => {
    const step = (spacing[axis] ?? 1) * (axis === 0 ? -1 : 1);
    const row = [0, 0, 0, (-step * ((dimensions[axis] ?? 1) - 1)) / 2];
    row[axis] = step;
    return row;
  }).concat([lastRow]); // prettier-ignore
}
