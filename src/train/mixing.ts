// Mixes the images of a batch with one another, and what is true of them: mixup and cutmix, behind each image's own changes.
import type { MixingAugmentation } from "../data/augment.ts";
import { planOfSet } from "../data/augment-plan-of-set.ts";
import { fillOneHot } from "../data/batch.ts";
import type { Dataset } from "../data/dataset.ts";
import { drawMix } from "../data/mix-draw.ts";
import type { MixDraw } from "../data/mix-draw.ts";
import { isMixing } from "../data/mixing.ts";
import { truthOf } from "../model/loss.ts";
import { lossDenominator } from "../model/loss-mean.ts";
import { stream } from "../random.ts";
import type { RandomStream } from "../random.ts";
import type { Block } from "../wasm/memory.ts";
import type { Feed } from "./feed.ts";
import type { TrainingSettings } from "./settings.ts";

export interface Mixing {
  /** Draws from now on for this epoch. */
  begin(epoch: number): void;
  /** Mixes the batch that was fed, its truth and weights: images order[first .. first + rows]. */
  mix(set: Dataset, order: Int32Array, first: number, rows: number): void;
  /** As lossDenominator, of the mixed batch; labels and weights of the batch were filled. Mixes the weights. */
  denominator(first: number, rows: number): number;
}

/** Bytes of the region "mixing": a batch as it was, images and targets. 0 where nothing is to be mixed. */
export function mixingBytes({ augment, batchSize, network }: Pick<TrainingSettings, "augment" | "batchSize" | "network">): number {
  if (!augment.some(isMixing)) return 0;
  return 4 * batchSize * (network.placed[0].inputs + network.placed[network.placed.length - 1].outputs);
} // prettier-ignore

/** Null where nothing is to be mixed. */
export function bindMixing(settings: TrainingSettings, train: Dataset, block: Block, feed: Feed): Mixing | null {
  const { augment, batchSize, network, loss, task, seed } = settings;
  const list: readonly MixingAugmentation[] = augment.filter(isMixing);
  if (list.length === 0) return null;
  const { kernels } = block;
  const { sizes, colours } = planOfSet([], network.input ?? train.shape, train, settings.patches);
  const [width, height, depth] = sizes;
  const features = network.placed[0].inputs;
  const outputs = network.placed[network.placed.length - 1].outputs;
  const [input, targets, images] = [block.address("input"), block.address("targets"), block.address("mixing")];
  const truths = images + 4 * batchSize * features;
  const targetFloats = block.floats("targets");
  const classWeights = loss.kind === "softmaxCrossEntropy" ? loss.classWeights : null;
  const isHot = task === "classification" && truthOf(loss) === "labels";
  const channels = task === "segmentation" ? train.maskClasses.length : 0;
  const voxels = width * height * depth;
  const weights = new Float32Array(batchSize);
  const drawn: MixDraw = { kind: null, partner: 0, part: 0, from: [0, 0, 0], to: [0, 0, 0] };
  let draws: RandomStream = stream(seed, "augment", 0);

  const draw = (first: number, row: number, rows: number) =>
    drawMix(list, draws, first + row, row, rows, sizes, drawn); // prettier-ignore

  function copyBox(to: number, from: number, colourCount: number): void {
    const { from: start, to: end } = drawn;
    kernels.copyBox(to, from, height, width, colourCount, start[2], end[2], start[1], end[1], start[0], end[0]);
  }

  function mixWeight(row: number): void {
    feed.weights[row] = weights[row] + drawn.part * (weights[drawn.partner] - weights[row]);
  }

  function mixRow(row: number): void {
    const { kind, partner, part } = drawn;
    const image = input + 4 * row * features;
    const other = images + 4 * partner * features;
    const truth = targets + 4 * row * outputs;
    const otherTruth = truths + 4 * partner * outputs;
    if (kind === "mixup") kernels.blend(image, image, other, features, part);
    else copyBox(image, other, colours);
    if (kind === "mixup" || channels === 0) kernels.blend(truth, truth, otherTruth, outputs, part);
    else for (let c = 0; c < channels; c++) copyBox(truth + 4 * c * voxels, otherTruth + 4 * c * voxels, 1);
    mixWeight(row);
  }

  return {
    begin(epoch) {
      draws = stream(seed, "augment", epoch);
    },
    mix(set, order, first, rows) {
      if (isHot) fillOneHot(set, order, first, rows, targetFloats, outputs);
      kernels.scale(images, input, rows * features, 1);
      kernels.scale(truths, targets, rows * outputs, 1);
      for (let row = 0; row < rows; row++) weights[row] = feed.weights[row];
      for (let row = 0; row < rows; row++) {
        draw(first, row, rows);
        if (drawn.kind !== null) mixRow(row);
      }
    },
    denominator(first, rows) {
      let sum = 0;
      for (let row = 0; row < rows; row++) weights[row] = feed.weights[row];
      for (let row = 0; row < rows; row++) {
        draw(first, row, rows);
        mixWeight(row);
        if (!classWeights) continue;
        const own = classWeights[feed.labels[row]];
        sum += feed.weights[row] * (own + drawn.part * (classWeights[feed.labels[drawn.partner]] - own));
      }
      return classWeights ? sum : lossDenominator(loss, feed.labels, rows, outputs, feed.weights);
    },
  };
}
