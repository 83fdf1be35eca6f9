import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { normalizeGradientsOracle, normalizeOracle } from "../oracle/normalization.ts";
import { readVectors } from "../vectors/read.ts";
import type { Tensor } from "../vectors/read.ts";
import { builds, tensorError, Workbench } from "./workbench.ts";

interface Case {
  layer: "batchNorm" | "layerNorm";
  epsilon: number;
  x: Tensor;
  gamma: Tensor;
  beta: Tensor;
  y: Tensor;
  upstream: Tensor;
  dx: Tensor;
  dGamma: Tensor;
  dBeta: Tensor;
  momentum?: number;
  runningMean?: Tensor;
  runningVariance?: Tensor;
}

interface Given {
  readonly x: ArrayLike<number>;
  readonly gamma: ArrayLike<number>;
  readonly beta: ArrayLike<number>;
  readonly dy: ArrayLike<number>;
  readonly epsilon: number;
  readonly momentum?: number;
  readonly shift?: number;
}

/** Without numbers whose products are subnormal. */
const float = fc.float({ min: -3, max: 3, noNaN: true }).map((value) => (Math.abs(value) < 1e-6 ? 0 : value));
const drawn = fc
  .record({
    rows: fc.integer({ min: 2, max: 9 }),
    columns: fc.oneof(fc.constantFrom(1, 3, 4, 5, 7, 8, 15, 16, 17, 33), fc.integer({ min: 1, max: 40 })),
    shift: fc.constantFrom(0, 4, 8, 12),
    epsilon: fc.constantFrom(1e-5, 1e-3),
    momentum: fc.constantFrom(0.1, 0.5, 1),
  })
  .chain(({ rows, columns, ...rest }) =>
    fc.record({
      x: fc.array(float, { minLength: rows * columns, maxLength: rows * columns }),
      dy: fc.array(float, { minLength: rows * columns, maxLength: rows * columns }),
      gamma: fc.array(float, { minLength: columns, maxLength: columns }),
      beta: fc.array(float, { minLength: columns, maxLength: columns }),
      rest: fc.constant(rest),
    }),
  )
  .map(({ rest, ...arrays }) => ({ ...arrays, ...rest }));

/** Values at least 0.1 apart in a column or row do not make 1 / deviation, and with it every rounding error, large. */
const isSpread = (by: "column" | "row", { x, gamma }: Given) =>
  normalizeOracle(by, x, gamma, gamma, 0).variances.every((variance) => variance > 0.01);

