// voxgrad's step as a run of training takes it: gradients, the look for what is not finite, update. Its argument: the variant.
import { arrayDataset } from "../../src/data/dataset.ts";
import { network } from "../../src/model/network.ts";
import { bindPass } from "../../src/model/pass.ts";
import { writeFlat } from "../../src/model/weight-block.ts";
import { bindFeed } from "../../src/train/feed.ts";
import { adam } from "../../src/train/optimizer.ts";
import { optimizerSlots } from "../../src/train/optimizer-slots.ts";
import { resolveTraining } from "../../src/train/settings.ts";
import { bindStep } from "../../src/train/step.ts";
import { allocateFor } from "../../src/train/team.ts";
import { version } from "../../src/version.ts";
import { availableMode } from "../../src/wasm/modes.ts";
import type { NumericMode } from "../../src/wasm/modes.ts";
import { layersOf } from "./problem.ts";
import { serve } from "./serve.mjs";

const variant = process.argv[2];

/** The numeric mode and whether vectors are wide, of "fast wide" and the like. */
function buildOf(name: string): { readonly mode: NumericMode; readonly wide: boolean } {
  const mode = name.startsWith("fast") ? "fast" : "reproducible";
  if (availableMode(mode) !== mode) throw new Error("this engine has no relaxed SIMD (Node has it from 22 on)");
  return { mode, wide: name.endsWith("wide") };
}

serve(async ({ sizes, batch, inputs, images, labels, layers, learningRate }) => {
  const { mode, wide } = buildOf(variant);
  const net = network(layersOf(sizes), { input: [inputs] });
  const set = arrayDataset({ images, shape: [inputs], labels });
  const optimizer = adam({ learningRate });
  const slots = optimizerSlots(optimizer);
  const options = { network: net, optimizer, batchSize: batch, normalization: "none", wide } as const;
  const settings = resolveTraining(options, set, "classification", 1);
  // Several threads only where the library itself would take them.
  const threads = process.env["BENCH_THREADS"] === "1" ? 1 : "auto";
  const { block } = await allocateFor(settings, { state: slots, augmentation: null, mixing: 0 }, mode, { threads });
  const pass = bindPass(net, block, true);
  const feed = bindFeed(block, settings, pass.output);
  const step = bindStep(settings, block, feed.regions);
  const initial = new Float32Array(net.weightCount + net.biasCount);
  let at = 0;
  for (const tensor of layers.flatMap(({ weight, bias }) => [weight, bias])) {
    initial.set(tensor, at);
    at += tensor.length;
  }
  const start = step.counters();
  feed.images(set, null, 0, batch);
  feed.truth(set, null, 0, batch);

  return {
    version: `voxgrad ${version} ${variant}, ${block.team?.threads ?? 1} threads`,
    reset() {
      writeFlat(net, initial, block.floats("parameters"));
      for (const name of slots) block.floats(`state ${name}`).fill(0);
      step.restore(start);
    },
    async run(steps: number) {
      for (let taken = 0; taken < steps; taken++) {
        const gradients = step.gradients(batch, batch, false, 1, 0);
        if (gradients !== true && !(await gradients)) throw new Error("diverged");
        const update = step.update(learningRate);
        if (update !== true && !(await update)) throw new Error("diverged");
      }
      return step.totalError() / batch;
    },
    memoryBytes: () => block.floats("input").buffer.byteLength,
  };
});
