import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { stream } from "../../src/random.ts";
import { builds, edgeLengths, Workbench } from "./workbench.ts";

describe.each(builds)("dropout (%s build)", (build) => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.create(build);
  });

  function drawMask(n: number, rate: number, seed = 7, epoch = 0, firstBlock = 0, shift = 0): Float32Array {
    bench.reset();
    const { key, counter } = stream(seed, "dropout", epoch);
    const mask = bench.floats(new Float32Array(n).fill(NaN), shift);
    const threshold = Math.round((1 - rate) * 2 ** 32) - 1;
    bench.kernels.dropoutMask(mask, n, key[0], key[1], firstBlock, counter, threshold, 1 / (1 - rate));
    bench.checkGuards();
    return bench.readFloats(mask, n);
  }

  it("keeps exactly where the stream's bits say so, at any length, start and alignment", () => {
    const length = fc.oneof(fc.constantFrom(...edgeLengths), fc.nat({ max: 70 }));
    const rate = fc.constantFrom(0, 0.1, 0.3, 0.5, 0.9);
    fc.assert(
      fc.property(
        fc.record({
          n: length,
          rate,
          seed: fc.maxSafeNat(),
          epoch: fc.nat({ max: 99 }),
          block: fc.nat({ max: 2 ** 32 - 20 }),
        }),
        fc.constantFrom(0, 4, 8, 12),
        ({ n, rate, seed, epoch, block }, shift) => {
          const draws = stream(seed, "dropout", epoch);
          const want = Array.from({ length: n }, (_, i) =>
            draws.bits(4 * block + i) < Math.round((1 - rate) * 2 ** 32) ? Math.fround(1 / (1 - rate)) : 0,
          );
          expect([...drawMask(n, rate, seed, epoch, block, shift)]).toEqual(want);
        },
      ),
    );
  });

  it.each([0, 0.2, 0.5, 0.9])("of rate %f keeps that share, and the mean, within 4.5 deviations", (rate) => {
    const n = 100000;
    const mask = drawMask(n, rate);
    const kept = mask.reduce((count, value) => count + (value > 0 ? 1 : 0), 0);
    expect(Math.abs(kept - (1 - rate) * n)).toBeLessThanOrEqual(4.5 * Math.sqrt(rate * (1 - rate) * n));
    expect(mask.reduce((sum, value) => sum + value, 0) / n).toBeCloseTo(kept / (1 - rate) / n, 5);
  });

  it("draws another mask for another epoch, seed and block (one published library repeats one mask for ever)", () => {
    const masks = [drawMask(64, 0.5), drawMask(64, 0.5, 7, 1), drawMask(64, 0.5, 8), drawMask(64, 0.5, 7, 0, 16)];
    expect(new Set(masks.map((mask) => mask.join())).size).toBe(4);
  });

  it("applied is the product with the mask, in place too, at any length and alignment", () => {
    const pair = fc.tuple(fc.float({ noNaN: true }), fc.constantFrom(0, 2));
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 40 }), fc.constantFrom(0, 4, 8, 12), (pairs, shift) => {
        bench.reset();
        const n = pairs.length;
        const x = bench.floats(
          pairs.map((both) => both[0]),
          shift,
        );
        const mask = bench.floats(
          pairs.map((both) => both[1]),
          shift,
        );
        const y = bench.floats(new Float32Array(n).fill(NaN), shift);
        bench.kernels.dropoutApply(y, x, mask, n);
        bench.kernels.dropoutApply(x, x, mask, n);
        bench.checkGuards();
        const want = Float32Array.from(pairs, ([value, factor]) => value * factor);
        expect(bench.readFloats(y, n)).toEqual(want);
        expect(bench.readFloats(x, n)).toEqual(want);
      }),
    );
  });
});
