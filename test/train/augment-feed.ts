// What a step of training is fed: images and masks as they lie in the block, epoch by epoch, for tests of augmentation.
import { threadsOf } from "#threads";
import type { Augmentation } from "../../src/data/augment.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import type { Patches } from "../../src/data/patches.ts";
import type { Sampling } from "../../src/data/sampling.ts";
import { dense } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { drawsOf } from "../../src/data/draw-order.ts";
import { trainingPatches } from "../../src/data/patch-views.ts";
import { bindAugmentation, planFor } from "../../src/train/augmentation.ts";
import { bindFeed } from "../../src/train/feed.ts";
import { outputsFor, resolveTraining } from "../../src/train/settings.ts";
import { allocate } from "../../src/wasm/memory.ts";

export interface Fed {
  readonly pixels: number[];
  /** Class indexes; empty without masks. */
  readonly mask: number[];
}

interface FedOptions {
  readonly augment: readonly Augmentation[];
  readonly batchSize: number;
  readonly seed: number;
  readonly patches?: Patches;
  readonly sampling?: Sampling;
  readonly threads?: number;
}

/** Binds feed and augmentation as a run does, with its threads; pixels are not scaled. */
export async function bindFed(
  train: Dataset,
  { augment, batchSize, seed, patches, sampling = "shuffle", threads = 1 }: FedOptions,
) {
  const task = train.maskLength > 0 ? "segmentation" : "classification";
  const settings = resolveTraining(
    {
      augment,
      batchSize,
      seed,
      sampling,
      normalization: "none",
      network: network([dense(outputsFor(task, train, patches ?? null))]),
      ...(patches ? { patches } : {}),
    },
    train,
    task,
    seed,
  );
  const planned = planFor(settings, train, patches ? trainingPatches(train, settings.patches ?? patches, seed) : train);
  const block = await allocate(
    settings.network.plan({ batchSize: settings.batchSize, augmentation: planned?.bytes(threads) ?? 0, threads }),
    "reproducible",
    false,
    planned && threads > 1 ? { threads, begin: threadsOf(), work: planned.place } : null,
  );
  const feed = bindFeed(block, settings, 0);
  const augmenting = planned && bindAugmentation(planned, block);
  const input = block.floats("input");
  const targets = block.floats("targets");
  const features = settings.network.placed[0].inputs;
  const voxels = task === "segmentation" ? outputsFor(task, train, patches ?? null) / train.maskClasses.length : 0;
  return {
    /** Fed places of an order, batch after batch. */
    async epoch(number: number, order: Int32Array, images: Dataset = train): Promise<Fed[]> {
      augmenting?.begin(number, sampling === "shuffle" ? null : drawsOf(order, images.length));
      const seen: Fed[] = [];
      for (let first = 0; first < order.length; first += settings.batchSize) {
        const rows = Math.min(settings.batchSize, order.length - first);
        if (augmenting) await feed.augmented(images, order, first, rows, augmenting);
        else feed.images(images, order, first, rows);
        feed.truth(images, order, first, rows, augmenting);
        for (let row = 0; row < rows; row++) {
          const pixels = [...input.subarray(row * features, (row + 1) * features)];
          const classAt = (voxel: number) =>
            images.maskClasses.findIndex(
              (_, k) => targets[(row * images.maskClasses.length + k) * voxels + voxel] === 1,
            );
          seen.push({ pixels, mask: Array.from({ length: voxels }, (_, voxel) => classAt(voxel) + 1) });
        }
      }
      return seen;
    },
    free: () => block.free(),
  };
}
