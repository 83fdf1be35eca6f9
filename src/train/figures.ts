// What an epoch says about a set: total error, mean loss, mean absolute error, accuracy, and the task's own score.
import type { Dataset } from "../data/dataset.ts";
import { totalWeight } from "../data/weights.ts";
import { macroRocAuc, rocAuc } from "../metrics/curves.ts";

/**
 * Figures of one set after one epoch, dropout off. Where the set's images have weights, each counts as often as its weight
 * says, as scikit-learn's `sample_weight`.
 */
export interface SetFigures {
  /** Sum of the images' losses: the article's total error. */
  readonly totalError: number;
  /** The loss as it is optimised: the total error over the loss's denominator, without penalties. */
  readonly loss: number;
  /** Mean of 1 - p(truth): a tumour that is there and gets 32 % counts 0.68. For masks, the mean over voxels. */
  readonly absoluteError: number;
  /** Part of the images (for masks: of the voxels) whose likeliest class is the true one. */
  readonly accuracy: number;
  /** Area under the ROC curve; the mean over classes against the rest when there are more than two. Null for masks. */
  readonly rocAuc: number | null;
  /** Mean Dice over the images whose true mask is not empty, classes averaged. Null for labels. */
  readonly dice: number | null;
}

/** An error of a set, and how sure it is. */
export interface SetError {
  readonly value: number;
  readonly standardError: number;
}

/** Collects one set's outputs, batch by batch. */
export interface Tally {
  /** probabilities: (rows, outputs) of the images from `first` on. */
  add(first: number, rows: number, probabilities: Float32Array): void;
  figures(totalError: number, denominator: number): SetFigures;
  /** For labels 1 - p(truth), each class counting alike; for masks 1 - Dice of the images that have foreground. */
  error(): SetError;
}

/** For labels. A network with a single output gives the probability of the second class. */
export function labelTally(data: Dataset, outputs: number): Tally {
  const { labels, weights } = data;
  if (!labels) throw new TypeError("evaluation: expected a set with labels, got one without");
  const classes = Math.max(2, outputs);
  const total = totalWeight(data);
  const all = new Float32Array(data.length * classes);
  let correct = 0;
  let absolute = 0;
  const errors = Array.from({ length: classes }, createMoments);
  return {
    add(first, rows, probabilities) {
      for (let row = 0; row < rows; row++) {
        const truth = labels[first + row];
        const weight = weights ? weights[first + row] : 1;
        const at = (first + row) * classes;
        let likeliest = 0;
        for (let k = 0; k < classes; k++) {
          all[at + k] = probabilityOf(probabilities, row, k, outputs);
          if (all[at + k] > all[at + likeliest]) likeliest = k;
        }
        if (likeliest === truth) correct += weight;
        absolute += weight * (1 - all[at + truth]);
        errors[truth].add(1 - all[at + truth], weight);
      }
    },
    figures: (totalError, denominator) => ({
      totalError,
      loss: totalError / denominator,
      absoluteError: absolute / total,
      accuracy: correct / total,
      rocAuc: areaUnderCurve(labels, all, classes, weights),
      dice: null,
    }),
    error() {
      const seen = errors.map((moments) => moments.error()).filter(({ value }) => !Number.isNaN(value));
      const sum = (of: (error: SetError) => number) => seen.reduce((total, error) => total + of(error), 0);
      return {
        value: sum(({ value }) => value) / seen.length,
        standardError: Math.sqrt(sum(({ standardError }) => standardError * standardError)) / seen.length,
      };
    },
  };
}

/** Null as well when a network that diverged gives NaN: its loss says so. */
function areaUnderCurve(
  labels: Int32Array,
  probabilities: Float32Array,
  classes: number,
  weights?: Float32Array,
): number | null {
  if (probabilities.some(Number.isNaN)) return null;
  if (classes > 2) return macroRocAuc(labels, probabilities, classes, weights).value;
  return rocAuc(
    labels,
    probabilities.filter((_, i) => i % 2 === 1),
    weights,
  ).value;
}

