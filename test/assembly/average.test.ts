import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { builds, edgeLengths, Workbench } from "./workbench.ts";

const element = fc.record({
  a: fc.float({ min: -3, max: 3, noNaN: true }),
  w: fc.float({ min: -3, max: 3, noNaN: true }),
});
const elements = fc.oneof(...edgeLengths.map((n) => fc.array(element, { minLength: n, maxLength: n })));

describe.each(builds)("a step of an average (%s build)", (build) => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.create(build);
  });

  function step(a: readonly number[], w: readonly number[], share: number, shift = 0): Float32Array {
    bench.reset();
    const [average, weights] = [bench.floats(a, shift), bench.floats(w, shift)];
    bench.kernels.averageStep(average, weights, a.length, share);
    bench.checkGuards();
    return bench.readFloats(average, a.length);
  }

  it("is (1 - share) a + share w within 6e-7, at any length and alignment", () => {
    fc.assert(
      fc.property(elements, fc.constantFrom(0, 0.001, 0.25, 1), fc.constantFrom(0, 4, 8, 12), (all, share, shift) => {
        const [a, w] = [all.map((one) => one.a), all.map((one) => one.w)];
        step(a, w, share, shift).forEach((got, i) => {
          expect(Math.abs(got - ((1 - share) * a[i] + share * w[i]))).toBeLessThanOrEqual(6e-7);
        });
      }),
    );
  });

  it("keeps the bits of a weight that does not change", () => {
    const w = [0.1, -0.3, 1e-30, 7].map(Math.fround);
    expect([...step(w, w, 0.037)]).toEqual(w);
  });

  it("with shares 1/2, 1/3, 1/4 is the mean of all", () => {
    let a = [1, 2];
    [[3, 6], [5, 1], [7, 7]].forEach((w, i) => (a = [...step(a, w, 1 / (i + 2))])); // prettier-ignore
    expect(a[0]).toBeCloseTo(4, 6);
    expect(a[1]).toBeCloseTo(4, 6);
  });
});
