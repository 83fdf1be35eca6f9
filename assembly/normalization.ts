// Batch normalisation: columns are features, rows are the images of a batch. Totals are float64, row after row.
//
// y = gamma (x - mean) / sqrt(variance + epsilon) + beta, by column   (Ioffe & Szegedy 2015)
// Its statistics are (4, stride) float64, the stride being the columns in whole vectors of four: mean, 1 / sqrt(variance +
// epsilon), sum of dy, sum of dy times the normalised x. The first two are of the batch or of the running statistics.
import { loadLanes, storeLanes } from "./lanes";
import { highToDouble, joinFloats, lowToDouble } from "./simd";

/** Bytes from one row of statistics to the next. */
// @ts-ignore: decorator
@inline
function statisticsStride(columns: i32): usize {
  return (<usize>((columns + 3) & ~3)) << 3;
}

/** 1 / sqrt(variance + epsilon) */
// @ts-ignore: decorator
@inline
function inverseDeviation(variance: v128, epsilon: f64): v128 {
  return f64x2.div(f64x2.splat(1), f64x2.sqrt(f64x2.add(variance, f64x2.splat(epsilon))));
}

/** (1 - momentum) running + momentum batch */
// @ts-ignore: decorator
@inline
function moved(running: v128, batch: v128, momentum: f64): v128 {
  return f64x2.add(f64x2.mul(running, f64x2.splat(1 - momentum)), f64x2.mul(batch, f64x2.splat(momentum)));
}

/**
 * Mean and inverse deviation of x: (rows, columns) into statistics, the variance divided by the rows; moves runningMean
 * and runningVariance: (columns) towards them, the variance there divided by rows - 1; adds 1 to batches: (1). As PyTorch.
 */
export function batchNormStatistics(
  statistics: usize,
  runningMean: usize,
  runningVariance: usize,
  batches: usize,
  x: usize,
  rows: i32,
  columns: i32,
  momentum: f64,
  epsilon: f64,
): void {
  const stride = (<usize>columns) << 2;
  const inverses = statistics + statisticsStride(columns);
  const count = f64x2.splat(<f64>rows);
  const less = f64x2.splat(<f64>(rows - 1));
  for (let j = 0; j < columns; j += 4) {
    const left = columns - j;
    const at = (<usize>j) << 2;
    let low = f64x2.splat(0);
    let high = low;
    for (let row = 0, from = x + at; row < rows; row++, from += stride) {
      const value = loadLanes(from, left);
      low = f64x2.add(low, lowToDouble(value));
      high = f64x2.add(high, highToDouble(value));
    }
    const meanLow = f64x2.div(low, count);
    const meanHigh = f64x2.div(high, count);

    low = f64x2.splat(0);
    high = low;
    for (let row = 0, from = x + at; row < rows; row++, from += stride) {
      const value = loadLanes(from, left);
      const centredLow = f64x2.sub(lowToDouble(value), meanLow);
      const centredHigh = f64x2.sub(highToDouble(value), meanHigh);
      low = f64x2.add(low, f64x2.mul(centredLow, centredLow));
      high = f64x2.add(high, f64x2.mul(centredHigh, centredHigh));
    }

    v128.store(statistics + 2 * at, meanLow);
    v128.store(statistics + 2 * at, meanHigh, 16);
    v128.store(inverses + 2 * at, inverseDeviation(f64x2.div(low, count), epsilon));
    v128.store(inverses + 2 * at, inverseDeviation(f64x2.div(high, count), epsilon), 16);

    const mean = loadLanes(runningMean + at, left);
    const variance = loadLanes(runningVariance + at, left);
    const newMean = joinFloats(
      moved(lowToDouble(mean), meanLow, momentum),
      moved(highToDouble(mean), meanHigh, momentum),
    );
    const newVariance = joinFloats(
      moved(lowToDouble(variance), f64x2.div(low, less), momentum),
      moved(highToDouble(variance), f64x2.div(high, less), momentum),
    );
    storeLanes(runningMean + at, newMean, left);
    storeLanes(runningVariance + at, newVariance, left);
  }
  store<f32>(batches, load<f32>(batches) + 1);
}

