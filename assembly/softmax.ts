// Softmax over the columns of each row. Sums are float64: column j goes to running total j % 4, then (0 + 1) + (2 + 3).
import { loadLanes, storeLanes } from "./lanes";
import { exp4 } from "./math";
import { highToDouble, lowToDouble, sumOfDoubles } from "./simd";

/** The next columns of a row, -infinity (e^x = 0) behind its end. */
// @ts-ignore: decorator
@inline
function loadColumns(address: usize, left: i32): v128 {
  const isColumn = i32x4.gt_s(i32x4.splat(left), i32x4(0, 1, 2, 3));
  return v128.bitselect(loadLanes(address, left), f32x4.splat(f32.NEGATIVE_INFINITY), isColumn);
}

/** The largest column, NaN if there is one. */
// @ts-ignore: decorator
@inline
function maximumOf(x: usize, columns: i32): f32 {
  let most = f32x4.splat(f32.NEGATIVE_INFINITY);
  for (let j = 0; j < columns; j += 4) {
    most = f32x4.max(most, loadColumns(x + ((<usize>j) << 2), columns - j));
  }
  most = f32x4.max(most, v128.shuffle<i32>(most, most, 2, 3, 0, 1));
  return max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1));
}

/** y (rows, columns) = e^(x - max) / sum over columns of e^(x - max), of x (rows, columns). In place where y is x. */
export function softmaxForward(y: usize, x: usize, rows: i32, columns: i32): void {
  const stride = (<usize>columns) << 2;
  for (let row = 0; row < rows; row++, x += stride, y += stride) {
    const most = f32x4.splat(maximumOf(x, columns));
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (let j = 0; j < columns; j += 4) {
      const at = (<usize>j) << 2;
      const e = exp4(f32x4.sub(loadColumns(x + at, columns - j), most));
      storeLanes(y + at, e, columns - j);
      low = f64x2.add(low, lowToDouble(e));
      high = f64x2.add(high, highToDouble(e));
    }
    const total = f32x4.splat(<f32>(sumOfDoubles(low) + sumOfDoubles(high)));
    for (let j = 0; j < columns; j += 4) {
      const at = (<usize>j) << 2;
      storeLanes(y + at, f32x4.div(loadLanes(y + at, columns - j), total), columns - j);
    }
  }
}

/** The upstream of the likeliest column. */
// @ts-ignore: decorator
@inline
function upstreamOfLikeliest(dy: usize, y: usize, columns: i32): f32 {
  let likeliest: usize = 0;
  for (let j = 1; j < columns; j++) {
    if (load<f32>(y + ((<usize>j) << 2)) > load<f32>(y + (likeliest << 2))) likeliest = j;
  }
  return load<f32>(dy + (likeliest << 2));
}

/**
 * dx (rows, columns) = y (dy - sum over columns of dy y), of dy and y (rows, columns). In place where dx is dy.
 * The likeliest column's dy is taken off all others first, which changes nothing where y sums to 1 and keeps the digits
 * of a row that is nearly 0 and 1.
 */
export function softmaxBackward(dx: usize, dy: usize, y: usize, rows: i32, columns: i32): void {
  const stride = (<usize>columns) << 2;
  for (let row = 0; row < rows; row++, dx += stride, dy += stride, y += stride) {
    const level = f32x4.splat(upstreamOfLikeliest(dy, y, columns));
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (let j = 0; j < columns; j += 4) {
      const at = (<usize>j) << 2;
      const upstream = f32x4.sub(loadLanes(dy + at, columns - j), level);
      const output = loadLanes(y + at, columns - j);
      low = f64x2.add(low, f64x2.mul(lowToDouble(upstream), lowToDouble(output)));
      high = f64x2.add(high, f64x2.mul(highToDouble(upstream), highToDouble(output)));
    }
    const mean = f32x4.splat(<f32>(sumOfDoubles(low) + sumOfDoubles(high)));
    for (let j = 0; j < columns; j += 4) {
      const at = (<usize>j) << 2;
      const upstream = f32x4.sub(loadLanes(dy + at, columns - j), level);
      const output = loadLanes(y + at, columns - j);
      storeLanes(dx + at, f32x4.mul(output, f32x4.sub(upstream, mean)), columns - j);
    }
  }
}
