import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { stream } from "../../src/random.ts";
import { erf } from "../oracle/erf.ts";
import { builds, edgeLengths, Workbench } from "./workbench.ts";

describe.each(builds)("Gaussian dropout (%s build)", (build) => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.create(build);
  });

  function draw(n: number, deviation: number, seed = 7, epoch = 0, block = 0, shift = 0): Float32Array {
    bench.reset();
    const { key, counter } = stream(seed, "dropout", epoch);
    const mask = bench.floats(new Float32Array(n).fill(NaN), shift);
    bench.kernels.gaussianMask(mask, n, key[0], key[1], block, counter, deviation);
    bench.checkGuards();
    return bench.readFloats(mask, n);
  }

  it("draws the normal number whose probability the stream's bits are: within 1e-6 of a probability, at any length, start and alignment", () => {
    const drawn = fc.record({
      n: fc.oneof(fc.constantFrom(...edgeLengths), fc.nat({ max: 70 })),
      seed: fc.maxSafeNat(),
      epoch: fc.nat({ max: 99 }),
      block: fc.nat({ max: 2 ** 32 - 20 }),
      shift: fc.constantFrom(0, 4, 8, 12),
    });
    fc.assert(
      fc.property(drawn, ({ n, seed, epoch, block, shift }) => {
        const draws = stream(seed, "dropout", epoch);
        draw(n, 1, seed, epoch, block, shift).forEach((factor, i) => {
          // The upper 24 bits as a signed number, and a half, by 2^-23: in (-1, 1).
          const u = ((draws.bits(4 * block + i) | 0) >> 8) / 2 ** 23 + 2 ** -24;
          expect(Math.abs(erf((factor - 1) / Math.SQRT2) - u)).toBeLessThanOrEqual(1e-6);
        });
      }),
    );
  });

  it.each([0, 0.2, 0.5, 1])("has mean 1 and deviation %f within 4.5 standard errors, and its tails", (deviation) => {
    const n = 200000;
    const mask = draw(n, deviation);
    const mean = mask.reduce((sum, value) => sum + value, 0) / n;
    const variance = mask.reduce((sum, value) => sum + (value - 1) ** 2, 0) / n;
    expect(Math.abs(mean - 1)).toBeLessThanOrEqual((4.5 * deviation) / Math.sqrt(n) + 1e-7);
    expect(Math.abs(variance - deviation ** 2)).toBeLessThanOrEqual(4.5 * deviation ** 2 * Math.sqrt(2 / n) + 1e-7);
    const beyond = mask.filter((value) => Math.abs(value - 1) > 2 * deviation + 1e-6).length;
    const expected = deviation === 0 ? 0 : 0.0455 * n;
    expect(Math.abs(beyond - expected)).toBeLessThanOrEqual(4.5 * Math.sqrt(expected));
  });
});

describe.each(builds)("spatial dropout (%s build)", (build) => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.create(build);
  });

  it("multiplies all that an image has at an index of the axis by one factor, in place too, at any shape and alignment", () => {
    const size = fc.oneof(fc.constantFrom(1, 3, 4, 5, 7, 8, 9), fc.integer({ min: 1, max: 18 }));
    const shape = fc.record({ rows: fc.nat({ max: 3 }), before: fc.integer({ min: 1, max: 4 }), size, after: size });
    fc.assert(
      fc.property(
        shape,
        fc.constantFrom(0, 4, 8, 12),
        fc.boolean(),
        ({ rows, before, size, after }, shift, inPlace) => {
          bench.reset();
          const n = rows * before * size * after;
          const x = Float32Array.from({ length: n }, (_, i) => ((i * 37) % 101) / 7 - 5);
          const mask = Float32Array.from({ length: rows * size }, (_, i) => (i % 3 === 0 ? 0 : 1 + (i % 5) / 4));
          const [xAt, maskAt] = [bench.floats(x, shift), bench.floats(mask, shift)];
          const yAt = inPlace ? xAt : bench.floats(new Float32Array(n).fill(77), shift);
          bench.kernels.spatialDropoutApply(yAt, xAt, maskAt, rows, before, size, after);
          bench.checkGuards();
          const got = bench.readFloats(yAt, n);
          for (let i = 0; i < n; i++) {
            const index = Math.floor(i / after) % size;
            const row = Math.floor(i / (before * size * after));
            expect(got[i]).toBe(Math.fround(x[i] * mask[row * size + index]));
          }
        },
      ),
    );
  });
});
