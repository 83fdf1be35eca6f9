// One training step: a batch goes forward, its loss comes back as gradients, the optimizer moves the weights.
import { createMaskDrawer } from "../model/dropout.ts";
import { lossBackward, lossForward } from "../model/loss.ts";
import type { LossRegions } from "../model/loss.ts";
import type { Pass } from "../model/pass.ts";
import { parameterPlaces, regionOf } from "../model/plan.ts";
import type { Block } from "../wasm/memory.ts";
import { optimizerSlots } from "./optimizer.ts";
import type { TrainingSettings } from "./settings.ts";
import { createUpdater } from "./updater.ts";
import type { Updater } from "./updater.ts";

/** The kernels of a step, bound to a block that was allocated for the network's plan. Nothing here allocates. */
export interface Step {
  readonly updater: Updater;
  /**
   * Forward, loss and backward of the batch in the block.
   * @param rows images in the batch.
   * @param scale what the total error's gradient is multiplied by: 1 / denominator for the mean over a group of batches.
   * @param add whether to add to the gradients of earlier batches of the group.
   * @param epoch and `position`, the place of the batch's first image in the epoch's order, choose the dropout masks.
   * @returns the total error: the sum of the images' losses.
   */
  gradients(rows: number, scale: number, add: boolean, epoch: number, position: number): number;
  /** Adds the penalties' gradients, clips, and updates every weight. */
  update(learningRate: number): void;
  /** l1 * sum |w| + l2 * sum w^2 of the weights as they are. */
  penalty(): number;
  /** The layer that owns the first gradient or weight that is NaN or infinite; null when all are finite. */
  nonFinite(region: "gradients" | "parameters"): string | null;
  /** The first layer whose output for these images is NaN or infinite, or "loss". */
  nonFiniteOutput(rows: number): string;
}

export function bindStep(settings: TrainingSettings, block: Block, pass: Pass, regions: LossRegions): Step {
  const { network, loss, optimizer, clip, seed } = settings;
  const { l1, l2 } = settings.regularization;
  const { kernels } = block;
  const masks = createMaskDrawer(network, kernels, seed);
  const updater = createUpdater(kernels, optimizer);
  const slots = optimizerSlots(optimizer).map((name) => block.address(`state ${name}`));
  const upstream = block.address("upstream a");
  const parameters = block.address("parameters");
  const gradients = block.address("gradients");
  const columns = network.placed[network.placed.length - 1].outputs;
  const { offsets, lengths, floats } = parameterPlaces(network.parameters);
  const weights = network.parameters.flatMap(({ role }, i) =>
    role === "weight" ? [{ offset: 4 * offsets[i], length: lengths[i] }] : [],
  );

  function clipGradients(): void {
    if (clip?.kind === "value") kernels.clamp(gradients, gradients, floats, -clip.maximum, clip.maximum);
    if (clip?.kind !== "norm") return;
    // As PyTorch: the small constant keeps the quotient finite, and only a norm above the maximum is changed.
    const factor = clip.maximum / (Math.sqrt(kernels.sumOfSquares(gradients, floats)) + 1e-6);
    if (factor < 1) kernels.scale(gradients, gradients, floats, factor);
  }

  return {
    updater,
    gradients(rows, scale, add, epoch, position) {
      masks.begin(epoch, position);
      pass.forward(rows, masks.draw);
      const totalError = lossForward(kernels, loss, regions, rows, columns);
      lossBackward(kernels, loss, upstream, regions, rows, columns, scale);
      pass.backward(rows, add);
      return totalError;
    },
    update(learningRate) {
      if (l1 > 0 || l2 > 0) {
        for (let i = 0; i < weights.length; i++) {
          const { offset, length } = weights[i];
          kernels.addPenaltyGradient(gradients + offset, parameters + offset, length, l1, l2);
        }
      }
      clipGradients();
      updater.step(learningRate);
      updater.apply(parameters, gradients, slots, floats);
    },
    penalty() {
      let penalty = 0;
      for (const { offset, length } of weights) {
        if (l1 > 0) penalty += l1 * kernels.sumOfAbsolutes(parameters + offset, length);
        if (l2 > 0) penalty += l2 * kernels.sumOfSquares(parameters + offset, length);
      }
      return penalty;
    },
    nonFinite(region) {
      const at = kernels.firstNonFinite(region === "gradients" ? gradients : parameters, floats);
      if (at < 0) return null;
      return network.parameters[offsets.findLastIndex((offset) => offset <= at)].placed.title;
    },
    nonFiniteOutput(rows) {
      const broken = network.placed.find(
        (placed) => kernels.firstNonFinite(block.address(regionOf.output(placed)), rows * placed.outputs) >= 0,
      );
      return broken?.title ?? "loss";
    },
  };
}