/** For masks: outputs are (foreground classes, voxels) probabilities; a voxel whose largest is below 0.5 is background. */
export function maskTally(data: Dataset): Tally {
  const channels = data.maskClasses.length;
  const voxels = data.maskLength;
  const { weights } = data;
  const total = totalWeight(data);
  const truth = new Uint8Array(voxels);
  const counts = { overlap: new Float64Array(channels), both: new Float64Array(channels) };
  let correct = 0;
  /** Voxels by weight: the same sum as `correct` where all are, so that the accuracy is 1. */
  let looked = 0;
  let absolute = 0;
  let dice = 0;
  /** The weight of the images that have some. */
  let withForeground = 0;
  const errors = createMoments();
  return {
    add(first, rows, probabilities) {
      for (let row = 0; row < rows; row++) {
        data.readMask(first + row, truth, 0);
        const weight = weights ? weights[first + row] : 1;
        counts.overlap.fill(0);
        counts.both.fill(0);
        let right = 0;
        let foreground = false;
        for (let voxel = 0; voxel < voxels; voxel++) {
          const actual = truth[voxel];
          const predicted = maskClassAt(probabilities, row, voxel, channels, voxels);
          if (actual === predicted) right++;
          if (actual > 0) {
            foreground = true;
            counts.both[actual - 1]++;
            if (actual === predicted) counts.overlap[actual - 1]++;
          }
          if (predicted > 0) counts.both[predicted - 1]++;
          for (let k = 0; k < channels; k++) {
            const p = probabilities[(row * channels + k) * voxels + voxel];
            absolute += weight * (actual === k + 1 ? 1 - p : p);
          }
        }
        correct += weight * right;
        looked += weight * voxels;
        if (!foreground) continue;
        withForeground += weight;
        const reached = meanDice(counts.overlap, counts.both);
        dice += weight * reached;
        errors.add(1 - reached, weight);
      }
    },
    figures: (totalError, denominator) => ({
      totalError,
      loss: totalError / denominator,
      absoluteError: absolute / (total * voxels * channels),
      accuracy: correct / looked,
      rocAuc: null,
      dice: withForeground > 0 ? dice / withForeground : null,
    }),
    error() {
      const { value, standardError } = errors.error();
      return Number.isNaN(value) ? { value: 0, standardError: 0 } : { value, standardError };
    },
  };
}

/** Mean and standard error of values, each counting as its weight says. */
function createMoments(): { add(value: number, weight: number): void; error(): SetError } {
  let total = 0;
  let sum = 0;
  let squares = 0;
  let squaredWeights = 0;
  return {
    add(value, weight) {
      total += weight;
      sum += weight * value;
      squares += weight * value * value;
      squaredWeights += weight * weight;
    },
    error() {
      const mean = sum / total;
      const variance = Math.max(0, squares / total - mean * mean);
      // So many values that count alike say as much (Kish 1965).
      const count = (total * total) / squaredWeights;
      return { value: mean, standardError: count > 1 ? Math.sqrt(variance / (count - 1)) : 0 };
    },
  };
}

/** The class of a voxel: 0 for background, k for the k-th foreground class. */
export function maskClassAt(
  probabilities: Float32Array,
  row: number,
  voxel: number,
  channels: number,
  voxels: number,
): number {
  let best = 0;
  let largest = 0.5;
  for (let k = 0; k < channels; k++) {
    const p = probabilities[(row * channels + k) * voxels + voxel];
    if (p >= largest) {
      largest = p;
      best = k + 1;
    }
  }
  return best;
}

/** p(class k) of an image; a single output stands for the second of two classes. */
export function probabilityOf(probabilities: Float32Array, row: number, k: number, outputs: number): number {
  if (outputs > 1) return probabilities[row * outputs + k];
  return k === 1 ? probabilities[row] : 1 - probabilities[row];
}

function meanDice(overlap: Float64Array, both: Float64Array): number {
  let sum = 0;
  let defined = 0;
  for (let k = 0; k < both.length; k++) {
    if (both[k] === 0) continue;
    sum += (2 * overlap[k]) / both[k];
    defined++;
  }
  return sum / defined;
}
