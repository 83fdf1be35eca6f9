// The three matrix products that a dense layer needs, packed and cache-blocked.
//
// Every element of C is one chain of float32 sums in the order of the inner index,
//   c = ((0 + a_0 b_0) + a_1 b_1) + ... + a_{k-1} b_{k-1}      (Add: the chain starts at the old c)
// each product and each sum rounded. A later block of the inner dimension loads c and goes on with the chain, so the
// bits do not depend on the blocks, nor on where in the tile an element falls.
//
// Blocks (Goto & van de Geijn 2008): a panel of B (depthBlock x 8) stays in L1, a block of A (rowBlock x depthBlock) in L2,
// a block of B (depthBlock x columnBlock) in L3. src/wasm/layout.ts plans the scratch from the same four numbers.
import { packColumns, packRows } from "./pack";
import { multiplyAdd } from "./simd";

const tileRows = 4;
const tileColumns = 8;
const rowBlock = 64;
const columnBlock = 1024;
const depthBlock = 512;

/** c: (m, n) = a: (m, k) * b: (n, k) transposed. scratch: matmulScratchBytes(m, n, k). Strides in floats from row to row. */
export function matmulABt(
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
): void {
  product(c, a, b, scratch, m, n, k, cStride, aStride, bStride, true, true, false);
}

/** c: (m, n) = a: (m, k) * b: (k, n). */
export function matmulAB(
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
): void {
  product(c, a, b, scratch, m, n, k, cStride, aStride, bStride, true, false, false);
}

/** c: (m, n) = a: (k, m) transposed * b: (k, n). */
export function matmulAtB(
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
): void {
  product(c, a, b, scratch, m, n, k, cStride, aStride, bStride, false, false, false);
}

/** c: (m, n) += a: (k, m) transposed * b: (k, n). */
export function matmulAtBAdd(
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
): void {
  product(c, a, b, scratch, m, n, k, cStride, aStride, bStride, false, false, true);
}

// @ts-ignore: decorator
@inline
function product(
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
  const packedA = scratch;
  const packedB = scratch + ((<usize>min(rowBlock, roundUp(m, tileRows)) * <usize>min(depthBlock, k)) << 2);
  const edge = packedB + ((<usize>min(columnBlock, roundUp(n, tileColumns)) * <usize>min(depthBlock, k)) << 2);
  if (k == 0 && !add) clear(c, m, n, cStride);
  for (let column = 0; column < n; column += columnBlock) {
    const columns = min(columnBlock, n - column);
    for (let depth = 0; depth < k; depth += depthBlock) {
      const depths = min(depthBlock, k - depth);
      if (bByRows) packRows(packedB, at(b, column, depth, bStride), columns, depths, bStride, tileColumns);
      else packColumns(packedB, at(b, depth, column, bStride), columns, depths, bStride, tileColumns);
      for (let row = 0; row < m; row += rowBlock) {
        const rows = min(rowBlock, m - row);
        if (aByRows) packRows(packedA, at(a, row, depth, aStride), rows, depths, aStride, tileRows);
        else packColumns(packedA, at(a, depth, row, aStride), rows, depths, aStride, tileRows);
        block(at(c, row, column, cStride), packedA, packedB, edge, rows, columns, depths, cStride, add || depth > 0);
      }
    }
  }
}

/** One block of C from packed panels; tiles over the edge are computed beside C and copied in part. */
function block(
  c: usize,
  packedA: usize,
  packedB: usize,
  edge: usize,
  rows: i32,
  columns: i32,
  depth: i32,
  cStride: i32,
  add: bool,
): void {
  for (let j = 0; j < columns; j += tileColumns) {
    const panelB = packedB + ((<usize>j * <usize>depth) << 2);
    for (let i = 0; i < rows; i += tileRows) {
      const panelA = packedA + ((<usize>i * <usize>depth) << 2);
      const target = at(c, i, j, cStride);
      const height = min(tileRows, rows - i);
      const width = min(tileColumns, columns - j);
      if (height == tileRows && width == tileColumns) {
        tile(target, panelA, panelB, depth, (<usize>cStride) << 2, add);
      } else {
        if (add) copy(edge, target, height, width, tileColumns, cStride);
        tile(edge, panelA, panelB, depth, tileColumns << 2, add);
        copy(target, edge, height, width, cStride, tileColumns);
      }
    }
  }
}

/** c: 4x8 (+)= panelA: (depth, 4) * panelB: (depth, 8): eight accumulators, which no engine spills. */
function tile(c: usize, panelA: usize, panelB: usize, depth: i32, stride: usize, add: bool): void {
  const row1 = c + stride;
  const row2 = row1 + stride;
  const row3 = row2 + stride;
  let c00 = f32x4.splat(0),
    c01 = c00,
    c10 = c00,
    c11 = c00,
    c20 = c00,
    c21 = c00,
    c30 = c00,
    c31 = c00;
  if (add) {
    c00 = v128.load(c);
    c01 = v128.load(c, 16);
    c10 = v128.load(row1);
    c11 = v128.load(row1, 16);
    c20 = v128.load(row2);
    c21 = v128.load(row2, 16);
    c30 = v128.load(row3);
    c31 = v128.load(row3, 16);
  }
  for (let k = 0; k < depth; k++) {
    const b0 = v128.load(panelB);
    const b1 = v128.load(panelB, 16);
    let a = v128.load32_splat(panelA);
    c00 = multiplyAdd(a, b0, c00);
    c01 = multiplyAdd(a, b1, c01);
    a = v128.load32_splat(panelA, 4);
    c10 = multiplyAdd(a, b0, c10);
    c11 = multiplyAdd(a, b1, c11);
    a = v128.load32_splat(panelA, 8);
    c20 = multiplyAdd(a, b0, c20);
    c21 = multiplyAdd(a, b1, c21);
    a = v128.load32_splat(panelA, 12);
    c30 = multiplyAdd(a, b0, c30);
    c31 = multiplyAdd(a, b1, c31);
    panelA += 16;
    panelB += 32;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(row1, c10);
  v128.store(row1, c11, 16);
  v128.store(row2, c20);
  v128.store(row2, c21, 16);
  v128.store(row3, c30);
  v128.store(row3, c31, 16);
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
