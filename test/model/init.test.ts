import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { constant, glorot, he, lecun, torchLinear, zeros } from "../../src/model/init.ts";
import { drawInitial } from "../../src/model/draw-initial.ts";
import type { Initializer } from "../../src/model/init.ts";
import { stream } from "../../src/random.ts";

const fans = { inputs: 50, outputs: 30 };
const count = 200_000;

function draw(initializer: Initializer, { inputs, outputs } = fans, seed = 7, length = count, first = 0): Float32Array {
  const target = new Float32Array(length).fill(NaN);
  drawInitial(target, initializer, { inputs, outputs }, stream(seed, "init"), first);
  return target;
}

/** Central moments of order 1 (the mean), 2, 3 and 4. */
function momentsOf(values: Float32Array): [mean: number, variance: number, third: number, fourth: number] {
  const average = (f: (value: number) => number) => values.reduce((sum, value) => sum + f(value), 0) / values.length;
  const mean = average((value) => value);
  return [mean, ...[2, 3, 4].map((order) => average((value) => (value - mean) ** order))] as ReturnType<
    typeof momentsOf
  >;
}

/** Kolmogorov's distance between the drawn values and a distribution. */
function distance(values: Float32Array, distribution: (x: number) => number): number {
  return values
    .slice()
    .sort()
    .reduce((most, x, i) => {
      const want = distribution(x);
      return Math.max(most, Math.abs(want - i / values.length), Math.abs(want - (i + 1) / values.length));
    }, 0);
}

/** Phi(x) by its Taylor series around 0, float64. */
function normalDistribution(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-17; n++) {
    term *= (-x * x) / (2 * n);
    sum += term / (2 * n + 1);
  }
  return 0.5 + sum / Math.sqrt(2 * Math.PI);
}

/** Every initialiser that draws, with the variance that its paper asks for. */
const uniforms: [string, Initializer, variance: number][] = [
  ["torchLinear", torchLinear(), 1 / (3 * 50)],
  ["glorot uniform", glorot(), 2 / 80],
  ["he uniform", he("uniform"), 2 / 50],
  ["lecun uniform", lecun("uniform"), 1 / 50],
];
const normals: [string, Initializer, variance: number][] = [
  ["glorot normal", glorot("normal"), 2 / 80],
  ["he normal", he(), 2 / 50],
  ["lecun normal", lecun(), 1 / 50],
];

