import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stream } from "../src/random.ts";
import type { StreamName } from "../src/random.ts";
import { erf } from "./oracle/erf.ts";
import { philoxOracle } from "./oracle/philox.ts";

const names: StreamName[] = ["init", "shuffle", "dropout", "augment", "split", "phantom", "bootstrap", "patch"];
const seeds = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const epochs = fc.nat({ max: 2 ** 24 - 1 });

describe("a stream", () => {
  it("draws word i % 4 of philox block i / 4, keyed by the seed, counted by name and epoch", () => {
    fc.assert(
      fc.property(seeds, fc.nat({ max: 6 }), epochs, fc.nat({ max: 2 ** 34 - 1 }), (seed, name, epoch, index) => {
        const key = [seed % 2 ** 32, Math.floor(seed / 2 ** 32)];
        const counter = [Math.floor(index / 4), (name + 1) * 2 ** 24 + epoch, 0, 0];
        const draws = stream(seed, names[name], epoch);
        expect(draws.bits(index)).toBe(philoxOracle(key, counter)[index % 4]);
        expect([...draws.key, draws.counter]).toEqual([...key, counter[1]]);
      }),
    );
  });

  it("gives the same draws in any order, kinds of draws mixed", () => {
    const ask = fc.tuple(fc.constantFrom("bits", "uniform", "normal", "integer"), fc.nat({ max: 40 }));
    fc.assert(
      fc.property(seeds, fc.array(ask), (seed, asked) => {
        const used = stream(seed, "augment", 3);
        const draw = (from: typeof used, [kind, index]: (typeof asked)[number]) =>
          kind === "integer" ? from.integer(index, 3e9) : from[kind](index);
        for (const one of asked) expect(draw(used, one)).toBe(draw(stream(seed, "augment", 3), one));
      }),
    );
  });

  it("differs from those of another seed, name or epoch, and between kinds of draws", () => {
    const streams = names.flatMap((name) => [
      stream(7, name),
      stream(8, name),
      stream(7, name, 1),
      stream(2 ** 40, name),
    ]);
    const first = streams.flatMap((draws) => [
      draws.bits(0) / 2 ** 32,
      draws.uniform(0),
      draws.integer(0, 2 ** 32 - 1) / 2 ** 32,
    ]);
    expect(new Set(first.map((value) => Math.floor(value * 1e6))).size).toBe(first.length);
  });

  it.each([
    [() => stream(-1, "init"), "seed: expected an integer from 0 to 2^53 - 1, got -1"],
    [() => stream(2 ** 53, "init"), "seed: expected"],
    [() => stream(1.5, "init"), "seed: expected"],
    [() => stream(NaN, "init"), "seed: expected"],
    [() => stream(1, "init", 2 ** 24), "epoch: expected"],
    [() => stream(1, "init", -1), "epoch: expected"],
    [() => stream(1, "init").bits(2 ** 34), "expected an index"],
    [() => stream(1, "init").uniform(2 ** 33), "expected an index"],
    [() => stream(1, "init").bits(-1), "expected an index"],
    [() => stream(1, "init").integer(0, 0), "expected a bound from 1 to 2^32 - 1, got 0"],
    [() => stream(1, "init").integer(0, 2 ** 32), "expected a bound"],
  ])("refuses what it cannot draw: %s", (draw, message) => {
    expect(draw).toThrow(RangeError);
    expect(draw).toThrow(message);
  });
});

