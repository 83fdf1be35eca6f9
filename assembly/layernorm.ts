// Layer normalisation:  y = gamma (x - mean) / sqrt(variance + epsilon) + beta, by row   (Ba, Kiros & Hinton 2016)
//
// x: (rows, columns); gamma, beta: (columns); statistics: (rows, 2) float64, each row's mean and 1 / sqrt(variance +
// epsilon). Sums over a row are float64: of whole vectors element i goes to running total i % 4, then (0 + 1) + (2 + 3), then
// what is left one after the other. Sums over rows go row after row.
import { loadLanes, storeLanes } from "./lanes";
import { highToDouble, joinFloats, lowToDouble, sumOfDoubles } from "./simd";

/** sum of x (n) */
// @ts-ignore: decorator
@inline
function total(x: usize, n: i32): f64 {
  let low = f64x2.splat(0);
  let high = low;
  let i = 0;
  for (; i + 4 <= n; i += 4, x += 16) {
    const value = v128.load(x);
    low = f64x2.add(low, lowToDouble(value));
    high = f64x2.add(high, highToDouble(value));
  }
  let sum = sumOfDoubles(low) + sumOfDoubles(high);
  for (; i < n; i++, x += 4) sum += <f64>load<f32>(x);
  return sum;
}

/** sum of (x - mean)^2 over x (n) */
// @ts-ignore: decorator
@inline
function squares(x: usize, n: i32, mean: f64): f64 {
  const means = f64x2.splat(mean);
  let low = f64x2.splat(0);
  let high = low;
  let i = 0;
  for (; i + 4 <= n; i += 4, x += 16) {
    const value = v128.load(x);
    const first = f64x2.sub(lowToDouble(value), means);
    const last = f64x2.sub(highToDouble(value), means);
    low = f64x2.add(low, f64x2.mul(first, first));
    high = f64x2.add(high, f64x2.mul(last, last));
  }
  let sum = sumOfDoubles(low) + sumOfDoubles(high);
  for (; i < n; i++, x += 4) {
    const centred = <f64>load<f32>(x) - mean;
    sum += centred * centred;
  }
  return sum;
}

/** y: (rows, columns), and the statistics that the backward kernels need. The variance is divided by the columns. */
export function layerNormForward(
  y: usize,
  statistics: usize,
  x: usize,
  gamma: usize,
  beta: usize,
  rows: i32,
  columns: i32,
  epsilon: f64,
): void {
  const stride = (<usize>columns) << 2;
  for (let row = 0; row < rows; row++, x += stride, y += stride, statistics += 16) {
    const mean = total(x, columns) / <f64>columns;
    const inverse = 1 / sqrt<f64>(squares(x, columns, mean) / <f64>columns + epsilon);
    store<f64>(statistics, mean);
    store<f64>(statistics, inverse, 8);
    const means = f64x2.splat(mean);
    const inverses = f64x2.splat(inverse);
    for (let j = 0; j < columns; j += 4) {
      const left = columns - j;
      const at = (<usize>j) << 2;
      const value = loadLanes(x + at, left);
      const gain = loadLanes(gamma + at, left);
      const shift = loadLanes(beta + at, left);
      const low = f64x2.mul(f64x2.mul(f64x2.sub(lowToDouble(value), means), inverses), lowToDouble(gain));
      const high = f64x2.mul(f64x2.mul(f64x2.sub(highToDouble(value), means), inverses), highToDouble(gain));
      const sum = joinFloats(f64x2.add(low, lowToDouble(shift)), f64x2.add(high, highToDouble(shift)));
      storeLanes(y + at, sum, left);
    }
  }
}

