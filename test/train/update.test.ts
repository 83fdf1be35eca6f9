import { describe, expect, it } from "vitest";
import { dense, dropout, gelu, relu } from "../../src/model/layers.ts";
import { softmaxCrossEntropy } from "../../src/model/loss.ts";
import { sgd } from "../../src/train/optimizer.ts";
import { clipNorm, clipValue } from "../../src/train/regularization.ts";
import type { TrainOptions } from "../../src/train/settings.ts";
import { tensorError } from "../assembly/workbench.ts";
import { createBench } from "./bench.ts";

const shape = { layers: [dense(5), gelu(), dense(3)], loss: softmaxCrossEntropy(), rows: 6, features: 7, seed: 3 };

/** The gradients as backward left them, and what one update of sgd with rate 1 took off the weights. */
async function update(options: Pick<TrainOptions, "clip" | "regularization">) {
  using bench = await createBench({ ...shape, ...options, optimizer: sgd({ learningRate: 1 }) });
  void bench.step.gradients(bench.rows, 1, false, 1, 0);
  const weights = bench.tensorsOf("parameters").map((tensor) => Float64Array.from(tensor));
  const gradients = bench.tensorsOf("gradients").map((tensor) => Float64Array.from(tensor));
  const penalty = bench.step.penalty();
  void bench.step.update(1);
  const after = bench.tensorsOf("parameters");
  return { weights, gradients, penalty, taken: weights.map((tensor, t) => tensor.map((w, i) => w - after[t][i])) };
}

const norm = (tensors: readonly Float64Array[]) =>
  Math.sqrt(tensors.reduce((sum, tensor) => tensor.reduce((s, g) => s + g * g, sum), 0));

describe("an update", () => {
  it("clipped by norm takes g * maximum / (norm + 1e-6) when the norm over all tensors is larger, to 2e-6", async () => {
    for (const maximum of [0.01, 0.5, 1]) {
      const { gradients, taken } = await update({ clip: clipNorm(maximum) });
      const factor = Math.min(1, maximum / (norm(gradients) + 1e-6));
      expect(factor).toBeLessThan(1);
      taken.forEach((tensor, t) => {
        tensor.forEach((got, i) =>
          expect(Math.abs(got - factor * gradients[t][i])).toBeLessThanOrEqual(2e-6 * maximum + 6e-8),
        );
      });
      expect(Math.abs(norm(taken) - maximum)).toBeLessThanOrEqual(1e-5 * maximum + 1e-6);
    }
  });

  it("clipped by a norm that is not reached takes the bits of an update without", async () => {
    expect(await update({ clip: clipNorm(1e6) })).toEqual(await update({ clip: null }));
  });

  it("clipped by value takes min(max(g, -maximum), maximum) of every element, to 1e-7", async () => {
    const { gradients, taken } = await update({ clip: clipValue(0.05) });
    expect(gradients.some((tensor) => tensor.some((g) => Math.abs(g) > 0.05))).toBe(true);
    taken.forEach((tensor, t) => {
      tensor.forEach((got, i) => {
        expect(Math.abs(got - Math.min(Math.max(gradients[t][i], -0.05), 0.05))).toBeLessThanOrEqual(1e-7);
      });
    });
  });

  it.each([
    [0.3, 0],
    [0, 0.2],
    [0.3, 0.2],
  ])(
    "with l1 %d and l2 %d takes g + l1 sign(w) + 2 l2 w of weights, to 2e-7, and of biases g alone",
    async (l1, l2) => {
      const { weights, gradients, penalty, taken } = await update({ regularization: { l1, l2 } });
      let wanted = 0;
      taken.forEach((tensor, t) => {
        const isWeight = t % 2 === 0;
        tensor.forEach((got, i) => {
          const w = weights[t][i];
          const added = isWeight ? l1 * Math.sign(w) + 2 * l2 * w : 0;
          if (isWeight) wanted += l1 * Math.abs(w) + l2 * w * w;
          expect(Math.abs(got - gradients[t][i] - added)).toBeLessThanOrEqual(2e-7);
        });
      });
      expect(tensorError([penalty], [wanted])).toBeLessThanOrEqual(1e-12);
    },
  );

  it("clips the gradient with its penalties: the norm that is taken is the maximum", async () => {
    const { taken } = await update({ clip: clipNorm(0.1), regularization: { l1: 1, l2: 1 } });
    expect(Math.abs(norm(taken) - 0.1)).toBeLessThanOrEqual(2e-6);
  });
});

describe("gradients of micro-batches", () => {
  it("added up, of any sizes, are the gradient of the whole batch, to 1e-6 of a tensor's largest", async () => {
    for (const sizes of [
      [1, 1, 1, 1, 1, 1],
      [2, 4],
      [3, 3],
      [5, 1],
      [4, 2],
    ]) {
      using whole = await createBench(shape);
      void whole.step.gradients(6, 6, false, 1, 0);
      using parts = await createBench(shape);
      let at = 0;
      for (const size of sizes) {
        parts.feed.images(parts.set, null, at, size);
        parts.feed.truth(parts.set, null, at, size);
        void parts.step.gradients(size, 6, at > 0, 1, at);
        at += size;
      }
      const want = whole.tensorsOf("gradients");
      parts.tensorsOf("gradients").forEach((got, t) => expect(tensorError(got, want[t])).toBeLessThanOrEqual(1e-6));
    }
  });
});

describe("dropout masks of steps", () => {
  const withDropout = { ...shape, layers: [dense(8), relu(), dropout(0.5), dense(6), dropout(0.3), dense(3)] };

  it("differ from step to step, from epoch to epoch, from layer to layer and from seed to seed; the same place gives the same", async () => {
    const masksAt = async (epoch: number, position: number, seed = 3) => {
      using bench = await createBench({ ...withDropout, seed });
      void bench.step.gradients(bench.rows, 1, false, epoch, position);
      return bench.masksOf().map((mask) => mask.join());
    };
    const drawn = await Promise.all([masksAt(1, 0), masksAt(1, 6), masksAt(2, 0), masksAt(2, 6), masksAt(1, 0, 4)]);
    expect(new Set(drawn.flat()).size).toBe(10);
    expect(await masksAt(1, 6)).toEqual(drawn[1]);
  });

  it("do not depend on what was drawn before", async () => {
    using bench = await createBench(withDropout);
    const at = (epoch: number, position: number) => {
      void bench.step.gradients(bench.rows, 1, false, epoch, position);
      return bench.masksOf();
    };
    const first = at(3, 12);
    at(1, 0);
    at(7, 6);
    expect(at(3, 12)).toEqual(first);
  });

  it("are 0 or 1 / (1 - rate), and multiply the layer's gradient as they do its output; a pass without masks leaves them out", async () => {
    using bench = await createBench({ ...shape, layers: [dense(6), dropout(0.25)] });
    void bench.step.gradients(bench.rows, 1, false, 1, 0);
    const [mask] = bench.masksOf();
    expect(new Set(mask)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
    const read = (address: number) =>
      new Float32Array(bench.block.floats("input").buffer, address, mask.length).slice();
    const dropped = read(bench.pass.output);
    bench.pass.forward(bench.rows, null);
    const whole = read(bench.pass.output);
    expect(dropped).toEqual(whole.map((value, i) => value * mask[i]));
    expect(whole.filter((value) => value === 0).length).toBe(0);
  });
});
