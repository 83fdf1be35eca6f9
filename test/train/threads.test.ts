import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { threadsOf } from "#threads";
import { arrayDataset } from "../../src/data/dataset.ts";
import {
  dense, dropout, elu, gaussianDropout, gelu, relu, sigmoid, softmax, spatialDropout, tanh,
} from "../../src/model/layers.ts"; // prettier-ignore
import type { Layer } from "../../src/model/layers.ts";
import { huber, meanSquaredError, softmaxCrossEntropy } from "../../src/model/loss.ts";
import type { Loss } from "../../src/model/loss.ts";
import { batchNorm, layerNorm } from "../../src/model/normalization-layers.ts";
import { network } from "../../src/model/network.ts";
import { bindPass } from "../../src/model/pass.ts";
import { initializeWeights } from "../../src/model/weight-block.ts";
import { bindFeed } from "../../src/train/feed.ts";
import * as optimizers from "../../src/train/optimizer.ts";
import { optimizerSlots } from "../../src/train/optimizer-slots.ts";
import { ema } from "../../src/train/average.ts";
import { resolveTraining } from "../../src/train/settings.ts";
import type { TrainOptions } from "../../src/train/settings.ts";
import { bindStep } from "../../src/train/step.ts";
import { allocate } from "../../src/wasm/memory.ts";

interface Case extends Omit<TrainOptions, "network" | "loss"> {
  readonly layers: readonly Layer[];
  readonly loss?: Loss;
  readonly rows?: number;
  readonly shape?: readonly number[];
  readonly wide?: boolean;
}

/** Three steps, the second of two batches and the last of fewer images: every float that they leave, by region. */
async function train({ layers, rows = 24, shape = [40], ...options }: Case, threads: number) {
  const net = network(layers, { input: shape });
  const features = shape.reduce((a, b) => a * b, 1);
  const outputs = net.placed[net.placed.length - 1].outputs;
  const images = Float32Array.from({ length: rows * features }, (_, i) => ((i * 7919) % 1021) / 510 - 1);
  const labels = Int32Array.from({ length: rows }, (_, i) => i % outputs);
  const set = arrayDataset({ images, shape, labels, labelValues: Array.from({ length: outputs }, (_, k) => k) });
  const optimizer = options.optimizer ?? optimizers.adam();
  const settings = resolveTraining(
    { ...options, network: net, optimizer, batchSize: rows, normalization: "none", seed: 3 },
    set,
    "classification",
    3,
  );
  const state = optimizerSlots(optimizer);
  const plan = net.plan({ batchSize: rows, state, threads, average: settings.average !== null });
  const team = threads > 1 ? { threads, begin: threadsOf() } : null;
  const block = await allocate(plan, "reproducible", false, team);
  try {
    const feed = bindFeed(block, settings, bindPass(net, block, true).output);
    const step = bindStep(settings, block, feed.regions);
    initializeWeights(net, 3, block.floats("parameters"));
    if (block.has("average")) block.floats("average").set(block.floats("parameters"));
    feed.images(set, null, 0, rows);
    feed.truth(set, null, 0, rows);
    const errors: number[] = [];
    for (const batches of [[rows], [rows, rows], [rows - 7]]) {
      for (const [i, count] of batches.entries()) {
        expect(await step.gradients(count, count, i > 0, 1, errors.length * rows)).toBe(true);
        errors.push(step.totalError());
      }
      expect(await step.update(1e-3)).toBe(true);
    }
    const regions = [
      "parameters",
      "gradients",
      ...state.map((name) => `state ${name}`),
      ...(settings.average ? ["average"] : []),
    ];
    // As text, so that a difference is told in a line.
    const bits = (name: string) => createHash("sha256").update(block.bytesOf(name)).digest("hex");
    return { errors, counters: step.counters(), ...Object.fromEntries(regions.map((name) => [name, bits(name)])) };
  } finally {
    block.free();
  }
}

const cases: Record<string, Case> = {
  "relu": { layers: [dense(64), relu(), dense(33), relu(), dense(3)] },
  "one layer": { layers: [dense(2)] },
  "wide layers": { layers: [dense(130), gelu(), dense(97), tanh(), dense(40)], rows: 30, shape: [150] },
  "dropouts": { layers: [dropout(0.2), dense(45), relu(), gaussianDropout(0.3), dense(34), elu(), dropout(0.5), dense(4)] },
  "spatial dropout": { layers: [spatialDropout(0.3), dense(40), sigmoid(), dense(4)], shape: [6, 7] },
  "batch normalisation": { layers: [dense(40, { bias: false }), batchNorm(), relu(), dense(33), batchNorm(), relu(), dense(3)] },
  "layer normalisation": { layers: [dense(40), layerNorm(), relu(), dense(33), layerNorm(), softmax(), dense(3)] },
  "penalties, max-norm, an average": {
    layers: [dense(64), relu(), dense(3)],
    regularization: { l1: 1e-3, l2: 1e-2, maxNorm: 1 },
    average: ema({ decay: 0.9 }),
  },
  "clipped by norm": { layers: [dense(64), relu(), dense(3)], clip: { kind: "norm", maximum: 0.1 } },
  "clipped by value": { layers: [dense(64), relu(), dense(3)], clip: { kind: "value", maximum: 0.01 } },
  "class weights, smoothing": {
    layers: [dense(64), relu(), dense(3)],
    loss: softmaxCrossEntropy({ classWeights: [1, 2, 3], labelSmoothing: 0.1 }),
  },
  "squared error": { layers: [dense(64), relu(), dense(3)], loss: meanSquaredError() },
  "huber": { layers: [dense(64), relu(), dense(3)], loss: huber() },
  "a frozen layer": { layers: [dense(64), relu(), dense(40), relu(), dense(3)], freeze: ["hidden 2"] },
  ...Object.fromEntries(
    (
      [
        optimizers.gradientDescent(), optimizers.sgd({ momentum: 0.9 }), optimizers.sgd({ momentum: 0.9, nesterov: true }),
        optimizers.adamw(), optimizers.adam({ amsgrad: true }), optimizers.nadam(), optimizers.radam(), optimizers.adamax(),
        optimizers.rmsprop(), optimizers.rmsprop({ momentum: 0.9, centered: true }), optimizers.adagrad(), optimizers.adadelta(),
      ] as const
    ).map((optimizer, i) => [`${optimizer.kind} (${i})`, { layers: [dense(50), relu(), dense(3)], optimizer }]),
  ),
}; // prettier-ignore

describe("a step shared by threads", () => {
  it.each(Object.entries(cases))("gives the bits of one thread: %s", async (_, given) => {
    const alone = await train(given, 1);
    for (const threads of [2, 3, 4]) expect(await train(given, threads), `${threads} threads`).toEqual(alone);
  });
});
