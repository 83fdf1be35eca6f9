// Calibration of masks: one temperature for the probabilities of all voxels, each a yes or no of its own.
import { exp, log } from "../elementary.ts";
import { temperatureOf } from "./temperature.ts";

/** 1 - p of a sigmoid in float32: nothing between 0 and this can be told apart from 0. */
const least = 2.98023223876953125e-8;

/** Logits are held to so much, and counted in bins that are this wide: the mean of each stands for what is in it. */
const largestLogit = 17.328679;
const perUnit = 128;
const bins = 2 * Math.ceil(largestLogit * perUnit) + 1;

/** float32 has nothing between this and 0.5. */
const belowHalf = 0.4999999701976776;

/** What voxels say of a temperature, counted as they come: their probabilities need not be kept. */
export interface VoxelLogits {
  /** @param weight what the voxel counts. */
  add(probability: number, isForeground: boolean, weight: number): void;
  /** Whether a probability was no number. */
  readonly isBroken: boolean;
  /**
   * The temperature at which the truth is likeliest: it minimises the weighted mean of -log p(truth), as fitTemperature
   * does, over binned logits. Not below 1 where every voxel is on the right side of 0.5.
   */
  temperature(): number;
  /** Mean of -log p(truth) at a temperature. */
  logLoss(temperature: number): number;
}

export function createVoxelLogits(): VoxelLogits {
  const weights = new Float64Array(bins);
  const sums = new Float64Array(bins);
  let total = 0;
  /** Sum of the logits of what is foreground. */
  let ofTruth = 0;
  let isAllRight = true;
  let isBroken = false;

  /** d/db of the sum of -log p(truth) at b = 1/T: the sum of w z (sigmoid(b z) - y). */
  function slope(b: number): number {
    let sum = -ofTruth;
    for (let bin = 0; bin < bins; bin++) if (weights[bin] > 0) sum += sums[bin] * sigmoid((b * sums[bin]) / weights[bin]);
    return sum;
  } // prettier-ignore

  return {
    add(probability, isForeground, weight) {
      if (!Number.isFinite(probability)) isBroken = true;
      if (isBroken || weight === 0) return;
      const z = logit(probability);
      const bin = Math.floor(z * perUnit + 0.5) + (bins - 1) / 2;
      weights[bin] += weight;
      sums[bin] += weight * z;
      total += weight;
      if (isForeground) ofTruth += weight * z;
      if (isForeground !== probability >= 0.5) isAllRight = false;
    },
    get isBroken() {
      return isBroken || total === 0;
    },
    temperature() {
      return temperatureOf(slope, isAllRight);
    },
    logLoss(temperature) {
      let sum = -ofTruth / temperature;
      for (let bin = 0; bin < bins; bin++) {
        if (weights[bin] === 0) continue;
        const z = sums[bin] / weights[bin] / temperature;
        sum += weights[bin] * (Math.max(z, 0) + log(1 + exp(-Math.abs(z))));
      }
      return sum / total;
    },
  };
}

/**
 * Probabilities of voxels at a temperature: sigmoid(logit(p) / T) of each. At 1 they are left as they are; 0, 0.5 and 1 stay,
 * and what is below 0.5 stays below, so that no mask changes.
 */
export function calibrateVoxels(probabilities: Float32Array, temperature: number): Float32Array {
  const calibrated = probabilities.slice();
  if (temperature === 1) return calibrated;
  for (let i = 0; i < calibrated.length; i++) calibrated[i] = calibrateVoxel(calibrated[i], temperature);
  return calibrated;
}

/** The same of one voxel. A 1 is of some logit from 17.3 on, which float32 does not tell: it is taken for that. */
export function calibrateVoxel(p: number, temperature: number): number {
  if (!(p > 0) || temperature === 1) return p;
  const calibrated = sigmoid((p < 1 ? log(p) - log(1 - p) : largestLogit) / temperature);
  return p < 0.5 ? Math.min(calibrated, belowHalf) : calibrated;
}

function logit(p: number): number {
  return Math.min(largestLogit, Math.max(-largestLogit, log(Math.max(p, least)) - log(Math.max(1 - p, least))));
}

/** 1 / (1 + e^-z), from the side where nothing overflows. */
function sigmoid(z: number): number {
  const part = exp(-Math.abs(z));
  return (z >= 0 ? 1 : part) / (1 + part);
}
