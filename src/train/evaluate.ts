// Sends a whole set forward with dropout off: for the figures of an epoch, for the test, for predictions.
import type { Dataset } from "../data/dataset.ts";
import { readAhead } from "../data/read-ahead.ts";
import { lossForward, lossProbabilities } from "../model/loss.ts";
import { lossDenominator } from "../model/loss-mean.ts";
import type { Pass } from "../model/pass.ts";
import type { Block } from "../wasm/memory.ts";
import type { Breathe } from "../breathe.ts";
import type { Feed } from "./feed.ts";
import { labelTally, maskTally } from "./figures.ts";
import type { SetFigures } from "./figures.ts";
import type { TrainingSettings } from "./settings.ts";

/** What is needed to run a network forward over a set. */
export interface Evaluator {
  readonly block: Block;
  readonly pass: Pass;
  readonly feed: Feed;
  readonly settings: Pick<TrainingSettings, "network" | "loss" | "task" | "batchSize">;
}

/** Sees the outputs of a batch: probabilities (rows, outputs) of the images from `first` on, valid until it returns. */
export type Visit = (first: number, rows: number, probabilities: Float32Array) => void;

/** Figures of a set with truth. @param visit sees every batch's probabilities as well. */
export async function evaluate(
  evaluator: Evaluator,
  set: Dataset,
  breathe: Breathe,
  visit?: Visit,
): Promise<SetFigures> {
  const { block, feed, settings } = evaluator;
  const { loss, task } = settings;
  const outputs = outputsOf(evaluator);
  const tally = task === "classification" ? labelTally(set, outputs) : maskTally(set);
  let totalError = 0;
  let denominator = 0;
  await forwardAll(evaluator, set, breathe, (first, rows, probabilities) => {
    feed.truth(set, null, first, rows);
    totalError += lossForward(block.kernels, loss, feed.regions, rows, outputs);
    denominator += lossDenominator(loss, feed.labels, rows, outputs, feed.weights);
    tally.add(first, rows, probabilities);
    visit?.(first, rows, probabilities);
  });
  return tally.figures(totalError, denominator);
}

/** Probabilities of a set, batch by batch; truth is not looked at. */
export async function forwardAll(evaluator: Evaluator, set: Dataset, breathe: Breathe, visit: Visit): Promise<void> {
  const { block, pass, feed, settings } = evaluator;
  const { loss, batchSize } = settings;
  const outputs = outputsOf(evaluator);
  const probabilities = block.address("probabilities");
  const ahead = readAhead(set);
  for (let first = 0; first < set.length; first += batchSize) {
    const rows = Math.min(batchSize, set.length - first);
    const pending = ahead(null, first, rows, Math.min(batchSize, set.length - first - rows));
    if (pending) await pending;
    feed.images(set, null, first, rows);
    pass.forward(rows, null);
    lossProbabilities(block.kernels, loss, probabilities, pass.output, rows, outputs);
    visit(first, rows, feed.probabilities);
    const pause = breathe();
    if (pause) await pause;
  }
}

/**
 * Takes the running statistics of batch normalisation anew: the mean over the batches of a set, dropout off. Layers that
 * are frozen keep theirs. (Izmailov et al. 2018: the weights' mean never saw a batch.)
 */
export async function takeStatistics(
  { pass, feed, settings }: Evaluator,
  set: Dataset,
  breathe: Breathe,
): Promise<void> {
  const { network, batchSize } = settings;
  if (!network.layers.some(({ kind }) => kind === "batchNorm")) return;
  const ahead = readAhead(set);
  let batches = 0;
  for (let first = 0; first < set.length; first += batchSize) {
    const rows = Math.min(batchSize, set.length - first);
    const pending = ahead(null, first, rows, Math.min(batchSize, set.length - first - rows));
    if (pending) await pending;
    feed.images(set, null, first, rows);
    batches++;
    pass.forward(rows, null, "batch", 1 / batches);
    const pause = breathe();
    if (pause) await pause;
  }
}

function outputsOf({ settings }: Evaluator): number {
  const { placed } = settings.network;
  return placed[placed.length - 1].outputs;
}
