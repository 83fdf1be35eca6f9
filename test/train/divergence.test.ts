import { describe, expect, it } from "vitest";
import { arrayDataset } from "../../src/data/dataset.ts";
import { DivergenceError } from "../../src/errors.ts";
import { constant } from "../../src/model/init.ts";
import { dense, relu } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { weightBytes } from "../../src/model/weights.ts";
import { startFit } from "../../src/train/fit.ts";
import type { Fit } from "../../src/train/fit.ts";
import { adam, gradientDescent, sgd } from "../../src/train/optimizer.ts";
import { resolveTraining } from "../../src/train/settings.ts";
import { start } from "./toy.ts";

/** Runs until it diverges. */
async function untilDivergence(fit: Fit): Promise<DivergenceError> {
  try {
    while (!fit.finished) await fit.epoch();
  } catch (error) {
    if (error instanceof DivergenceError) return error;
    throw error;
  }
  throw new Error("expected a divergence, got a run that ended");
}

describe("divergence", () => {
  const layers = ["hidden 1", "relu 1", "hidden 2", "relu 2", "output", "loss"];

  it.each([
    ["sgd, rate 1e12", sgd({ learningRate: 1e12 })],
    ["sgd, rate 1e38", sgd({ learningRate: 1e38 })],
    ["sgd with momentum, rate 1e6", sgd({ learningRate: 1e6, momentum: 0.9 })],
    ["adam, rate 1e38", adam({ learningRate: 1e38 })],
    ["full-batch gradient descent, rate 1e30", gradientDescent({ learningRate: 1e30 })],
  ])(
    "%s: stops with an error that names epoch, step and layer, and keeps the last good weights",
    async (_name, optimizer) => {
      const fit = await start({ optimizer, epochs: 50 });
      const initial = weightBytes(fit.bestWeights());
      const error = await untilDivergence(fit);
      expect(error.at.epoch).toBe(fit.progress.epoch + 1);
      expect(error.at.step).toBeGreaterThanOrEqual(1);
      expect(layers).toContain(error.at.layer);
      expect(error.message).toMatch(
        new RegExp(
          `diverged in epoch ${error.at.epoch}, step ${error.at.step}: .*"${error.at.layer}".*Lower the learning rate`,
        ),
      );
      const kept = [...fit.bestWeights().values()].flatMap(({ data }) => [...data]);
      expect(kept.every(Number.isFinite)).toBe(true);
      if (fit.progress.stopping.bestEpoch === 0) {
        expect(weightBytes(fit.bestWeights())).toEqual(initial);
        expect(error.message).toContain("The weights of the start are kept");
      }
      fit.free();
    },
  );

  it("after good epochs keeps the best of them", async () => {
    const fit = await start({ optimizer: sgd({ learningRate: 0.1 }) });
    await fit.epoch();
    const good = fit.state();
    const wild = await start(
      { optimizer: sgd({ learningRate: 1e20 }) },
      { beginning: { kind: "resumed", state: good } },
    );
    const error = await untilDivergence(wild);
    expect(error.at.epoch).toBe(2);
    expect(error.message).toContain("The weights of epoch 1 are kept");
    expect(weightBytes(wild.bestWeights())).toEqual(weightBytes(fit.bestWeights()));
    fit.free();
    wild.free();
  });

  it("names the first layer whose output overflows: pixels of 1e38 break the first dense layer in step 1", async () => {
    const train = arrayDataset({ images: new Float32Array(16 * 9).fill(1e38), shape: [3, 3], labels: Array.from({ length: 16 }, (_, i) => i % 2) }); // prettier-ignore
    const first = dense(4, { name: "first", weightInitializer: constant(3) });
    const settings = resolveTraining(
      { network: network([first, relu(), dense(2)]), normalization: "none" },
      train,
      "classification",
      1,
    );
    const fit = await startFit({ train, validation: train }, settings);
    expect((await untilDivergence(fit)).at).toEqual({ epoch: 1, step: 1, layer: "first" });
    fit.free();
  });
});
