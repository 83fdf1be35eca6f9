// One training step of a dense network with relu, Adam and softmax cross-entropy, on drawn images: what is timed.
import { arrayDataset } from "../src/data/dataset.ts";
import { dense, relu } from "../src/model/layers.ts";
import { network } from "../src/model/network.ts";
import type { Network } from "../src/model/network.ts";
import { bindPass } from "../src/model/pass.ts";
import { bindFeed } from "../src/train/feed.ts";
import { adam } from "../src/train/optimizer.ts";
import { optimizerSlots } from "../src/train/optimizer-slots.ts";
import { resolveTraining } from "../src/train/settings.ts";
import { bindStep } from "../src/train/step.ts";
import { initializeWeights } from "../src/model/weight-block.ts";
import { allocate } from "../src/wasm/memory.ts";
import { threadsOf } from "#threads";

/** The article's network, and two that are dense in earnest. */
export const networks = [
  { sizes: [1000, 12, 12, 2], batch: 32 },
  { sizes: [784, 512, 256, 10], batch: 128 },
  { sizes: [4096, 1024, 256, 2], batch: 64 },
] as const;

/** Layers with relu between them: inputs, then the outputs of each. */
export function networkOf([inputs, ...widths]: readonly number[]): Network {
  const hidden = widths.slice(0, -1).flatMap((width) => [dense(width), relu()]);
  return network([...hidden, dense(widths[widths.length - 1])], { input: [inputs] });
}

/**
 * Binds the step of a network; each call of `run` is forward, loss, backward and update of one batch.
 * @param build and `wide` as for allocate().
 */
export async function bindTrainingStep(
  sizes: readonly number[],
  batch: number,
  build: Parameters<typeof allocate>[1],
  wide = false,
  threads = 1,
): Promise<{ readonly run: () => void; readonly free: () => void; readonly weights: () => Float32Array }> {
  const [inputs] = sizes;
  const outputs = sizes[sizes.length - 1];
  const net = networkOf(sizes);
  const images = Float32Array.from({ length: batch * inputs }, (_, i) => ((i * 7919) % 1021) / 510 - 1);
  const labels = Int32Array.from({ length: batch }, (_, i) => i % outputs);
  const set = arrayDataset({ images, shape: [inputs], labels });
  const optimizer = adam({ learningRate: 1e-4 });
  const settings = resolveTraining(
    { network: net, optimizer, batchSize: batch, normalization: "none" },
    set,
    "classification",
    1,
  );
  const plan = net.plan({ batchSize: batch, state: optimizerSlots(optimizer), threads });
  const block = await allocate(plan, build, wide, threads > 1 ? { threads, begin: threadsOf() } : null);
  initializeWeights(net, 1, block.floats("parameters"));
  const pass = bindPass(net, block, true);
  const feed = bindFeed(block, settings, pass.output);
  const step = bindStep(settings, block, feed.regions);
  feed.images(set, null, 0, batch);
  feed.truth(set, null, 0, batch);
  return {
    run() {
      // On a busy machine a thread may be waited for too long to say how fast a step is.
      if (step.gradients(batch, batch, false, 1, 0) !== true || step.update(1e-4) !== true) {
        throw new Error("bench: a thread was waited for in vain");
      }
    },

    weights: () => block.floats("parameters").slice(),
    free: () => block.free(),
  };
}
