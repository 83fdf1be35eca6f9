// Packing for the matrix products: a few rows or columns of an operand are copied into a panel that a tile reads in order.
//
// A panel of width w holds w rows (or columns) of the operand over `depth` steps of the inner dimension:
// panel[k * w + i]. A panel wider than what is left of the operand is zero there.
import { storeTransposed } from "./simd";

/** source: (count, depth), inner dimension contiguous, `stride` floats from row to row -> one panel: (depth, width). */
export function packRows(panel: usize, source: usize, count: i32, width: i32, depth: i32, stride: i32): void {
  const rowBytes = (<usize>stride) << 2;
  const widthBytes = (<usize>width) << 2;
  if (count < width) memory.fill(panel, 0, <usize>depth * widthBytes);
  let row = 0;
  for (; row + 4 <= count; row += 4) {
    packFourRows(panel + ((<usize>row) << 2), source + <usize>row * rowBytes, rowBytes, depth, widthBytes);
  }
  if (row + 2 <= count) {
    packTwoRows(panel + ((<usize>row) << 2), source + <usize>row * rowBytes, rowBytes, depth, widthBytes);
    row += 2;
  }
  if (row < count) {
    let to = panel + ((<usize>row) << 2);
    let from = source + <usize>row * rowBytes;
    for (let k = 0; k < depth; k++) {
      store<f32>(to, load<f32>(from));
      from += 4;
      to += widthBytes;
    }
  }
}

/** Four rows, transposed in registers four steps at a time. */
function packFourRows(to: usize, from: usize, rowBytes: usize, depth: i32, widthBytes: usize): void {
  const row1 = rowBytes;
  const row2 = rowBytes << 1;
  const row3 = row2 + rowBytes;
  let k = 0;
  for (; k + 4 <= depth; k += 4) {
    storeTransposed(
      to,
      widthBytes,
      v128.load(from),
      v128.load(from + row1),
      v128.load(from + row2),
      v128.load(from + row3),
    );
    from += 16;
    to += 4 * widthBytes;
  }
  for (; k < depth; k++) {
    store<f32>(to, load<f32>(from));
    store<f32>(to, load<f32>(from + row1), 4);
    store<f32>(to, load<f32>(from + row2), 8);
    store<f32>(to, load<f32>(from + row3), 12);
    from += 4;
    to += widthBytes;
  }
}

/** Two rows, interleaved four steps at a time. */
function packTwoRows(to: usize, from: usize, rowBytes: usize, depth: i32, widthBytes: usize): void {
  let k = 0;
  for (; k + 4 <= depth; k += 4) {
    const a = v128.load(from);
    const b = v128.load(from + rowBytes);
    const low = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const high = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    v128.store_lane<i64>(to, low, 0);
    v128.store_lane<i64>(to + widthBytes, low, 1);
    v128.store_lane<i64>(to + 2 * widthBytes, high, 0);
    v128.store_lane<i64>(to + 3 * widthBytes, high, 1);
    from += 16;
    to += 4 * widthBytes;
  }
  for (; k < depth; k++) {
    store<f32>(to, load<f32>(from));
    store<f32>(to, load<f32>(from + rowBytes), 4);
    from += 4;
    to += widthBytes;
  }
}

/** source: (depth, 4 width), `stride` floats from step to step -> four panels: (depth, width), width 4, 5 (wide builds), 6 or 8. */
export function packFourPanels(panels: usize, source: usize, width: i32, depth: i32, stride: i32): void {
  if (width == 4) copyFourPanels(4, panels, source, depth, stride);
  else if (WIDE && width == 5) copyFourPanels(5, panels, source, depth, stride);
  else if (width == 6) copyFourPanels(6, panels, source, depth, stride);
  else copyFourPanels(8, panels, source, depth, stride);
}

/** Whole lines of the cache are read at a time: panel by panel, strides of a power of two would read each line anew. */
// @ts-ignore: decorator
@inline
function copyFourPanels(width: i32, panel0: usize, source: usize, depth: i32, stride: i32): void {
  const stepBytes = (<usize>stride) << 2;
  const widthBytes = (<usize>width) << 2;
  const panel1 = panel0 + <usize>depth * widthBytes;
  const panel2 = panel1 + <usize>depth * widthBytes;
  const panel3 = panel2 + <usize>depth * widthBytes;
  const end = <usize>depth * widthBytes;
  for (let at: usize = 0; at < end; at += widthBytes) {
    copyStep(width, panel0 + at, source);
    copyStep(width, panel1 + at, source + widthBytes);
    copyStep(width, panel2 + at, source + (widthBytes << 1));
    copyStep(width, panel3 + at, source + widthBytes * 3);
    source += stepBytes;
  }
}

// @ts-ignore: decorator
@inline
function copyStep(width: i32, to: usize, from: usize): void {
  v128.store(to, v128.load(from));
  if (width == 5) store<f32>(to, load<f32>(from, 16), 16);
  if (width == 6) store<i64>(to, load<i64>(from, 16), 16);
  if (width == 8) v128.store(to, v128.load(from, 16), 16);
}

/** source: (depth, count), `stride` floats from one step of the inner dimension to the next -> one panel: (depth, width). */
export function packColumns(panel: usize, source: usize, count: i32, width: i32, depth: i32, stride: i32): void {
  const stepBytes = (<usize>stride) << 2;
  const widthBytes = (<usize>width) << 2;
  if (count < width) memory.fill(panel, 0, <usize>depth * widthBytes);
  let column = 0;
  for (; column + 8 <= count; column += 8) {
    const shift = (<usize>column) << 2;
    let from = source + shift;
    let to = panel + shift;
    for (let k = 0; k < depth; k++) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      from += stepBytes;
      to += widthBytes;
    }
  }
  for (; column + 4 <= count; column += 4) {
    const shift = (<usize>column) << 2;
    let from = source + shift;
    let to = panel + shift;
    for (let k = 0; k < depth; k++) {
      v128.store(to, v128.load(from));
      from += stepBytes;
      to += widthBytes;
    }
  }
  for (; column + 2 <= count; column += 2) {
    const shift = (<usize>column) << 2;
    let from = source + shift;
    let to = panel + shift;
    for (let k = 0; k < depth; k++) {
      store<i64>(to, load<i64>(from));
      from += stepBytes;
      to += widthBytes;
    }
  }
  if (column < count) {
    const shift = (<usize>column) << 2;
    let from = source + shift;
    let to = panel + shift;
    for (let k = 0; k < depth; k++) {
      store<f32>(to, load<f32>(from));
      from += stepBytes;
      to += widthBytes;
    }
  }
}