/** Mean and inverse deviation of the running statistics: (columns) into statistics. */
export function batchNormFixedStatistics(
  statistics: usize,
  runningMean: usize,
  runningVariance: usize,
  columns: i32,
  epsilon: f64,
): void {
  const inverses = statistics + statisticsStride(columns);
  for (let j = 0; j < columns; j += 4) {
    const at = (<usize>j) << 2;
    const mean = loadLanes(runningMean + at, columns - j);
    const variance = loadLanes(runningVariance + at, columns - j);
    v128.store(statistics + 2 * at, lowToDouble(mean));
    v128.store(statistics + 2 * at, highToDouble(mean), 16);
    v128.store(inverses + 2 * at, inverseDeviation(lowToDouble(variance), epsilon));
    v128.store(inverses + 2 * at, inverseDeviation(highToDouble(variance), epsilon), 16);
  }
}

/** y: (rows, columns) = gamma (x - mean) inverse + beta, of x: (rows, columns), gamma and beta: (columns). */
export function batchNormForward(
  y: usize,
  x: usize,
  gamma: usize,
  beta: usize,
  statistics: usize,
  rows: i32,
  columns: i32,
): void {
  const stride = (<usize>columns) << 2;
  const inverses = statistics + statisticsStride(columns);
  for (let j = 0; j < columns; j += 4) {
    const left = columns - j;
    const at = (<usize>j) << 2;
    const gain = loadLanes(gamma + at, left);
    const shift = loadLanes(beta + at, left);
    const meanLow = v128.load(statistics + 2 * at);
    const meanHigh = v128.load(statistics + 2 * at, 16);
    const factorLow = f64x2.mul(v128.load(inverses + 2 * at), lowToDouble(gain));
    const factorHigh = f64x2.mul(v128.load(inverses + 2 * at, 16), highToDouble(gain));
    for (let row = 0, offset = at; row < rows; row++, offset += stride) {
      const value = loadLanes(x + offset, left);
      const low = f64x2.mul(f64x2.sub(lowToDouble(value), meanLow), factorLow);
      const high = f64x2.mul(f64x2.sub(highToDouble(value), meanHigh), factorHigh);
      const sum = joinFloats(f64x2.add(low, lowToDouble(shift)), f64x2.add(high, highToDouble(shift)));
      storeLanes(y + offset, sum, left);
    }
  }
}

/** The sums of dy and of dy times the normalised x, by column, into statistics. */
// @ts-ignore: decorator
@inline
function sumGradients(statistics: usize, dy: usize, x: usize, rows: i32, columns: i32): void {
  const stride = (<usize>columns) << 2;
  const next = statisticsStride(columns);
  for (let j = 0; j < columns; j += 4) {
    const left = columns - j;
    const at = (<usize>j) << 2;
    const place = statistics + 2 * at;
    const meanLow = v128.load(place);
    const meanHigh = v128.load(place, 16);
    let low = f64x2.splat(0);
    let high = low;
    let productLow = low;
    let productHigh = low;
    for (let row = 0, offset = at; row < rows; row++, offset += stride) {
      const slope = loadLanes(dy + offset, left);
      const value = loadLanes(x + offset, left);
      const slopeLow = lowToDouble(slope);
      const slopeHigh = highToDouble(slope);
      low = f64x2.add(low, slopeLow);
      high = f64x2.add(high, slopeHigh);
      productLow = f64x2.add(productLow, f64x2.mul(slopeLow, f64x2.sub(lowToDouble(value), meanLow)));
      productHigh = f64x2.add(productHigh, f64x2.mul(slopeHigh, f64x2.sub(highToDouble(value), meanHigh)));
    }
    v128.store(place + 2 * next, low);
    v128.store(place + 2 * next, high, 16);
    v128.store(place + 3 * next, f64x2.mul(productLow, v128.load(place + next)));
    v128.store(place + 3 * next, f64x2.mul(productHigh, v128.load(place + next, 16)), 16);
  }
}

/** Four sums of statistics as floats. */
// @ts-ignore: decorator
@inline
function sumsAt(place: usize): v128 {
  return joinFloats(v128.load(place), v128.load(place, 16));
}

/** dGamma: (columns) = sum dy (x - mean) inverse, dBeta: (columns) = sum dy; both stay in statistics as well. */
export function batchNormBackwardParameters(
  dGamma: usize,
  dBeta: usize,
  statistics: usize,
  dy: usize,
  x: usize,
  rows: i32,
  columns: i32,
): void {
  sumGradients(statistics, dy, x, rows, columns);
  const next = statisticsStride(columns);
  for (let j = 0; j < columns; j += 4) {
    const at = (<usize>j) << 2;
    storeLanes(dBeta + at, sumsAt(statistics + 2 * next + 2 * at), columns - j);
    storeLanes(dGamma + at, sumsAt(statistics + 3 * next + 2 * at), columns - j);
  }
}

