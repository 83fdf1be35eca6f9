// Dropout masks: drawn by counter, so that any mask of any step can be drawn again from (seed, epoch, position) alone.
import { stream } from "../random.ts";
import type { RandomStream } from "../random.ts";
import type { CallableKernels, CallList } from "../wasm/calls.ts";
import type { Address } from "../wasm/kernels.ts";
import type { NoiseLayer } from "./layers.ts";
import type { Network } from "./network.ts";
import { maskWidth } from "./mask-width.ts";
import type { PlacedLayer } from "./shapes.ts";

/** Draws the masks of one network's dropout layers. */
export interface MaskDrawer {
  /** Says which batch comes next: its epoch, and the place of its first image in the epoch's order. */
  begin(epoch: number, position: number): void;
  /** Draws the mask of the dropout layer `ordinal`, or adds the drawing to a list. */
  draw(kernels: CallableKernels, mask: Address, rows: number, placed: PlacedLayer, ordinal: number): void;
  /** Changes a drawing in a list to that of the batch that comes next. */
  redraw(list: CallList, call: number, rows: number, ordinal: number): void;
}

/** Words of a call that draws a mask: which block of draws comes first, and the stream's word for the epoch. */
const blockWord = 4;
const epochWord = 5;

/**
 * Every image of an epoch owns as many draws as all dropout layers have factors, each layer rounded up to whole blocks
 * of four; a batch's draws lie layer behind layer. So no two masks of an epoch share a draw.
 */
export function createMaskDrawer(network: Network, seed: number): MaskDrawer {
  const widths = network.placed.map(maskWidth).flatMap((width) => (width > 0 ? [Math.ceil(width / 4)] : []));
  const blocksBefore = widths.map((_, ordinal) => widths.slice(0, ordinal).reduce((sum, width) => sum + width, 0));
  const blocksPerImage = widths.reduce((sum, width) => sum + width, 0);
  let random: RandomStream = stream(seed, "dropout");
  let currentEpoch = 0;
  let currentPosition = 0;
  const blockOf = (rows: number, ordinal: number) => currentPosition * blocksPerImage + rows * blocksBefore[ordinal];
  return {
    begin(epoch, position) {
      if (epoch !== currentEpoch) random = stream(seed, "dropout", epoch);
      currentEpoch = epoch;
      currentPosition = position;
    },
    draw(kernels, mask, rows, placed, ordinal) {
      const [key0, key1] = random.key;
      const { kind, rate } = placed.layer as NoiseLayer;
      const count = rows * maskWidth(placed);
      const block = blockOf(rows, ordinal);
      if (kind === "gaussianDropout") {
        kernels.gaussianMask(mask, count, key0, key1, block, random.counter, Math.sqrt(rate / (1 - rate)));
      } else {
        const keepAtMost = Math.round((1 - rate) * 4294967296) - 1;
        kernels.dropoutMask(mask, count, key0, key1, block, random.counter, keepAtMost, 1 / (1 - rate));
      }
    },
    redraw(list, call, rows, ordinal) {
      list.setWord(call, blockWord, blockOf(rows, ordinal));
      list.setWord(call, epochWord, random.counter);
    },
  };
}
