// How good the probabilities of masks are, summed image by image: Brier score, log loss, expected calibration error.
import { log } from "../elementary.ts";

/** Bins of equal width of the probability. */
export const voxelBins = 10;

/** A probability of 0 would cost infinitely much. */
const smallest = 1e-7;

/** Sums over the voxels of one image, and each kind of foreground; every one is a yes or no of its own. */
export interface VoxelSums {
  readonly count: number;
  /** Of (p - y)^2. */
  readonly squares: number;
  /** Of -ln p(truth), probabilities held to 1e-7 to 1 - 1e-7. */
  readonly logLoss: number;
  /** Of each bin the sum of p - y. */
  readonly gaps: Float64Array;
}

/**
 * @param probabilities (rows, kinds, voxels): `row` is looked at. @param truth (voxels): 0 for background, k for the k-th kind.
 * @param calibrate what is made of each probability before.
 */
export function voxelSums(
  probabilities: Float32Array,
  row: number,
  truth: Uint8Array,
  kinds: number,
  calibrate: (p: number) => number = (p) => p,
): VoxelSums {
  const gaps = new Float64Array(voxelBins);
  let squares = 0;
  let sum = 0;
  for (let k = 0; k < kinds; k++) {
    const at = (row * kinds + k) * truth.length;
    for (let voxel = 0; voxel < truth.length; voxel++) {
      const p = calibrate(probabilities[at + voxel]);
      const y = truth[voxel] === k + 1 ? 1 : 0;
      squares += (p - y) * (p - y);
      sum -= log(Math.max(smallest, y === 1 ? p : 1 - p));
      gaps[Math.min(voxelBins - 1, Math.floor(voxelBins * p))] += p - y;
    }
  }
  return { count: kinds * truth.length, squares, logLoss: sum, gaps };
}

/** The figures of many images, each counting so much. */
export function voxelScores(sums: readonly VoxelSums[], weights: ArrayLike<number>) {
  const gaps = new Float64Array(voxelBins);
  let count = 0;
  let squares = 0;
  let logLoss = 0;
  sums.forEach((each, i) => {
    const weight = weights[i];
    if (weight === 0) return;
    count += weight * each.count;
    squares += weight * each.squares;
    logLoss += weight * each.logLoss;
    for (let bin = 0; bin < voxelBins; bin++) gaps[bin] += weight * each.gaps[bin];
  });
  // Where nothing counts there is no mean: NaN.
  const gap = gaps.reduce((total, each) => total + Math.abs(each), 0);
  return { brier: squares / count, logLoss: logLoss / count, expectedCalibrationError: gap / count };
}
