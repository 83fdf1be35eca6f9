import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import * as losses from "../../src/model/loss.ts";
import { lossDenominator } from "../../src/model/loss-mean.ts";
import { lossBackward, lossForward } from "../../src/model/loss-calls.ts";
import type { LossRegions } from "../../src/model/loss-calls.ts";
import type { Loss } from "../../src/model/loss.ts";
import { builds, tensorError, Workbench } from "../assembly/workbench.ts";
import { lossOracle } from "../oracle/loss.ts";
import { readVectors } from "../vectors/read.ts";
import type { Tensor } from "../vectors/read.ts";

interface LossCase {
  loss: Loss["kind"];
  options: Record<string, unknown>;
  outputs: Tensor;
  targets: Tensor;
  value: number;
  gradient: Tensor;
}

function lossOf({ loss, options }: Pick<LossCase, "loss" | "options">): Loss {
  const classWeights = (options["classWeights"] as Tensor | undefined)?.data ?? null;
  const make = losses[loss] as (given: object) => Loss;
  return make(loss === "softmaxCrossEntropy" ? { ...options, classWeights } : options);
}

interface WeightedCase {
  readonly kind: "binary" | "multiclass";
  readonly truth: readonly number[];
  readonly classes: number;
  readonly logits: readonly number[];
  readonly weights: readonly number[];
  readonly logLoss: number;
}

/** Every loss with drawn options, for property tests. */
const drawnLoss: fc.Arbitrary<Loss> = fc.oneof(
  fc.record({
    classWeights: fc.constant(null),
    labelSmoothing: fc.constantFrom(0, 0.1, 0.5),
  }).map((options) => losses.softmaxCrossEntropy({ ...options, reduction: "sum" })), // prettier-ignore
  fc.record({
    positiveWeight: fc.constantFrom(1, 3, 0.2),
    labelSmoothing: fc.constantFrom(0, 0.1, 0.5),
  }).map((options) => losses.sigmoidCrossEntropy({ ...options, reduction: "sum" })), // prettier-ignore
  fc.constant(losses.meanSquaredError({ reduction: "sum" })),
  fc.constant(losses.meanAbsoluteError({ reduction: "sum" })),
  fc.constantFrom(1, 0.3, 5).map((delta) => losses.huber({ delta, reduction: "sum" })),
  fc.constantFrom(1, 0.01).map((smooth) => losses.sigmoidDice({ smooth, reduction: "sum" })),
  fc.constantFrom(0, 0.5, 1, 2, 5).map((gamma) => losses.sigmoidFocal({ gamma, reduction: "sum" })),
);