describe("initialisers", () => {
  it.each(uniforms)(
    "%s is uniform within sqrt(3 variance): bound, moments to 5 standard errors, Kolmogorov distance to 1e-8 of chance",
    (_, initializer, variance) => {
      const values = draw(initializer);
      const bound = Math.sqrt(3 * variance);
      const [mean, second, third, fourth] = momentsOf(values);
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(largest).toBeLessThanOrEqual(Math.fround(bound));
      expect(largest).toBeGreaterThan(0.9999 * bound);
      const error = 5 / Math.sqrt(count);
      expect(Math.abs(mean)).toBeLessThan(error * Math.sqrt(variance));
      // The variance of (x / deviation)^2 is kurtosis - 1 = 0.8; of its cube 27 / 7, of its 4th power 9 - 3.24.
      expect(Math.abs(second / variance - 1)).toBeLessThan(error * Math.sqrt(0.8));
      expect(Math.abs(third / variance ** 1.5)).toBeLessThan(error * Math.sqrt(27 / 7));
      expect(Math.abs(fourth / variance ** 2 - 1.8)).toBeLessThan(error * Math.sqrt(9 - 3.24));
      expect(distance(values, (x) => (x / bound + 1) / 2)).toBeLessThan(3.1 / Math.sqrt(count));
    },
  );

  it.each(normals)(
    "%s is normal with its variance: moments to 5 standard errors, Kolmogorov distance to 1e-8 of chance",
    (_, initializer, variance) => {
      const values = draw(initializer);
      const [mean, second, third, fourth] = momentsOf(values);
      const error = 5 / Math.sqrt(count);
      expect(Math.abs(mean)).toBeLessThan(error * Math.sqrt(variance));
      expect(Math.abs(second / variance - 1)).toBeLessThan(error * Math.sqrt(2));
      expect(Math.abs(third / variance ** 1.5)).toBeLessThan(error * Math.sqrt(15));
      expect(Math.abs(fourth / variance ** 2 - 3)).toBeLessThan(error * Math.sqrt(96));
      expect(distance(values, (x) => normalDistribution(x / Math.sqrt(variance)))).toBeLessThan(3.1 / Math.sqrt(count));
    },
  );

  it("scale with the fans alone: the same draw, times the root of the variance", () => {
    const roots: [Initializer, (inputs: number, outputs: number) => number][] = [
      [torchLinear(), (inputs) => Math.sqrt(1 / inputs / 3)],
      [glorot(), (inputs, outputs) => Math.sqrt(2 / (inputs + outputs))],
      [glorot("normal"), (inputs, outputs) => Math.sqrt(2 / (inputs + outputs))],
      [he("uniform"), (inputs) => Math.sqrt(2 / inputs)],
      [he(), (inputs) => Math.sqrt(2 / inputs)],
      [lecun("uniform"), (inputs) => Math.sqrt(1 / inputs)],
      [lecun(), (inputs) => Math.sqrt(1 / inputs)],
    ];
    const fan = fc.integer({ min: 1, max: 5000 });
    fc.assert(
      fc.property(fan, fan, fc.constantFrom(...roots), (inputs, outputs, [initializer, root]) => {
        const some = draw(initializer, { inputs, outputs }, 3, 20);
        const one = draw(initializer, { inputs: 1, outputs: 1 }, 3, 20);
        const factor = root(inputs, outputs) / root(1, 1);
        some.forEach((value, i) =>
          expect(Math.abs(value - one[i] * factor)).toBeLessThanOrEqual(2e-7 * Math.abs(value)),
        );
      }),
    );
  });

  it("make element i a pure function of (seed, first + i): in one piece, in two, or alone", () => {
    const kinds = [...uniforms, ...normals].map(([, initializer]) => initializer);
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.nat(2 ** 31 - 1),
        fc.nat(10000),
        fc.nat(40),
        (kind, seed, first, cut) => {
          const whole = draw(kind, fans, seed, 40, first);
          const parts = [...draw(kind, fans, seed, cut, first), ...draw(kind, fans, seed, 40 - cut, first + cut)];
          expect(Array.from(whole)).toEqual(parts);
          for (const i of [0, 7, 39]) expect(draw(kind, fans, seed, 1, first + i)[0]).toBe(whole[i]);
          expect(draw(kind, fans, seed + 1, 40, first)).not.toEqual(whole);
        },
      ),
    );
  });

  it("give the same bits for ever: the first draws of seed 7", () => {
    const bits = (values: Float32Array) => Array.from(new Uint32Array(values.buffer), (word) => word.toString(16));
    expect(bits(draw(torchLinear(), fans, 7, 4))).toEqual(["3ded3712", "bdac9272", "bada1fb6", "3d03ca79"]);
    expect(bits(draw(he(), fans, 7, 4))).toEqual(["be2229e0", "3e433009", "3de2ffab", "3d0aa20a"]);
  });

  it("set every element to 0, or to a constant that float32 can hold", () => {
    expect(Array.from(draw(zeros(), fans, 1, 3))).toEqual([0, 0, 0]);
    expect(Array.from(draw(constant(0.5), fans, 1, 3))).toEqual([0.5, 0.5, 0.5]);
    for (const value of [NaN, Infinity, 1e39])
      expect(() => constant(value)).toThrow(new RangeError(`constant: expected a finite float32 value, got ${value}`));
  });

  it("are frozen values that JSON keeps", () => {
    for (const initializer of [zeros(), constant(1), glorot(), he(), lecun(), torchLinear()]) {
      expect(Object.isFrozen(initializer)).toBe(true);
      expect(JSON.parse(JSON.stringify(initializer))).toEqual(initializer);
    }
  });
});