/** dx: (rows, columns) = inverse (g - mean of g - normalised x * mean of (g * normalised x)), g = gamma dy, means by row. */
export function layerNormBackwardInput(
  dx: usize,
  dy: usize,
  x: usize,
  gamma: usize,
  statistics: usize,
  rows: i32,
  columns: i32,
): void {
  const stride = (<usize>columns) << 2;
  const whole = columns & ~3;
  for (let row = 0; row < rows; row++, dx += stride, dy += stride, x += stride, statistics += 16) {
    const mean = load<f64>(statistics);
    const inverse = load<f64>(statistics, 8);
    const means = f64x2.splat(mean);

    // Sums of g and of g (x - mean).
    let low = f64x2.splat(0);
    let high = low;
    let productLow = low;
    let productHigh = low;
    for (let j = 0; j < whole; j += 4) {
      const at = (<usize>j) << 2;
      const slope = v128.load(dy + at);
      const gain = v128.load(gamma + at);
      const value = v128.load(x + at);
      const slopeLow = f64x2.mul(lowToDouble(slope), lowToDouble(gain));
      const slopeHigh = f64x2.mul(highToDouble(slope), highToDouble(gain));
      low = f64x2.add(low, slopeLow);
      high = f64x2.add(high, slopeHigh);
      productLow = f64x2.add(productLow, f64x2.mul(slopeLow, f64x2.sub(lowToDouble(value), means)));
      productHigh = f64x2.add(productHigh, f64x2.mul(slopeHigh, f64x2.sub(highToDouble(value), means)));
    }
    let sum = sumOfDoubles(low) + sumOfDoubles(high);
    let product = sumOfDoubles(productLow) + sumOfDoubles(productHigh);
    for (let j = whole; j < columns; j++) {
      const at = (<usize>j) << 2;
      const slope = <f64>load<f32>(dy + at) * <f64>load<f32>(gamma + at);
      sum += slope;
      product += slope * (<f64>load<f32>(x + at) - mean);
    }

    const share = f64x2.splat(sum / <f64>columns);
    const slant = f64x2.splat((product * inverse * inverse) / <f64>columns);
    const inverses = f64x2.splat(inverse);
    for (let j = 0; j < columns; j += 4) {
      const left = columns - j;
      const at = (<usize>j) << 2;
      const slope = loadLanes(dy + at, left);
      const gain = loadLanes(gamma + at, left);
      const value = loadLanes(x + at, left);
      const first = f64x2.sub(f64x2.mul(lowToDouble(slope), lowToDouble(gain)), share);
      const last = f64x2.sub(f64x2.mul(highToDouble(slope), highToDouble(gain)), share);
      const below = f64x2.sub(first, f64x2.mul(f64x2.sub(lowToDouble(value), means), slant));
      const above = f64x2.sub(last, f64x2.mul(f64x2.sub(highToDouble(value), means), slant));
      storeLanes(dx + at, joinFloats(f64x2.mul(below, inverses), f64x2.mul(above, inverses)), left);
    }
  }
}

/** dGamma: (columns) = sum over rows of dy * normalised x, dBeta: (columns) = sum over rows of dy. */
export function layerNormBackwardParameters(
  dGamma: usize,
  dBeta: usize,
  dy: usize,
  x: usize,
  statistics: usize,
  rows: i32,
  columns: i32,
): void {
  for (let j = 0; j < columns; j += 4) {
    const at = (<usize>j) << 2;
    storeLanes(dGamma + at, f32x4.splat(0), columns - j);
    storeLanes(dBeta + at, f32x4.splat(0), columns - j);
  }
  layerNormBackwardParametersAdd(dGamma, dBeta, dy, x, statistics, rows, columns);
}

/** As layerNormBackwardParameters, but added to dGamma and dBeta. */
export function layerNormBackwardParametersAdd(
  dGamma: usize,
  dBeta: usize,
  dy: usize,
  x: usize,
  statistics: usize,
  rows: i32,
  columns: i32,
): void {
  const stride = (<usize>columns) << 2;
  for (let j = 0; j < columns; j += 4) {
    const left = columns - j;
    const at = (<usize>j) << 2;
    let low = f64x2.splat(0);
    let high = low;
    let productLow = low;
    let productHigh = low;
    for (let row = 0, offset = at, from = statistics; row < rows; row++, offset += stride, from += 16) {
      const slope = loadLanes(dy + offset, left);
      const value = loadLanes(x + offset, left);
      const means = v128.load64_splat(from);
      const inverses = v128.load64_splat(from, 8);
      const slopeLow = lowToDouble(slope);
      const slopeHigh = highToDouble(slope);
      const normalLow = f64x2.mul(f64x2.sub(lowToDouble(value), means), inverses);
      const normalHigh = f64x2.mul(f64x2.sub(highToDouble(value), means), inverses);
      low = f64x2.add(low, slopeLow);
      high = f64x2.add(high, slopeHigh);
      productLow = f64x2.add(productLow, f64x2.mul(slopeLow, normalLow));
      productHigh = f64x2.add(productHigh, f64x2.mul(slopeHigh, normalHigh));
    }
    storeLanes(dBeta + at, f32x4.add(loadLanes(dBeta + at, left), joinFloats(low, high)), left);
    storeLanes(dGamma + at, f32x4.add(loadLanes(dGamma + at, left), joinFloats(productLow, productHigh)), left);
  }
}