describe.each(builds)("losses (%s build)", (build) => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.create(build);
  });

  function run(
    loss: Loss,
    z: ArrayLike<number>,
    truth: ArrayLike<number>,
    rows: number,
    columns: number,
    shift = 0,
    imageWeights: Float32Array | null = null,
  ) {
    bench.reset();
    const byLabel = losses.truthOf(loss) === "labels";
    const weights = loss.kind === "softmaxCrossEntropy" ? loss.classWeights : null;
    const regions: LossRegions = {
      outputs: bench.floats(z, shift),
      labels: byLabel ? bench.integers(truth) : 0,
      targets: byLabel ? 0 : bench.floats(truth, shift),
      classWeights: weights ? bench.floats(weights, shift) : 0,
      imageWeights: imageWeights ? bench.floats(imageWeights, shift) : 0,
      losses: bench.floats(new Float32Array(rows).fill(NaN), shift),
    };
    const gradient = bench.floats(new Float32Array(rows * columns).fill(NaN), shift);
    const denominator =
      loss.reduction === "mean" ? lossDenominator(loss, Int32Array.from(truth), rows, columns, imageWeights) : 1;
    const total = lossForward(bench.kernels, loss, regions, rows, columns);
    lossBackward(bench.kernels, loss, gradient, regions, rows, columns, 1 / denominator);
    bench.checkGuards();
    return {
      value: total / denominator,
      perRow: bench.readFloats(regions.losses, rows),
      gradient: bench.readFloats(gradient, rows * columns),
    };
  }

  const cases = readVectors<LossCase>("losses");
  it.each(cases.map((c) => [c.loss, Object.keys(c.options).join(" "), c.outputs.shape.join("x"), c] as const))(
    "PyTorch, %s with %s on %s: value and gradient within 1e-5",
    (_loss, _options, _shape, c) => {
      const got = run(lossOf(c), c.outputs.data, c.targets.data, c.outputs.shape[0], c.outputs.shape[1]);
      expect(Math.abs(got.value - c.value)).toBeLessThanOrEqual(1e-5 * Math.abs(c.value));
      expect(tensorError(got.gradient, c.gradient.data)).toBeLessThanOrEqual(1e-5);
    },
  );

  /** Softmax cross-entropy against parts of classes, and against labels with nothing else. */
  function runSoft(loss: losses.SoftmaxCrossEntropy, z: Float32Array, targets: Float32Array, rows: number, columns: number, shift: number, imageWeights: Float32Array | null) {
    bench.reset();
    const regions: LossRegions = {
      outputs: bench.floats(z, shift),
      labels: 0,
      targets: bench.floats(targets, shift),
      classWeights: loss.classWeights ? bench.floats(loss.classWeights, shift) : 0,
      imageWeights: imageWeights ? bench.floats(imageWeights, shift) : 0,
      losses: bench.floats(new Float32Array(rows).fill(NaN), shift),
    };
    const gradient = bench.floats(new Float32Array(rows * columns).fill(NaN), shift);
    const value = lossForward(bench.kernels, loss, regions, rows, columns);
    lossBackward(bench.kernels, loss, gradient, regions, rows, columns, 1);
    bench.checkGuards();
    return { value, perRow: bench.readFloats(regions.losses, rows), gradient: bench.readFloats(gradient, rows * columns) };
  } // prettier-ignore

  it("softmaxCrossEntropy of a blend of two labels is the blend of both labels' losses and gradients, within 1e-5, and of one label that of the label", () => {
    fc.assert(
      fc.property(
        fc.record({
          rows: fc.integer({ min: 1, max: 9 }),
          columns: fc.constantFrom(2, 3, 4, 5, 7, 8, 15, 16, 17, 33),
          shift: fc.constantFrom(0, 4, 8, 12),
          seed: fc.nat(),
          spread: fc.constantFrom(0.1, 3, 20),
          labelSmoothing: fc.constantFrom(0, 0.1, 0.5),
          part: fc.constantFrom(0, 0.25, 0.7, 1),
          isWeighted: fc.boolean(),
        }),
        ({ rows, columns, shift, seed, spread, labelSmoothing, part, isWeighted }) => {
          const plain = losses.softmaxCrossEntropy({ labelSmoothing, reduction: "sum" });
          const { z, truth: one, loss: drawnFor } = draw(plain, rows, columns, seed, spread, isWeighted);
          const loss = drawnFor as losses.SoftmaxCrossEntropy;
          const other = one.map((label) => (label + 1) % columns);
          const targets = new Float32Array(rows * columns);
          one.forEach((label, row) => (targets[row * columns + label] += 1 - part));
          other.forEach((label, row) => (targets[row * columns + label] += part));
          const weights = isWeighted ? Float32Array.from({ length: rows }, (_, row) => (row % 3) / 2) : null;
          const [first, second] = [one, other].map((labels) => run(loss, z, labels, rows, columns, shift, weights));
          const got = runSoft(loss, z, targets, rows, columns, shift, weights);
          const blend = (a: ArrayLike<number>, b: ArrayLike<number>) =>
            Float64Array.from(a, (value, i) => (1 - part) * value + part * b[i]);
          expect(tensorError([got.value], blend([first.value], [second.value]))).toBeLessThan(1e-5);
          expect(tensorError(got.perRow, blend(first.perRow, second.perRow))).toBeLessThan(1e-5);
          expect(tensorError(got.gradient, blend(first.gradient, second.gradient))).toBeLessThan(1e-5);
        },
      ),
    );
  });

  it("softmaxCrossEntropy of any parts has the gradient of its float64 twin's central differences, within 1e-5 of the largest", () => {
    fc.assert(
      fc.property(
        fc.record({
          rows: fc.integer({ min: 1, max: 5 }),
          columns: fc.constantFrom(2, 3, 5, 8, 17),
          seed: fc.nat(),
          labelSmoothing: fc.constantFrom(0, 0.2),
        }),
        ({ rows, columns, seed, labelSmoothing }) => {
          const plain = losses.softmaxCrossEntropy({ labelSmoothing, reduction: "sum" });
          const { z, loss: drawnFor } = draw(plain, rows, columns, seed, 3, true);
          const loss = drawnFor as losses.SoftmaxCrossEntropy;
          const raw = draw(losses.meanSquaredError(), rows, columns, seed + 1, 1, true).truth;
          const targets = Float32Array.from(raw, (value, i) => {
            const from = i - (i % columns);
            return value / [...raw.slice(from, from + columns)].reduce((a, b) => a + b);
          });
          const twin = (logits: ArrayLike<number>) => {
            let total = 0;
            for (let row = 0; row < rows; row++) {
              const line = Array.from({ length: columns }, (_, c) => logits[row * columns + c]);
              const most = Math.max(...line);
              const log = most + Math.log(line.reduce((sum, value) => sum + Math.exp(value - most), 0));
              line.forEach((value, c) => {
                const target = (1 - labelSmoothing) * targets[row * columns + c] + labelSmoothing / columns;
                total += loss.classWeights![c] * target * (log - value);
              });
            }
            return total;
          };
          const got = runSoft(loss, z, targets, rows, columns, 0, null);
          expect(tensorError([got.value], [twin(z)])).toBeLessThan(1e-5);
          const slopes = Float64Array.from(z, (_, i) => {
            const [up, down] = [1e-5, -1e-5].map((step) => twin(Float64Array.from(z, (value, j) => value + (i === j ? step : 0)))); // prettier-ignore
            return (up - down) / 2e-5;
          });
          const scale = Math.max(1e-2, ...slopes.map(Math.abs));
          got.gradient.forEach((value, i) => expect(Math.abs(value - slopes[i]) / scale).toBeLessThan(1e-5));
        },
      ),
    );
  });

  const drawn = fc.record({
    loss: drawnLoss,
    rows: fc.integer({ min: 1, max: 9 }),
    columns: fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 33),
    shift: fc.constantFrom(0, 4, 8, 12),
    seed: fc.nat(),
    spread: fc.constantFrom(0.1, 3, 20),
    soft: fc.boolean(),
  });

  /** Logits and truth; with `soft`, targets between 0 and 1 and class weights from 0.5 to 1.5. */
  function draw(drawnFor: Loss, rows: number, columns: number, seed: number, spread: number, soft = false) {
    let state = seed >>> 0;
    const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
    const z = Float32Array.from({ length: rows * columns }, () => (2 * next() - 1) * spread);
    const truth =
      losses.truthOf(drawnFor) === "labels"
        ? Int32Array.from({ length: rows }, () => Math.floor(next() * columns))
        : Float32Array.from({ length: rows * columns }, () => (soft ? next() : next() < 0.5 ? 0 : 1));
    const classWeights = Array.from({ length: columns }, () => Math.fround(0.5 + next()));
    const isWeighted = soft && drawnFor.kind === "softmaxCrossEntropy";
    return { z, truth, loss: isWeighted ? losses.softmaxCrossEntropy({ ...drawnFor, classWeights }) : drawnFor };
  }

  it("values are within 1e-5 of their float64 twins, and gradients of the twins' central differences within 1e-5 of the largest", () => {
    fc.assert(
      fc.property(drawn, ({ loss: kind, rows, columns, shift, seed, spread, soft }) => {
        const { z, truth, loss } = draw(kind, rows, columns, seed, spread, soft);
        const got = run(loss, z, truth, rows, columns, shift);
        const wanted = lossOracle(loss, z, truth, rows, columns);
        expect(tensorError([got.value], [wanted])).toBeLessThan(1e-5);
        const step = 1e-5;
        const slopes = Float64Array.from(z, (_, i) => {
          const moved = Float64Array.from(z);
          moved[i] += step;
          const up = lossOracle(loss, moved, truth, rows, columns);
          moved[i] -= 2 * step;
          return (up - lossOracle(loss, moved, truth, rows, columns)) / (2 * step);
        });
        const scale = Math.max(1e-2, ...slopes.map(Math.abs));
        got.gradient.forEach((slope, i) => {
          // An absolute difference has no slope at 0.
          if (loss.kind === "meanAbsoluteError" && Math.abs(z[i] - truth[i]) <= step) return;
          expect(Math.abs(slope - slopes[i])).toBeLessThan(1e-5 * scale);
        });
      }),
      { numRuns: 500 },
    );
  });

  it("a loss near 0, of outputs that are sure and right, is within 1e-5 of itself, and so is its gradient", () => {
    const makers: (() => Loss)[] = [
      () => losses.softmaxCrossEntropy({ reduction: "sum" }),
      () => losses.sigmoidCrossEntropy({ positiveWeight: 2, reduction: "sum" }),
      () => losses.sigmoidDice({ reduction: "sum" }),
      () => losses.sigmoidFocal({ reduction: "sum" }),
    ];
    const sureness = fc.float({ min: 1, max: 16, noNaN: true });
    fc.assert(
      fc.property(fc.constantFrom(...makers), sureness, fc.integer({ min: 2, max: 9 }), (make, sure, columns) => {
        const loss = make();
        const isRight = Array.from({ length: columns }, (_, c) => (c === 1 ? 1 : 0));
        const z = isRight.map((right) => (right ? sure : -sure));
        const truth = losses.truthOf(loss) === "labels" ? [1] : isRight;
        const got = run(loss, z, truth, 1, columns);
        expect(tensorError([got.value], [lossOracle(loss, z, truth, 1, columns)])).toBeLessThanOrEqual(1e-5);
        const slopes = z.map((value, c) => {
          const moved = (by: number) => z.map((other, j) => (j === c ? value + by : other));
          const up = lossOracle(loss, moved(1e-4), truth, 1, columns);
          return (up - lossOracle(loss, moved(-1e-4), truth, 1, columns)) / 2e-4;
        });
        // Beyond 8 the twin's own difference cancels.
        if (sure < 8) expect(tensorError(got.gradient, slopes)).toBeLessThanOrEqual(1e-5);
      }),
      { numRuns: 300 },
    );
  });

  it("the images' losses sum to the total error, are never negative, and move with their rows bit for bit", () => {
    fc.assert(
      fc.property(drawn, ({ loss: kind, rows, columns, seed, spread, soft }) => {
        const { z, truth, loss } = draw(kind, rows, columns, seed, spread, soft);
        const got = run(loss, z, truth, rows, columns);
        expect(got.perRow.every((value) => value >= 0)).toBe(true);
        expect(got.perRow.reduce((sum, value) => sum + value, 0)).toBeCloseTo(got.value, 3);
        const width = losses.truthOf(loss) === "labels" ? 1 : columns;
        const turn = <T extends Float32Array | Int32Array>(values: T, size: number): number[] =>
          Array.from({ length: rows }, (_, row) =>
            Array.from(values.slice((rows - 1 - row) * size, (rows - row) * size)),
          ).flat();
        const turned = run(loss, turn(z, columns), turn(truth, width), rows, columns);
        expect(Array.from(turned.perRow)).toEqual(turn(got.perRow, 1));
        expect(Array.from(turned.gradient)).toEqual(turn(got.gradient, columns));
      }),
    );
  });

  it("weights of images multiply their losses and rows of the gradient, to 1e-6; all 1 give the bits of none", () => {
    fc.assert(
      fc.property(drawn, ({ loss: kind, rows, columns, shift, seed, spread, soft }) => {
        const { z, truth, loss } = draw(kind, rows, columns, seed, spread, soft);
        const plain = run(loss, z, truth, rows, columns, shift);
        expect(run(loss, z, truth, rows, columns, shift, new Float32Array(rows).fill(1))).toEqual(plain);
        const weights = Float32Array.from({ length: rows }, (_, row) => ((seed + 3 * row) % 5) / 3);
        const got = run(loss, z, truth, rows, columns, shift, weights);
        const of = (values: Float32Array, width: number) =>
          values.map((value, i) => value * weights[Math.floor(i / width)]);
        expect(tensorError(got.perRow, of(plain.perRow, 1))).toBeLessThanOrEqual(1e-6);
        expect(tensorError(got.gradient, of(plain.gradient, columns))).toBeLessThanOrEqual(1e-6);
        const total = of(plain.perRow, 1).reduce((sum, value) => sum + value, 0);
        expect(tensorError([got.value], [total])).toBeLessThanOrEqual(1e-6);
      }),
    );
  });

  const weightedCases = readVectors<WeightedCase>("weighted").filter(({ kind }) => kind === "multiclass");
  it.each([...weightedCases.entries()])(
    "the weighted mean of softmax cross-entropy is scikit-learn's log_loss with sample_weight, within 1e-6: case %i",
    (_, { truth, classes, logits, weights, logLoss }) => {
      const got = run(
        losses.softmaxCrossEntropy(),
        logits,
        truth,
        truth.length,
        classes,
        0,
        Float32Array.from(weights),
      );
      expect(Math.abs(got.value - logLoss)).toBeLessThanOrEqual(1e-6 * logLoss);
    },
  );

  it("smoothing the truth of sigmoid cross-entropy is that of the targets, to 1e-6: 1 becomes 1 - s / 2 and 0 s / 2", () => {
    const { z, truth } = draw(losses.sigmoidCrossEntropy(), 9, 5, 3, 4);
    for (const s of [0.1, 0.5, 0.9]) {
      const smooth = losses.sigmoidCrossEntropy({ positiveWeight: 3, labelSmoothing: s });
      const got = run(smooth, z, truth, 9, 5);
      const plain = losses.sigmoidCrossEntropy({ positiveWeight: 3 });
      const want = run(
        plain,
        z,
        Array.from(truth, (y) => (1 - s) * y + s / 2),
        9,
        5,
      );
      expect(tensorError(got.gradient, want.gradient)).toBeLessThanOrEqual(1e-6);
      expect(tensorError(got.perRow, want.perRow)).toBeLessThanOrEqual(1e-6);
    }
  });

  it("softmax cross-entropy's gradient sums to 0 over each row", () => {
    const { z, truth } = draw(losses.softmaxCrossEntropy(), 9, 5, 3, 4);
    const { gradient } = run(losses.softmaxCrossEntropy({ reduction: "sum" }), z, truth, 9, 5);
    for (let row = 0; row < 9; row++) {
      expect(Math.abs(gradient.slice(5 * row, 5 * row + 5).reduce((sum, g) => sum + g, 0))).toBeLessThan(1e-6);
    }
  });

  it.each([1000, -1000, 3e38])("is finite at logits of %d", (extreme) => {
    for (const make of [losses.sigmoidCrossEntropy, losses.sigmoidDice, losses.sigmoidFocal] as (() => Loss)[]) {
      const got = run(make(), [extreme, -extreme, 0, 1], [1, 1, 0, 0], 2, 2);
      expect(got.gradient.every(Number.isFinite)).toBe(true);
      expect(got.value).not.toBeNaN();
    }
    const got = run(losses.softmaxCrossEntropy(), [extreme, 0, 0, extreme / 2], [1, 0], 2, 2);
    expect(got.gradient.every(Number.isFinite)).toBe(true);
  });
});

describe("loss values", () => {
  it.each([
    [() => losses.softmaxCrossEntropy({ labelSmoothing: 1 }), /label smoothing in \[0, 1\), got 1/],
    [() => losses.softmaxCrossEntropy({ classWeights: [1, 0] }), /weight of class 1 above 0, got 0/],
    [() => losses.sigmoidCrossEntropy({ positiveWeight: -1 }), /positiveWeight above 0, got -1/],
    [
      () => losses.sigmoidCrossEntropy({ labelSmoothing: 1 }),
      /sigmoidCrossEntropy: expected label smoothing in \[0, 1\), got 1/,
    ],
    [() => losses.huber({ delta: 0 }), /delta above 0, got 0/],
    [() => losses.sigmoidFocal({ gamma: NaN }), /gamma of at least 0, got NaN/],
    [() => losses.meanSquaredError({ reduction: "median" as "mean" }), /reduction "mean" or "sum", got "median"/],
  ])("are checked: %s", (make, message) => {
    expect(make).toThrow(message);
  });
});
