// Binds the regions of a block to the sets that fill them: images, labels, wanted values.
import { writePixelScaling } from "../data/normalization.ts";
import { fillLabels, fillMasks, fillOneHot, fillWeights, normalizeImages, readImages } from "../data/batch.ts";
import type { Augmenting } from "../data/batch.ts";
import type { Dataset } from "../data/dataset.ts";
import { truthOf } from "../model/loss.ts";
import type { LossRegions } from "../model/loss-calls.ts";
import type { Block } from "../wasm/memory.ts";
import type { TrainingSettings } from "./settings.ts";

/** Fills a batch from the images order[first .. first + rows], or first .. first + rows without an order. */
export interface Feed {
  images(set: Dataset, order: Int32Array | null, first: number, rows: number): void;
  /** The same, augmented before they are scaled. A promise where other threads are waited for: it fails as theirs does. */
  augmented(
    set: Dataset,
    order: Int32Array | null,
    first: number,
    rows: number,
    augmenting: Augmenting,
  ): Promise<void> | undefined;
  /** @param augmenting that of the batch's images, right after them. */
  truth(set: Dataset, order: Int32Array | null, first: number, rows: number, augmenting?: Augmenting | null): void;
  /** Class indexes of the batch whose truth was filled last. */
  readonly labels: Int32Array;
  /** What the images of that batch count; 1 each where the set has no weights. */
  readonly weights: Float32Array;
  /** Probabilities of the batch that went forward last, (rows, outputs). */
  readonly probabilities: Float32Array;
  /** Losses of that batch, times the weights, (rows). */
  readonly losses: Float32Array;
  /** Where the loss finds the batch. */
  readonly regions: LossRegions;
}

/** The views are made once: the block's memory never grows. `outputsAt` is where the network's outputs lie. */
export function bindFeed(
  block: Block,
  settings: Pick<TrainingSettings, "network" | "loss" | "task" | "normalization">,
  outputsAt: number,
): Feed {
  const { network, loss, task, normalization } = settings;
  const features = network.placed[0].inputs;
  const outputs = network.placed[network.placed.length - 1].outputs;
  const pixelBytes = { bytes: block.bytesOf("pixels"), words: block.words("pixels") };
  writePixelScaling(normalization, block.doubles("pixel shifts"), block.doubles("pixel factors"));
  const imagesAt = {
    input: block.address("input"),
    inputFloats: block.floats("input"),
    pixels: block.address("pixels"),
    pixelBytes,
    shifts: block.address("pixel shifts"),
    factors: block.address("pixel factors"),
  };
  const labels = block.integers("labels");
  const weights = block.floats("image weights");
  const targets = block.floats("targets");
  const mask = new Uint8Array(task === "segmentation" ? outputs : 0);
  const classWeights = loss.kind === "softmaxCrossEntropy" ? loss.classWeights : null;
  if (classWeights) block.floats("class weights").set(classWeights);

  const read = (set: Dataset, order: Int32Array | null, first: number, rows: number) =>
    readImages(block.kernels, imagesAt, set, order, first, rows, features);
  const normalize = (rows: number) => normalizeImages(block.kernels, imagesAt, rows, normalization, features);

  async function normalizeLate(augmented: Promise<void>, rows: number): Promise<void> {
    await augmented;
    normalize(rows);
  }

  return {
    images(set, order, first, rows) {
      read(set, order, first, rows);
      normalize(rows);
    },
    augmented(set, order, first, rows, augmenting) {
      read(set, order, first, rows);
      const late = augmenting.images(set, order, first, rows);
      if (late) return normalizeLate(late, rows);
      normalize(rows);
      return undefined;
    },
    truth(set, order, first, rows, augmenting = null) {
      fillWeights(set, order, first, rows, weights);
      if (task === "segmentation") return fillMasks(set, order, first, rows, targets, mask, augmenting);
      fillLabels(set, order, first, rows, labels);
      if (truthOf(loss) === "targets") fillOneHot(set, order, first, rows, targets, outputs);
    },
    labels,
    weights,
    probabilities: block.floats("probabilities"),
    losses: block.floats("losses"),
    regions: {
      outputs: outputsAt,
      labels: block.address("labels"),
      targets: block.address("targets"),
      classWeights: classWeights ? block.address("class weights") : 0,
      imageWeights: block.address("image weights"),
      losses: block.address("losses"),
    },
  };
}