describe.each(builds)("batch normalisation (%s build)", (build) => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.create(build);
  });

  function run({ x, gamma, beta, dy, epsilon, momentum = 0.1, shift = 0 }: Given, times = 1) {
    bench.reset();
    const columns = gamma.length;
    const rows = x.length / columns;
    const of = (values: ArrayLike<number>) => bench.floats(values, shift);
    const filled = (length: number, value: number) => of(new Float32Array(length).fill(value));
    const [xAt, gammaAt, betaAt, dyAt] = [x, gamma, beta, dy].map(of);
    const [yAt, dxAt, fixedAt] = [0, 1, 2].map(() => filled(x.length, 77));
    const [dGammaAt, dBetaAt, variance] = [77, 77, 1].map((value) => filled(columns, value));
    const running = filled(columns, 0);
    const batches = filled(1, 0);
    const statistics = bench.reserve(32 * 4 * Math.ceil(columns / 4));
    const { kernels } = bench;
    for (let i = 0; i < times; i++) {
      kernels.batchNormStatistics(statistics, running, variance, batches, xAt, rows, columns, momentum, epsilon);
    }
    kernels.batchNormForward(yAt, xAt, gammaAt, betaAt, statistics, rows, columns);
    kernels.batchNormBackwardParameters(dGammaAt, dBetaAt, statistics, dyAt, xAt, rows, columns);
    kernels.batchNormBackwardInput(dxAt, dyAt, xAt, gammaAt, statistics, rows, columns);
    const first = [dGammaAt, dBetaAt].map((at) => bench.readFloats(at, columns));
    kernels.batchNormBackwardParametersAdd(dGammaAt, dBetaAt, statistics, dyAt, xAt, rows, columns);
    const second = [dGammaAt, dBetaAt].map((at) => bench.readFloats(at, columns));
    const y = bench.readFloats(yAt, x.length);
    const dx = bench.readFloats(dxAt, x.length);
    kernels.batchNormFixedStatistics(statistics, running, variance, columns, epsilon);
    kernels.batchNormForward(yAt, xAt, gammaAt, betaAt, statistics, rows, columns);
    kernels.batchNormFixedBackwardInput(fixedAt, dyAt, gammaAt, statistics, rows, columns);
    bench.checkGuards();
    return {
      y,
      dx,
      dGamma: first[0],
      dBeta: first[1],
      added: second,
      mean: bench.readFloats(running, columns),
      variance: bench.readFloats(variance, columns),
      batches: bench.readFloats(batches, 1)[0],
      evaluated: bench.readFloats(yAt, x.length),
      fixed: bench.readFloats(fixedAt, x.length),
    };
  }

  const cases = readVectors<Case>("normalization").filter(({ layer }) => layer === "batchNorm");

  it.each(cases.map((c) => [c.x.shape.join("x"), c] as const))(
    "PyTorch, %s: outputs, gradients and running statistics within 1e-5 of the largest",
    (_shape, c) => {
      const { momentum, epsilon } = c;
      const got = run({ x: c.x.data, gamma: c.gamma.data, beta: c.beta.data, dy: c.upstream.data, momentum, epsilon });
      expect(tensorError(got.y, c.y.data)).toBeLessThanOrEqual(1e-5);
      expect(tensorError(got.dx, c.dx.data)).toBeLessThanOrEqual(1e-5);
      expect(tensorError(got.dGamma, c.dGamma.data)).toBeLessThanOrEqual(1e-5);
      expect(tensorError(got.dBeta, c.dBeta.data)).toBeLessThanOrEqual(1e-5);
      expect(tensorError(got.mean, c.runningMean!.data)).toBeLessThanOrEqual(1e-5);
      expect(tensorError(got.variance, c.runningVariance!.data)).toBeLessThanOrEqual(1e-5);
      expect(got.batches).toBe(1);
    },
  );

  it("is its float64 twin within 2e-7 of the largest, forward, backward and by the running statistics, at any shape and alignment", () => {
    fc.assert(
      fc.property(drawn, (one) => {
        fc.pre(isSpread("column", one));
        const { x, gamma, beta, dy, epsilon, momentum } = one;
        const rows = x.length / gamma.length;
        const got = run(one);
        const want = normalizeOracle("column", x, gamma, beta, epsilon);
        expect(tensorError(got.y, want.y)).toBeLessThanOrEqual(2e-7);
        const gradients = normalizeGradientsOracle("column", x, gamma, dy, epsilon);
        // dx cancels: its error is measured against what it is the difference of.
        const scale = Math.max(...gamma.map((g, j) => Math.abs(g) / Math.sqrt(want.variances[j] + epsilon)));
        gradients.dx.forEach((value, i) => expect(Math.abs(got.dx[i] - value)).toBeLessThanOrEqual(2e-6 * scale));
        expect(tensorError(got.dGamma, gradients.dGamma)).toBeLessThanOrEqual(2e-7);
        expect(tensorError(got.dBeta, gradients.dBeta)).toBeLessThanOrEqual(2e-7);
        expect(got.added).toEqual([got.dGamma, got.dBeta].map((once) => once.map((value) => 2 * value)));
        const means = want.means.map((mean) => momentum * mean);
        const variances = want.variances.map((value) => 1 - momentum + (momentum * value * rows) / (rows - 1));
        expect(tensorError(got.mean, means)).toBeLessThanOrEqual(2e-7);
        expect(tensorError(got.variance, variances)).toBeLessThanOrEqual(2e-7);
        const running = { means: got.mean, variances: got.variance };
        const evaluated = normalizeOracle("column", x, gamma, beta, epsilon, running).y;
        expect(tensorError(got.evaluated, evaluated)).toBeLessThanOrEqual(2e-7);
        const slopes = dy.map((slope, i) => {
          const j = i % gamma.length;
          return (slope * gamma[j]) / Math.sqrt(got.variance[j] + epsilon);
        });
        expect(tensorError(got.fixed, slopes)).toBeLessThanOrEqual(2e-7);
      }),
    );
  });

  it("moves the running statistics batch by batch and counts the batches", () => {
    const x = [1, 2, 3, 6];
    const one = { x, gamma: [1], beta: [0], dy: [0, 0, 0, 0], epsilon: 1e-5 };
    const { mean, variance, batches } = run(one, 3);
    // 1 - 0.9^3 of the mean 3 and of the variance 14 / 3, which is divided by 3 and not by 4.
    expect(mean[0]).toBeCloseTo(0.271 * 3, 6);
    expect(variance[0]).toBeCloseTo(0.729 + (0.271 * 14) / 3, 6);
    expect(batches).toBe(3);
  });

  it("keeps what a large mean leaves: values around 1e6 that differ by 1 come out as those around 0, within 1e-6", () => {
    const values = [0, 1, 2, 3, 4, 5, 6, 9];
    const one = { gamma: [1.5], beta: [0.5], dy: values, epsilon: 1e-5 };
    const [near, far] = [0, 1e6].map((mean) => run({ ...one, x: values.map((value) => value + mean) }));
    expect(tensorError(far.y, near.y)).toBeLessThanOrEqual(1e-6);
    expect(tensorError(far.dx, near.dx)).toBeLessThanOrEqual(1e-6);
  });

  it("lets a NaN or infinity spoil its own column alone", () => {
    const x = Array.from({ length: 20 }, (_, i) => (i * 7) % 11);
    for (const value of [NaN, Infinity]) {
      const spoilt = x.map((number, i) => (i === 6 ? value : number));
      const { y } = run({ x: spoilt, gamma: [1, 1, 1, 1, 1], beta: [0, 0, 0, 0, 0], dy: x, epsilon: 1e-5 });
      y.forEach((number, i) => expect(Number.isFinite(number)).toBe(i % 5 !== 1));
    }
  });
});

