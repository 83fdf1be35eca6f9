// The blocks of a matrix product: which part of which operand is packed when, and which tile takes it.
//
// A panel of B (depthBlock x 8) stays in L1, a block of A (rowBlock x depthBlock) in L2, a block of B (depthBlock x
// columnBlock) in L3 (Goto & van de Geijn 2008). A panel is packed right before its first tile, while it is hot; an operand
// that few tiles read is not packed but read where it lies. src/wasm/layout.ts plans the scratch from the same numbers.
import { packColumns, packFourPanels, packRows } from "./pack";
import { tileOf, tileRows, wideTileRows } from "./tiles";

const rowBlock = 96;
const columnBlock = 1024;
const depthBlock = 512;

/** Up to so many columns (rows) of C, A (B) is read where it lies. */
const fewColumns = 12;
const fewRows = 12;

/** c: (m, n) (+)= a * b, inner size k. byRows: the inner dimension is contiguous, (m, k) and (n, k); else (k, m), (k, n). */
export function product(
  c: usize,
  a: usize,
  b: usize,
  scratch: usize,
  m: i32,
  n: i32,
  k: i32,
  cStride: i32,
  aStride: i32,
  bStride: i32,
  aByRows: bool,
  bByRows: bool,
  add: bool,
): void {
  if (k == 0 && !add) clear(c, m, n, cStride);
  if (m == 0 || n == 0) return;
  const packsA = n > fewColumns;
  const packsB = bByRows || m > fewRows;
  const most = blockOf(m, rowBlock, 12);
  const deepest = blockOf(k, depthBlock, 4);
  const widest = blockOf(n, columnBlock, 8);
  const packedA = scratch;
  const packedB = packedA + ((<usize>most * <usize>deepest) << 2);
  const edge = packedB + ((<usize>roundUp(widest, 4) * <usize>deepest) << 2);
  const height = n > 8 && n <= 12 ? wideTileRows : tileRows;
  for (let column = 0; column < n; column += widest) {
    const columns = min(widest, n - column);
    for (let depth = 0; depth < k; depth += deepest) {
      const depths = min(deepest, k - depth);
      const goesOn = add || depth > 0;
      for (let row = 0; row < m; row += most) {
        const rows = min(most, m - row);
        const aBlock = aByRows ? at(a, row, depth, aStride) : at(a, depth, row, aStride);
        if (packsA) {
          if (aByRows) packBlockByRows(packedA, aBlock, rows, depths, aStride, height);
          else packBlockByColumns(packedA, aBlock, rows, depths, aStride, height);
        }
        let packedColumns = 0;
        for (let j = 0; j < columns;) {
          const left = columns - j;
          const width = widthOf(left, n);
          const bPanel = bByRows ? at(b, column + j, depth, bStride) : at(b, depth, column + j, bStride);
          let panel = packedB + ((<usize>j * <usize>depths) << 2);
          let bStep = (<usize>width) << 2;
          if (!packsB && left >= width) {
            panel = bPanel;
            bStep = (<usize>bStride) << 2;
          } else if (row == 0 && j >= packedColumns) {
            if (bByRows) packRows(panel, bPanel, min(left, width), width, depths, bStride);
            else if (left >= 32) {
              packFourPanels(panel, bPanel, 8, depths, bStride);
              packedColumns = j + 32;
            } else packColumns(panel, bPanel, min(left, width), width, depths, bStride);
          }
          for (let i = 0; i < rows;) {
            const tall = heightOf(rows - i, height);
            const tileA = packsA
              ? packedA + ((<usize>i * <usize>depths) << 2)
              : aByRows
                ? at(aBlock, i, 0, aStride)
                : aBlock + ((<usize>i) << 2);
            const aStep = (<usize>(packsA ? tall : aStride)) << 2;
            const target = at(c, row + i, column + j, cStride);
            const byRows = aByRows && !packsA;
            if (left >= width) {
              tileOf(tall, width, byRows, target, tileA, panel, (<usize>cStride) << 2, aStep, bStep, depths, goesOn);
            } else {
              if (goesOn) copy(edge, target, tall, left, width, cStride);
              tileOf(tall, width, byRows, edge, tileA, panel, (<usize>width) << 2, aStep, bStep, depths, goesOn);
              copy(target, edge, tall, left, cStride, width);
            }
            i += tall;
          }
          j += width;
        }
      }
    }
  }
}

/** a: (rows, depth) -> panels of as many rows as the tiles have. */
function packBlockByRows(packed: usize, a: usize, rows: i32, depth: i32, stride: i32, whole: i32): void {
  for (let i = 0; i < rows;) {
    const height = heightOf(rows - i, whole);
    packRows(packed + ((<usize>i * <usize>depth) << 2), at(a, i, 0, stride), height, height, depth, stride);
    i += height;
  }
}

/** a: (depth, rows) -> panels of as many rows as the tiles have. */
function packBlockByColumns(packed: usize, a: usize, rows: i32, depth: i32, stride: i32, whole: i32): void {
  for (let i = 0; i < rows;) {
    const left = rows - i;
    const panel = packed + ((<usize>i * <usize>depth) << 2);
    if (left >= 5 * whole || left == 4 * whole) {
      packFourPanels(panel, a + ((<usize>i) << 2), whole, depth, stride);
      i += 4 * whole;
    } else {
      const height = heightOf(left, whole);
      packColumns(panel, a + ((<usize>i) << 2), height, height, depth, stride);
      i += height;
    }
  }
}

/** Columns of the next panel: 8; 4 where no more are left; 12 where C has no more than that. */
// @ts-ignore: decorator
@inline
function widthOf(left: i32, n: i32): i32 {
  return left > 8 && n <= 12 ? 12 : left > 4 ? 8 : 4;
}

/** Rows of the next tile: whole tiles, the last two shared out evenly. */
// @ts-ignore: decorator
@inline
function heightOf(left: i32, whole: i32): i32 {
  return left >= 2 * whole || left == whole ? whole : left > whole ? (left + 1) / 2 : left;
}

/** Blocks of like size, each at most `most`, a multiple of `multiple`. */
// @ts-ignore: decorator
@inline
function blockOf(count: i32, most: i32, multiple: i32): i32 {
  const blocks = max(1, (count + most - 1) / most);
  return roundUp((count + blocks - 1) / blocks, multiple);
}

function copy(target: usize, source: usize, rows: i32, columns: i32, targetStride: i32, sourceStride: i32): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++)
      store<f32>(at(target, i, j, targetStride), load<f32>(at(source, i, j, sourceStride)));
  }
}

function clear(c: usize, rows: i32, columns: i32, stride: i32): void {
  for (let i = 0; i < rows; i++) memory.fill(at(c, i, 0, stride), 0, (<usize>columns) << 2);
}

// @ts-ignore: decorator
@inline
function at(matrix: usize, row: i32, column: i32, stride: i32): usize {
  return matrix + ((<usize>row * <usize>stride + <usize>column) << 2);
}

// @ts-ignore: decorator
@inline
function roundUp(count: i32, multiple: i32): i32 {
  return ((count + multiple - 1) / multiple) * multiple;
}
