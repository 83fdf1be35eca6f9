import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import * as losses from "../../src/model/loss.ts";
import { lossBackward, lossForward } from "../../src/model/loss-calls.ts";
import type { Loss } from "../../src/model/loss.ts";
import { builds, tensorError, Workbench } from "./workbench.ts";

const makers: Record<string, () => Loss> = {
  softmaxCrossEntropy: () => losses.softmaxCrossEntropy({ reduction: "sum" }),
  smoothedSoftmaxCrossEntropy: () => losses.softmaxCrossEntropy({ labelSmoothing: 0.1, reduction: "sum" }),
  sigmoidCrossEntropy: () => losses.sigmoidCrossEntropy({ positiveWeight: 2, reduction: "sum" }),
  meanSquaredError: () => losses.meanSquaredError({ reduction: "sum" }),
  meanAbsoluteError: () => losses.meanAbsoluteError({ reduction: "sum" }),
  huber: () => losses.huber({ reduction: "sum" }),
  sigmoidDice: () => losses.sigmoidDice({ reduction: "sum" }),
  sigmoidFocal: () => losses.sigmoidFocal({ reduction: "sum" }),
};

describe.each(builds)("loss kernels at the edges (%s build)", (build) => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.create(build);
  });

  /** Total error, losses by row and gradient; in place: the gradient overwrites the outputs. */
  function run(
    loss: Loss,
    z: readonly number[],
    truth: readonly number[],
    rows: number,
    columns: number,
    inPlace = false,
  ) {
    bench.reset();
    const outputs = bench.floats(z, 4);
    const isLabel = losses.truthOf(loss) === "labels";
    const given = isLabel ? bench.integers(truth, 4) : bench.floats(truth, 4);
    const perRow = bench.floats(new Float32Array(rows).fill(NaN), 4);
    const at = { outputs, labels: given, targets: given, classWeights: 0, imageWeights: 0, losses: perRow };
    const gradient = inPlace ? outputs : bench.floats(new Float32Array(z.length).fill(NaN), 4);
    const total = lossForward(bench.kernels, loss, at, rows, columns);
    lossBackward(bench.kernels, loss, gradient, at, rows, columns, 1);
    bench.checkGuards();
    return { total, perRow: bench.readFloats(perRow, rows), gradient: bench.readFloats(gradient, z.length) };
  }

  const truthFor = (loss: Loss, rows: number, columns: number) =>
    losses.truthOf(loss) === "labels"
      ? Array.from({ length: rows }, (_, i) => i % columns)
      : Array.from({ length: rows * columns }, (_, i) => i % 2);

  it.each(Object.keys(makers))("%s of no rows is 0 and writes nothing", (name) => {
    expect(run(makers[name](), [], [], 0, 3).total).toBe(0);
  });

  it.each(Object.keys(makers))("%s: the gradient over its own outputs has the same bits", (name) => {
    for (const columns of [1, 2, 3, 4, 5, 9]) {
      const z = Array.from({ length: 3 * columns }, (_, i) => Math.sin(i) * 4);
      const truth = truthFor(makers[name](), 3, columns);
      expect(run(makers[name](), z, truth, 3, columns, true).gradient).toEqual(
        run(makers[name](), z, truth, 3, columns).gradient,
      );
    }
  });

  it.each(Object.keys(makers))("%s of a NaN is NaN: in its row and in the total, and in no other row", (name) => {
    for (const place of [0, 1, 4, 5, 6]) {
      const z = Array.from({ length: 21 }, (_, i) => (i === 7 + place ? NaN : Math.cos(i)));
      const { total, perRow } = run(makers[name](), z, truthFor(makers[name](), 3, 7), 3, 7);
      expect(total).toBeNaN();
      expect([...perRow].map(Number.isNaN)).toEqual([false, true, false]);
    }
  });

  it("softmax cross-entropy does not change, to 1e-5, when all logits of a row are moved by up to 10,000", () => {
    const whole = fc.integer({ min: -10, max: 10 });
    fc.assert(
      fc.property(fc.array(whole, { minLength: 2, maxLength: 9 }), fc.integer({ min: -10000, max: 10000 }), (z, by) => {
        const loss = makers.softmaxCrossEntropy();
        const straight = run(loss, z, [1], 1, z.length);
        const moved = run(loss, z.map((value) => value + by), [1], 1, z.length); // prettier-ignore
        expect(tensorError([moved.total], [straight.total])).toBeLessThanOrEqual(1e-5);
        expect(tensorError(moved.gradient, straight.gradient)).toBeLessThanOrEqual(1e-5);
      }),
    );
  });

  it("softmax cross-entropy of an impossible class (a logit of -infinity) is infinite, of a sure one 0", () => {
    const { perRow, gradient } = run(makers.softmaxCrossEntropy(), [-Infinity, 0, 0, -Infinity], [0, 0], 2, 2);
    expect([...perRow]).toEqual([Infinity, 0]);
    expect([...gradient].map((value) => value + 0)).toEqual([-1, 1, 0, 0]);
  });

  describe("soft Dice", () => {
    const dice = (z: number[], y: number[], smooth = 1) => run(losses.sigmoidDice({ smooth }), z, y, 1, z.length);

    it("of an empty mask is 0 when nothing is predicted, and 1 - e / (n + e) when everything is", () => {
      expect(dice([-200, -200, -200, -200, -200], [0, 0, 0, 0, 0]).total).toBe(0);
      expect(dice([200, 200, 200, 200, 200], [0, 0, 0, 0, 0]).total).toBeCloseTo(1 - 1 / 6, 12);
      expect(dice([200, 200, 200, 200, 200], [0, 0, 0, 0, 0], 1e-5).total).toBeCloseTo(1 - 1e-5 / 5.00001, 12);
    });

    it("of a full mask is 0 when everything is predicted, and 1 - e / (n + e) when nothing is", () => {
      expect(dice([200, 200, 200, 200, 200], [1, 1, 1, 1, 1]).total).toBe(0);
      expect(dice([-200, -200, -200, -200, -200], [1, 1, 1, 1, 1]).total).toBeCloseTo(1 - 1 / 6, 12);
    });

    it("of an empty mask still pushes every output down, at any size", () => {
      for (const n of [1, 3, 4, 5, 8, 33]) {
        const { gradient } = dice(Array<number>(n).fill(0.5), Array<number>(n).fill(0), 0.01);
        expect(gradient.every((slope) => slope > 0 && Number.isFinite(slope))).toBe(true);
      }
    });

    it("is finite with a smoothing of 1e-5, no mask and no prediction, and so is its gradient", () => {
      const { total, gradient } = dice([-80, -90, -100], [0, 0, 0], 1e-5);
      expect(total).toBeLessThanOrEqual(1e-25);
      expect(gradient.every(Number.isFinite)).toBe(true);
    });
  });

  it("the absolute error's slope is 0 at 0, Huber's is the difference up to delta and +-delta beyond", () => {
    expect([...run(makers.meanAbsoluteError(), [1, 2, 3], [1, 3, 2], 1, 3).gradient]).toEqual([0, -1, 1]);
    const { gradient, total } = run(
      losses.huber({ delta: 2, reduction: "sum" }),
      [1, 2, -2, 5, -5],
      [0, 0, 0, 0, 0],
      1,
      5,
    );
    expect([...gradient]).toEqual([1, 2, -2, 2, -2]);
    expect(total).toBe(0.5 + 2 + 2 + 8 + 8);
  });

  it("focal loss with gamma 0 is the sigmoid cross-entropy, to 1e-6", () => {
    const z = Array.from({ length: 33 }, (_, i) => (i - 16) / 2);
    const truth = z.map((_, i) => i % 2);
    const focal = run(losses.sigmoidFocal({ gamma: 0 }), z, truth, 1, 33);
    const plain = run(losses.sigmoidCrossEntropy(), z, truth, 1, 33);
    expect(tensorError([focal.total], [plain.total])).toBeLessThanOrEqual(1e-6);
    expect(tensorError(focal.gradient, plain.gradient)).toBeLessThanOrEqual(1e-6);
  });
});
