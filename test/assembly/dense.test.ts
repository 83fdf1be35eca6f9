import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { fromPanels, toPanels } from "../../src/model/panels.ts";
import { matmulScratchBytes, panelFloats } from "../../src/wasm/layout.ts";
import { matmulChain, matmulOracle } from "../oracle/matmul.ts";
import { readVectors } from "../vectors/read.ts";
import type { Tensor } from "../vectors/read.ts";
import { builds, tensorError, Workbench } from "./workbench.ts";

interface DenseCase {
  x: Tensor;
  weight: Tensor;
  bias: Tensor;
  y: Tensor;
  upstream: Tensor;
  dx: Tensor;
  dWeight: Tensor;
  dBias: Tensor;
}

interface Values {
  x: ArrayLike<number>;
  weight: ArrayLike<number>;
  bias: ArrayLike<number>;
  upstream: ArrayLike<number>;
}

const cases = readVectors<DenseCase>("dense");

/** Weights (outputs, inputs) in the kernels' panels. */
function inPanels(weights: ArrayLike<number>, outputs: number, inputs: number): Float32Array {
  const panels = new Float32Array(panelFloats(outputs, inputs)).fill(NaN);
  toPanels(weights, panels, outputs, inputs);
  return panels;
}

/** Panels as weights (outputs, inputs); what is beyond the last output is zero. */
function inRows(panels: Float32Array, outputs: number, inputs: number): Float32Array {
  const weights = new Float32Array(outputs * inputs);
  fromPanels(panels, weights, outputs, inputs);
  expect(panels).toEqual(inPanels(weights, outputs, inputs));
  return weights;
}

