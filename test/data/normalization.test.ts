import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { arrayDataset } from "../../src/data/dataset.ts";
import { fitNormalization } from "../../src/data/normalization.ts";
import type { Normalization } from "../../src/data/normalization.ts";
import type { Block } from "../../src/wasm/memory.ts";
import { filled, imageBlock } from "./scaled.ts";

const setOf = (values: readonly number[], features: number) =>
  arrayDataset({ images: Float32Array.from(values), shape: [features] });

let block: Block;
beforeAll(async () => {
  block = await imageBlock();
});

/** The values as images of as many pixels as the normalization has, scaled. */
function applied(normalization: Normalization, values: readonly number[]): number[] {
  const features = normalization.kind === "pixelZScore" ? normalization.means.length : 1;
  const rows = values.length / features;
  const scaled = filled(block, setOf(values, features), null, 0, rows, normalization, features);
  expect(scaled.slice(values.length)).toEqual([-99, -99, -99]);
  return scaled.slice(0, values.length);
}

/** Mean and deviation with compensated sums: float64 to the last digits. */
function twin(values: readonly number[]): { mean: number; deviation: number } {
  const total = (list: readonly number[]) => {
    let [sum, lost] = [0, 0];
    for (const value of list) {
      const next = sum + value;
      lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
      sum = next;
    }
    return sum + lost;
  };
  const mean = total(values) / values.length;
  return { mean, deviation: Math.sqrt(total(values.map((value) => (value - mean) ** 2)) / values.length) };
}

/** Images of 1 to 5 pixels around an offset that may dwarf their spread. */
const pixels = fc
  .record({
    features: fc.integer({ min: 1, max: 5 }),
    count: fc.integer({ min: 1, max: 20 }),
    offset: fc.constantFrom(0, 1, -300, 1e6, -1e9),
    scale: fc.constantFrom(1e-3, 1, 1e4),
    drawn: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 100, maxLength: 100 }),
  })
  .map(({ features, count, offset, scale, drawn }) => ({
    features,
    values: drawn.slice(0, features * count).map((value) => Math.fround(offset + scale * value) + 0),
  }));

