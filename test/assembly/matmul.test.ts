import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { hasRelaxedSimd } from "../../src/wasm/modes.ts";
import { matmulScratchBytes } from "../../src/wasm/layout.ts";
import { fusedMultiplyAdd, matmulChain, matmulOracle } from "../oracle/matmul.ts";
import type { Product, Sizes } from "../oracle/matmul.ts";
import { builds, tensorError, Workbench } from "./workbench.ts";

/** Around every edge of a tile: rows up to 6, columns 4, 8 and 12, groups of four panels. */
const edges = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 17, 24, 33];

/** -1 < values < 1 */

function values(length: number, seed: number): Float32Array {
  let state = seed * 2654435761 + 12345;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

describe.each(builds)("matrix products (%s build)", (build) => {
  let bench: Workbench;
  let fused: boolean;
  beforeAll(async () => {
    bench = await Workbench.create(build, 64 << 20);
    fused = bench.kernels.isFused(2 ** -12) === 1;
  });

  const chain = (product: Product, sizes: Sizes, a: Float32Array, b: Float32Array) =>
    matmulChain(product, sizes, a, b, undefined, fused);

  function multiply(product: Product, sizes: Sizes, a: Float32Array, b: Float32Array, start?: Float32Array, shift = 0) {
    bench.reset();
    const { m, n, k } = sizes;
    const [aAt, bAt] = [bench.floats(a, shift), bench.floats(b, shift)];
    const c = bench.floats(start ?? new Float32Array(m * n).fill(NaN), shift);
    const scratch = bench.reserve(matmulScratchBytes(m, n, k));
    const kernel = start ? bench.kernels.matmulAtBAdd : bench.kernels[`matmul${product}`];
    kernel(c, aAt, bAt, scratch, m, n, k, n, product === "AtB" ? m : k, product === "ABt" ? k : n);
    bench.checkGuards();
    return bench.readFloats(c, m * n);
  }

  it.each(["ABt", "AB", "AtB"] as const)(
    "%s equals the float32 chain of sums bit for bit at every edge of the tile",
    (product) => {
      for (const m of edges) {
        for (const n of edges) {
          for (const k of [1, 4, 7, 17]) {
            const [a, b] = [values(m * k, m + n), values(n * k, k)];
            expect(multiply(product, { m, n, k }, a, b)).toEqual(chain(product, { m, n, k }, a, b));
          }
        }
      }
    },
  );

  it.each(["ABt", "AB", "AtB"] as const)("%s equals the chain bit for bit across every block edge", (product) => {
    for (const sizes of [
      { m: 65, n: 9, k: 513 },
      { m: 97, n: 12, k: 516 },
      { m: 195, n: 33, k: 1025 },
      { m: 5, n: 1025, k: 514 },
      { m: 1, n: 1099, k: 515 },
      { m: 67, n: 1033, k: 20 },
    ]) {
      const [a, b] = [values(sizes.m * sizes.k, 1), values(sizes.n * sizes.k, 2)];
      expect(multiply(product, sizes, a, b)).toEqual(chain(product, sizes, a, b));
    }
  });

  it.each(["ABt", "AB", "AtB"] as const)(
    "%s equals the chain bit for bit for drawn sizes, wherever it lies",
    (product) => {
      const size = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 90, max: 140 }));
      fc.assert(
        fc.property(size, size, size, fc.constantFrom(0, 4, 8), (m, n, k, shift) => {
          const [a, b] = [values(m * k, m + 3 * n), values(n * k, k)];
          expect(multiply(product, { m, n, k }, a, b, undefined, shift)).toEqual(chain(product, { m, n, k }, a, b));
        }),
      );
    },
  );

  it.each(["ABt", "AB", "AtB"] as const)("%s is within 2e-6 of float64 norm-wise for drawn sizes", (product) => {
    const size = fc.integer({ min: 1, max: 70 });
    fc.assert(
      fc.property(size, size, size, fc.constantFrom(0, 4), (m, n, k, shift) => {
        const [a, b] = [values(m * k, m * 7 + k), values(n * k, n)];
        const got = multiply(product, { m, n, k }, a, b, undefined, shift);
        expect(tensorError(got, matmulOracle(product, { m, n, k }, a, b))).toBeLessThan(2e-6);
      }),
    );
  });

  it("AtBAdd goes on with the chain: two halves give the bits of the whole", () => {
    for (const [m, n] of [
      [12, 27],
      [5, 1030],
      [70, 9],
    ] as const) {
      const k = 32;
      const [a, b] = [values(m * k, 5), values(n * k, 6)];
      const whole = multiply("AtB", { m, n, k }, a, b);
      const half = { m, n, k: k / 2 };
      const first = multiply("AtB", half, a.slice(0, (m * k) / 2), b.slice(0, (n * k) / 2));
      const both = multiply("AtB", half, a.slice((m * k) / 2), b.slice((n * k) / 2), first);
      expect(both).toEqual(whole);
    }
  });

  it("an empty sum is zero, and nothing is written for no rows", () => {
    expect(multiply("AB", { m: 3, n: 5, k: 0 }, values(0, 1), values(0, 1))).toEqual(new Float32Array(15));
    expect(multiply("AB", { m: 0, n: 5, k: 2 }, values(0, 1), values(10, 1))).toEqual(new Float32Array(0));
  });
});

describe("fast builds", () => {
  it("run where the engine has relaxed SIMD", (context) => {
    if (!hasRelaxedSimd()) context.skip("this engine has no relaxed SIMD: run the tests on Node 22 or later as well");
    expect(builds).toContain("fast.release");
  });

  it("the twin of the fused multiply-add rounds once", () => {
    const small = 2 ** -12;
    expect(fusedMultiplyAdd(1 + small, 1 + small, -1 - 2 * small)).toBe(small * small);
    // The float64 sum is a tie between two float32 values, and what it lost decides.
    expect(fusedMultiplyAdd(2 ** -30, 2 ** -30, Math.fround(1 + 2 ** -23))).toBe(Math.fround(1 + 2 ** -23));
    expect(fusedMultiplyAdd(1 + 2 ** -12, 2 ** -24 - 2 ** -37, 1)).toBe(1 + 2 ** -23);
  });
});
