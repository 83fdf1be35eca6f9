// A smooth random field of displacements: cubic B-splines over a grid of control points
// (Rueckert et al. 1999, IEEE TMI 18(8), eq. 1; Lee, Wolberg & Shin 1997).
import { storeFourBlocks } from "./random";
import { multiplyAdd } from "./simd";

/** Entries of the tables of weights: the first control point's number, how many there are, and from byte 16 their weights. */
const rowEntryBytes: usize = 32;
const columnEntryBytes: usize = 128;

/**
 * control (rows, 3, columns), columns a multiple of 4: random displacements u, each of [-1, 1), times a matrix.
 * u is one half word / 2^15 of the blocks from (0, counter1, counter2, counter3) on, as they come, in the order of control.
 * matrix: (3, 3) float64, from u to displacements along x, y, z in voxels. scratch: half as many bytes as control.
 */
export function drawControl(
  control: usize,
  matrix: usize,
  scratch: usize,
  rows: i32,
  columns: i32,
  key0: i32,
  key1: i32,
  counter1: i32,
  counter2: i32,
  counter3: i32,
): void {
  const words = (3 * rows * columns) >> 1;
  for (let i = 0; i < words; i += 16) {
    storeFourBlocks(scratch + ((<usize>i) << 2), words - i, key0, key1, i >> 2, counter1, counter2, counter3);
  }
  const stride = (<usize>columns) << 2;
  const unit: f64 = 0.000030517578125;
  for (let axis: usize = 0; axis < 3; axis++) {
    const m = matrix + 24 * axis;
    const byX = f32x4.splat(<f32>(load<f64>(m) * unit));
    const byY = f32x4.splat(<f32>(load<f64>(m, 8) * unit));
    const byZ = f32x4.splat(<f32>(load<f64>(m, 16) * unit));
    let drawn = scratch;
    let out = control + axis * stride;
    for (let row = 0; row < rows; row++) {
      for (let k: usize = 0; k < stride; k += 16) {
        const at = drawn + (k >> 1);
        let d = f32x4.mul(f32x4.convert_i32x4_s(v128.load16x4_s(at)), byX);
        d = multiplyAdd(f32x4.convert_i32x4_s(v128.load16x4_s(at + (stride >> 1))), byY, d);
        d = multiplyAdd(f32x4.convert_i32x4_s(v128.load16x4_s(at + stride)), byZ, d);
        v128.store(out + k, d);
      }
      drawn += (3 * stride) >> 1;
      out += 3 * stride;
    }
  }
}

/** out (n floats, whole vectors) = sum over an entry's control points of weight * part (n) */
// @ts-ignore: decorator
@inline
function combine(out: usize, entry: usize, parts: usize, n: i32): void {
  const bytes = (<usize>n) << 2;
  const part = parts + bytes * <usize>load<i32>(entry);
  const count = load<i32>(entry, 4);
  if (count == 4) {
    const w0 = v128.load32_splat(entry + 16);
    const w1 = v128.load32_splat(entry + 20);
    const w2 = v128.load32_splat(entry + 24);
    const w3 = v128.load32_splat(entry + 28);
    for (let i: usize = 0; i < bytes; i += 16) {
      const at = part + i;
      let sum = f32x4.mul(w0, v128.load(at));
      sum = multiplyAdd(w1, v128.load(at + bytes), sum);
      sum = multiplyAdd(w2, v128.load(at + 2 * bytes), sum);
      sum = multiplyAdd(w3, v128.load(at + 3 * bytes), sum);
      v128.store(out + i, sum);
    }
    return;
  }
  for (let i: usize = 0; i < bytes; i += 16) {
    let sum = f32x4.mul(v128.load32_splat(entry + 16), v128.load(part + i));
    for (let k = 1; k < count; k++) {
      const weight = v128.load32_splat(entry + 16 + ((<usize>k) << 2));
      sum = multiplyAdd(weight, v128.load(part + <usize>k * bytes + i), sum);
    }
    v128.store(out + i, sum);
  }
}

/**
 * field (rows, 3, whole vectors of a row) of the rows from `first` on of a volume (.., height, width): the splines' sums.
 * control (.., planeRows, 3, columns). tables: weights by depth, by height (32 bytes each), by vector of width (128 bytes).
 * scratch: 3 columns (planeRows + 1) floats.
 */
export function splineField(
  field: usize,
  control: usize,
  depthTable: usize,
  heightTable: usize,
  widthTable: usize,
  scratch: usize,
  first: i32,
  rows: i32,
  height: i32,
  width: i32,
  planeRows: i32,
  columns: i32,
): void {
  const vectors = (width + 3) >> 2;
  const stride = (<usize>vectors) << 4;
  const across = (<usize>columns) << 2;
  const line = scratch + 3 * across * <usize>planeRows;
  let plane = -1;
  for (let row = first; row < first + rows; row++) {
    const z = row / height;
    if (z != plane) {
      plane = z;
      combine(scratch, depthTable + rowEntryBytes * <usize>z, control, 3 * columns * planeRows);
    }
    combine(line, heightTable + rowEntryBytes * <usize>(row - z * height), scratch, 3 * columns);
    for (let j = 0; j < vectors; j++) {
      const entry = widthTable + columnEntryBytes * <usize>j;
      const count = load<i32>(entry, 4);
      let at = line + ((<usize>load<i32>(entry)) << 2);
      let weight = v128.load(entry, 16);
      let dx = f32x4.mul(weight, v128.load32_splat(at));
      let dy = f32x4.mul(weight, v128.load32_splat(at + across));
      let dz = f32x4.mul(weight, v128.load32_splat(at + 2 * across));
      for (let k = 1; k < count; k++) {
        at += 4;
        weight = v128.load(entry + ((<usize>k) << 4), 16);
        dx = multiplyAdd(weight, v128.load32_splat(at), dx);
        dy = multiplyAdd(weight, v128.load32_splat(at + across), dy);
        dz = multiplyAdd(weight, v128.load32_splat(at + 2 * across), dz);
      }
      v128.store(field, dx);
      v128.store(field + stride, dy);
      v128.store(field + 2 * stride, dz);
      field += 16;
    }
    field += 2 * stride;
  }
}