describe.each(builds)("dense layer (%s build)", (build) => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.create(build);
  });

  function run(values: Values, batch: number, inputs: number, outputs: number, shift = 0) {
    bench.reset();
    const { kernels } = bench;
    const [x, w, b] = [
      bench.floats(values.x, shift),
      bench.floats(inPanels(values.weight, outputs, inputs), shift),
      bench.floats(values.bias, shift),
    ];
    const dy = bench.floats(values.upstream, shift);
    const unset = (length: number) => bench.floats(new Float32Array(length).fill(NaN), shift);
    const [y, dx] = [unset(batch * outputs), unset(batch * inputs)];
    const [dw, db] = [unset(panelFloats(outputs, inputs)), unset(outputs)];
    const scratch = bench.reserve(
      Math.max(
        matmulScratchBytes(batch, outputs, inputs),
        matmulScratchBytes(batch, inputs, outputs),
        matmulScratchBytes(inputs, outputs, batch),
      ),
    );
    kernels.denseForward(y, x, w, b, scratch, batch, inputs, outputs);
    kernels.denseBackwardInput(dx, dy, w, scratch, batch, inputs, outputs);
    kernels.denseBackwardWeight(dw, dy, x, scratch, batch, inputs, outputs);
    kernels.denseBackwardBias(db, dy, batch, outputs);
    bench.checkGuards();
    return {
      y: bench.readFloats(y, batch * outputs),
      dx: bench.readFloats(dx, batch * inputs),
      dWeight: inRows(bench.readFloats(dw, panelFloats(outputs, inputs)), outputs, inputs),
      dBias: bench.readFloats(db, outputs),
    };
  }

  it.each(cases.map((c) => [c.x.shape.join("x"), c.weight.shape.join("x"), c] as const))(
    "PyTorch, x %s, weight %s: y, dx, dW and db within 1e-5 of the largest",
    (_x, _w, c) => {
      const got = run(
        { x: c.x.data, weight: c.weight.data, bias: c.bias.data, upstream: c.upstream.data },
        c.x.shape[0],
        c.x.shape[1],
        c.weight.shape[0],
      );
      for (const name of ["y", "dx", "dWeight", "dBias"] as const) {
        expect(tensorError(got[name], c[name].data), name).toBeLessThanOrEqual(1e-5);
      }
    },
  );

  const drawn = fc.record({
    batch: fc.integer({ min: 1, max: 40 }),
    inputs: fc.integer({ min: 1, max: 40 }),
    outputs: fc.integer({ min: 1, max: 40 }),
    shift: fc.constantFrom(0, 4),
    seed: fc.nat(),
  });

  function draw(batch: number, inputs: number, outputs: number, seed: number): Values {
    let state = seed >>> 0;
    const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 31 - 1;
    const array = (length: number) => Float32Array.from({ length }, next);
    return {
      x: array(batch * inputs),
      weight: array(outputs * inputs),
      bias: array(outputs),
      upstream: array(batch * outputs),
    };
  }

  it("forward and backward are within 2e-6 of their float64 twins for drawn sizes", () => {
    fc.assert(
      fc.property(drawn, ({ batch, inputs, outputs, shift, seed }) => {
        const v = draw(batch, inputs, outputs, seed);
        const got = run(v, batch, inputs, outputs, shift);
        const y = matmulOracle("ABt", { m: batch, n: outputs, k: inputs }, v.x, v.weight).map(
          (s, i) => s + v.bias[i % outputs],
        );
        const dBias = new Float64Array(outputs);
        for (let i = 0; i < batch * outputs; i++) dBias[i % outputs] += v.upstream[i];
        expect(tensorError(got.y, y)).toBeLessThan(2e-6);
        expect(
          tensorError(got.dx, matmulOracle("AB", { m: batch, n: inputs, k: outputs }, v.upstream, v.weight)),
        ).toBeLessThan(2e-6);
        expect(
          tensorError(got.dWeight, matmulOracle("AtB", { m: outputs, n: inputs, k: batch }, v.upstream, v.x)),
        ).toBeLessThan(2e-6);
        expect(tensorError(got.dBias, dBias)).toBeLessThan(2e-6);
      }),
    );
  });

  it("each element is one chain of float32 sums, bit for bit: y over the inputs, dx the outputs, dW and db the batch", () => {
    const fused = bench.kernels.isFused(2 ** -12) === 1;
    const check = (batch: number, inputs: number, outputs: number, seed: number, shift: number) => {
      const v = draw(batch, inputs, outputs, seed);
      const got = run(v, batch, inputs, outputs, shift);
      const [forward, backward] = [
        { m: batch, n: outputs, k: inputs },
        { m: batch, n: inputs, k: outputs },
      ];
      const y = matmulChain("ABt", forward, v.x, v.weight, undefined, fused).map((sum, i) => sum + v.bias[i % outputs]);
      expect(got.y).toEqual(y);
      expect(got.dx).toEqual(matmulChain("AB", backward, v.upstream, v.weight, undefined, fused));
      const sizes = { m: outputs, n: inputs, k: batch };
      expect(got.dWeight).toEqual(matmulChain("AtB", sizes, v.upstream, v.x, undefined, fused));
      const ones = new Float32Array(batch).fill(1);
      expect(got.dBias).toEqual(matmulChain("AtB", { m: 1, n: outputs, k: batch }, ones, v.upstream));
    };
    for (const outputs of [1, 2, 4, 5, 8, 9, 12, 13, 16, 20]) check(13, 19, outputs, outputs, 0);
    check(2, 7, 1030, 1, 0);
    check(3, 1030, 6, 1, 4);
    check(100, 530, 12, 1, 8);
    check(2, 4100, 5, 1, 0);
    check(1, 2050, 45, 1, 4);
    check(1, 3, 1100, 1, 0);
    fc.assert(
      fc.property(drawn, ({ batch, inputs, outputs, shift, seed }) => check(batch, inputs, outputs, seed, shift)),
    );
  });

  it("the gradients are the slopes of sum(upstream * y), by central differences in float64 (1e-5)", () => {
    const [batch, inputs, outputs] = [3, 5, 4];
    const v = draw(batch, inputs, outputs, 9);
    const loss = (x: ArrayLike<number>, w: ArrayLike<number>, b: ArrayLike<number>) =>
      matmulOracle("ABt", { m: batch, n: outputs, k: inputs }, x, w).reduce(
        (sum, y, i) => sum + (y + b[i % outputs]) * v.upstream[i],
        0,
      );
    const slope = (array: ArrayLike<number>, f: (changed: Float64Array) => number) =>
      Float64Array.from({ length: array.length }, (_, i) => {
        const changed = Float64Array.from(array);
        changed[i] += 1e-4;
        const up = f(changed);
        changed[i] -= 2e-4;
        return (up - f(changed)) / 2e-4;
      });
    const got = run(v, batch, inputs, outputs);
    expect(
      tensorError(
        got.dx,
        slope(v.x, (x) => loss(x, v.weight, v.bias)),
      ),
    ).toBeLessThan(1e-5);
    expect(
      tensorError(
        got.dWeight,
        slope(v.weight, (w) => loss(v.x, w, v.bias)),
      ),
    ).toBeLessThan(1e-5);
    expect(
      tensorError(
        got.dBias,
        slope(v.bias, (b) => loss(v.x, v.weight, b)),
      ),
    ).toBeLessThan(1e-5);
  });

  it("permuting the batch permutes the outputs, bit for bit", () => {
    const [batch, inputs, outputs] = [9, 33, 7];
    const v = draw(batch, inputs, outputs, 4);
    const order = [3, 0, 8, 5, 1, 7, 2, 6, 4];
    const rows = (array: ArrayLike<number>, width: number) =>
      Float32Array.from({ length: batch * width }, (_, i) => array[order[Math.floor(i / width)] * width + (i % width)]);
    const straight = run(v, batch, inputs, outputs);
    const permuted = run({ ...v, x: rows(v.x, inputs), upstream: rows(v.upstream, outputs) }, batch, inputs, outputs);
    expect(permuted.y).toEqual(rows(straight.y, outputs));
    expect(permuted.dx).toEqual(rows(straight.dx, inputs));
  });

  it("the gradients of two half batches, added, are the bits of the whole batch's", () => {
    const [batch, inputs, outputs] = [10, 13, 6];
    const v = draw(batch, inputs, outputs, 2);
    const whole = run(v, batch, inputs, outputs);
    bench.reset();
    const dw = bench.floats(new Float32Array(panelFloats(outputs, inputs)));
    const db = bench.floats(new Float32Array(outputs));
    const scratch = bench.reserve(matmulScratchBytes(inputs, outputs, batch));
    for (const start of [0, 5]) {
      const x = bench.floats(Float32Array.from(v.x).subarray(start * inputs, (start + 5) * inputs));
      const dy = bench.floats(Float32Array.from(v.upstream).subarray(start * outputs, (start + 5) * outputs));
      bench.kernels.denseBackwardWeightAdd(dw, dy, x, scratch, 5, inputs, outputs);
      bench.kernels.denseBackwardBiasAdd(db, dy, 5, outputs);
    }
    bench.checkGuards();
    expect(inRows(bench.readFloats(dw, panelFloats(outputs, inputs)), outputs, inputs)).toEqual(whole.dWeight);
    expect(bench.readFloats(db, outputs)).toEqual(whole.dBias);
  });
});
