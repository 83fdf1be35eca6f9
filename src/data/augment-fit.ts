// Whether images of one shape can have a list of augmentations, and their axes if so.
import { mostAugmentations } from "./augment-drawn.ts";
import type { ImageAugmentation } from "./augment.ts";
import { isColoured } from "./coloured.ts";

export interface AugmentFit {
  readonly list: readonly ImageAugmentation[];
  /** Millimetres along x, y, z; null where they are not known. */
  readonly spacing: readonly number[] | null;
  /** Along x, y, z. */
  readonly sizes: readonly number[];
  /** 1 for rows, 2 for pictures, 3 for volumes. */
  readonly axes: number;
  readonly colours: number;
  /** With those that the kernels put around a volume. */
  readonly slices: number;
}

/** Rows of a volume that the kernels can count in float32: 2^22. */
const mostRows = 4194304;

/**
 * @param shape of one image, slowest index first, colours last.
 * @param coloured whether the last axis holds colours; by its length when left out.
 * @throws RangeError for a list that images of this shape cannot have.
 */
export function fitAugmentations(
  list: readonly ImageAugmentation[],
  shape: readonly number[],
  spacing: readonly number[] | null,
  coloured = isColoured(shape),
): AugmentFit {
  const space = coloured ? shape.slice(0, -1) : shape;
  checkList(list, space, spacing);
  const axes = space.length;
  const sizes = [0, 1, 2].map((axis) => (axis < axes ? space[axes - 1 - axis] : 1));
  const [, height, depth] = sizes;
  const slices = depth > 1 ? depth + 3 : 1;
  if (slices * (height + 1) >= mostRows)
    throw new RangeError(`augment: expected images of fewer than ${mostRows} rows in all slices, got ${depth * height}`); // prettier-ignore
  return { list, spacing, sizes, axes, colours: coloured ? shape[shape.length - 1] : 1, slices };
}

function checkList(
  list: readonly ImageAugmentation[],
  space: readonly number[],
  spacing: readonly number[] | null,
): void {
  if (list.length > mostAugmentations)
    throw new RangeError(`augment: expected at most ${mostAugmentations} augmentations, got ${list.length}`);
  for (const kind of ["deform", "resampling"] as const)
    if (list.filter((one) => one.kind === kind).length > 1)
      throw new RangeError(`augment: expected "${kind}" at most once, got it ${list.filter((one) => one.kind === kind).length} times`); // prettier-ignore
  const moves = list.find(({ kind }) => ["crop", "translate", "rotate", "scale", "stretch", "shear", "flip", "deform", "cutout"].includes(kind)); // prettier-ignore
  if (moves && (space.length < 2 || space.length > 3))
    throw new RangeError(`augment: expected images of two or three axes for "${moves.kind}", got the shape [${space.join(", ")}]`); // prettier-ignore
  if (space.length > 3)
    throw new RangeError(`augment: expected images of at most three axes and colours, got [${space.join(", ")}]`);
  const inMillimetres = list.find((one) => "millimetres" in one && (one.millimetres ?? false) !== false);
  if (inMillimetres && !spacing)
    throw new RangeError(`augment: expected images whose spacing is known for "${inMillimetres.kind}" in millimetres, got none. Give the spacing, or a fraction of the size.`); // prettier-ignore
}
