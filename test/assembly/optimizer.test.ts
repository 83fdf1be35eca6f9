import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { rules } from "../oracle/optimizer.ts";
import type { Constants, State } from "../oracle/optimizer.ts";
import { builds, edgeLengths, tensorError, Workbench } from "./workbench.ts";

/** A kernel's state in the order of its arguments, and its scalars from a step's constants. */
interface Subject {
  readonly name: string;
  readonly slots: readonly string[];
  readonly scalars: (c: Constants) => number[];
}

const root = (c: Constants) => 1 / Math.sqrt(1 - c.beta2 ** c.t);
const first = (c: Constants) => c.rate / (1 - c.beta1 ** c.t);

const subjects: Subject[] = [
  { name: "sgdStep", slots: [], scalars: (c) => [c.rate, c.decay] },
  { name: "momentumStep", slots: ["velocity"], scalars: (c) => [c.rate, c.momentum, c.share, c.decay] },
  { name: "nesterovStep", slots: ["velocity"], scalars: (c) => [c.rate, c.momentum, c.share, c.decay] },
  { name: "adamStep", slots: ["m", "v"], scalars: (c) => [first(c), c.beta1, c.beta2, c.epsilon, root(c), c.decay, 1] },
  {
    name: "amsgradStep",
    slots: ["m", "v", "largest"],
    scalars: (c) => [first(c), c.beta1, c.beta2, c.epsilon, root(c), c.decay, 1],
  },
  {
    name: "nadamStep",
    slots: ["m", "v"],
    scalars: (c) => [c.rate, c.rate * c.momentum, c.beta1, c.beta2, c.epsilon, root(c), c.decay],
  },
  { name: "radamStep", slots: ["m", "v"], scalars: (c) => [c.rate, c.beta1, c.beta2, c.epsilon, c.share, 1, c.decay] },
  { name: "adamaxStep", slots: ["m", "u"], scalars: (c) => [first(c), c.beta1, c.beta2, c.epsilon, c.decay] },
  { name: "rmspropStep", slots: ["v"], scalars: (c) => [c.rate, c.beta2, c.epsilon, c.decay] },
  {
    name: "rmspropMomentumStep",
    slots: ["v", "velocity"],
    scalars: (c) => [c.rate, c.beta2, c.epsilon, c.momentum, c.decay],
  },
  {
    name: "rmspropCenteredStep",
    slots: ["v", "average", "velocity"],
    scalars: (c) => [c.rate, c.beta2, c.epsilon, c.momentum, c.decay],
  },
  { name: "adagradStep", slots: ["squares"], scalars: (c) => [c.rate, c.epsilon, c.decay] },
  { name: "adadeltaStep", slots: ["v", "accumulated"], scalars: (c) => [c.rate, c.beta2, c.epsilon, c.decay] },
];

const drawn = fc.record({
  n: fc.oneof(fc.constantFrom(...edgeLengths), fc.integer({ min: 0, max: 100 })),
  shift: fc.constantFrom(0, 4, 8, 12),
  seed: fc.nat(),
  size: fc.constantFrom(1e-3, 1, 100),
  constants: fc.record({
    rate: fc.constantFrom(0.001, 0.1, 1),
    momentum: fc.constantFrom(0, 0.5, 0.9),
    share: fc.constantFrom(1, 0.9),
    beta1: fc.constantFrom(0, 0.8, 0.9),
    beta2: fc.constantFrom(0.9, 0.99, 0.999),
    epsilon: fc.constantFrom(1e-8, 1e-6),
    decay: fc.constantFrom(0, 0.01),
    t: fc.constant(1),
  }),
});

