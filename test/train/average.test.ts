import { describe, expect, it } from "vitest";
import { predict } from "../../src/train/predict.ts";
import { dense, dropout, relu } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { batchNorm } from "../../src/model/normalization-layers.ts";
import { ema, swa } from "../../src/train/average.ts";
import { emaShare } from "../../src/train/averaging.ts";
import { adam, sgd } from "../../src/train/optimizer.ts";
import type { TrainOptions } from "../../src/train/settings.ts";
import { normalizeOracle } from "../oracle/normalization.ts";
import { tensorError } from "../assembly/workbench.ts";
import { bitsOf, finish, start, toySet } from "./toy.ts";

const plain = network([dense(6), relu(), dense(2)]);
const options: TrainOptions = { network: plain, optimizer: adam({ learningRate: 0.02 }), epochs: 4, batchSize: 8 };

/** Runs to the end: the weights after every update, and the state there. */
async function watch(more: TrainOptions) {
  const fit = await start({ ...options, ...more });
  const updates = [fit.state().tensors.get("parameters")!];
  const ends: Float32Array[] = [];
  const best: Float32Array[] = [];
  while (!fit.finished) {
    await fit.epoch(undefined, () => void updates.push(fit.state().tensors.get("parameters")!));
    ends.push(fit.state().tensors.get("parameters")!);
    best.push(fit.state().tensors.get("best")!);
  }
  const { tensors, progress } = fit.state();
  const weights = fit.bestWeights();
  const { settings } = fit;
  fit.free();
  return { updates, ends, best, average: tensors.get("average"), history: progress.history, weights, settings };
}

describe("an average of the weights", () => {
  it("leaves training as it is: the same weights after every update, bit for bit", async () => {
    const without = await watch({});
    for (const average of [ema({ decay: 0.9 }), swa({ from: 2 })]) {
      const { updates } = await watch({ average });
      expect(updates.map(bitsOf)).toEqual(without.updates.map(bitsOf));
    }
    expect(without.average).toBeUndefined();
  });

  it("moving: is its float64 twin within 1e-6 of the largest, soon free of the first weights", async () => {
    for (const decay of [0, 0.5, 0.999]) {
      const { updates, average } = await watch({ average: ema({ decay }) });
      const want = Float64Array.from(updates[0]);
      updates.slice(1).forEach((weights, t) => {
        const keep = Math.min(decay, (1 + t) / (10 + t));
        weights.forEach((w, i) => (want[i] = keep * want[i] + (1 - keep) * w));
      });
      expect(tensorError(average!, want)).toBeLessThanOrEqual(1e-6);
    }
    // What is left of the first weights after 100 updates: 1e-8 of them, where 0.999^100 would be 0.9.
    let left = 1;
    for (let t = 0; t < 100; t++) left *= 1 - emaShare(0.999, t);
    expect(left).toBeLessThan(1e-8);
  });

  it("stochastic: is the mean of the weights at the ends of the epochs asked for, within 1e-6 of the largest", async () => {
    const cases = [[{ from: 2 }, [1, 2, 3]], [{ from: 1, every: 2 }, [0, 2]], [{}, [2, 3]]] as const; // prettier-ignore
    for (const [given, taken] of cases) {
      const { ends, average } = await watch({ average: swa(given) });
      const want = ends[0].map((_, i) => taken.reduce<number>((sum, epoch) => sum + ends[epoch][i], 0) / taken.length);
      expect(tensorError(average!, want)).toBeLessThanOrEqual(1e-6);
    }
  });

  it.each([ema({ decay: 0.9 }), swa({ from: 1 })])(
    "$kind is what is evaluated and kept: an epoch's validation accuracy is that of the model saved then",
    async (average) => {
      const { weights, history, settings, best, ends } = await watch({ average });
      const last = history.findLast((epoch) => epoch.best)!;
      const { network: net, loss, normalization } = settings;
      const set = toySet(12, 2);
      const model = { task: "classification", network: net, weights, classes: ["0", "1"], maskClasses: [], normalization, loss } as const; // prettier-ignore
      const said = await predict(model, set);
      if (said.task !== "classification") throw new TypeError("expected classes");
      const right = said.predicted.filter((label, i) => label === set.labels![i]).length;
      expect(right / 12).toBe(last.validation.accuracy);
      const logs = said.predicted.map((_, i) => i).reduce((sum, i) => sum - Math.log(said.probabilities[2 * i + set.labels![i]]), 0); // prettier-ignore
      expect(Math.abs(logs / 12 - last.validation.loss)).toBeLessThanOrEqual(1e-5);
      if (average.kind === "ema") expect(bitsOf(best.at(-1)!)).not.toEqual(bitsOf(ends[last.epoch - 1]));
    },
  );

  it("stochastic, of a network that normalises by batches: its statistics are the mean over the training set's batches under the averaged weights, dropout off, within 1e-5; as many batches counted as training saw", async () => {
    const layers = [dense(6, { bias: false }), batchNorm(), relu(), dropout(0.3), dense(2)];
    const given = { ...options, network: network(layers), optimizer: sgd({ learningRate: 0.05 }), average: swa({ from: 1 }) }; // prettier-ignore
    const fit = await start({ ...given, normalization: "none", monitor: "loss" });
    await finish(fit);
    const weights = fit.bestWeights();
    const epoch = fit.progress.stopping.bestEpoch;
    fit.free();
    const train = toySet(30, 1);
    const x = new Float32Array(9);
    const { data: w } = weights.get("0.weight")!;
    const values = Array.from({ length: 30 }, (_, image) => {
      train.read(image, x, 0);
      return Array.from({ length: 6 }, (_, o) => x.reduce((sum, pixel, i) => sum + pixel * w[o * 9 + i], 0));
    });
    const batches = [0, 8, 16, 24].map((first) => values.slice(first, first + 8));
    const ones = new Float64Array(6).fill(1);
    const each = batches.map((rows) => {
      const { means, variances } = normalizeOracle("column", rows.flat(), ones, ones, 0);
      return { means, variances: variances.map((value) => (value * rows.length) / (rows.length - 1)) };
    });
    const mean = (of: "means" | "variances") =>
      ones.map((_, o) => each.reduce((sum, one) => sum + one[of][o], 0) / each.length);
    expect(tensorError(weights.get("1.running_mean")!.data, mean("means"))).toBeLessThanOrEqual(1e-5);
    expect(tensorError(weights.get("1.running_var")!.data, mean("variances"))).toBeLessThanOrEqual(1e-5);
    expect(weights.get("1.num_batches_tracked")!.data[0]).toBe(4 * epoch + 4);
  });

  it("refuses what makes none", () => {
    expect(() => ema({ decay: 1 })).toThrow(/ema: expected a decay in \[0, 1\), got 1/);
    expect(() => swa({ from: 0 })).toThrow(/swa: expected from as a whole number of at least 1, got 0/);
    expect(() => swa({ every: 1.5 })).toThrow(/expected every/);
    expect(() => start({ ...options, average: swa({ from: 5 }) })).toThrow(
      /swa: expected from of at most the 4 epochs/,
    );
  });
});
