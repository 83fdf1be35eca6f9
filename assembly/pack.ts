// Packing for the matrix products: blocks of an operand are copied into panels that the tile kernel reads in order.
//
// A panel of width w holds w rows (or columns) of the operand over `depth` steps of the inner dimension:
// panel[k * w + i]. Rows beyond the operand's edge are zero, so the tile kernel needs no special case.
import { storeTransposed } from "./simd";

/**
 * source: (count, depth), inner dimension contiguous, `stride` floats from row to row -> panels of 4 (A) or 8 (B) rows.
 * Whole 4x4 blocks are transposed in registers; what is left over is copied one by one.
 */
export function packRows(packed: usize, source: usize, count: i32, depth: i32, stride: i32, width: i32): void {
  const rowBytes = (<usize>stride) << 2;
  const widthBytes = (<usize>width) << 2;
  for (let first = 0; first < count; first += width) {
    const panel = packed + ((<usize>first * <usize>depth) << 2);
    for (let group = 0; group < width; group += 4) {
      const rows = min(4, count - first - group);
      const target = panel + ((<usize>group) << 2);
      const row = source + <usize>(first + group) * rowBytes;
      if (rows == 4) packFourRows(target, row, rowBytes, depth, widthBytes);
      else packEdgeRows(target, row, rowBytes, max(rows, 0), depth, widthBytes);
    }
  }
}

// @ts-ignore: decorator
@inline
function packFourRows(target: usize, row: usize, rowBytes: usize, depth: i32, widthBytes: usize): void {
  let k = 0;
  for (; k + 4 <= depth; k += 4) {
    const at = row + ((<usize>k) << 2);
    storeTransposed(
      target + <usize>k * widthBytes,
      widthBytes,
      v128.load(at),
      v128.load(at + rowBytes),
      v128.load(at + 2 * rowBytes),
      v128.load(at + 3 * rowBytes),
    );
  }
  for (; k < depth; k++) {
    const at = row + ((<usize>k) << 2);
    const to = target + <usize>k * widthBytes;
    store<f32>(to, load<f32>(at));
    store<f32>(to, load<f32>(at + rowBytes), 4);
    store<f32>(to, load<f32>(at + 2 * rowBytes), 8);
    store<f32>(to, load<f32>(at + 3 * rowBytes), 12);
  }
}

function packEdgeRows(target: usize, row: usize, rowBytes: usize, rows: i32, depth: i32, widthBytes: usize): void {
  for (let k = 0; k < depth; k++) {
    const to = target + <usize>k * widthBytes;
    v128.store(to, f32x4.splat(0));
    for (let i = 0; i < rows; i++) {
      store<f32>(to + ((<usize>i) << 2), load<f32>(row + <usize>i * rowBytes + ((<usize>k) << 2)));
    }
  }
}

/** source: (depth, count), `stride` floats from one step of the inner dimension to the next -> panels of 4 or 8 columns. */
export function packColumns(packed: usize, source: usize, count: i32, depth: i32, stride: i32, width: i32): void {
  const stepBytes = (<usize>stride) << 2;
  const widthBytes = (<usize>width) << 2;
  for (let first = 0; first < count; first += width) {
    const panel = packed + ((<usize>first * <usize>depth) << 2);
    for (let group = 0; group < width; group += 4) {
      const columns = min(4, count - first - group);
      let from = source + ((<usize>(first + group)) << 2);
      let to = panel + ((<usize>group) << 2);
      if (columns == 4) {
        for (let k = 0; k < depth; k++) {
          v128.store(to, v128.load(from));
          from += stepBytes;
          to += widthBytes;
        }
      } else {
        for (let k = 0; k < depth; k++) {
          v128.store(to, f32x4.splat(0));
          for (let i = 0; i < columns; i++) store<f32>(to + ((<usize>i) << 2), load<f32>(from + ((<usize>i) << 2)));
          from += stepBytes;
          to += widthBytes;
        }
      }
    }
  }
}
