// Where an image of a set lies in the body: what is kept of it once its voxels are numbers in a row.
import type { Image } from "./image.ts";

/** After preprocessing, which moves it along. */
export interface ImageGeometry {
  /** Distance of neighbours along each axis, x first; null where the file does not say. */
  readonly spacing: readonly number[] | null;
  readonly unit: Image["unit"];
  /** 4x4, from indices (x, y, z) to places to the right, anterior and superior; null where the file does not say. */
  readonly affine: readonly (readonly number[])[] | null;
}

export function imageGeometryOf({ spacing, unit, affine }: Image): ImageGeometry {
  return Object.freeze({ spacing, unit, affine });
}

/**
 * Which way x, y and z go, as nibabel's `aff2axcodes` has it: "RAS" to the right, anterior and superior, "LPS" the other
 * way round in x and y. Oblique axes count as the nearest. null where the place is not known.
 *
 * @example
 * ```ts
 * import { orientationOf } from "voxgrad";
 *
 * const affine = [[-1, 0, 0, 90], [0, 1, 0, -126], [0, 0, 1, -72], [0, 0, 0, 1]];
 * console.log(orientationOf({ spacing: [1, 1, 1], unit: "mm", affine })); // LAS
 * ```
 */
export function orientationOf({ affine }: ImageGeometry): string | null {
  if (!affine) return null;
  const ends = ["LR", "PA", "IS"];
  const left = new Set([0, 1, 2]);
  const codes = ["", "", ""];
  // The strongest axis chooses first, so that each direction of the body is taken once.
  const columns = [0, 1, 2].map((column) => [0, 1, 2].map((row) => affine[row][column]));
  const strength = (column: readonly number[]) => Math.max(...column.map(Math.abs)) / Math.sqrt(column.reduce((sum, x) => sum + x * x, 0) || 1); // prettier-ignore
  const order = [0, 1, 2].sort((a, b) => strength(columns[b]) - strength(columns[a]));
  for (const axis of order) {
    const free = [...left].sort((a, b) => Math.abs(columns[axis][b]) - Math.abs(columns[axis][a]));
    left.delete(free[0]);
    codes[axis] = ends[free[0]][columns[axis][free[0]] > 0 ? 1 : 0];
  }
  return codes.join("");
}
