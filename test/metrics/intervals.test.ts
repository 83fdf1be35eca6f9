import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rocAuc } from "../../src/metrics/curves.ts";
import { bootstrap, delong, wilson } from "../../src/metrics/intervals.ts";
import { stream } from "../../src/random.ts";
import { delongOracle } from "../oracle/classification.ts";

const z = 1.959963984540054;
const mean = (values: readonly number[], drawn: Int32Array) =>
  drawn.reduce((sum, i) => sum + values[i], 0) / drawn.length;

describe("Wilson's interval of a share", () => {
  // scipy.stats.binomtest(k, n).proportion_ci(method="wilson")
  test.each([
    [9, 10, 0.5958499732047615, 0.9821237869049271],
    [0, 10, 0, 0.27753279986288926],
    [50, 100, 0.4038315303659956, 0.5961684696340044],
  ])("%i of %i is SciPy's to 1e-9", (successes, total, low, high) => {
    const { interval } = wilson(successes, total);
    expect(interval![0]).toBeCloseTo(low, 9);
    expect(interval![1]).toBeCloseTo(high, 9);
  });

  test("lies within [0, 1] and contains the share", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0, max: 1, noNaN: true }), (total, part) => {
        for (const successes of [0, Math.round(part * total), total]) {
          const [low, high] = wilson(successes, total).interval!;
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThanOrEqual(1);
          expect(low).toBeLessThanOrEqual(successes / total);
          expect(high).toBeGreaterThanOrEqual(successes / total);
          expect(low).toBeLessThan(high);
        }
      }),
    );
  });

  test("is null for nothing, and refuses more successes than trials", () => {
    expect(wilson(0, 0)).toEqual({ interval: null, reason: "nothing was counted" });
    expect(() => wilson(3, 2)).toThrow("wilson: expected 0 to 2 successes of 2, got 3.");
  });
});

describe("DeLong's interval", () => {
  test("is what the definition gives over all pairs, clipped to [0, 1], to 1e-12", () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 9 })), {
      minLength: 6,
      maxLength: 60,
    });
    let compared = 0;
    fc.assert(
      fc.property(rows, (rows) => {
        const truth = rows.map(([t]) => t);
        const scores = rows.map(([, s]) => s / 8);
        const { interval } = delong(truth, scores);
        if (!interval) return;
        compared++;
        const { area, variance } = delongOracle(truth, scores);
        expect(interval[0]).toBeCloseTo(Math.max(0, area - z * Math.sqrt(variance)), 12);
        expect(interval[1]).toBeCloseTo(Math.min(1, area + z * Math.sqrt(variance)), 12);
      }),
    );
    expect(compared).toBeGreaterThan(50);
  });

  test("on the logit scale has odds as far below the area's as above, and lies within (0, 1)", () => {
    const truth = Array.from({ length: 40 }, (_, i) => i % 2);
    const scores = truth.map((t, i) => 2 * t + stream(5, "phantom").normal(i));
    const area = rocAuc(truth, scores).value!;
    const [low, high] = delong(truth, scores, "logit").interval!;
    const odds = (share: number) => share / (1 - share);
    expect(odds(area) / odds(low)).toBeCloseTo(odds(high) / odds(area), 9);
    const { variance } = delongOracle(truth, scores);
    const half = (z * Math.sqrt(variance)) / (area * (1 - area));
    expect(Math.log(odds(high))).toBeCloseTo(Math.log(odds(area)) + half, 9);
    expect(high).toBeLessThan(1);
  });

  test("covers the true area in 92 to 98 % of 400 draws from two normal distributions", () => {
    const trueArea = 0.7602499389065233; // Phi(1 / sqrt 2): means 0 and 1, deviations 1
    let covered = 0;
    for (let draw = 0; draw < 400; draw++) {
      const random = stream(draw, "phantom");
      const truth = Array.from({ length: 80 }, (_, i) => i % 2);
      const { interval } = delong(
        truth,
        truth.map((t, i) => t + random.normal(i)),
      );
      if (interval![0] <= trueArea && trueArea <= interval![1]) covered++;
    }
    expect(covered).toBeGreaterThan(0.92 * 400);
    expect(covered).toBeLessThan(0.98 * 400);
  });

  test("is null with a reason where no variance can be told", () => {
    expect(delong([0, 1, 1], [0, 1, 0.5])).toEqual({
      interval: null,
      reason: "a class has a single image, which has no variance",
    });
    expect(rocAuc([0, 0, 1, 1], [0, 1, 2, 3]).value).toBe(1);
    expect(delong([0, 0, 1, 1], [0, 1, 2, 3]).reason).toMatch(/^the variance is 0/);
    expect(delong([1, 1], [0, 1])).toEqual({ interval: null, reason: "no image of the negative class" });
  });
});

