import { describe, expect, it } from "vitest";
import { arrayDataset } from "../../src/data/dataset.ts";
import { dense, gelu, relu, sigmoid, tanh } from "../../src/model/layers.ts";
import { lossDenominator } from "../../src/model/loss-mean.ts";
import { softmaxCrossEntropy } from "../../src/model/loss.ts";
import { network } from "../../src/model/network.ts";
import { bindPass } from "../../src/model/pass.ts";
import { readWeights, writeWeights } from "../../src/model/weight-block.ts";
import { bindFeed } from "../../src/train/feed.ts";
import { adam, adamw, sgd } from "../../src/train/optimizer.ts";
import { optimizerSlots } from "../../src/train/optimizer-slots.ts";
import type { Optimizer } from "../../src/train/optimizer.ts";
import { resolveTraining } from "../../src/train/settings.ts";
import { bindStep } from "../../src/train/step.ts";
import { allocate } from "../../src/wasm/memory.ts";
import { builds, modes, readBuild, tensorError } from "../assembly/workbench.ts";
import type { Build } from "../assembly/workbench.ts";
import { readVectors } from "../vectors/read.ts";
import type { Tensor } from "../vectors/read.ts";

interface TrainingCase {
  sizes: number[];
  activation: "relu" | "tanh" | "sigmoid" | "gelu";
  optimizer: "sgd" | "adam" | "adamw";
  options: object;
  l1: number;
  l2: number;
  batchSize: number;
  x: Tensor;
  labels: number[];
  initial: { weight: Tensor; bias: Tensor }[];
  epochOrder: number[][];
  steps: { dataLoss: number; penalty: number }[];
  final: { weight: Tensor; bias: Tensor }[];
}

const cases = readVectors<TrainingCase>("training");

function optimizerOf({ optimizer, options }: TrainingCase): Optimizer {
  return { sgd, adam, adamw }[optimizer](options);
}

async function replay(c: TrainingCase, build: Build, microBatch = c.batchSize) {
  const activation = { relu, tanh, sigmoid, gelu }[c.activation];
  const inner = c.sizes.slice(1, -1).flatMap((size) => [dense(size), activation()]);
  const net = network([...inner, dense(c.sizes[c.sizes.length - 1])], { input: [c.sizes[0]] });
  const labelValues = Array.from({ length: c.sizes[c.sizes.length - 1] }, (_, label) => label);
  const set = arrayDataset({
    images: Float64Array.from(c.x.data),
    shape: [c.sizes[0]],
    labels: c.labels,
    labelValues,
  });
  const optimizer = optimizerOf(c);
  const settings = resolveTraining(
    {
      network: net,
      optimizer,
      regularization: { l1: c.l1, l2: c.l2, biases: c.optimizer === "adamw" },
      batchSize: microBatch,
      normalization: "none",
    },
    set,
    "classification",
    1,
  );
  using block = await allocate(net.plan({ batchSize: microBatch, state: optimizerSlots(optimizer) }), readBuild(build));
  const initial = c.initial.flatMap(({ weight, bias }, i) => [
    [net.parameters[2 * i].name, { shape: weight.shape, data: Float32Array.from(weight.data) }] as const,
    [net.parameters[2 * i + 1].name, { shape: bias.shape, data: Float32Array.from(bias.data) }] as const,
  ]);
  writeWeights(net, new Map(initial), block.floats("parameters"));
  const pass = bindPass(net, block, true);
  const feed = bindFeed(block, settings, pass.output);
  const step = bindStep(settings, block, feed.regions);

  const losses: { dataLoss: number; penalty: number }[] = [];
  for (const [epoch, indexes] of c.epochOrder.entries()) {
    const order = Int32Array.from(indexes);
    for (let position = 0; position < order.length; position += c.batchSize) {
      const rows = Math.min(c.batchSize, order.length - position);
      const denominator = lossDenominator(softmaxCrossEntropy(), feed.labels, rows, net.parameters.length);
      let totalError = 0;
      for (let at = 0; at < rows; at += microBatch) {
        const count = Math.min(microBatch, rows - at);
        feed.images(set, order, position + at, count);
        feed.truth(set, order, position + at, count);
        expect(step.gradients(count, denominator, at > 0, epoch + 1, position + at)).toBe(true);
        totalError += step.totalError();
      }
      losses.push({ dataLoss: totalError / denominator, penalty: step.penalty() });
      void step.update(optimizer.learningRate);
    }
  }
  return { losses, weights: [...readWeights(net, block.floats("parameters")).values()] };
}

describe.each(builds)("whole runs (%s build)", (build) => {
  it.each(cases.map((c) => [c.sizes.join("-"), c.activation, c.optimizer, c] as const))(
    "PyTorch, %s, %s, %s: the loss and penalty of every step within 1e-5, the final weights within 1e-4 of the largest",
    async (_sizes, _activation, _optimizer, c) => {
      const { losses, weights } = await replay(c, build);
      const wanted = c.final.flatMap(({ weight, bias }) => [weight.data, bias.data]);
      expect(tensorError(losses.map((l) => l.dataLoss), c.steps.map((s) => s.dataLoss))).toBeLessThanOrEqual(1e-5); // prettier-ignore
      expect(tensorError(losses.map((l) => l.penalty), c.steps.map((s) => s.penalty))).toBeLessThanOrEqual(1e-5); // prettier-ignore
      weights.forEach(({ data }, i) => expect(tensorError(data, wanted[i])).toBeLessThanOrEqual(1e-4));
    },
  );
});

describe("gradient accumulation", () => {
  it.each([1, 3, 4])("in batches of %i gives the bits of the whole batch", async (microBatch) => {
    const whole = await replay(cases[0], "reproducible.release");
    const parts = await replay(cases[0], "reproducible.release", microBatch);
    expect(parts.weights).toEqual(whole.weights);
  });
});

describe("builds", () => {
  it.each(modes)("%s: debug and release train to the same bits", async (mode) => {
    for (const c of cases) {
      const debug = await replay(c, `${mode}.debug`);
      expect(debug.weights).toEqual((await replay(c, `${mode}.release`)).weights);
    }
  });
});