describe.each(builds)("layer normalisation (%s build)", (build) => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.create(build);
  });

  function run({ x, gamma, beta, dy, epsilon, shift = 0 }: Given) {
    bench.reset();
    const columns = gamma.length;
    const rows = x.length / columns;
    const of = (values: ArrayLike<number>) => bench.floats(values, shift);
    const [xAt, gammaAt, betaAt, dyAt] = [x, gamma, beta, dy].map(of);
    const [yAt, dxAt] = [0, 1].map(() => of(new Float32Array(x.length)));
    const [dGammaAt, dBetaAt] = [77, 77].map((value) => of(new Float32Array(columns).fill(value)));
    const statistics = bench.reserve(16 * rows);
    const { kernels } = bench;
    kernels.layerNormForward(yAt, statistics, xAt, gammaAt, betaAt, rows, columns, epsilon);
    kernels.layerNormBackwardParameters(dGammaAt, dBetaAt, dyAt, xAt, statistics, rows, columns);
    const first = [dGammaAt, dBetaAt].map((at) => bench.readFloats(at, columns));
    kernels.layerNormBackwardParametersAdd(dGammaAt, dBetaAt, dyAt, xAt, statistics, rows, columns);
    const added = [dGammaAt, dBetaAt].map((at) => bench.readFloats(at, columns));
    kernels.layerNormBackwardInput(dxAt, dyAt, xAt, gammaAt, statistics, rows, columns);
    bench.checkGuards();
    const [y, dx] = [yAt, dxAt].map((at) => bench.readFloats(at, x.length));
    return { y, dx, dGamma: first[0], dBeta: first[1], added };
  }

  const cases = readVectors<Case>("normalization").filter(({ layer }) => layer === "layerNorm");

  it.each(cases.map((c) => [c.x.shape.join("x"), c] as const))(
    "PyTorch, %s: outputs and gradients within 1e-5 of the largest",
    (_shape, c) => {
      const got = run({ x: c.x.data, gamma: c.gamma.data, beta: c.beta.data, dy: c.upstream.data, epsilon: c.epsilon });
      expect(tensorError(got.y, c.y.data)).toBeLessThanOrEqual(1e-5);
      expect(tensorError(got.dx, c.dx.data)).toBeLessThanOrEqual(1e-5);
      expect(tensorError(got.dGamma, c.dGamma.data)).toBeLessThanOrEqual(1e-5);
      expect(tensorError(got.dBeta, c.dBeta.data)).toBeLessThanOrEqual(1e-5);
    },
  );

  it("is its float64 twin within 2e-7 of the largest, forward and backward, at any shape and alignment", () => {
    fc.assert(
      fc.property(drawn, (one) => {
        fc.pre(isSpread("row", one));
        const { x, gamma, beta, dy, epsilon } = one;
        const got = run(one);
        const want = normalizeOracle("row", x, gamma, beta, epsilon);
        expect(tensorError(got.y, want.y)).toBeLessThanOrEqual(2e-7);
        const gradients = normalizeGradientsOracle("row", x, gamma, dy, epsilon);
        const scale = Math.max(...want.variances.map((value) => 3 / Math.sqrt(value + epsilon)));
        gradients.dx.forEach((value, i) => expect(Math.abs(got.dx[i] - value)).toBeLessThanOrEqual(2e-6 * scale));
        expect(tensorError(got.dGamma, gradients.dGamma)).toBeLessThanOrEqual(2e-7);
        expect(tensorError(got.dBeta, gradients.dBeta)).toBeLessThanOrEqual(2e-7);
        expect(got.added).toEqual([got.dGamma, got.dBeta].map((once) => once.map((value) => 2 * value)));
      }),
    );
  });

  it("sees an image alone: its bits do not depend on the others of the batch", () => {
    const x = Array.from({ length: 21 }, (_, i) => Math.fround(((i * 7) % 11) / 3));
    const one = { gamma: [1, 2, 3, 4, 5, 6, 7], beta: [0, 0, 0, 0, 0, 0, 0], dy: x, epsilon: 1e-5 };
    const whole = run({ ...one, x });
    const last = run({ ...one, x: x.slice(14), dy: x.slice(14) });
    expect(last.y).toEqual(whole.y.slice(14));
    expect(last.dx).toEqual(whole.dx.slice(14));
  });
});