describe("the percentile bootstrap", () => {
  const values = Array.from({ length: 200 }, (_, i) => stream(3, "phantom").normal(i));

  test("of a mean is mean -+ 1.96 standard errors, within a tenth of its width", () => {
    const all = Int32Array.from(values.keys());
    const middle = mean(values, all);
    const error = Math.sqrt(values.reduce((sum, v) => sum + (v - middle) ** 2, 0) / 199 / 200);
    const [low, high] = bootstrap(200, (drawn) => [mean(values, drawn)], { seed: 1 })[0].interval!;
    expect(Math.abs(low - (middle - z * error))).toBeLessThan(0.2 * z * error);
    expect(Math.abs(high - (middle + z * error))).toBeLessThan(0.2 * z * error);
  });

  test("is the same for the same seed, another for another", () => {
    const interval = (seed: number) => bootstrap(200, (drawn) => [mean(values, drawn)], { seed })[0].interval;
    expect(interval(1)).toEqual(interval(1));
    expect(interval(1)).not.toEqual(interval(2));
  });

  test("draws whole groups: the images of a group always come together", () => {
    const groups = ["a", "b", "a", "c", "c", "c", "b"];
    const lengths = new Set<number>();
    bootstrap(
      7,
      (drawn) => {
        const times = groups.map((_, i) => drawn.filter((d) => d === i).length);
        expect([times[2], times[6]]).toEqual([times[0], times[1]]);
        expect([times[4], times[5]]).toEqual([times[3], times[3]]);
        expect(times[0] + times[1] + times[3]).toBe(3);
        lengths.add(drawn.length);
        return [drawn[0]];
      },
      { seed: 5, groups, resamples: 200 },
    );
    expect([...lengths].sort()).toEqual([6, 7, 8, 9]);
  });

  test("of groups is wider than of their images when the images of a group agree", () => {
    const groups = values.map((_, i) => `patient ${Math.floor(i / 10)}`);
    const alike = values.map((_, i) => values[Math.floor(i / 10)]);
    const width = (groups: string[] | null) => {
      const [low, high] = bootstrap(200, (drawn) => [mean(alike, drawn)], { seed: 1, groups })[0].interval!;
      return high - low;
    };
    expect(width(groups)).toBeGreaterThan(2 * width(null));
  });

  test("groups of one image each give what no groups give", () => {
    const interval = (groups: string[] | null) =>
      bootstrap(200, (drawn) => [mean(values, drawn)], { seed: 1, groups })[0];
    expect(interval(values.map((_, i) => `${i}`))).toEqual(interval(null));
  });

  test("has no interval where resamples are undefined or all agree, with the reason", () => {
    const [often, seldom, same] = bootstrap(
      50,
      (drawn) => [drawn[0] < 25 ? null : drawn[0], drawn[0] < 1 ? null : drawn[0], 1],
      { seed: 1 },
    );
    expect(often.interval).toBeNull();
    expect(often.reason).toMatch(/^undefined in \d+ of 1000 resamples$/);
    expect(seldom.interval).not.toBeNull();
    expect(same).toEqual({
      interval: null,
      reason: "every resample gives the same value: too few items to say how sure it is",
    });
  });

  test("refuses an empty set and groups that are not one for each item", () => {
    expect(() => bootstrap(0, () => [0], { seed: 1 })).toThrow(/at least one item/);
    expect(() => bootstrap(2, () => [0], { seed: 1, groups: ["a"] })).toThrow(/expected 2 values/);
  });
});