/** As batchNormBackwardParameters, but added to dGamma and dBeta. */
export function batchNormBackwardParametersAdd(
  dGamma: usize,
  dBeta: usize,
  statistics: usize,
  dy: usize,
  x: usize,
  rows: i32,
  columns: i32,
): void {
  sumGradients(statistics, dy, x, rows, columns);
  const next = statisticsStride(columns);
  for (let j = 0; j < columns; j += 4) {
    const at = (<usize>j) << 2;
    const left = columns - j;
    const shift = f32x4.add(loadLanes(dBeta + at, left), sumsAt(statistics + 2 * next + 2 * at));
    const gain = f32x4.add(loadLanes(dGamma + at, left), sumsAt(statistics + 3 * next + 2 * at));
    storeLanes(dBeta + at, shift, left);
    storeLanes(dGamma + at, gain, left);
  }
}

/**
 * dx: (rows, columns) = gamma inverse (dy - sum dy / rows - normalised x * sum (dy * normalised x) / rows), where mean and
 * inverse are the batch's and the sums are in statistics.
 */
export function batchNormBackwardInput(
  dx: usize,
  dy: usize,
  x: usize,
  gamma: usize,
  statistics: usize,
  rows: i32,
  columns: i32,
): void {
  const stride = (<usize>columns) << 2;
  const next = statisticsStride(columns);
  const count = f64x2.splat(<f64>rows);
  for (let j = 0; j < columns; j += 4) {
    const left = columns - j;
    const at = (<usize>j) << 2;
    const place = statistics + 2 * at;
    const gain = loadLanes(gamma + at, left);
    const inverseLow = v128.load(place + next);
    const inverseHigh = v128.load(place + next, 16);
    const factorLow = f64x2.mul(inverseLow, lowToDouble(gain));
    const factorHigh = f64x2.mul(inverseHigh, highToDouble(gain));
    const meanLow = v128.load(place);
    const meanHigh = v128.load(place, 16);
    const shareLow = f64x2.div(v128.load(place + 2 * next), count);
    const shareHigh = f64x2.div(v128.load(place + 2 * next, 16), count);
    const slantLow = f64x2.mul(f64x2.div(v128.load(place + 3 * next), count), inverseLow);
    const slantHigh = f64x2.mul(f64x2.div(v128.load(place + 3 * next, 16), count), inverseHigh);
    for (let row = 0, offset = at; row < rows; row++, offset += stride) {
      const slope = loadLanes(dy + offset, left);
      const value = loadLanes(x + offset, left);
      const low = f64x2.sub(
        f64x2.sub(lowToDouble(slope), shareLow),
        f64x2.mul(f64x2.sub(lowToDouble(value), meanLow), slantLow),
      );
      const high = f64x2.sub(
        f64x2.sub(highToDouble(slope), shareHigh),
        f64x2.mul(f64x2.sub(highToDouble(value), meanHigh), slantHigh),
      );
      storeLanes(dx + offset, joinFloats(f64x2.mul(low, factorLow), f64x2.mul(high, factorHigh)), left);
    }
  }
}

/** dx: (rows, columns) = gamma inverse dy, where mean and inverse are of the running statistics. */
export function batchNormFixedBackwardInput(
  dx: usize,
  dy: usize,
  gamma: usize,
  statistics: usize,
  rows: i32,
  columns: i32,
): void {
  const stride = (<usize>columns) << 2;
  const inverses = statistics + statisticsStride(columns);
  for (let j = 0; j < columns; j += 4) {
    const left = columns - j;
    const at = (<usize>j) << 2;
    const gain = loadLanes(gamma + at, left);
    const factorLow = f64x2.mul(v128.load(inverses + 2 * at), lowToDouble(gain));
    const factorHigh = f64x2.mul(v128.load(inverses + 2 * at, 16), highToDouble(gain));
    for (let row = 0, offset = at; row < rows; row++, offset += stride) {
      const slope = loadLanes(dy + offset, left);
      const low = f64x2.mul(lowToDouble(slope), factorLow);
      storeLanes(dx + offset, joinFloats(low, f64x2.mul(highToDouble(slope), factorHigh)), left);
    }
  }
}
