import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { builds, edgeLengths, Workbench } from "./workbench.ts";

const element = fc.record({
  w: fc.float({ min: -3, max: 3, noNaN: true }),
  g: fc.float({ min: -1, max: 1, noNaN: true }),
});
const elements = fc.oneof(
  ...edgeLengths.map((n) => fc.array(element, { minLength: n, maxLength: n })),
  fc.array(element, { maxLength: 100 }),
);
const factor = fc.constantFrom(0, 1e-4, 0.01, 0.5);

describe.each(builds)("the gradient of penalties (%s build)", (build) => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.create(build);
  });

  function add(g: readonly number[], w: readonly number[], l1: number, l2: number, shift = 0): Float32Array {
    bench.reset();
    const [gradient, weight] = [bench.floats(g, shift), bench.floats(w, shift)];
    bench.kernels.addPenaltyGradient(gradient, weight, w.length, l1, l2);
    bench.checkGuards();
    expect(bench.readFloats(weight, w.length)).toEqual(Float32Array.from(w));
    return bench.readFloats(gradient, w.length);
  }

  it("is added: g + 2 l2 w + l1 sign(w) within 2e-7 (1 + |w|) of its float64 twin, at any length and alignment", () => {
    fc.assert(
      fc.property(elements, factor, factor, fc.constantFrom(0, 4, 8, 12), (all, l1, l2, shift) => {
        const [g, w] = [all.map((one) => one.g), all.map((one) => one.w)];
        add(g, w, l1, l2, shift).forEach((got, i) => {
          const want = g[i] + 2 * l2 * w[i] + l1 * Math.sign(w[i]);
          expect(Math.abs(got - want)).toBeLessThanOrEqual(2e-7 * (1 + Math.abs(w[i])));
        });
      }),
    );
  });

  it("is the slope of l1 |w| + l2 w^2 by central differences, to 1e-6", () => {
    const w = Array.from({ length: 33 }, (_, i) => (i - 16) / 5 + 0.03);
    const penalty = (value: number) => 0.3 * Math.abs(value) + 0.2 * value * value;
    add(Array<number>(33).fill(0), w, 0.3, 0.2).forEach((got, i) => {
      expect(Math.abs(got - (penalty(w[i] + 1e-4) - penalty(w[i] - 1e-4)) / 2e-4)).toBeLessThanOrEqual(1e-6);
    });
  });

  it("leaves a weight of 0 or -0 where it is, and lets NaN through", () => {
    expect([...add([0, 0, 0, 0, 0], [0, -0, 1, -1, NaN], 0.5, 0)].map((x) => x + 0)).toEqual([0, 0, 0.5, -0.5, NaN]);
  });
});
