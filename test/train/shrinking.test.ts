import { describe, expect, it } from "vitest";
import { dense, relu } from "../../src/model/layers.ts";
import { softmaxCrossEntropy } from "../../src/model/loss.ts";
import { batchNorm, layerNorm } from "../../src/model/normalization-layers.ts";
import { adamw, sgd } from "../../src/train/optimizer.ts";
import type { Optimizer } from "../../src/train/optimizer.ts";
import type { Regularization } from "../../src/train/regularization.ts";
import { createBench } from "./bench.ts";

const layers = [dense(9), batchNorm(), relu(), dense(5), layerNorm(), relu(), dense(3)];

/** One update with gradients of zero: what is left moves by shrinking alone. */
async function shrink(optimizer: Optimizer, regularization: Partial<Regularization>, learningRate = 0.1) {
  using bench = await createBench({
    layers, rows: 4, features: 6, loss: softmaxCrossEntropy(), optimizer, regularization, seed: 3,
  }); // prettier-ignore
  const before = bench.tensorsOf("parameters");
  const penalty = bench.step.penalty();
  bench.block.floats("gradients").fill(0);
  expect(bench.step.update(learningRate)).toBe(true);
  const after = bench.tensorsOf("parameters");
  return bench.net.parameters.map(({ role, name }, i) => ({ role, name, before: before[i], after: after[i], penalty }));
}

describe("what shrinks weights", () => {
  it.each([
    ["weight decay", sgd({ weightDecay: 0.5 }), {}, 0.95],
    ["weight decay with momentum", sgd({ weightDecay: 0.5, momentum: 0.9 }), {}, 0.95],
    ["decoupled weight decay", adamw({ weightDecay: 0.5 }), {}, 0.95],
    ["an L2 penalty", sgd(), { l2: 0.25 }, 0.95],
  ] as const)(
    "%s reaches weights alone, to 2e-7 of each; biases, factors, shifts and running statistics keep their bits unless `biases` is set, and the statistics even then",
    async (_name, optimizer, regularization, factor) => {
      for (const biases of [false, true]) {
        for (const { role, name, before, after } of await shrink(optimizer, { ...regularization, biases })) {
          const isLearned = ["weight", "bias", "gain", "shift"].includes(role);
          if (role === "weight" || (biases && isLearned)) {
            after.forEach((value, i) =>
              expect(Math.abs(value - factor * before[i]), name).toBeLessThanOrEqual(2e-7 * Math.abs(before[i])),
            );
          } else {
            expect(after, name).toEqual(before);
          }
        }
      }
    },
  );

  it("is told by the penalty: l1 sum |w| + l2 sum w^2 of weights, and of the others that are learned where `biases` is set, to 1e-12", async () => {
    for (const biases of [false, true]) {
      const tensors = await shrink(sgd(), { l1: 0.3, l2: 0.2, biases }, 0);
      const counted = tensors.filter(({ role }) =>
        biases ? ["weight", "bias", "gain", "shift"].includes(role) : role === "weight",
      );
      const want = counted.flatMap(({ before }) => [...before]).reduce((sum, w) => sum + 0.3 * Math.abs(w) + 0.2 * w * w, 0); // prettier-ignore
      expect(Math.abs(tensors[0].penalty - want)).toBeLessThanOrEqual(1e-12 * want);
    }
  });

  it("max-norm scales the weights into each node down to the norm, within 2e-7, and leaves shorter ones and all biases", async () => {
    const maximum = 0.5;
    for (const { role, name, before, after } of await shrink(sgd(), { maxNorm: maximum }, 0)) {
      if (role !== "weight") {
        expect(after, name).toEqual(before);
        continue;
      }
      const outputs = { "0.weight": 9, "3.weight": 5, "6.weight": 3 }[name] ?? 0;
      const inputs = before.length / outputs;
      let scaled = 0;
      for (let output = 0; output < outputs; output++) {
        const [was, is] = [before, after].map((all) => all.subarray(output * inputs, (output + 1) * inputs));
        const norm = Math.sqrt(was.reduce((sum, w) => sum + w * w, 0));
        if (norm > maximum) scaled++;
        const factor = Math.min(1, maximum / norm);
        is.forEach((value, i) => expect(Math.abs(value - factor * was[i])).toBeLessThanOrEqual(2e-7 * maximum));
      }
      expect(scaled, name).toBeGreaterThan(0);
    }
  });
});
