import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrayDataset } from "../../src/data/dataset.ts";
import { samplingFor } from "../../src/data/sampling.ts";
import { drawOrderOf } from "../../src/data/draw-order.ts";
import type { Sampling } from "../../src/data/sampling.ts";
import { stream } from "../../src/random.ts";

const setOf = (labels: readonly number[]) =>
  arrayDataset({ images: new Uint8Array(labels.length), shape: [1], labels, labelValues: [0, 1, 2] });

/** How often each image is drawn in so many epochs. */
function countsOf(sampling: Sampling, labels: readonly number[], seed: number, epochs: number): Float64Array {
  const set = setOf(labels);
  const draw = drawOrderOf(samplingFor(sampling, set), set);
  const counts = new Float64Array(labels.length);
  for (let epoch = 1; epoch <= epochs; epoch++) for (const i of draw(stream(seed, "shuffle", epoch))) counts[i]++;
  return counts;
}

/** Pearson's statistic of counts against shares that sum to 1. */
const chiSquare = (counts: ArrayLike<number>, shares: readonly number[]) => {
  const all = Array.from(counts).reduce((sum, count) => sum + count, 0);
  return shares.reduce(
    (sum, share, i) => (share === 0 ? sum : sum + (counts[i] - share * all) ** 2 / (share * all)),
    0,
  );
};

describe("sampling", () => {
  it.each([1, 2, 3, 4, 5])(
    "draws each image as its share of the weights: chi-square of 20,000 draws with 15 degrees below 37.7 (p = 0.001), seed %i",
    (seed) => {
      const weights = Array.from({ length: 20 }, (_, i) => (i % 5 === 4 ? 0 : 1 + ((7 * i) % 11)));
      const sum = weights.reduce((added, weight) => added + weight, 0);
      const counts = countsOf({ weights }, Array<number>(20).fill(0), seed, 1000);
      expect(chiSquare(counts, weights.map((weight) => weight / sum))).toBeLessThan(37.7); // prettier-ignore
      weights.forEach((weight, i) => {
        if (weight === 0) expect(counts[i]).toBe(0);
      });
    },
  );

  it.each([1, 2, 3, 4, 5])(
    "balanced: each of 3 classes of 30, 9 and 1 images as likely (chi-square below 13.8), and images of a class alike, seed %i",
    (seed) => {
      const labels = [...Array<number>(30).fill(0), ...Array<number>(9).fill(1), 2];
      const counts = countsOf("balanced", labels, seed, 500);
      const ofClass = [0, 1, 2].map((k) => counts.reduce((sum, count, i) => (labels[i] === k ? sum + count : sum), 0));
      expect(chiSquare(ofClass, [1 / 3, 1 / 3, 1 / 3])).toBeLessThan(13.8);
      // 29 degrees of freedom, p = 0.001
      expect(chiSquare(counts.subarray(0, 30), Array<number>(30).fill(1 / 30))).toBeLessThan(58.3);
    },
  );

  it("is a pure function of seed and epoch, as long as the set; consecutive draws are independent (chi-square of pairs)", () => {
    const set = setOf([0, 1, 2]);
    const draw = drawOrderOf("balanced", set);
    const pairs = new Float64Array(9);
    for (let epoch = 1; epoch <= 3000; epoch++) {
      const order = draw(stream(9, "shuffle", epoch));
      expect(order.length).toBe(3);
      pairs[3 * order[0] + order[1]]++;
    }
    // 8 degrees of freedom, p = 0.001
    expect(chiSquare(pairs, Array<number>(9).fill(1 / 9))).toBeLessThan(26.1);
    expect(draw(stream(9, "shuffle", 5))).toEqual(drawOrderOf("balanced", set)(stream(9, "shuffle", 5)));
    expect(Array.from({ length: 9 }, (_, e) => draw(stream(9, "shuffle", e)).join()).some((o, _, all) => o !== all[0])).toBe(true); // prettier-ignore
  });

  it("draws the image in whose part of the cumulative sum the uniform number lies, never one of weight 0", () => {
    const weight = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e300, noNaN: true }), fc.constant(1e-300));
    const drawn = fc
      .array(weight, { minLength: 1, maxLength: 30 })
      .filter((weights) => weights.some((one) => one > 0) && Number.isFinite(weights.reduce((a, b) => a + b, 0)));
    fc.assert(
      fc.property(drawn, fc.nat(1000), (weights, seed) => {
        const set = setOf(weights.map(() => 0));
        const random = stream(seed, "shuffle", 1);
        const order = drawOrderOf({ weights }, set)(random);
        const sum = weights.reduce((added, one) => added + one, 0);
        order.forEach((index, place) => {
          expect(weights[index]).toBeGreaterThan(0);
          const upTo = (end: number) => weights.slice(0, end).reduce((added, one) => added + one, 0);
          const value = random.uniform(place) * sum;
          expect(upTo(index)).toBeLessThanOrEqual(value);
          if (value < sum) expect(upTo(index + 1)).toBeGreaterThan(value);
        });
      }),
    );
  });

  it("shuffle takes every image once", () => {
    expect(countsOf("shuffle", [0, 1, 2, 0, 1], 3, 7)).toEqual(new Float64Array(5).fill(7));
  });

  it.each([
    [{ weights: [1, 2] }, /expected 3 weights, one for each training image, got 2/],
    [{ weights: [1, -2, 3] }, /finite weights of at least 0, got -2 for image 1/],
    [{ weights: [1, NaN, 3] }, /got NaN for image 1/],
    [{ weights: [0, 0, 0] }, /a finite sum above 0, got the sum 0/],
    [{ weights: [1e308, 1e308, 1e308] }, /a finite sum above 0, got the sum Infinity/],
    ["rare", /expected "shuffle", "balanced" or \{ weights \}, got "rare"/],
  ])("%j is refused", (sampling, message) => {
    expect(() => samplingFor(sampling as Sampling, setOf([0, 1, 2]))).toThrow(message);
  });

  it("balanced needs labels", () => {
    const bare = arrayDataset({ images: new Uint8Array(3), shape: [1] });
    expect(() => samplingFor("balanced", bare)).toThrow(TypeError);
  });
});
