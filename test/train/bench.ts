// One network in a block of memory with a batch drawn for it, for tests that look at single steps.
import { arrayDataset } from "../../src/data/dataset.ts";
import type { Layer } from "../../src/model/layers.ts";
import { truthOf } from "../../src/model/loss.ts";
import type { Loss } from "../../src/model/loss.ts";
import { network } from "../../src/model/network.ts";
import { bindPass } from "../../src/model/pass.ts";
import { maskWidth } from "../../src/model/mask-width.ts";
import { regionOf } from "../../src/model/plan.ts";
import { groupsOf } from "../../src/model/shapes.ts";
import { initializeWeights, readWeights } from "../../src/model/weight-block.ts";
import { bindFeed } from "../../src/train/feed.ts";
import { sgd } from "../../src/train/optimizer.ts";
import { optimizerSlots } from "../../src/train/optimizer-slots.ts";
import { resolveTraining } from "../../src/train/settings.ts";
import type { TrainOptions } from "../../src/train/settings.ts";
import { bindStep } from "../../src/train/step.ts";
import { allocate } from "../../src/wasm/memory.ts";

export interface BenchOptions extends Omit<TrainOptions, "network" | "loss"> {
  readonly layers: readonly Layer[];
  readonly loss: Loss;
  readonly rows: number;
  /** The shape of an image, or how many values it has. */
  readonly features: number | readonly number[];
}

/** Allocates, draws weights, inputs and truth from `seed`, and binds a step. Free it with `using`. */
export async function createBench({ layers, loss, rows, features, seed = 1, ...options }: BenchOptions) {
  const shape = typeof features === "number" ? [features] : features;
  const net = network(layers, { input: shape });
  const outputs = net.placed[net.placed.length - 1].outputs;
  let state = (seed * 2654435761) >>> 0;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const x = Float32Array.from({ length: rows * net.placed[0].inputs }, () => 2 * next() - 1);
  const labels = Int32Array.from({ length: rows }, () => Math.floor(next() * outputs));
  const labelValues = Array.from({ length: outputs }, (_, k) => k);
  const set = arrayDataset({ images: x, shape, labels, labelValues });
  const optimizer = options.optimizer ?? sgd();
  const settings = resolveTraining(
    { ...options, network: net, loss, optimizer, batchSize: rows, normalization: "none", seed },
    set,
    "classification",
    seed,
  );
  const block = await allocate(net.plan({ batchSize: rows, state: optimizerSlots(optimizer) }));
  const pass = bindPass(net, block, true);
  const feed = bindFeed(block, settings, pass.output);
  const step = bindStep(settings, block, feed.regions);
  initializeWeights(net, seed, block.floats("parameters"));
  feed.images(set, null, 0, rows);
  feed.truth(set, null, 0, rows);

  /** A block of parameters (or gradients) by tensor, in the order of net.parameters. */
  const tensorsOf = (region: string) => [...readWeights(net, block.floats(region)).values()].map(({ data }) => data);
  const truth = truthOf(loss) === "labels" ? labels : block.floats("targets").slice(0, rows * outputs);
  /** The masks as drawn last, a factor for each of a layer's inputs. */
  const masksOf = () =>
    net.placed
      .filter((placed) => maskWidth(placed) > 0)
      .map((placed) => {
        const mask = block.floats(regionOf.mask(placed)).slice();
        if (placed.layer.kind !== "spatialDropout") return mask;
        const { before, size, after } = groupsOf(placed.shape, placed.layer.axis);
        return Float32Array.from({ length: rows * placed.outputs }, (_, i) => {
          const row = Math.floor(i / (before * size * after));
          return mask[row * size + (Math.floor(i / after) % size)];
        });
      });
  return {
    net, block, pass, step, x, truth, rows, outputs, tensorsOf, masksOf, feed, set,
    [Symbol.dispose]: () => block.free(),
  }; // prettier-ignore
}
