import { describe, expect, test } from "vitest";
import { stream } from "../../src/random.ts";
import { advantageOf, gainOf, isBeyondNoise, optimismOf } from "../../src/study/comparison.ts";
import type { FigureOf } from "../../src/train/outcomes.ts";

/** The mean of one normal draw an image, shifted. */
function figure(seed: number, shift: number, spread = 1): FigureOf & { readonly values: Float64Array } {
  const random = stream(seed, "phantom");
  const values = Float64Array.from({ length: 400 }, (_, i) => shift + spread * random.normal(i));
  const mean = (drawn: Int32Array) => drawn.reduce((sum, image) => sum + values[image], 0) / drawn.length;
  return Object.assign(mean, { values });
}

describe("a gain", () => {
  test("is above 0 where a loss fell, or a score rose; null where one is undefined", () => {
    expect(gainOf("loss", 0.2, 0.5)).toBeCloseTo(0.3);
    expect(gainOf("rocAuc", 0.2, 0.5)).toBeCloseTo(-0.3);
    expect(gainOf("dice", null, 0.5)).toBeNull();
  });

  test("has the standard error of the paired differences, within 10 %, not that of the losses", () => {
    const [base, noise] = [figure(1, 5), figure(2, 0, 0.1)];
    const better: FigureOf = (drawn) => base(drawn)! + noise(drawn)! - 0.02;
    const { gain, standardError } = advantageOf("loss", 400, base, better, { seed: 3 });
    const mean = noise.values.reduce((sum, value) => sum + value, 0) / 400;
    const variance = noise.values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 399;
    expect(gain).toBeCloseTo(0.02 - mean, 10);
    expect(Math.abs(standardError! / Math.sqrt(variance / 400) - 1)).toBeLessThan(0.1);
  });

  test("of whole patients has the error of patients: images of one agree, and count once", () => {
    const values = figure(1, 0).values;
    const alike: FigureOf = (drawn) => drawn.reduce((sum, i) => sum + values[Math.floor(i / 10)], 0) / drawn.length;
    const zero: FigureOf = () => 0;
    const error = (groups: string[] | null) =>
      advantageOf("loss", 400, zero, alike, { seed: 1, groups }).standardError!;
    expect(error(Array.from({ length: 400 }, (_, i) => `${Math.floor(i / 10)}`))).toBeGreaterThan(2 * error(null));
  });

  test("is beyond the noise above one standard error", () => {
    expect(isBeyondNoise({ gain: 0.02, standardError: 0.01 })).toBe(true);
    expect(isBeyondNoise({ gain: 0.009, standardError: 0.01 })).toBe(false);
    expect(isBeyondNoise({ gain: 0.02, standardError: 0.01 }, 0.009)).toBe(true);
    expect(isBeyondNoise({ gain: 0.02, standardError: 0.01 }, 0.011)).toBe(false);
    expect(isBeyondNoise({ gain: -0.02, standardError: 0.01 })).toBe(false);
    expect(isBeyondNoise({ gain: null, standardError: 0.01 })).toBe(false);
    expect(isBeyondNoise({ gain: 0.02, standardError: null })).toBe(false);
  });
});

describe("the optimism of the best of several", () => {
  test("of ten networks that differ by noise alone is what the best gained by luck: the mean of 16 choices is right to 0.03", () => {
    let luck = 0;
    let found = 0;
    for (let choice = 0; choice < 16; choice++) {
      const networks = Array.from({ length: 10 }, (_, i) => figure(100 * choice + i, 1));
      const { value, optimism } = optimismOf("loss", 400, networks, { seed: 5, resamples: 200 })!;
      // What the chosen one has over the first, where truly nothing is had.
      luck += (networks[0](Int32Array.from({ length: 400 }, (_, i) => i))! - value) / 16;
      found += optimism / 16;
    }
    expect(luck).toBeGreaterThan(0.06);
    expect(Math.abs(found - luck)).toBeLessThan(0.03);
  });

  test("is not misled by patients with many hard images: where all networks find the same images hard, it is next to nothing", () => {
    const groups = Array.from({ length: 400 }, (_, image) => (image < 300 ? "one" : `${image}`));
    const hard = (image: number) => (image < 300 ? 5 : 0);
    const network =
      (shift: number): FigureOf =>
      (drawn) =>
        drawn.reduce((sum, image) => sum + hard(image) + shift, 0) / drawn.length;
    const found = optimismOf("loss", 400, [network(1), network(0.9)], { seed: 5, groups })!;
    expect(found.optimism).toBeLessThan(1e-9);
  });

  test("is next to nothing where one is clearly the best", () => {
    const networks = [figure(1, 1), figure(2, 3), figure(3, 3)];
    expect(optimismOf("loss", 400, networks, { seed: 5 })!.optimism).toBeLessThan(0.02);
  });

  test("is null without a choice, or without a figure", () => {
    expect(optimismOf("loss", 400, [figure(1, 1)], { seed: 5 })).toBeNull();
    expect(optimismOf("rocAuc", 400, [() => null, () => null], { seed: 5 })).toBeNull();
  });
});
