import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { builds, edgeLengths, Workbench } from "./workbench.ts";

const value = fc.float({ min: -1e6, max: 1e6, noNaN: true });
const values = fc.oneof(
  ...edgeLengths.map((n) => fc.array(value, { minLength: n, maxLength: n })),
  fc.array(value, { maxLength: 100 }),
);
const shifts = fc.constantFrom(0, 4, 8, 12);

/** The order that assembly/reduce.ts promises: element i to running total i % 4, then (0 + 1) + (2 + 3). */
function inFour(terms: readonly number[]): number {
  const totals = [0, 0, 0, 0];
  terms.forEach((term, i) => (totals[i % 4] += term));
  return totals[0] + totals[1] + (totals[2] + totals[3]);
}

describe.each(builds)("reductions (%s build)", (build) => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.create(build);
  });

  const reductions = [
    ["sum", (x: number) => x],
    ["sumOfSquares", (x: number) => x * x],
    ["sumOfAbsolutes", Math.abs],
  ] as const;

  it.each(reductions)(
    "%s has the bits of its float64 twin in four running totals, at any length and alignment",
    (name, term) => {
      fc.assert(
        fc.property(values, shifts, (x, shift) => {
          bench.reset();
          const got = bench.kernels[name](bench.floats(x, shift), x.length);
          expect(got).toBe(inFour(x.map(term)));
          const scale = x.reduce((total, one) => total + Math.abs(term(one)), 0);
          const naive = x.reduce((total, one) => total + term(one), 0);
          expect(Math.abs(got - naive)).toBeLessThanOrEqual(1e-13 * scale);
        }),
      );
    },
  );

  it("sums keep what float32 loses: 2^24 + 1 + ... is exact, and squares do not overflow", () => {
    bench.reset();
    const x = [2 ** 24, ...Array<number>(99).fill(1)];
    expect(bench.kernels.sum(bench.floats(x), 100)).toBe(2 ** 24 + 99);
    expect(bench.kernels.sumOfSquares(bench.floats([2 ** 127, 2 ** 127]), 2)).toBe(2 ** 255);
  });

  it("maximumAbsolute is the largest magnitude, 0 of nothing, and NaN when one is NaN, wherever it stands", () => {
    fc.assert(
      fc.property(values, shifts, fc.nat(), (x, shift, place) => {
        bench.reset();
        const largest = (all: number[]) => bench.kernels.maximumAbsolute(bench.floats(all, shift), all.length);
        expect(largest(x)).toBe(Math.max(0, ...x.map(Math.abs)));
        expect(largest(x.toSpliced(place % (x.length + 1), 0, NaN))).toBeNaN();
        expect(largest(x.toSpliced(place % (x.length + 1), 0, -Infinity))).toBe(Infinity);
      }),
    );
  });

  it("firstNonFinite is the index of the first NaN or infinity, or -1, whatever stands behind the array", () => {
    const broken = fc.constantFrom(NaN, Infinity, -Infinity);
    fc.assert(
      fc.property(values, shifts, broken, fc.nat(), (x, shift, wrong, place) => {
        bench.reset();
        const first = (all: number[], n: number) => bench.kernels.firstNonFinite(bench.floats(all, shift), n);
        expect(first(x, x.length)).toBe(-1);
        expect(first([...x, NaN, NaN, NaN, NaN], x.length)).toBe(-1);
        const at = place % (x.length + 1);
        const spoiled = [...x.toSpliced(at, 0, wrong), NaN];
        expect(first(spoiled, spoiled.length)).toBe(at);
      }),
    );
  });

  it("firstNonFinite takes the largest, the smallest and subnormal numbers and -0 as finite", () => {
    bench.reset();
    const x = [3.4028234663852886e38, -3.4028234663852886e38, 1e-45, -1e-45, -0];
    expect(bench.kernels.firstNonFinite(bench.floats(x), x.length)).toBe(-1);
  });

  const mapped = [
    ["scale", [0.3], (x: number) => Math.fround(x * Math.fround(0.3))],
    ["clamp", [-5.5, 7.25], (x: number) => Math.min(Math.max(x, -5.5), 7.25)],
  ] as const;

  it.each(mapped)("%s has the bits of its twin, in place too, and lets a NaN through", (name, scalars, twin) => {
    const map = (bench.kernels as unknown as Record<string, (...given: number[]) => void>)[name];
    fc.assert(
      fc.property(values, shifts, (x, shift) => {
        bench.reset();
        const all = [...x, NaN, Infinity, -Infinity, 5];
        const from = bench.floats(all, shift);
        const to = bench.floats(new Float32Array(all.length), shift);
        map(to, from, all.length, ...scalars);
        map(from, from, all.length, ...scalars);
        bench.checkGuards();
        const want = Float32Array.from(all, twin);
        expect(bench.readFloats(to, all.length)).toEqual(want);
        expect(bench.readFloats(from, all.length)).toEqual(want);
      }),
    );
  });
});