describe.each(builds)("optimizer kernels (%s build)", (build) => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.create(build);
  });

  it.each(subjects)(
    "$name: six steps stay with its float64 twin, weights and state, within 1e-5 of the largest so far (1e-4 where the variance is a difference: centered rmsprop), at any length and alignment",
    ({ name, slots, scalars }) => {
      const tolerance = name === "rmspropCenteredStep" ? 1e-4 : 1e-5;
      const kernel = (bench.kernels as unknown as Record<string, (...given: number[]) => void>)[name];
      fc.assert(
        fc.property(drawn, ({ n, shift, seed, size, constants }) => {
          bench.reset();
          let state = seed >>> 0;
          const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 31 - 1;
          const initial = Float32Array.from({ length: n }, next);
          const twins = Array.from(initial, (w): State => ({
            w,
            ...Object.fromEntries(slots.map((slot) => [slot, 0])),
          }));
          const [w, g] = [bench.floats(initial, shift), bench.floats(initial, shift)];
          const memory = slots.map(() => bench.floats(new Float32Array(n), shift));
          // The largest of any step: a value that comes back to 0 keeps the error of where it was.
          const largest: State = {};
          for (let t = 1; t <= 6; t++) {
            const gradients = new Float32Array(bench.memory.buffer, g, n).map(() => next() * size);
            new Float32Array(bench.memory.buffer, g, n).set(gradients);
            kernel(w, ...memory, g, n, ...scalars({ ...constants, t }));
            twins.forEach((twin, i) => {
              rules[name](twin, gradients[i], { ...constants, t });
              for (const slot in twin) largest[slot] = Math.max(largest[slot] ?? 0, Math.abs(twin[slot]));
            });
          }
          bench.checkGuards();
          const check = (slot: string, got: Float32Array) =>
            got.forEach((value, i) => {
              expect(Math.abs(value - twins[i][slot]), slot).toBeLessThanOrEqual(tolerance * largest[slot]);
            });
          check("w", bench.readFloats(w, n));
          slots.forEach((slot, i) => check(slot, bench.readFloats(memory[i], n)));
        }),
        { numRuns: 60 },
      );
    },
  );

  it("adamw's decay shrinks the weight alone: keep w - rate m' / (sqrt(v') + epsilon), to 1e-6", () => {
    bench.reset();
    const [w, m, v, g] = [
      [2, -3, 0.5, 1, -1],
      [0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0],
      [1, -2, 0.1, 0, 3],
    ].map((x) => bench.floats(x, 4));
    bench.kernels.adamStep(w, m, v, g, 5, 0.01 / 0.1, 0.9, 0.999, 1e-8, 1 / Math.sqrt(0.001), 0, 0.98);
    bench.checkGuards();
    // After one step m' / sqrt(v') is the sign of the gradient.
    const want = [2 * 0.98 - 0.01, -3 * 0.98 + 0.01, 0.5 * 0.98 - 0.01, 0.98, -0.98 - 0.01];
    expect(tensorError(bench.readFloats(w, 5), want)).toBeLessThanOrEqual(1e-6);
  });

  it("radam before its variance is tractable moves by rate m, whatever v", () => {
    bench.reset();
    const [w, m, v, g] = [
      [1, 2, 3],
      [0.5, 0.5, 0.5],
      [9, 9, 9],
      [1, 0, -1],
    ].map((x) => bench.floats(x));
    bench.kernels.radamStep(w, m, v, g, 3, 0.1, 0.9, 0.99, 1e-8, 123, 0, 0);
    bench.checkGuards();
    expect(tensorError(bench.readFloats(w, 3), [1 - 0.055, 2 - 0.045, 3 - 0.035])).toBeLessThanOrEqual(1e-6);
  });

  it("rmsprop's centered variance that rounding leaves below 0 counts as 0", () => {
    bench.reset();
    const [w, v, a, u, g] = [[1], [0], [1], [0], [0]].map((x) => bench.floats(x));
    bench.kernels.rmspropCenteredStep(w, v, a, u, g, 1, 0.1, 0.9, 1e-8, 0, 0);
    expect([...bench.readFloats(w, 1)]).toEqual([1]);
  });
});
