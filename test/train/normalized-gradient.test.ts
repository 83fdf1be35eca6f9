import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dense, dropout, gaussianDropout, gelu, spatialDropout, tanh } from "../../src/model/layers.ts";
import type { Layer } from "../../src/model/layers.ts";
import { meanSquaredError, softmaxCrossEntropy } from "../../src/model/loss.ts";
import { batchNorm, layerNorm } from "../../src/model/normalization-layers.ts";
import { isLearned } from "../../src/model/shapes.ts";
import { tensorError } from "../assembly/workbench.ts";
import { outputsOracle, totalErrorOracle } from "../oracle/network.ts";
import type { RunningStatistics, Tensors } from "../oracle/network.ts";
import { createBench } from "./bench.ts";

// A large epsilon keeps 1 / deviation, and with it every rounding error, within reach.
const norm = fc.constantFrom<() => Layer>(() => batchNorm({ epsilon: 0.1 }), () => layerNorm({ epsilon: 0.1 })); // prettier-ignore
const noise = fc.constantFrom<() => Layer>(
  () => dropout(0.3), () => gaussianDropout(0.3), () => spatialDropout(0.4, { axis: 0 }), () => spatialDropout(0.4), () => dropout(0),
); // prettier-ignore

/** Noise on the image or in the middle, normalisation before and behind activations and on the image itself. */
const drawn = fc.record({
  rows: fc.integer({ min: 1, max: 7 }),
  features: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 2, max: 4 })),
  hidden: fc.tuple(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 2, max: 6 })),
  norms: fc.tuple(norm, norm, norm),
  noises: fc.tuple(noise, noise),
  isFirst: fc.boolean(),
  loss: fc.constantFrom(softmaxCrossEntropy(), meanSquaredError()),
  seed: fc.integer({ min: 1, max: 1e6 }),
});

type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;

// spatialDropout behind a dense layer has one axis.
const inner = (layer: Layer): Layer => (layer.kind === "spatialDropout" ? spatialDropout(layer.rate) : layer);

const layersOf = ({ hidden, norms, noises, isFirst }: Drawn): readonly Layer[] => [
  noises[0](), ...(isFirst ? [norms[2]()] : []), dense(hidden[0]), norms[0](), tanh(), inner(noises[1]()),
  dense(hidden[1], { bias: false }), gelu(), norms[1](), dense(3),
]; // prettier-ignore

/** The learned tensors in pairs, layer by layer; an empty bias where there is none. */
function pairsOf(net: Awaited<ReturnType<typeof createBench>>["net"], tensors: readonly Float64Array[]): Tensors {
  const owners = [...new Set(net.parameters.map(({ placed }) => placed.index))];
  return owners.map((index) => {
    const find = (...roles: string[]) => {
      const at = net.parameters.findIndex(({ role, placed }) => placed.index === index && roles.includes(role));
      return at < 0 ? [] : tensors[at];
    };
    return { weight: find("weight", "gain"), bias: find("bias", "shift") };
  });
}

function runningOf(net: Awaited<ReturnType<typeof createBench>>["net"], tensors: readonly Float64Array[]) {
  const of = (wanted: string) => net.parameters.flatMap(({ role }, i) => (role === wanted ? [tensors[i]] : []));
  return of("mean").map((means, i) => ({ means, variances: of("variance")[i] })) satisfies RunningStatistics;
}

