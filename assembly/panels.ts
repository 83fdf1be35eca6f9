// How a product is cut into panels: as wide and as tall as the tiles that read them; and the packing of whole operands.
//
// C's columns: panels of 8, the last one of 4 where no more are left; a single panel of 12 where C has 9 to 12 columns. A
// panel of B or C begins at (columns before it) * depth floats, and the columns beyond the edge are zero.
// C's rows: whole tiles, the last two shared out evenly; a panel of A is as tall as its tile and nothing is beyond.
import { packColumns, packFourPanels, packRows } from "./pack";
import { heightOf, tileRows, tileRows12 } from "./tiles";

/** How an operand lies, strides in floats. */
export enum Order {
  /** The inner dimension contiguous: (m, k) or (n, k). */
  Rows,
  /** The inner dimension strided: (k, m) or (k, n). */
  Columns,
  /** In panels, as a tile reads it: panel after panel of (k, width). Only B. */
  Panels,
  /** The transpose in panels: (n, k) as panels of k, each (n, width). Only B. */
  PanelsTransposed,
}

/** Rows of a whole tile of a product with n columns. */
// @ts-ignore: decorator
@inline
export function wholeTile(n: i32): i32 {
  return n > 8 && n <= 12 ? tileRows12 : tileRows;
}

/** Columns of the next panel: 8; 4 where no more are left; 12 where C has no more than that. */
// @ts-ignore: decorator
@inline
export function widthOf(left: i32, n: i32): i32 {
  return left > 8 && n <= 12 ? 12 : left > 4 ? 8 : 4;
}

/** a: (rows, depth) -> panels of as many rows as the tiles have. */
export function packBlockByRows(packed: usize, a: usize, rows: i32, depth: i32, stride: i32, whole: i32): void {
  for (let i = 0; i < rows;) {
    const height = heightOf(rows - i, whole);
    packRows(
      packed + ((<usize>i * <usize>depth) << 2),
      a + ((<usize>i * <usize>stride) << 2),
      height,
      height,
      depth,
      stride,
    );
    i += height;
  }
}

/** a: (depth, rows) -> panels of as many rows as the tiles have. */
export function packBlockByColumns(packed: usize, a: usize, rows: i32, depth: i32, stride: i32, whole: i32): void {
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

/**
 * Packs the panel of B that begins at column j, of which `left` columns are there, over `depths` steps from `depth` on;
 * returns how many columns are packed now. Panels whose rows lie close together are packed four at a time.
 */
export function packPanel(
  panel: usize,
  b: usize,
  j: i32,
  left: i32,
  width: i32,
  depth: i32,
  depths: i32,
  n: i32,
  k: i32,
  stride: i32,
  order: Order,
): i32 {
  const count = min(left, width);
  if (order == Order.Rows) {
    packRows(panel, b + ((<usize>j * <usize>stride + <usize>depth) << 2), count, width, depths, stride);
  } else if (order == Order.PanelsTransposed) {
    packTransposed(panel, b, j, count, width, depth, depths, n, k);
  } else {
    const source = b + ((<usize>depth * <usize>stride + <usize>j) << 2);
    if (left >= 32) {
      packFourPanels(panel, source, 8, depths, stride);
      return 32;
    }
    packColumns(panel, source, count, width, depths, stride);
  }
  return width;
}

/** Columns j.. of (k, n) from the panels of its transpose, each (n, width): every panel gives as many steps as it is wide. */
function packTransposed(
  panel: usize,
  b: usize,
  j: i32,
  count: i32,
  width: i32,
  depth: i32,
  depths: i32,
  n: i32,
  k: i32,
): void {
  const end = depth + depths;
  for (let step = depth; step < end;) {
    const wide = widthOf(k - step, k);
    const source = b + ((<usize>step * <usize>n + <usize>j * <usize>wide) << 2);
    const steps = min(wide, end - step);
    packRows(panel + ((<usize>(step - depth) * <usize>width) << 2), source, count, width, steps, wide);
    step += wide;
  }
}
