// Augmentation as training uses it: planned for the images that a step sees, bound to the run's memory and its threads.
import { bindShare, estimatedNanoseconds, shareBytes } from "../data/augment-share.ts";
import type { AugmentShare, PlacedShare } from "../data/augment-share.ts";
import { indexAt } from "../data/batch.ts";
import type { Augmenting } from "../data/batch.ts";
import { planOfSet } from "../data/augment-plan-of-set.ts";
import type { Dataset } from "../data/dataset.ts";
import { isMixing } from "../data/mixing.ts";
import type { Address } from "../wasm/kernels.ts";
import type { Block } from "../wasm/memory.ts";
import type { TrainingSettings } from "./settings.ts";

/** What augmenting takes of a run, before anything is allocated. */
export interface PlannedAugmentation {
  readonly share: AugmentShare;
  /** Of the region "augmentation". */
  readonly bytes: (threads: number) => number;
  /** About how long one thread takes for a batch. */
  readonly nanoseconds: number;
  /** With addresses, as every thread is told it. */
  readonly place: (address: (region: string) => Address) => PlacedShare;
}

/**
 * What augmenting takes; null where nothing is to be augmented.
 * @param train the set, whose numbers and millimetres count.
 * @param seen what steps are made of: the set, or its patches.
 */
export function planFor(
  { augment, network, patches, batchSize, task, seed }: TrainingSettings,
  train: Dataset,
  seen: Dataset = train,
): PlannedAugmentation | null {
  if (augment.every(isMixing)) return null;
  const plan = planOfSet(augment, network.input ?? train.shape, train, patches);
  const maskLength = task === "segmentation" ? seen.maskLength : 0;
  const share = { plan, seed, batchSize, features: network.placed[0].inputs, maskLength };
  return {
    share,
    bytes: (threads) => shareBytes(share, threads),
    nanoseconds: estimatedNanoseconds(share),
    place: (address) => ({ ...share, at: address("augmentation"), images: address("input") }),
  };
}

/** Binds a plan to the region "augmentation", and to the block's threads. */
export function bindAugmentation({ share, place }: PlannedAugmentation, block: Block): Augmenting {
  const { kernels, team } = block;
  const { maskLength } = share;
  const { buffer } = block.bytesOf("augmentation");
  const turn = bindShare(kernels, buffer, place((region) => block.address(region)), 0); // prettier-ignore
  let epoch = 0;
  let draws: Int32Array | null = null;
  return {
    begin(number, taken) {
      epoch = number;
      draws = taken;
    },
    images(set, order, first, rows) {
      for (let row = 0; row < rows; row++) {
        const index = indexAt(order, first, row);
        turn.numbers[row] = draws ? draws[first + row] : index;
        if (maskLength > 0) set.readMask(index, turn.masks, row * maskLength);
      }
      turn.begin(epoch, rows);
      if (team) return team.share(turn.take);
      turn.take();
      return undefined;
    },
    mask(row, into) {
      const from = row * maskLength;
      for (let i = 0; i < maskLength; i++) into[i] = turn.masks[from + i];
    },
  };
}
