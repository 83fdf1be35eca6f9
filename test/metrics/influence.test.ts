import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bcaInterval } from "../../src/metrics/bca.ts";
import { cellInfluences } from "../../src/metrics/cell-influences.ts";
import { freedomOfSizes, influenceOf } from "../../src/metrics/influence.ts";
import { cellFigures } from "../../src/metrics/resampled-cells.ts";
import { resampleCounts } from "../../src/metrics/count-bootstrap.ts";
import type { Interval } from "../../src/metrics/intervals.ts";
import { labelIntervals } from "../../src/report/label-intervals.ts";
import { resampledMasks } from "../../src/report/resampled-masks.ts";
import type { LabelIntervals } from "../../src/report/label-intervals.ts";
import { stream } from "../../src/random.ts";

const random = stream(9, "phantom");

describe("the degrees of freedom that units leave", () => {
  test("of units alike, moved by as much to either side, are those of a mean", () => {
    const moves = Float64Array.from({ length: 30 }, (_, u) => (u % 2 ? 1 : -1));
    expect(influenceOf(moves, new Float64Array(30).fill(2))).toEqual({ freedom: 29, acceleration: 0 });
  });

  test("of two samples of a mean are Welch's and Satterthwaite's: sizes a and b in m and n units", () => {
    // (m a^2 + n b^2)^2 / (m a^4 + n b^4), less one.
    const [m, a, n, b] = [12, 3, 40, 1];
    const sizes = [...Array<number>(m).fill(a), ...Array<number>(n).fill(b)];
    const expected = (m * a ** 2 + n * b ** 2) ** 2 / (m * a ** 4 + n * b ** 4) - 1;
    // Squares seen that are all the same take nothing off.
    expect(influenceOf(new Float64Array(52).fill(1), sizes).freedom).toBeCloseTo(expected, 12);
  });

  test("of normal moves are near those of a mean, and of one far move few", () => {
    const moves = Float64Array.from({ length: 400 }, (_, u) => random.normal(u));
    const sizes = new Float64Array(400).fill(1);
    const { freedom, acceleration } = influenceOf(moves, sizes);
    expect(freedom).toBeGreaterThan(330);
    expect(freedom).toBeLessThanOrEqual(399);
    expect(Math.abs(acceleration)).toBeLessThan(0.02);
    moves[7] = 60;
    const far = influenceOf(moves, sizes);
    expect(far.freedom).toBeLessThan(3);
    expect(far.acceleration).toBeGreaterThan(0.1);
  });

  test("do not depend on the order, the unit of measure, or units without a size; at least 2, at most n - 1", () => {
    // What has no size moves nothing.
    const unit = fc
      .record({ thousandths: fc.integer({ min: -1000, max: 1000 }), size: fc.constantFrom(0, 0.5, 1, 8) })
      .map(({ thousandths, size }) => ({ move: size > 0 ? thousandths / 1000 : 0, size }));
    fc.assert(
      fc.property(fc.array(unit, { minLength: 1, maxLength: 40 }), fc.constantFrom(0.25, 4, 1024), (units, factor) => {
        const of = (list: typeof units, times = 1) =>
          influenceOf(
            list.map(({ move }) => move * times),
            list.map(({ size }) => size * times),
          );
        const one = of(units);
        const sized = units.filter(({ size }) => size > 0);
        expect(one.freedom).toBeGreaterThanOrEqual(2);
        expect(one.freedom).toBeLessThanOrEqual(Math.max(2, sized.length - 1) + 1e-9);
        for (const other of [of(units.toReversed()), of(units, factor), of(sized)]) {
          expect(other.freedom / one.freedom).toBeCloseTo(1, 6);
          expect(other.acceleration).toBeCloseTo(one.acceleration, 9);
        }
      }),
    );
  });
});

