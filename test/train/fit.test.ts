import { describe, expect, it } from "vitest";
import { dense, dropout, relu } from "../../src/model/layers.ts";
import { sigmoidDice, softmaxCrossEntropy } from "../../src/model/loss.ts";
import { network } from "../../src/model/network.ts";
import { adam, adamw, gradientDescent, rmsprop, sgd } from "../../src/train/optimizer.ts";
import { clipNorm } from "../../src/train/regularization.ts";
import { exponentialDecay } from "../../src/train/schedule.ts";
import type { Task, TrainOptions } from "../../src/train/settings.ts";
import { tensorError } from "../assembly/workbench.ts";
import { bitsOf, finish, start, train } from "./toy.ts";

const withDropout = network([dense(12), relu(), dropout(0.3), dense(7), relu(), dropout(0.2), dense(2)]);

const runs: [string, TrainOptions, Task][] = [
  ["adam, dropout", { optimizer: adam({ learningRate: 0.01 }), network: withDropout }, "classification"],
  ["nesterov, penalties, clipping, decay", { optimizer: sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }), regularization: { l1: 1e-3, l2: 1e-3 }, clip: clipNorm(0.5), schedule: exponentialDecay({ gamma: 0.9 }) }, "classification"],
  ["class weights and smoothing, accumulated", { loss: softmaxCrossEntropy({ classWeights: [1, 3], labelSmoothing: 0.1 }), accumulate: 2, network: withDropout }, "classification"],
  ["masks with soft Dice", { optimizer: rmsprop(), loss: sigmoidDice(), network: network([dense(6), relu(), dropout(0.1), dense(9)]) }, "segmentation"],
]; // prettier-ignore

describe("a run", () => {
  it.each(runs)(
    "%s: debug and release builds give the same weights and figures, bit for bit",
    async (_name, options, task) => {
      const [debug, release] = await Promise.all([
        train(options, { task, build: "reproducible.debug" }),
        train(options, { task }),
      ]);
      expect(bitsOf(release.parameters)).toEqual(bitsOf(debug.parameters));
      expect(release.best).toEqual(debug.best);
      const timeless = (epochs: typeof debug.epochs) => epochs.map((epoch) => ({ ...epoch, seconds: 0 }));
      expect(timeless(release.epochs)).toEqual(timeless(debug.epochs));
    },
  );

  it.each(runs)("%s: the same seed gives the same weights, another seed others", async (_name, options, task) => {
    const [first, again, other] = await Promise.all([
      train({ ...options, seed: 7 }, { task }),
      train({ ...options, seed: 7 }, { task }),
      train({ ...options, seed: 8 }, { task }),
    ]);
    expect(bitsOf(again.parameters)).toEqual(bitsOf(first.parameters));
    expect(bitsOf(other.parameters)).not.toEqual(bitsOf(first.parameters));
  });

  it("the numbers of a seed are those of another only by chance: initial weights of seeds 1 to 20 all differ", async () => {
    const initial = await Promise.all(
      Array.from({ length: 20 }, async (_, seed) => {
        const fit = await start({ seed: seed + 1 });
        const weights = fit.state().tensors.get("parameters")!.join();
        fit.free();
        return weights;
      }),
    );
    expect(new Set(initial).size).toBe(20);
  });

  it("full-batch gradient descent is sgd with the whole set as its batch, bit for bit, however it is cut", async () => {
    const whole = await train({ optimizer: sgd({ learningRate: 0.2, weightDecay: 0.01 }), batchSize: 30, epochs: 6 });
    for (const batchSize of [30, 16, 7, 1]) {
      const { parameters } = await train({
        optimizer: gradientDescent({ learningRate: 0.2, weightDecay: 0.01 }),
        batchSize,
        epochs: 6,
      });
      if (batchSize === 30) expect(bitsOf(parameters)).toEqual(bitsOf(whole.parameters));
      else expect(tensorError(parameters, whole.parameters)).toBeLessThanOrEqual(1e-6);
    }
  });

  it.each([
    [1, 12],
    [2, 6],
    [3, 4],
    [4, 3],
  ])(
    "accumulating %i batches of %i is one batch of 12, to 1e-6 of the largest weight after 9 updates",
    async (accumulate, batchSize) => {
      const options = {
        optimizer: sgd({ learningRate: 0.1, momentum: 0.5 }),
        loss: softmaxCrossEntropy({ classWeights: [1, 2] }),
      };
      const one = await train({ ...options, batchSize: 12 });
      const parts = await train({ ...options, batchSize, accumulate });
      expect(tensorError(parts.parameters, one.parameters)).toBeLessThanOrEqual(1e-6);
    },
  );

  it("learns: the loss of an easy set falls below half within 20 epochs, with every optimizer's usual rate", async () => {
    for (const optimizer of [
      sgd({ learningRate: 0.1, momentum: 0.9 }),
      adam({ learningRate: 0.01 }),
      adamw({ learningRate: 0.01 }),
      rmsprop(),
    ]) {
      const { epochs } = await train({ optimizer, epochs: 20 });
      expect(epochs[19].loss, optimizer.kind).toBeLessThan(epochs[0].loss / 2);
    }
  });

  it("evaluates with dropout off: figures do not depend on the masks, and a second look gives the same", async () => {
    const still = sgd({ learningRate: 0 });
    const { epochs } = await train({ network: withDropout, optimizer: still, epochs: 3 });
    expect(epochs.map(({ loss, validation }) => [loss, validation.loss])).toEqual(
      Array(3).fill([epochs[0].loss, epochs[0].validation.loss]),
    );
  });

  it("does not depend on the batch it is evaluated in: 30 images in batches of 1, 7 and 30 have one total error, to 1e-12", async () => {
    const still = sgd({ learningRate: 0 });
    const errors = await Promise.all(
      [1, 7, 30].map(
        async (batchSize) => (await train({ optimizer: still, epochs: 1, batchSize })).epochs[0].totalError,
      ),
    );
    for (const error of errors) expect(Math.abs(error - errors[0])).toBeLessThanOrEqual(1e-12 * errors[0]);
  });

  it("keeps its own copy of weights and state: what was handed out does not change when it goes on", async () => {
    const fit = await start({ optimizer: adam() });
    const state = fit.state();
    const copies = [...state.tensors.values()].map((tensor) => tensor.slice());
    const best = [...fit.bestWeights().values()].map(({ data }) => data.slice());
    const held = [...fit.bestWeights().values()].map(({ data }) => data);
    await finish(fit);
    expect([...state.tensors.values()]).toEqual(copies);
    expect(held).toEqual(best);
    fit.free();
  });
});
