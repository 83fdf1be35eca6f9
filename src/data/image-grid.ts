// The grid of an image: its axes, and where the voxels of a new grid lie in it.
import type { Image } from "./image.ts";

/** Axis by axis, slowest first: voxel i of the new grid lies at `factor` i + `offset` of the old one. */
export interface GridAxis {
  readonly length: number;
  readonly factor: number;
  readonly offset: number;
}

/** The lengths of an image's axes, slowest first, colours not counted. */
export function axesOf({ shape, colours }: Image): readonly number[] {
  return colours > 1 ? shape.slice(0, -1) : shape;
}

/** @throws RangeError when `wanted` are not as many numbers as the image has axes. */
export function checkAxes(name: string, image: Image, wanted: readonly number[]): void {
  const axes = axesOf(image);
  if (axes.length === wanted.length) return;
  throw new RangeError(
    `${name}: expected ${axes.length} numbers for an image of ${axes.join("x")}, got [${wanted.join(", ")}]`,
  );
}

/**
 * Shape, spacing and affine of the new grid.
 * A' = A B, where B takes indices of the new grid to those of the old one.
 */
export function placedOn(image: Image, grid: readonly GridAxis[]): Pick<Image, "shape" | "spacing" | "affine"> {
  const { colours, spacing, affine } = image;
  const lengths = grid.map(({ length }) => length);
  const fromX = [...grid].reverse();
  return {
    shape: colours > 1 ? [...lengths, colours] : lengths,
    spacing: spacing && spacing.map((distance, axis) => distance * (fromX[axis]?.factor ?? 1)),
    affine:
      affine &&
      affine.map((row, r) =>
        r === 3
          ? row
          : [0, 1, 2, 3].map((column) =>
              column < 3
                ? row[column] * (fromX[column]?.factor ?? 1)
                : fromX.slice(0, 3).reduce((sum, { offset }, axis) => sum + row[axis] * offset, row[3]),
            ),
      ),
  };
}