describe("the gradient of a network that normalises", () => {
  it("is the central difference of its float64 twin's total error, for weights, biases, factors and shifts, to 5e-5 of a tensor's largest (of 1e-2 at least); a single image goes by the running statistics; noise of every kind, on the image too", async () => {
    await fc.assert(
      fc.asyncProperty(drawn, async (one) => {
        const layers = layersOf(one);
        // A batch size of 1 is refused, so a single image is the last of a set.
        using bench = await createBench({ ...one, rows: Math.max(2, one.rows), layers });
        const { net, x, truth, outputs } = bench;
        const { rows, loss } = one;
        const weights = bench.tensorsOf("parameters").map((tensor) => Float64Array.from(tensor));
        const running = rows > 1 ? [] : runningOf(net, weights);
        void bench.step.gradients(rows, 1, false, 1, 0);
        const masks = bench.masksOf();
        const input = x.slice(0, (x.length / bench.rows) * rows);
        const known = truth.slice(0, (truth.length / bench.rows) * rows);
        const objective = () => {
          const tensors = pairsOf(net, weights);
          if (running.length === 0) return totalErrorOracle(layers, tensors, input, known, rows, loss, masks);
          const values = outputsOracle(layers, tensors, input, rows, masks, running);
          return totalErrorOracle([dense(outputs)], [identity(outputs)], values, known, rows, loss);
        };
        expect(tensorError([bench.step.totalError()], [objective()])).toBeLessThanOrEqual(2e-5);
        bench.tensorsOf("gradients").forEach((gradient, t) => {
          if (!isLearned(net.parameters[t])) return expect([...gradient].every((value) => value === 0)).toBe(true);
          const slopes = weights[t].map((value, i) => {
            weights[t][i] = value + 1e-5;
            const up = objective();
            weights[t][i] = value - 1e-5;
            const down = objective();
            weights[t][i] = value;
            return (up - down) / 2e-5;
          });
          const scale = Math.max(1e-2, ...slopes.map(Math.abs));
          gradient.forEach((slope, i) => expect(Math.abs(slope - slopes[i])).toBeLessThanOrEqual(5e-5 * scale));
        });
      }),
    );
  });

  it("adds up over the batches of a group: each is normalised by its own statistics", async () => {
    // A bias in front of batch normalisation has a gradient of 0, but for rounding.
    const layers = [dense(5, { bias: false }), batchNorm(), tanh(), layerNorm(), dense(3)];
    using bench = await createBench({ layers, rows: 6, features: 4, loss: softmaxCrossEntropy(), seed: 3 });
    void bench.step.gradients(6, 1, false, 1, 0);
    const once = bench.tensorsOf("gradients");
    void bench.step.gradients(6, 1, true, 1, 0);
    bench.tensorsOf("gradients").forEach((twice, t) => {
      const want = once[t].map((value) => 2 * value);
      expect(tensorError(twice, want)).toBeLessThanOrEqual(1e-6);
    });
    const batches = bench.net.parameters.findIndex(({ role }) => role === "batches");
    expect(bench.tensorsOf("parameters")[batches]).toEqual(new Float32Array([2]));
  });

  it("evaluated, goes by the running statistics: its float64 twin within 1e-5, whatever else is in the batch", async () => {
    await fc.assert(
      fc.asyncProperty(drawn, async (one) => {
        const layers = layersOf(one);
        using bench = await createBench({ ...one, rows: Math.max(2, one.rows), layers });
        const { net, pass, block, rows, outputs, x } = bench;
        for (let i = 0; i < 3; i++) void bench.step.gradients(rows, 1, false, 1, i);
        const weights = bench.tensorsOf("parameters").map((tensor) => Float64Array.from(tensor));
        const read = () => new Float32Array(block.floats("input").buffer, pass.output, rows * outputs).slice();
        pass.forward(rows, null);
        const whole = read();
        const want = outputsOracle(layers, pairsOf(net, weights), x, rows, [], runningOf(net, weights));
        expect(tensorError(whole, want)).toBeLessThanOrEqual(1e-5);
        pass.forward(1, null);
        expect(read().slice(0, outputs)).toEqual(whole.slice(0, outputs));
        expect(bench.tensorsOf("parameters").map((tensor) => Float64Array.from(tensor))).toEqual(weights);
      }),
    );
  });
});

/** A dense layer that changes nothing. */
function identity(size: number): Tensors[number] {
  const weight = new Float64Array(size * size);
  for (let i = 0; i < size; i++) weight[i * size + i] = 1;
  return { weight, bias: [] };
}