describe("fitNormalization", () => {
  it("fits the z-score of all pixels: mean and deviation within 1e-12 of compensated float64 sums, whatever the offset", () => {
    fc.assert(
      fc.property(pixels, ({ values, features }) => {
        const fitted = fitNormalization("zScore", setOf(values, features));
        const { mean, deviation } = twin(values);
        if (fitted.kind !== "zScore") throw new Error(fitted.kind);
        const magnitude = Math.max(...values.map(Math.abs));
        expect(Math.abs(fitted.mean - mean)).toBeLessThanOrEqual(1e-12 * magnitude);
        if (new Set(values).size === 1) expect([fitted.mean, fitted.deviation]).toEqual([values[0], 1]);
        else expect(Math.abs(fitted.deviation - deviation)).toBeLessThanOrEqual(1e-12 * (deviation + magnitude));
      }),
      { numRuns: 500 },
    );
  });

  it("scales the training set to mean 0 and deviation 1 by z-score, and to exactly [0, 1] by its range", () => {
    fc.assert(
      fc.property(pixels, ({ values, features }) => {
        const isConstant = new Set(values).size === 1;
        const scores = twin(applied(fitNormalization("zScore", setOf(values, features)), values));
        expect(Math.abs(scores.mean)).toBeLessThan(1e-6);
        expect(Math.abs(scores.deviation - (isConstant ? 0 : 1))).toBeLessThan(1e-6);
        const unit = applied(fitNormalization("unit", setOf(values, features)), values);
        expect([Math.min(...unit), Math.max(...unit)]).toEqual([0, isConstant ? 0 : 1]);
      }),
      { numRuns: 500 },
    );
  });

  it("fits the z-score of each pixel to nine digits, and gives 0 for a pixel that never changes", () => {
    fc.assert(
      fc.property(pixels, ({ values, features }) => {
        const fitted = fitNormalization("pixelZScore", setOf(values, features));
        if (fitted.kind !== "pixelZScore") throw new Error(fitted.kind);
        const scaled = applied(fitted, values);
        for (let pixel = 0; pixel < features; pixel++) {
          const own = values.filter((_, i) => i % features === pixel);
          const { mean, deviation } = twin(own);
          const slack = 6e-9 * Math.abs(mean) + 1e-14 * Math.max(...own.map(Math.abs));
          expect(Math.abs(fitted.means[pixel] - mean)).toBeLessThanOrEqual(slack);
          const scores = scaled.filter((_, i) => i % features === pixel);
          if (new Set(own).size === 1) {
            expect(fitted.deviations[pixel]).toBe(0);
            expect(scores.every((score) => score === 0)).toBe(true);
            continue;
          }
          expect(Math.abs(fitted.deviations[pixel] - deviation)).toBeLessThanOrEqual(6e-9 * deviation + 1e-15 * Math.abs(mean)); // prettier-ignore
          expect(Math.abs(twin(scores).mean)).toBeLessThan(1e-6 + slack / deviation);
          expect(Math.abs(twin(scores).deviation - 1)).toBeLessThan(1e-6);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("applies (x - mean) / deviation and (x - minimum) / (maximum - minimum) to values that it was not fitted on", () => {
    expect(applied({ kind: "zScore", mean: 10, deviation: 4 }, [10, 14, 2])).toEqual([0, 1, -2]);
    expect(applied({ kind: "unit", minimum: 10, maximum: 14 }, [10, 14, 18, 8])).toEqual([0, 1, 2, -0.5]);
    expect(applied({ kind: "unit", minimum: 10, maximum: 10 }, [10, 12])).toEqual([0, 2]);
    expect(applied({ kind: "pixelZScore", means: [1, 5], deviations: [2, 0] }, [3, 5, -1, 90])).toEqual([1, 0, -1, 0]);
    expect(applied({ kind: "none" }, [3, -4])).toEqual([3, -4]);
  });

  it.each([0.1, 1e-30, 3e38, 255])(
    "takes a set whose pixels are all %d for what it is: a deviation of 1, and zeros",
    (value) => {
      const image = Array.from({ length: 999 }, () => Math.fround(value));
      for (const kind of ["zScore", "unit", "pixelZScore"] as const)
        expect(applied(fitNormalization(kind, setOf(image, 9)), image).every((scaled) => scaled === 0)).toBe(true);
    },
  );

  it("gives finite values at the ends of float32: pixels of 3e38 and -3e38, pixels 1e-45 apart", () => {
    for (const values of [
      [3e38, -3e38, 0, 3e38],
      [0, 1e-45, 0, 1e-45],
    ])
      // prettier-ignore
      for (const kind of ["zScore", "unit", "pixelZScore"] as const) {
        const scaled = applied(fitNormalization(kind, setOf(values, 1)), values.map(Math.fround));
        expect(scaled.every(Number.isFinite)).toBe(true);
        expect(new Set(scaled).size).toBeGreaterThan(1);
      }
  });

  it("refuses a kind that is none, and a set in its place", () => {
    const set = arrayDataset({ images: new Uint8Array(4), shape: [2] });
    const fit = fitNormalization as (kind: unknown, train: unknown) => unknown;
    expect(() => fit("zscore", set)).toThrow("expected one of none, zScore, unit, pixelZScore, got zscore");
    expect(() => fit(set, "zScore")).toThrow(TypeError);
  });

  it("is a frozen value that JSON keeps to the last bit", () => {
    const set = setOf([0.1, 0.7, 1 / 3, 2, 9, 1e-7], 2);
    for (const kind of ["none", "zScore", "unit", "pixelZScore"] as const) {
      const fitted = fitNormalization(kind, set);
      expect(Object.isFrozen(fitted)).toBe(true);
      expect(JSON.parse(JSON.stringify(fitted))).toEqual(fitted);
    }
  });
});
