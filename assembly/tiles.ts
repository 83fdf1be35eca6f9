// Columns of tiles: every height and width of tile as code of its own, run down the rows of a panel in one call.
import { tile } from "./tile";

/**
 * Rows of a whole tile, measured: what V8 keeps in 16 registers. A fused step needs none for its product; in the wide builds
 * two neighbouring vectors share one (pair.ts).
 */
export const tileRows: i32 = WIDE ? 5 : ASC_FEATURE_RELAXED_SIMD ? 6 : 4;

/** Rows of a whole tile of 12 columns. */
export const tileRows12: i32 = WIDE ? 5 : ASC_FEATURE_RELAXED_SIMD ? 3 : 2;

/** Rows of the next tile: whole tiles, the last two shared out evenly. */
// @ts-ignore: decorator
@inline
export function heightOf(left: i32, whole: i32): i32 {
  return left >= 2 * whole || left == whole ? whole : left > whole ? (left + 1) / 2 : left;
}

/**
 * c: (rows, columns) (+)= a * one panel of b, columns 4, 8 or 12, tile after tile. Bytes between rows: cStep, and aRow of
 * what is before the tile in a; aStep as in tile.ts, or 0 for packed panels of A, each as tall as its tile.
 */
export function tiles(
  rows: i32,
  columns: i32,
  byRows: bool,
  c: usize,
  a: usize,
  b: usize,
  cStep: usize,
  aRow: usize,
  aStep: usize,
  bStep: usize,
  depth: i32,
  add: bool,
): void {
  if (columns == 8) {
    if (byRows) rowTiles8(rows, c, a, b, cStep, aStep, bStep, depth, add);
    else panelTiles8(rows, c, a, b, cStep, aRow, aStep, bStep, depth, add);
  } else if (columns == 4) {
    if (byRows) rowTiles4(rows, c, a, b, cStep, aStep, bStep, depth, add);
    else panelTiles4(rows, c, a, b, cStep, aRow, aStep, bStep, depth, add);
  } else {
    if (byRows) rowTiles12(rows, c, a, b, cStep, aStep, bStep, depth, add);
    else panelTiles12(rows, c, a, b, cStep, aRow, aStep, bStep, depth, add);
  }
}

// prettier-ignore
function panelTiles8(rows: i32, c: usize, a: usize, b: usize, cStep: usize, aRow: usize, aStep: usize, bStep: usize, depth: i32, add: bool): void {
  for (let left = rows; left > 0; ) {
    const height = heightOf(left, tileRows);
    const step = aStep == 0 ? (<usize>height) << 2 : aStep;
    if (tileRows >= 6 && height == 6) tile(6, 2, false, c, a, b, cStep, step, bStep, depth, add);
    else if (tileRows >= 5 && height == 5) tile(5, 2, false, c, a, b, cStep, step, bStep, depth, add);
    else if (tileRows >= 4 && height == 4) tile(4, 2, false, c, a, b, cStep, step, bStep, depth, add);
    else if (tileRows >= 3 && height == 3) tile(3, 2, false, c, a, b, cStep, step, bStep, depth, add);
    else if (tileRows >= 2 && height == 2) tile(2, 2, false, c, a, b, cStep, step, bStep, depth, add);
    else tile(1, 2, false, c, a, b, cStep, step, bStep, depth, add);
    c += <usize>height * cStep;
    a += <usize>height * aRow;
    left -= height;
  }
}

// prettier-ignore
function panelTiles4(rows: i32, c: usize, a: usize, b: usize, cStep: usize, aRow: usize, aStep: usize, bStep: usize, depth: i32, add: bool): void {
  for (let left = rows; left > 0; ) {
    const height = heightOf(left, tileRows);
    const step = aStep == 0 ? (<usize>height) << 2 : aStep;
    if (tileRows >= 6 && height == 6) tile(6, 1, false, c, a, b, cStep, step, bStep, depth, add);
    else if (tileRows >= 5 && height == 5) tile(5, 1, false, c, a, b, cStep, step, bStep, depth, add);
    else if (tileRows >= 4 && height == 4) tile(4, 1, false, c, a, b, cStep, step, bStep, depth, add);
    else if (tileRows >= 3 && height == 3) tile(3, 1, false, c, a, b, cStep, step, bStep, depth, add);
    else if (tileRows >= 2 && height == 2) tile(2, 1, false, c, a, b, cStep, step, bStep, depth, add);
    else tile(1, 1, false, c, a, b, cStep, step, bStep, depth, add);
    c += <usize>height * cStep;
    a += <usize>height * aRow;
    left -= height;
  }
}