/** Chi-square of counts against equal shares; its expectation is bins - 1, its deviation sqrt(2 (bins - 1)). */
function chiSquare(counts: ArrayLike<number>, draws: number): number {
  const expected = draws / counts.length;
  return Array.from(counts).reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** The greatest distance between the empirical distribution and the true one, times sqrt(n); above 1.95 once in 1000. */
function kolmogorov(values: Float64Array, distribution: (x: number) => number): number {
  const n = values.length;
  const sorted = values.slice().sort();
  const distance = sorted.reduce((most, value, i) => {
    const p = distribution(value);
    return Math.max(most, p - i / n, (i + 1) / n - p);
  }, 0);
  return distance * Math.sqrt(n);
}

describe("draws of seed 2026 are", () => {
  const draws = stream(2026, "phantom");
  const n = 200000;

  it("uniform in each bit: 32 frequencies within 4.5 deviations", () => {
    const ones = new Float64Array(32);
    for (let i = 0; i < n; i++) {
      const bits = draws.bits(i);
      for (let bit = 0; bit < 32; bit++) ones[bit] += (bits >>> bit) & 1;
    }
    for (const count of ones) expect(Math.abs(count - n / 2)).toBeLessThan(4.5 * Math.sqrt(n / 4));
  });

  it("uniform over [0, 1): Kolmogorov's statistic below 1.95", () => {
    expect(
      kolmogorov(
        Float64Array.from({ length: n }, (_, i) => draws.uniform(i)),
        (x) => x,
      ),
    ).toBeLessThan(1.95);
  });

  it("multiples of 2^-53 below 1, both halves of the bits used", () => {
    let lowest = 0;
    for (let i = 0; i < 1000; i++) {
      const units = draws.uniform(i) * 2 ** 53;
      expect(Number.isSafeInteger(units)).toBe(true);
      lowest += units % 2;
    }
    expect(lowest).toBeGreaterThan(400);
  });

  it("normal: Kolmogorov's statistic below 1.95, mean, variance, skewness and kurtosis within 4.5 deviations", () => {
    const values = Float64Array.from({ length: n }, (_, i) => draws.normal(i));
    expect(kolmogorov(values, (x) => (1 + erf(x / Math.SQRT2)) / 2)).toBeLessThan(1.95);
    const moment = (power: number) => values.reduce((sum, x) => sum + x ** power, 0) / n;
    const moments = [0, 1, 0, 3];
    const variances = [1, 2, 15, 96];
    moments.forEach((want, i) => {
      expect(Math.abs(moment(i + 1) - want)).toBeLessThan(4.5 * Math.sqrt(variances[i] / n));
    });
  });

  it.each([2, 3, 7, 10, 1000])("integers below %i, each as often: chi-square within 4.5 deviations", (below) => {
    const counts = new Float64Array(below);
    for (let i = 0; i < n; i++) counts[draws.integer(i, below)]++;
    expect(Math.abs(chiSquare(counts, n) - (below - 1))).toBeLessThan(4.5 * Math.sqrt(2 * (below - 1)) + 3);
  });

  it("integers below 3 * 2^30 without the bias of a plain multiplication: thirds within 4.5 deviations", () => {
    // Without rejection every third value would be twice as likely.
    const counts = new Float64Array(3);
    for (let i = 0; i < n; i++) counts[draws.integer(i, 3 * 2 ** 30) % 3]++;
    expect(Math.abs(chiSquare(counts, n) - 2)).toBeLessThan(4.5 * 2 + 3);
  });

  it("uncorrelated with those of every other stream, epoch, neighbour and kind: |r| < 4.5 / sqrt(n)", () => {
    const length = 50000;
    const base = Float64Array.from({ length }, (_, i) => draws.uniform(i) - 0.5);
    const others = [
      ...names.filter((name) => name !== "phantom").map((name) => stream(2026, name)),
      stream(2026, "phantom", 1),
      stream(2027, "phantom"),
    ].map((other) => (i: number) => other.uniform(i) - 0.5);
    others.push(
      (i) => draws.uniform(i + 1) - 0.5,
      (i) => draws.bits(i) / 2 ** 32 - 0.5,
    );
    for (const other of others) {
      const correlation = (base.reduce((sum, x, i) => sum + x * other(i), 0) / length) * 12;
      expect(Math.abs(correlation)).toBeLessThan(4.5 / Math.sqrt(length));
    }
  });
});

describe("a permutation", () => {
  it("holds each of 0 to n - 1 once; the same again; another for another index, epoch or seed", () => {
    fc.assert(
      fc.property(seeds, epochs, fc.nat({ max: 200 }), (seed, epoch, n) => {
        const order = stream(seed, "shuffle", epoch).permutation(n);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
        expect(stream(seed, "shuffle", epoch).permutation(n)).toEqual(order);
        if (n < 20) return;
        expect(stream(seed, "shuffle", epoch).permutation(n, 1)).not.toEqual(order);
        expect(stream(seed, "shuffle", (epoch + 1) % 2 ** 24).permutation(n)).not.toEqual(order);
        expect(stream(Math.floor(seed / 2) + 1, "split", epoch).permutation(n)).not.toEqual(order);
      }),
    );
  });

  it("of 4 comes in all 24 orders equally often: chi-square within 4.5 deviations", () => {
    const counts = new Map<string, number>();
    const draws = stream(11, "shuffle");
    for (let i = 0; i < 24000; i++) {
      const order = draws.permutation(4, i).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(Math.abs(chiSquare([...counts.values()], 24000) - 23)).toBeLessThan(4.5 * Math.sqrt(46));
  });
});
