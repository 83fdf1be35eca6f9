import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as layer from "../../src/model/layers.ts";
import type { Layer } from "../../src/model/layers.ts";
import * as losses from "../../src/model/loss.ts";
import type { Loss } from "../../src/model/loss.ts";
import { outputsOracle, totalErrorOracle } from "../oracle/network.ts";
import type { Tensors } from "../oracle/network.ts";
import { tensorError } from "../assembly/workbench.ts";
import { createBench } from "./bench.ts";

const activation = fc.constantFrom<() => Layer>(
  layer.relu, layer.leakyRelu, layer.elu, layer.selu, layer.gelu, layer.geluTanh,
  layer.sigmoid, layer.tanh, layer.softplus, layer.silu, layer.softmax,
); // prettier-ignore

const lossKind = fc.constantFrom<() => Loss>(
  losses.softmaxCrossEntropy, () => losses.softmaxCrossEntropy({ labelSmoothing: 0.1 }), losses.sigmoidCrossEntropy,
  losses.meanSquaredError, losses.huber, losses.sigmoidDice, losses.sigmoidFocal,
); // prettier-ignore

/** Two hidden layers with two activations, dropout between them. */
const drawn = fc.record({
  rows: fc.integer({ min: 1, max: 7 }),
  features: fc.integer({ min: 1, max: 9 }),
  hidden: fc.tuple(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 2, max: 6 })),
  outputs: fc.integer({ min: 2, max: 5 }),
  activations: fc.tuple(activation, activation),
  rate: fc.constantFrom(0, 0.4),
  loss: lossKind,
  seed: fc.integer({ min: 1, max: 1e6 }),
});

const layersOf = ({ hidden, outputs, activations, rate }: typeof drawn extends fc.Arbitrary<infer T> ? T : never) => [
  layer.dense(hidden[0]), activations[0](), layer.dropout(rate), layer.dense(hidden[1]), activations[1](), layer.dense(outputs),
]; // prettier-ignore

const pairs = (flat: readonly ArrayLike<number>[]): Tensors =>
  flat.flatMap((tensor, i) => (i % 2 === 0 ? [{ weight: tensor, bias: flat[i + 1] }] : []));

describe("the gradient of a whole network", () => {
  it("is the central difference of its float64 twin's total error, for every weight and bias, to 2e-5 of a tensor's largest (of 1e-2 at least); the total error itself to 1e-5", async () => {
    await fc.assert(
      fc.asyncProperty(drawn, async (one) => {
        const layers = layersOf(one);
        using bench = await createBench({ ...one, layers, loss: one.loss() });
        const { x, truth, rows } = bench;
        void bench.step.gradients(rows, 1, false, 1, 0);
        const totalError = bench.step.totalError();
        const masks = bench.masksOf();
        const weights = bench.tensorsOf("parameters").map((tensor) => Float64Array.from(tensor));
        const objective = () => totalErrorOracle(layers, pairs(weights), x, truth, rows, one.loss(), masks);
        expect(tensorError([totalError], [objective()])).toBeLessThanOrEqual(1e-5);
        bench.tensorsOf("gradients").forEach((gradient, t) => {
          const slopes = weights[t].map((value, i) => {
            weights[t][i] = value + 1e-6;
            const up = objective();
            weights[t][i] = value - 1e-6;
            const down = objective();
            weights[t][i] = value;
            return (up - down) / 2e-6;
          });
          const scale = Math.max(1e-2, ...slopes.map(Math.abs));
          gradient.forEach((slope, i) => expect(Math.abs(slope - slopes[i])).toBeLessThanOrEqual(2e-5 * scale));
        });
      }),
    );
  });

  it("points uphill: a step against it, small enough to promise a fall of 0.01 %, lowers the total error by 0.005 to 0.015 %", async () => {
    const smooth = drawn.filter(({ activations }) =>
      activations.every((one) => one !== layer.relu && one !== layer.leakyRelu),
    );
    await fc.assert(
      fc.asyncProperty(smooth, async (one) => {
        using bench = await createBench({ ...one, layers: layersOf(one), loss: one.loss() });
        void bench.step.gradients(bench.rows, 1, false, 1, 0);
        const before = bench.step.totalError();
        const squares = bench
          .tensorsOf("gradients")
          .reduce((sum, tensor) => tensor.reduce((s, g) => s + g * g, sum), 0);
        // Where it is nearly flat, the step would be long.
        if (squares < 1e-3 * before) return;
        void bench.step.update((1e-4 * before) / squares);
        void bench.step.gradients(bench.rows, 1, false, 1, 0);
        const after = bench.step.totalError();
        expect((before - after) / before).toBeGreaterThan(0.5e-4);
        expect((before - after) / before).toBeLessThan(1.5e-4);
      }),
    );
  });
});

describe("a forward pass", () => {
  it("agrees with its float64 twin to 1e-5 of the largest, dropout off; permuted images give permuted outputs, bit for bit", async () => {
    await fc.assert(
      fc.asyncProperty(drawn, fc.nat(), async (one, turn) => {
        const layers = layersOf(one);
        using bench = await createBench({ ...one, layers, loss: one.loss() });
        const { pass, block, rows, outputs, x } = bench;
        const read = () => new Float32Array(block.floats("input").buffer, pass.output, rows * outputs).slice();
        pass.forward(rows, null);
        const straight = read();
        const want = outputsOracle(layers, pairs(bench.tensorsOf("parameters")), x, rows);
        expect(tensorError(straight, want)).toBeLessThanOrEqual(1e-5);

        const order = Array.from({ length: rows }, (_, row) => (row + turn) % rows).reverse();
        const permuted = (values: Float32Array, width: number) =>
          order.flatMap((row) => [...values.subarray(row * width, (row + 1) * width)]);
        block.floats("input").set(permuted(x, one.features));
        pass.forward(rows, null);
        expect([...read()]).toEqual(permuted(straight, outputs));
      }),
    );
  });
});
