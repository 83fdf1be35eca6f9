// Every tile as code of its own, chosen by its rows, its columns and how A lies; how large a whole tile is.
import { tile } from "./tile";

/** Rows of a whole tile of 4 or 8 columns, measured: what V8 keeps in 16 registers. A fused step needs none for its product. */
export const tileRows: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 4;

/** Rows of a whole tile of 12 columns. */
export const wideTileRows: i32 = ASC_FEATURE_RELAXED_SIMD ? 3 : 2;

/** As tile() in tile.ts: rows up to the whole tile's, columns 4, 8 or 12. */
export function tileOf(
  rows: i32,
  columns: i32,
  byRows: bool,
  c: usize,
  a: usize,
  b: usize,
  cStep: usize,
  aStep: usize,
  bStep: usize,
  depth: i32,
  add: bool,
): void {
  if (columns == 8) {
    if (byRows) rowTile8(rows, c, a, b, cStep, aStep, bStep, depth, add);
    else panelTile8(rows, c, a, b, cStep, aStep, bStep, depth, add);
  } else if (columns == 4) {
    if (byRows) rowTile4(rows, c, a, b, cStep, aStep, bStep, depth, add);
    else panelTile4(rows, c, a, b, cStep, aStep, bStep, depth, add);
  } else {
    if (byRows) rowTile12(rows, c, a, b, cStep, aStep, bStep, depth, add);
    else panelTile12(rows, c, a, b, cStep, aStep, bStep, depth, add);
  }
}

// prettier-ignore
function panelTile8(rows: i32, c: usize, a: usize, b: usize, cStep: usize, aStep: usize, bStep: usize, depth: i32, add: bool): void {
  if (tileRows >= 6 && rows == 6) tile(6, 2, false, c, a, b, cStep, aStep, bStep, depth, add);
  else if (tileRows >= 5 && rows == 5) tile(5, 2, false, c, a, b, cStep, aStep, bStep, depth, add);
  else if (tileRows >= 4 && rows == 4) tile(4, 2, false, c, a, b, cStep, aStep, bStep, depth, add);
  else if (tileRows >= 3 && rows == 3) tile(3, 2, false, c, a, b, cStep, aStep, bStep, depth, add);
  else if (tileRows >= 2 && rows == 2) tile(2, 2, false, c, a, b, cStep, aStep, bStep, depth, add);
  else tile(1, 2, false, c, a, b, cStep, aStep, bStep, depth, add);
}

// prettier-ignore
function panelTile4(rows: i32, c: usize, a: usize, b: usize, cStep: usize, aStep: usize, bStep: usize, depth: i32, add: bool): void {
  if (tileRows >= 6 && rows == 6) tile(6, 1, false, c, a, b, cStep, aStep, bStep, depth, add);
  else if (tileRows >= 5 && rows == 5) tile(5, 1, false, c, a, b, cStep, aStep, bStep, depth, add);
  else if (tileRows >= 4 && rows == 4) tile(4, 1, false, c, a, b, cStep, aStep, bStep, depth, add);
  else if (tileRows >= 3 && rows == 3) tile(3, 1, false, c, a, b, cStep, aStep, bStep, depth, add);
  else if (tileRows >= 2 && rows == 2) tile(2, 1, false, c, a, b, cStep, aStep, bStep, depth, add);
  else tile(1, 1, false, c, a, b, cStep, aStep, bStep, depth, add);
}

// prettier-ignore
function panelTile12(rows: i32, c: usize, a: usize, b: usize, cStep: usize, aStep: usize, bStep: usize, depth: i32, add: bool): void {
  if (wideTileRows >= 6 && rows == 6) tile(6, 3, false, c, a, b, cStep, aStep, bStep, depth, add);
  else if (wideTileRows >= 5 && rows == 5) tile(5, 3, false, c, a, b, cStep, aStep, bStep, depth, add);
  else if (wideTileRows >= 4 && rows == 4) tile(4, 3, false, c, a, b, cStep, aStep, bStep, depth, add);
  else if (wideTileRows >= 3 && rows == 3) tile(3, 3, false, c, a, b, cStep, aStep, bStep, depth, add);
  else if (wideTileRows >= 2 && rows == 2) tile(2, 3, false, c, a, b, cStep, aStep, bStep, depth, add);
  else tile(1, 3, false, c, a, b, cStep, aStep, bStep, depth, add);
}

// prettier-ignore
function rowTile8(rows: i32, c: usize, a: usize, b: usize, cStep: usize, aStep: usize, bStep: usize, depth: i32, add: bool): void {
  if (tileRows >= 6 && rows == 6) tile(6, 2, true, c, a, b, cStep, aStep, bStep, depth, add);
  else if (tileRows >= 5 && rows == 5) tile(5, 2, true, c, a, b, cStep, aStep, bStep, depth, add);
  else if (tileRows >= 4 && rows == 4) tile(4, 2, true, c, a, b, cStep, aStep, bStep, depth, add);
  else if (tileRows >= 3 && rows == 3) tile(3, 2, true, c, a, b, cStep, aStep, bStep, depth, add);
  else if (tileRows >= 2 && rows == 2) tile(2, 2, true, c, a, b, cStep, aStep, bStep, depth, add);
  else tile(1, 2, true, c, a, b, cStep, aStep, bStep, depth, add);
}

// prettier-ignore
function rowTile4(rows: i32, c: usize, a: usize, b: usize, cStep: usize, aStep: usize, bStep: usize, depth: i32, add: bool): void {
  if (tileRows >= 6 && rows == 6) tile(6, 1, true, c, a, b, cStep, aStep, bStep, depth, add);
  else if (tileRows >= 5 && rows == 5) tile(5, 1, true, c, a, b, cStep, aStep, bStep, depth, add);
  else if (tileRows >= 4 && rows == 4) tile(4, 1, true, c, a, b, cStep, aStep, bStep, depth, add);
  else if (tileRows >= 3 && rows == 3) tile(3, 1, true, c, a, b, cStep, aStep, bStep, depth, add);
  else if (tileRows >= 2 && rows == 2) tile(2, 1, true, c, a, b, cStep, aStep, bStep, depth, add);
  else tile(1, 1, true, c, a, b, cStep, aStep, bStep, depth, add);
}

// prettier-ignore
function rowTile12(rows: i32, c: usize, a: usize, b: usize, cStep: usize, aStep: usize, bStep: usize, depth: i32, add: bool): void {
  if (wideTileRows >= 6 && rows == 6) tile(6, 3, true, c, a, b, cStep, aStep, bStep, depth, add);
  else if (wideTileRows >= 5 && rows == 5) tile(5, 3, true, c, a, b, cStep, aStep, bStep, depth, add);
  else if (wideTileRows >= 4 && rows == 4) tile(4, 3, true, c, a, b, cStep, aStep, bStep, depth, add);
  else if (wideTileRows >= 3 && rows == 3) tile(3, 3, true, c, a, b, cStep, aStep, bStep, depth, add);
  else if (wideTileRows >= 2 && rows == 2) tile(2, 3, true, c, a, b, cStep, aStep, bStep, depth, add);
  else tile(1, 3, true, c, a, b, cStep, aStep, bStep, depth, add);
}