// prettier-ignore
function panelTiles12(rows: i32, c: usize, a: usize, b: usize, cStep: usize, aRow: usize, aStep: usize, bStep: usize, depth: i32, add: bool): void {
  for (let left = rows; left > 0; ) {
    const height = heightOf(left, tileRows12);
    const step = aStep == 0 ? (<usize>height) << 2 : aStep;
    if (tileRows12 >= 6 && height == 6) tile(6, 3, false, c, a, b, cStep, step, bStep, depth, add);
    else if (tileRows12 >= 5 && height == 5) tile(5, 3, false, c, a, b, cStep, step, bStep, depth, add);
    else if (tileRows12 >= 4 && height == 4) tile(4, 3, false, c, a, b, cStep, step, bStep, depth, add);
    else if (tileRows12 >= 3 && height == 3) tile(3, 3, false, c, a, b, cStep, step, bStep, depth, add);
    else if (tileRows12 >= 2 && height == 2) tile(2, 3, false, c, a, b, cStep, step, bStep, depth, add);
    else tile(1, 3, false, c, a, b, cStep, step, bStep, depth, add);
    c += <usize>height * cStep;
    a += <usize>height * aRow;
    left -= height;
  }
}

// prettier-ignore
function rowTiles8(rows: i32, c: usize, a: usize, b: usize, cStep: usize, aStep: usize, bStep: usize, depth: i32, add: bool): void {
  for (let left = rows; left > 0; ) {
    const height = heightOf(left, tileRows);
    if (tileRows >= 6 && height == 6) tile(6, 2, true, c, a, b, cStep, aStep, bStep, depth, add);
    else if (tileRows >= 5 && height == 5) tile(5, 2, true, c, a, b, cStep, aStep, bStep, depth, add);
    else if (tileRows >= 4 && height == 4) tile(4, 2, true, c, a, b, cStep, aStep, bStep, depth, add);
    else if (tileRows >= 3 && height == 3) tile(3, 2, true, c, a, b, cStep, aStep, bStep, depth, add);
    else if (tileRows >= 2 && height == 2) tile(2, 2, true, c, a, b, cStep, aStep, bStep, depth, add);
    else tile(1, 2, true, c, a, b, cStep, aStep, bStep, depth, add);
    c += <usize>height * cStep;
    a += <usize>height * aStep;
    left -= height;
  }
}

// prettier-ignore
function rowTiles4(rows: i32, c: usize, a: usize, b: usize, cStep: usize, aStep: usize, bStep: usize, depth: i32, add: bool): void {
  for (let left = rows; left > 0; ) {
    const height = heightOf(left, tileRows);
    if (tileRows >= 6 && height == 6) tile(6, 1, true, c, a, b, cStep, aStep, bStep, depth, add);
    else if (tileRows >= 5 && height == 5) tile(5, 1, true, c, a, b, cStep, aStep, bStep, depth, add);
    else if (tileRows >= 4 && height == 4) tile(4, 1, true, c, a, b, cStep, aStep, bStep, depth, add);
    else if (tileRows >= 3 && height == 3) tile(3, 1, true, c, a, b, cStep, aStep, bStep, depth, add);
    else if (tileRows >= 2 && height == 2) tile(2, 1, true, c, a, b, cStep, aStep, bStep, depth, add);
    else tile(1, 1, true, c, a, b, cStep, aStep, bStep, depth, add);
    c += <usize>height * cStep;
    a += <usize>height * aStep;
    left -= height;
  }
}

// prettier-ignore
function rowTiles12(rows: i32, c: usize, a: usize, b: usize, cStep: usize, aStep: usize, bStep: usize, depth: i32, add: bool): void {
  for (let left = rows; left > 0; ) {
    const height = heightOf(left, tileRows12);
    if (tileRows12 >= 6 && height == 6) tile(6, 3, true, c, a, b, cStep, aStep, bStep, depth, add);
    else if (tileRows12 >= 5 && height == 5) tile(5, 3, true, c, a, b, cStep, aStep, bStep, depth, add);
    else if (tileRows12 >= 4 && height == 4) tile(4, 3, true, c, a, b, cStep, aStep, bStep, depth, add);
    else if (tileRows12 >= 3 && height == 3) tile(3, 3, true, c, a, b, cStep, aStep, bStep, depth, add);
    else if (tileRows12 >= 2 && height == 2) tile(2, 3, true, c, a, b, cStep, aStep, bStep, depth, add);
    else tile(1, 3, true, c, a, b, cStep, aStep, bStep, depth, add);
    c += <usize>height * cStep;
    a += <usize>height * aStep;
    left -= height;
  }
}
