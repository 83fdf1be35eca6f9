// Monte-Carlo dropout: a set goes forward many times with dropout on, and what the answers disagree on is uncertainty.
import type { Breathe } from "../breathe.ts";
import type { Dataset } from "../data/dataset.ts";
import { readAhead } from "../data/read-ahead.ts";
import { log } from "../elementary.ts";
import { createMaskDrawer } from "../model/dropout.ts";
import { maskWidth } from "../model/mask-width.ts";
import { lossProbabilities } from "../model/loss-calls.ts";
import type { DrawMask } from "../model/pass.ts";
import type { Network } from "../model/network.ts";
import type { Evaluator } from "./evaluate.ts";

/** How predictions are drawn. */
export interface SamplingOptions {
  /** How often each image goes forward, each time with other masks; at least 2. */
  readonly samples: number;
  /** Seed of the masks; 1 by default. The same seed gives the same bits. */
  readonly seed?: number;
}

/** What the drawn predictions of a set disagree on (Gal & Ghahramani 2016). Entropies are in nats. */
export interface Uncertainty {
  readonly samples: number;
  /** Standard deviation of each probability over the samples (divided by their number); shaped as the probabilities. */
  readonly deviation: Float32Array;
  /**
   * Entropy of the mean prediction: how unsure the answer is, for whatever reason. One number an image for classes, one
   * a voxel and foreground class for masks; `mutualInformation` likewise.
   */
  readonly entropy: Float32Array;
  /** Entropy less the mean entropy of the samples: how much of it is that the samples disagree (Houlsby et al. 2011). */
  readonly mutualInformation: Float32Array;
}

/** @throws RangeError when there are too few samples, or nothing in the network differs from one to the next. */
export function checkSampling({ placed }: Network, { samples }: SamplingOptions): void {
  if (!Number.isSafeInteger(samples) || samples < 2 || samples > 65536) {
    throw new RangeError(`predict: expected a whole number of samples from 2 to 65,536, got ${samples}`);
  }
  if (!placed.some((one) => maskWidth(one) > 0)) {
    throw new RangeError(
      "predict: expected a network with dropout to draw samples from, got one without. Leave samples out.",
    );
  }
}

/** How a batch's outputs are read as probabilities, and which of them belong together. */
export interface Reading {
  /** Probabilities an image. */
  readonly width: number;
  /** Probability `k` of image `row` of the batch that went forward last. */
  readonly at: (batch: Float32Array, row: number, k: number) => number;
  /** Whether an image's probabilities exclude each other; otherwise each is that of a yes or no of its own. */
  readonly areExclusive: boolean;
}

/** Mean probabilities (images, width) over the samples, and their uncertainty. Batch normalisation goes by its running statistics. */
export async function sample(
  { block, pass, feed, settings }: Evaluator,
  set: Dataset,
  { samples, seed = 1 }: SamplingOptions,
  { width, at, areExclusive }: Reading,
  breathe: Breathe,
): Promise<{ readonly probabilities: Float32Array; readonly uncertainty: Uncertainty }> {
  const { network, loss, batchSize } = settings;
  const outputs = network.placed[network.placed.length - 1].outputs;
  const masks = createMaskDrawer(network, seed);
  const draw: DrawMask = (mask, rows, placed, ordinal) => masks.draw(block.kernels, mask, rows, placed, ordinal);
  const probabilitiesAt = block.address("probabilities");
  const entropies = areExclusive ? 1 : width;
  const probabilities = new Float32Array(set.length * width);
  const deviation = new Float32Array(set.length * width);
  const entropy = new Float32Array(set.length * entropies);
  const mutualInformation = new Float32Array(set.length * entropies);
  const sums = new Float64Array(batchSize * width);
  const squares = new Float64Array(batchSize * width);
  const means = new Float64Array(batchSize * entropies);
  const values = new Float64Array(width);

  const ahead = readAhead(set);
  for (let first = 0; first < set.length; first += batchSize) {
    const rows = Math.min(batchSize, set.length - first);
    const pending = ahead(null, first, rows, Math.min(batchSize, set.length - first - rows));
    if (pending) await pending;
    feed.images(set, null, first, rows);
    for (const totals of [sums, squares, means]) totals.fill(0);
    for (let drawn = 1; drawn <= samples; drawn++) {
      masks.begin(drawn, first);
      pass.forward(rows, draw);
      lossProbabilities(block.kernels, loss, probabilitiesAt, pass.output, rows, outputs);
      for (let row = 0; row < rows; row++) {
        for (let k = 0; k < width; k++) {
          const p = at(feed.probabilities, row, k);
          values[k] = p;
          sums[row * width + k] += p;
          squares[row * width + k] += p * p;
        }
        addEntropies(means, row, values, areExclusive);
      }
      const pause = breathe();
      if (pause) await pause;
    }
    for (let row = 0; row < rows; row++) {
      const place = (first + row) * width;
      for (let k = 0; k < width; k++) {
        const mean = sums[row * width + k] / samples;
        values[k] = mean;
        probabilities[place + k] = mean;
        deviation[place + k] = Math.sqrt(Math.max(0, squares[row * width + k] / samples - mean * mean));
      }
      const ofMean = new Float64Array(entropies);
      addEntropies(ofMean, 0, values, areExclusive);
      for (let e = 0; e < entropies; e++) {
        entropy[(first + row) * entropies + e] = ofMean[e];
        // Never negative but for rounding (Jensen).
        mutualInformation[(first + row) * entropies + e] = Math.max(
          0,
          ofMean[e] - means[row * entropies + e] / samples,
        );
      }
    }
  }
  return { probabilities, uncertainty: { samples, deviation, entropy, mutualInformation } };
}

/** Adds an image's entropies to its row of totals: -sum p ln p, over all of them or for each and its opposite. */
function addEntropies(totals: Float64Array, row: number, values: Float64Array, areExclusive: boolean): void {
  for (let k = 0; k < values.length; k++) {
    const p = values[k];
    if (areExclusive) totals[row] += surprise(p);
    else totals[row * values.length + k] += surprise(p) + surprise(1 - p);
  }
}

/** -p ln p, 0 at 0. */
function surprise(p: number): number {
  return p > 0 ? -p * log(p) : 0;
}
