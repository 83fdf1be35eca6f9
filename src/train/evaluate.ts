// Sends a whole set forward with dropout off: for the figures of an epoch, for the test, for predictions.
import { fillWeights } from "../data/batch.ts";
import type { Dataset } from "../data/dataset.ts";
import { hasColours, patchGeometry } from "../data/patches.ts";
import type { PatchGeometry, Patches } from "../data/patches.ts";
import { readAhead } from "../data/read-ahead.ts";
import { lossForward, lossProbabilities } from "../model/loss-calls.ts";
import { lossDenominator } from "../model/loss-mean.ts";
import type { Network } from "../model/network.ts";
import type { Pass } from "../model/pass.ts";
import type { Block } from "../wasm/memory.ts";
import type { Breathe } from "../breathe.ts";
import type { Feed } from "./feed.ts";
import { labelTally, maskTally } from "./figures.ts";
import type { SetError, SetFigures } from "./figures.ts";
import type { Forward } from "./lists.ts";
import { averageClasses, averageVoxels } from "./recombine.ts";
import type { TrainingSettings } from "./settings.ts";

/** What is needed to run a network forward over a set. */
export interface Evaluator {
  readonly block: Block;
  readonly pass: Pass;
  readonly feed: Feed;
  readonly settings: Pick<TrainingSettings, "network" | "loss" | "task" | "batchSize"> & {
    readonly patches?: Patches | null;
  };
  /** Forward by several threads; left out, or null, where the pass does it. */
  readonly forward?: Forward | null;
}

/**
 * Sees what the network says of images: probabilities of `rows` of them, from `first` on, valid until it returns.
 * (rows, outputs); for masks of patches, (foreground classes, voxels of the image) of one image.
 */
export type Visit = (first: number, rows: number, probabilities: Float32Array) => void;

/** Sees a batch that went forward: rows `first` to `first + rows` of `batch`, which has `perImage` rows of each image. */
export type BatchVisit = (batch: Dataset, first: number, rows: number, perImage: number) => void;

/** What each image of a set costs, (images), and what its mean divides that by: with patches the means of all of its grid. */
export interface ImageLosses {
  readonly losses: Float64Array;
  readonly denominators: Float64Array;
}

/**
 * Figures of a set with truth, of whole images. With patches the loss of an image is the mean of the losses of all
 * patches of its covering grid.
 * @param visit sees the images' probabilities as well.
 * @param costs zeros, to which the images' losses are added.
 */
export async function evaluate(
  evaluator: Evaluator,
  set: Dataset,
  breathe: Breathe,
  visit?: Visit,
  costs?: ImageLosses,
): Promise<SetFigures> {
  return (await evaluateWithError(evaluator, set, breathe, visit, costs)).figures;
}

/** The same, with the error that the gap between two sets is measured by. */
export async function evaluateWithError(
  evaluator: Evaluator,
  set: Dataset,
  breathe: Breathe,
  visit?: Visit,
  costs?: ImageLosses,
): Promise<{ readonly figures: SetFigures; readonly error: SetError }> {
  const { block, feed, settings } = evaluator;
  const { loss, task } = settings;
  const outputs = outputsOf(evaluator);
  const tally = task === "classification" ? labelTally(set, outputs) : maskTally(set);
  let totalError = 0;
  let denominator = 0;
  /** The image of each row of a batch. */
  const images = new Int32Array(settings.batchSize);
  const seeImages: Visit = (first, rows, probabilities) => {
    tally.add(first, rows, probabilities);
    visit?.(first, rows, probabilities);
  };
  await forwardAll(evaluator, set, breathe, seeImages, (batch, first, rows, perImage) => {
    for (let row = 0; row < rows; row++) images[row] = Math.floor((first + row) / perImage);
    // Masks are cut as their images are; labels and weights are those of the image.
    if (task === "segmentation") {
      feed.truth(batch, null, first, rows);
      fillWeights(set, images, 0, rows, feed.weights);
    } else {
      feed.truth(set, images, 0, rows);
    }
    totalError += lossForward(block.kernels, loss, feed.regions, rows, outputs) / perImage;
    denominator += lossDenominator(loss, feed.labels, rows, outputs, feed.weights) / perImage;
    for (let row = 0; costs && row < rows; row++) {
      const [label, weight] = [feed.labels.subarray(row, row + 1), feed.weights.subarray(row, row + 1)];
      costs.losses[images[row]] += feed.losses[row] / perImage;
      costs.denominators[images[row]] += lossDenominator(loss, label, 1, outputs, weight) / perImage;
    }
  });
  return { figures: tally.figures(totalError, denominator), error: tally.error() };
}

/**
 * Probabilities of a set's images; truth is not looked at. Patches are put together image by image.
 * @param see sees each batch before its images are visited.
 */
export async function forwardAll(
  evaluator: Evaluator,
  set: Dataset,
  breathe: Breathe,
  visit: Visit,
  see?: BatchVisit,
): Promise<void> {
  const { network, task, patches } = evaluator.settings;
  if (!patches) {
    return forwardBatches(evaluator, set, breathe, (first, rows, probabilities) => {
      see?.(set, first, rows, 1);
      visit(first, rows, probabilities);
    });
  }
  const geometry = patchGeometryOf({ network, patches }, set);
  const perImage = geometry.corners.length;
  const outputs = outputsOf(evaluator);
  const recombination =
    task === "classification"
      ? averageClasses(geometry, outputs)
      : averageVoxels(geometry, outputs / geometry.patchVoxels);
  const { gridPatches } = await import("../data/patch-views.ts");
  const grid = gridPatches(set, geometry);
  return forwardBatches(evaluator, grid, breathe, (first, rows, probabilities) => {
    see?.(grid, first, rows, perImage);
    for (let row = 0; row < rows; row++) {
      const patch = (first + row) % perImage;
      recombination.add(patch, probabilities, row);
      if (patch === perImage - 1) visit((first + row - patch) / perImage, 1, recombination.finish());
    }
  });
}

/**
 * How the patches that a network was made for lie in a set's images, which may be larger than those of training.
 * @throws RangeError when the images are smaller than a patch, or have other axes or colours.
 */
export function patchGeometryOf(
  { network, patches }: { readonly network: Network; readonly patches: Patches },
  set: Dataset,
): PatchGeometry {
  const { size } = patches;
  const coloured = typeof size === "number" ? hasColours(patches, set) : network.input?.length !== size.length;
  const geometry = patchGeometry(patches, set.shape, coloured);
  network.withInput(geometry.shape);
  return geometry;
}

/** Sends a set forward row by row, whatever its rows are. */
async function forwardBatches(evaluator: Evaluator, set: Dataset, breathe: Breathe, visit: Visit): Promise<void> {
  const { block, pass, feed, settings, forward } = evaluator;
  const { loss, batchSize } = settings;
  const outputs = outputsOf(evaluator);
  const probabilities = block.address("probabilities");
  const ahead = readAhead(set);
  for (let first = 0; first < set.length; first += batchSize) {
    const rows = Math.min(batchSize, set.length - first);
    const pending = ahead(null, first, rows, Math.min(batchSize, set.length - first - rows));
    if (pending) await pending;
    feed.images(set, null, first, rows);
    const waiting = forward ? forward(rows) : pass.forward(rows, null);
    if (waiting) await waiting;
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
