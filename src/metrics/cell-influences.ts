// How far each unit moves figures of summed cells, by the delta method.
import { influenceOf } from "./influence.ts";
import type { Influence } from "./influence.ts";

/** A step of a cell, of which slopes are made, in parts of the cell. */
const step = 1e-4;

/**
 * Of every figure the influence of the units: with x a unit's cells and g the slopes of the figure at their sum (central
 * differences), a unit moves it by `sum g x` and is of the size `sum |g x|`. Figures stay the same when all cells are multiplied.
 *
 * @param units cells of each, already weighted
 * @param figures fills all figures of summed cells
 * @param length how many figures there are
 */
export function cellInfluences(
  units: readonly Float64Array[],
  figures: (cells: Float64Array, into: Float64Array) => void,
  length: number,
): Influence[] {
  const sums = new Float64Array(units[0].length);
  for (const own of units) for (let cell = 0; cell < sums.length; cell++) sums[cell] += own[cell];
  const above = new Float64Array(length);
  const below = new Float64Array(length);
  const slopes = Array.from(sums, (sum, cell) => {
    // No unit has this cell: its slope may be undefined, and does not matter.
    if (sum === 0) return new Float64Array(length);
    sums[cell] = sum * (1 + step);
    figures(sums, above);
    sums[cell] = sum * (1 - step);
    figures(sums, below);
    sums[cell] = sum;
    return above.map((value, k) => (value - below[k]) / (2 * step * sum));
  });
  const moves = new Float64Array(units.length);
  const sizes = new Float64Array(units.length);
  return Array.from({ length }, (_, k) => {
    units.forEach((own, u) => {
      let move = 0;
      let size = 0;
      for (let cell = 0; cell < own.length; cell++) {
        const part = slopes[cell][k] * own[cell];
        move += part;
        size += Math.abs(part);
      }
      moves[u] = move;
      sizes[u] = size;
    });
    return influenceOf(moves, sizes);
  });
}
