// Distances of activations to the means of classes, in units of how the training set spreads (Mahalanobis 1936).

/** How activations spread about their class's mean. */
export interface Spread {
  readonly width: number;
  readonly covariance: "whole" | "diagonal";
  /** (classes, width) */
  readonly means: Float64Array;
  /** The lower triangle of the covariance's Cholesky factor, row by row; or the deviations. */
  readonly factor: Float64Array;
}

/** Of wider layers the whole covariance would be larger than most networks' weights. */
const widestWhole = 256;

/** Added to each variance, as a part of the mean variance: nodes that are always silent have none of their own. */
const ridge = 0.01;

/**
 * Means of the classes, and the covariance about them, all classes pooled (Lee et al. 2018).
 * @param groups the class of each row, from 0 on. Classes without a row have no mean.
 * @returns null where every activation is the same.
 */
export function spreadOf(features: Float64Array, width: number, groups: ArrayLike<number>): Spread | null {
  const count = features.length / width;
  const indexes = [...new Set(Array.from(groups))].sort((a, b) => a - b);
  const place = new Map(indexes.map((group, i) => [group, i]));
  const of = Int32Array.from(groups, (group) => place.get(group) ?? 0);
  const means = new Float64Array(indexes.length * width);
  const sizes = new Float64Array(indexes.length);
  for (let i = 0; i < count; i++) {
    sizes[of[i]]++;
    for (let j = 0; j < width; j++) means[of[i] * width + j] += features[i * width + j];
  }
  for (let k = 0; k < means.length; k++) means[k] /= sizes[Math.floor(k / width)];

  const covariance = width <= widestWhole ? "whole" : "diagonal";
  const scatter = new Float64Array(covariance === "whole" ? (width * (width + 1)) / 2 : width);
  const own = new Float64Array(width);
  let trace = 0;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < width; j++) {
      own[j] = features[i * width + j] - means[of[i] * width + j];
      trace += (own[j] * own[j]) / count;
    }
    if (covariance === "diagonal") {
      for (let j = 0; j < width; j++) scatter[j] += (own[j] * own[j]) / count;
      continue;
    }
    for (let j = 0, at = 0; j < width; j++) {
      const scaled = own[j] / count;
      if (scaled === 0) at += j + 1;
      else for (let k = 0; k <= j; k++, at++) scatter[at] += scaled * own[k];
    }
  }
  if (!(trace > 0 && Number.isFinite(trace))) return null;
  const floor = (ridge * trace) / width;
  if (covariance === "diagonal") return { width, covariance, means, factor: scatter.map((v) => Math.sqrt(v + floor)) };
  for (let j = 0; j < width; j++) scatter[(j * (j + 1)) / 2 + j] += floor;
  return { width, covariance, means, factor: cholesky(scatter, width) };
}

/** A = L L^T, in place: lower triangles, row by row. The ridge keeps every pivot above 0. */
function cholesky(a: Float64Array, width: number): Float64Array {
  for (let i = 0; i < width; i++) {
    const row = (i * (i + 1)) / 2;
    for (let j = 0; j <= i; j++) {
      const other = (j * (j + 1)) / 2;
      let sum = a[row + j];
      for (let k = 0; k < j; k++) sum -= a[row + k] * a[other + k];
      a[row + j] = i === j ? Math.sqrt(sum) : sum / a[other + j];
    }
  }
  return a;
}

/** d = sqrt((x - m)^T C^-1 (x - m)) of each row to the nearest of the means. */
export function nearestDistances(features: Float64Array, { width, covariance, means, factor }: Spread): Float64Array {
  const solved = new Float64Array(width);
  return Float64Array.from({ length: features.length / width }, (_, i) => {
    let nearest = Infinity;
    for (let mean = 0; mean < means.length; mean += width) {
      let squares = 0;
      for (let j = 0, at = 0; j < width; j++) {
        let sum = features[i * width + j] - means[mean + j];
        if (covariance === "whole") for (let k = 0; k < j; k++, at++) sum -= factor[at] * solved[k];
        solved[j] = sum / factor[covariance === "whole" ? at++ : j];
        squares += solved[j] * solved[j];
      }
      if (squares < nearest) nearest = squares;
    }
    return Math.sqrt(nearest);
  });
}
