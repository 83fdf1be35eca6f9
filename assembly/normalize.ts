// Pixels as they are stored become the floats that a network sees; shifts and factors are float64, as are the steps.
import { loadLanes, storeLanes } from "./lanes";
import { highToDouble, joinFloats, lowToDouble } from "./simd";

/** y: (n) floats = x: (n) unsigned bytes, exactly. */
export function bytesToFloats(y: usize, x: usize, n: i32): void {
  let i = 0;
  for (; i + 8 <= n; i += 8) {
    const words = v128.load_ext<u8>(x + <usize>i);
    const at = y + ((<usize>i) << 2);
    v128.store(at, f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(words)));
    v128.store(at, f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(words)), 16);
  }
  for (; i < n; i++) store<f32>(y + ((<usize>i) << 2), <f32>load<u8>(x + <usize>i));
}

/** y: (n) = (x - shift) factor, of x: (n). In place where y is x. */
export function shiftScale(y: usize, x: usize, n: i32, shift: f64, factor: f64): void {
  const shifts = f64x2.splat(shift);
  const factors = f64x2.splat(factor);
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const value = loadLanes(x + at, n - i);
    const low = f64x2.mul(f64x2.sub(lowToDouble(value), shifts), factors);
    const high = f64x2.mul(f64x2.sub(highToDouble(value), shifts), factors);
    storeLanes(y + at, joinFloats(low, high), n - i);
  }
}

/**
 * y: (rows, columns) = (x - shifts) factors, of x: (rows, columns) and float64 shifts and factors: (columns), which have
 * room for whole vectors of four. In place where y is x.
 */
export function shiftScaleColumns(y: usize, x: usize, shifts: usize, factors: usize, rows: i32, columns: i32): void {
  const stride = (<usize>columns) << 2;
  for (let row = 0; row < rows; row++, x += stride, y += stride) {
    for (let j = 0; j < columns; j += 4) {
      const at = (<usize>j) << 2;
      const shift = shifts + 2 * at;
      const factor = factors + 2 * at;
      const value = loadLanes(x + at, columns - j);
      const low = f64x2.mul(f64x2.sub(lowToDouble(value), v128.load(shift)), v128.load(factor));
      const high = f64x2.mul(f64x2.sub(highToDouble(value), v128.load(shift, 16)), v128.load(factor, 16));
      storeLanes(y + at, joinFloats(low, high), columns - j);
    }
  }
}