describe("the twins of normalisation", () => {
  it("have as gradients the central differences of their forward, to 1e-7 of the largest", () => {
    const [rows, columns] = [4, 3];
    const x = Array.from({ length: rows * columns }, (_, i) => Math.sin(3 * i + 1));
    const dy = Array.from({ length: rows * columns }, (_, i) => Math.cos(5 * i));
    const [gamma, beta] = [[0.5, -1, 2], [0.1, 0.2, 0.3]]; // prettier-ignore
    for (const by of ["column", "row"] as const) {
      const objective = (at: number[], gains: number[]) =>
        normalizeOracle(by, at, gains, beta, 1e-3).y.reduce((sum, value, i) => sum + value * dy[i], 0);
      const slopes = (values: number[], value: (changed: number[]) => number) =>
        values.map((_, i) => {
          const moved = (step: number) => value(values.map((each, j) => (i === j ? each + step : each)));
          return (moved(1e-5) - moved(-1e-5)) / 2e-5;
        });
      const { dx, dGamma } = normalizeGradientsOracle(by, x, gamma, dy, 1e-3);
      expect(
        tensorError(
          dx,
          slopes(x, (at) => objective(at, gamma)),
        ),
      ).toBeLessThanOrEqual(1e-7);
      expect(
        tensorError(
          dGamma,
          slopes(gamma, (gains) => objective(x, gains)),
        ),
      ).toBeLessThanOrEqual(1e-7);
    }
  });
});