describe("the degrees of freedom that groups leave", () => {
  test("are as many as groups of one size less one, near 2 where one has nearly all, and 2 of none", () => {
    expect(freedomOfSizes([5, 5, 5, 5])).toBe(3);
    expect(freedomOfSizes([1, 2, 3, 4, 5, 6])).toBeCloseTo(91 ** 2 / 2275 - 1, 12);
    expect(freedomOfSizes([...Array<number>(50).fill(1), 5000])).toBe(2);
    expect(freedomOfSizes([])).toBe(2);
  });

  test("make the intervals of labels wider where one patient has many images", () => {
    const labelled = (groupOf: (i: number) => number) => {
      const truth = Int32Array.from({ length: 240 }, (_, i) => i % 2);
      const probabilities = Float64Array.from({ length: 480 }, (_, k) => {
        const sure = 0.35 + 0.6 * random.uniform(5000 + (k >> 1));
        return truth[k >> 1] === k % 2 ? sure : 1 - sure;
      });
      const predicted = truth.map((_, i) => (probabilities[2 * i + 1] >= 0.5 ? 1 : 0));
      const groups = Array.from({ length: 240 }, (_, i) => `${groupOf(i)}`);
      return labelIntervals({ truth, predicted, probabilities, classes: 2 }, groups, 3, 2000);
    };
    const even = labelled((i) => i % 60);
    const uneven = labelled((i) => (i < 123 ? i % 59 : 59));
    const width = ({ interval }: Interval) => interval![1] - interval![0];
    for (const of of [(x: LabelIntervals) => x.ofWhole("matthews"), (x: LabelIntervals) => x.ofScores("brier")])
      expect(width(of(uneven))).toBeGreaterThan(1.5 * width(of(even)));
  });
});

describe("how far units move figures of summed cells", () => {
  const { layout, fill } = cellFigures(2);
  const units = Array.from({ length: 25 }, (_, u) =>
    Float64Array.from({ length: 4 }, (_, cell) => Math.round((cell === 0 ? 1e6 : 100) * random.uniform(4 * u + cell))),
  );

  test("is that of a ratio: e = x - share (x + y), of the size (1 - share) x + share y", () => {
    const influences = cellInfluences(units, fill, layout.length);
    // Cells: right background, wrongly found, missed, found.
    const ratios = [
      { at: layout.ofWhole("accuracy"), x: [0, 3], y: [1, 2] },
      { at: layout.ofClass("recall", 1), x: [3], y: [2] },
      { at: layout.ofClass("precision", 1), x: [3], y: [1] },
      { at: layout.ofClass("specificity", 1), x: [0], y: [1] },
      { at: layout.ofClass("jaccard", 1), x: [3], y: [1, 2] },
    ];
    for (const { at, x, y } of ratios) {
      const sum = (cells: readonly number[]) =>
        units.reduce((all, own) => all + cells.reduce((part, cell) => part + own[cell], 0), 0);
      const share = sum(x) / (sum(x) + sum(y));
      const parts = units.map((own) => {
        const [inside, outside] = [x, y].map((cells) => cells.reduce((part, cell) => part + own[cell], 0));
        return { inside, outside };
      });
      const expected = influenceOf(
        parts.map(({ inside, outside }) => inside - share * (inside + outside)),
        parts.map(({ inside, outside }) => (1 - share) * inside + share * outside),
      );
      expect(influences[at].freedom).toBeCloseTo(expected.freedom, 5);
      expect(influences[at].acceleration).toBeCloseTo(expected.acceleration, 7);
    }
  });

  test("gives the interval that leaving out each image gives, to a hundredth of its width", () => {
    const masks = Array.from({ length: 150 }, (_, i) => {
      const size = Math.round(50 * Math.exp(random.normal(9000 + i)));
      const [missed, wrong] = [0, 1].map((k) => Math.round(0.3 * size * random.uniform(9000 + 2 * i + k)));
      return [
        [4096 - wrong, wrong],
        [missed, size - missed],
      ];
    });
    const masked = resampledMasks({ confusions: masks, classes: 1 });
    const { values, jackknife } = resampleCounts(150, masked.layout.length, masked.of, { seed: 1, resamples: 2000 });
    const influences = masked.influences();
    const whole = [...masked.of(new Int32Array(150).fill(1))];
    for (const name of ["dice", "recall", "specificity"] as const) {
      const at = masked.layout.ofForeground(name);
      const given = { value: whole[at], resampled: values[at], units: "items", freedom: 149 };
      const left = bcaInterval({ ...given, jackknife: jackknife![at] }).interval!;
      const moved = bcaInterval({ ...given, jackknife: null, acceleration: influences[at].acceleration }).interval!;
      for (const end of [0, 1]) expect(Math.abs(moved[end] - left[end])).toBeLessThan(0.01 * (left[1] - left[0]));
      // Without it the ends are elsewhere.
      const without = bcaInterval({ ...given, jackknife: null }).interval!;
      expect(Math.abs(without[0] - left[0])).toBeGreaterThan(0.01 * (left[1] - left[0]));
    }
  });

  test("does not see cells that no unit has", () => {
    const right = units.map((own) => Float64Array.of(own[0], 0, 0, own[3]));
    for (const { freedom, acceleration } of cellInfluences(right, fill, layout.length)) {
      expect(freedom).toBeGreaterThanOrEqual(2);
      expect(acceleration).not.toBeNaN();
    }
  });
});
