// Dropout masks: drawn by counter, so that any mask of any step can be drawn again from (seed, epoch, position) alone.
import { stream } from "../random.ts";
import type { RandomStream } from "../random.ts";
import type { Kernels } from "../wasm/kernels.ts";
import type { Network } from "./network.ts";
import type { DrawMask } from "./pass.ts";

/** Draws the masks of one network's dropout layers. */
export interface MaskDrawer {
  /** Says which batch comes next: its epoch, and the place of its first image in the epoch's order. */
  begin(epoch: number, position: number): void;
  readonly draw: DrawMask;
}

/**
 * Every image of an epoch owns as many draws as all dropout layers have elements, each layer rounded up to whole blocks
 * of four; a batch's draws lie layer behind layer. So no two masks of an epoch share a draw.
 */
export function createMaskDrawer(network: Network, kernels: Kernels, seed: number): MaskDrawer {
  const widths = network.placed.flatMap(({ layer, outputs }) =>
    layer.kind === "dropout" ? [Math.ceil(outputs / 4)] : [],
  );
  const blocksBefore = widths.map((_, ordinal) => widths.slice(0, ordinal).reduce((sum, width) => sum + width, 0));
  const blocksPerImage = widths.reduce((sum, width) => sum + width, 0);
  let random: RandomStream = stream(seed, "dropout");
  let currentEpoch = 0;
  let currentPosition = 0;
  return {
    begin(epoch, position) {
      if (epoch !== currentEpoch) random = stream(seed, "dropout", epoch);
      currentEpoch = epoch;
      currentPosition = position;
    },
    draw(mask, rows, width, rate, ordinal) {
      const block = currentPosition * blocksPerImage + rows * blocksBefore[ordinal];
      const keepAtMost = Math.round((1 - rate) * 4294967296) - 1;
      kernels.dropoutMask(
        mask,
        rows * width,
        random.key[0],
        random.key[1],
        block,
        random.counter,
        keepAtMost,
        1 / (1 - rate),
      );
    },
  };
}
