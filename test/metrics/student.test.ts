import { describe, expect, test } from "vitest";
import { calibrationInterval } from "../../src/metrics/calibration-interval.ts";
import { studentInterval } from "../../src/metrics/student-interval.ts";
import { unitMeans } from "../../src/metrics/unit-means.ts";
import { stream } from "../../src/random.ts";

const random = stream(5, "phantom");
const drawn = (count: number, from: number) => Float64Array.from({ length: count }, (_, i) => random.uniform(from + i));

describe("the mean of what is drawn and its standard error", () => {
  test("of single items are those of the items as often as they are drawn", () => {
    const values = drawn(20, 0);
    const counts = Int32Array.from({ length: 20 }, (_, i) => i % 3);
    const again = [...values].flatMap((value, i) => Array<number>(counts[i]).fill(value));
    const mean = again.reduce((sum, value) => sum + value, 0) / again.length;
    const squares = again.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const got = unitMeans(values, undefined, null)(counts);
    expect(got.mean).toBeCloseTo(mean, 12);
    expect(got.error).toBeCloseTo(Math.sqrt(squares / (again.length - 1) / again.length), 12);
  });

  test("of groups is that of the ratio of their sums; values that are NaN are left out", () => {
    const values = [...drawn(11, 100), NaN];
    const weights = drawn(12, 200);
    const unitOf = Int32Array.from(values, (_, i) => Math.floor(i / 3));
    const sums = [0, 1, 2, 3].map((unit) => {
      const own = values.flatMap((value, i) => (unitOf[i] === unit && !Number.isNaN(value) ? [i] : []));
      return {
        sum: own.reduce((sum, i) => sum + weights[i] * values[i], 0),
        weight: own.reduce((sum, i) => sum + weights[i], 0),
      };
    });
    const all = sums.reduce((sum, { weight }) => sum + weight, 0);
    const mean = sums.reduce((total, { sum }) => total + sum, 0) / all;
    const squares = sums.reduce((total, { sum, weight }) => total + (sum - mean * weight) ** 2, 0);
    const got = unitMeans(values, weights, unitOf)(new Int32Array(4).fill(1));
    expect(got.mean).toBeCloseTo(mean, 12);
    expect(got.error).toBeCloseTo(Math.sqrt((4 / 3) * squares) / all, 12);
  });

  test("has no error where all values are the same, and no mean where nothing counts", () => {
    const of = unitMeans([0.1, 0.1, 0.1], undefined, null);
    expect(of([1, 1, 1])).toEqual({ mean: 0.1, error: 0 });
    expect(of([0, 0, 0]).mean).toBeNaN();
  });
});

describe("the studentized interval", () => {
  const means = Float64Array.from({ length: 1001 }, (_, r) => 1 + (r - 500) / 1000);
  const options = { value: 1, error: 0.3, most: 16, units: "items" };

  test("turns the quantiles of ln m* - ln m over its error back at the mean", () => {
    const errors = means.map((mean) => 0.3 * mean);
    const [low, high] = studentInterval({ ...options, means, errors }).interval!;
    expect(low).toBeCloseTo(1 / 1.475, 12);
    expect(high).toBeCloseTo(1 / 0.525, 12);
  });

  test("is stretched by Student's quantile over the normal one where units differ: 2.262 over 1.960 for 9 degrees", () => {
    const errors = means.map((mean) => 0.3 * mean);
    const [low, high] = studentInterval({ ...options, means, errors, freedom: 9 }).interval!;
    expect(Math.log(low) / Math.log(1 / 1.475)).toBeCloseTo(2.262 / 1.96, 3);
    expect(Math.log(high) / Math.log(1 / 0.525)).toBeCloseTo(2.262 / 1.96, 3);
  });

  test("ends at what the mean can be at most where resamples without a spread say nothing", () => {
    const errors = means.map((mean) => (mean < 0.6 ? 0 : 0.3));
    expect(studentInterval({ ...options, means, errors }).interval![1]).toBe(16);
    expect(studentInterval({ ...options, most: Infinity, means, errors }).reason).toMatch(/too few items/);
  });

  test("is null where more than a twentieth is undefined or all resamples agree", () => {
    const errors = means.map(() => 0.3);
    const often = means.map((mean, r) => (r < 51 ? NaN : mean));
    expect(studentInterval({ ...options, means: often, errors }).reason).toBe("undefined in 51 of 1001 resamples");
    expect(studentInterval({ ...options, means: means.map(() => 1), errors }).reason).toMatch(/every resample/);
  });
});

describe("the interval of the calibration error", () => {
  /** Bins, and resamples of them with a normal error. */
  const of = (bins: number[], error: number) => ({
    bins: Float64Array.from(bins),
    resampled: bins.map((bin, b) =>
      Float64Array.from({ length: 2000 }, (_, r) => bin + error * random.normal(b * 2000 + r)),
    ),
  });

  test("of one bin far from 0 is the value and about 1.96 errors to each side", () => {
    const [low, high] = calibrationInterval(of([0.3], 0.02)).interval!;
    expect(low).toBeCloseTo(0.3 - 1.96 * 0.02, 2);
    expect(high).toBeCloseTo(0.3 + 1.96 * 0.02, 2);
  });

  test("of many bins lies below the value, which is too large, and begins at 0 where chance shows as much", () => {
    const some = Array.from({ length: 10 }, (_, b) => (b % 2 ? 0.02 : -0.02));
    const value = 0.2;
    const [low, high] = calibrationInterval(of(some, 0.014)).interval!;
    expect(low).toBeGreaterThan(0);
    expect(value - low).toBeGreaterThan(high - value);
    expect(high).toBeGreaterThanOrEqual(value);
    expect(calibrationInterval(of(some, 0.02)).interval![0]).toBe(0);
  });

  test("is stretched from the value where units differ, within 0 and 1", () => {
    const [low, high] = calibrationInterval(of([0.3], 0.02)).interval!;
    const [lower, higher] = calibrationInterval({ ...of([0.3], 0.02), freedom: 9 }).interval!;
    expect((0.3 - lower) / (0.3 - low)).toBeCloseTo(2.262 / 1.96, 3);
    expect((higher - 0.3) / (high - 0.3)).toBeCloseTo(2.262 / 1.96, 3);
    expect(calibrationInterval({ ...of([0.9], 0.2), freedom: 2 }).interval).toEqual([expect.any(Number), 1]);
    expect(calibrationInterval({ ...of([0.01], 0.2), freedom: 2 }).interval![0]).toBe(0);
  });

  test("is null where every bin is calibrated without a rest", () => {
    expect(calibrationInterval(of([0, 0], 0)).reason).toMatch(/calibrated without a rest/);
  });
});
