import { beforeAll, describe, expect, it } from "vitest";
import * as optimizers from "../../src/train/optimizer.ts";
import { optimizerSlots } from "../../src/train/optimizer-slots.ts";
import type { Optimizer } from "../../src/train/optimizer.ts";
import { addUpdate } from "../../src/train/updater.ts";
import { listOn } from "../wasm/call-list.ts";
import type { Counters } from "../../src/train/updater.ts";
import { builds, edgeLengths, tensorError, Workbench } from "../assembly/workbench.ts";
import { readVectors } from "../vectors/read.ts";
import type { Tensor } from "../vectors/read.ts";

interface OptimizerCase {
  optimizer: Optimizer["kind"];
  options: object;
  initial: Tensor;
  gradients: Tensor[];
  parameters: Tensor[];
}

const make = (kind: Optimizer["kind"], options: object = {}) =>
  (optimizers[kind] as (given: object) => Optimizer)(options);

const cases = readVectors<OptimizerCase>("optimizers");

/** Every setting of the vectors, and those that they leave out. */
const settings: Optimizer[] = [
  ...cases.map(({ optimizer, options }) => make(optimizer, options)),
  optimizers.gradientDescent({ learningRate: 0.1, weightDecay: 0.01 }),
  optimizers.adamw({ amsgrad: true }),
  optimizers.rmsprop({ momentum: 0.5 }),
  optimizers.adagrad({ learningRateDecay: 0.1, weightDecay: 0.1 }),
];

describe.each(builds)("optimizers (%s build)", (build) => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.create(build);
  });

  /** Runs an optimizer over given gradients; `restart` saves and restores everything before that step. */
  function run(
    optimizer: Optimizer,
    initial: ArrayLike<number>,
    gradients: ArrayLike<number>[],
    restart = -1,
    shift = 0,
  ) {
    bench.reset();
    const n = initial.length;
    const w = bench.floats(initial, shift);
    const g = bench.floats(new Float32Array(n), shift);
    const slots = optimizerSlots(optimizer).map(() => bench.floats(new Float32Array(n), shift));
    const list = listOn(bench);
    const numbers = new Float64Array(bench.memory.buffer);
    const countersAt = bench.reserve(40);
    const counters = {
      counting: { address: countersAt, stride: 0 },
      numbers: [numbers.subarray(countersAt / 8, countersAt / 8 + 5)],
    };
    const begin = () => addUpdate(list, optimizer, counters, w, g, slots, n);
    let updater = begin();
    return gradients.map((gradient, step) => {
      if (step === restart) {
        const saved = JSON.parse(JSON.stringify(updater.counters())) as Counters;
        list.clear();
        updater = begin();
        updater.restore(saved);
      }
      new Float32Array(bench.memory.buffer, g, n).set(gradient);
      updater.setRate(optimizer.learningRate);
      updater.prepare();
      expect(list.run()).toBe(-1);
      bench.checkGuards();
      return bench.readFloats(w, n);
    });
  }

  it.each(cases.map((c) => [c.optimizer, JSON.stringify(c.options), c] as const))(
    "PyTorch, %s %s: each of 12 steps within 1e-5 of the largest",
    (_kind, _options, c) => {
      const steps = run(make(c.optimizer, c.options), c.initial.data, c.gradients.map((g) => g.data)); // prettier-ignore
      steps.forEach((w, i) => expect(tensorError(w, c.parameters[i].data), `step ${i + 1}`).toBeLessThanOrEqual(1e-5));
    },
  );

  it("an element's bits do not depend on its place: any length, misaligned, equals the whole's beginning", () => {
    const whole = cases[0];
    const values = (c: Tensor, n: number) => Array.from({ length: n }, (_, i) => c.data[i % c.data.length]);
    for (const optimizer of settings) {
      const longest = run(optimizer, values(whole.initial, 33), whole.gradients.map((g) => values(g, 33))); // prettier-ignore
      for (const n of edgeLengths) {
        const got = run(optimizer, values(whole.initial, n), whole.gradients.map((g) => values(g, n)), -1, 4); // prettier-ignore
        got.forEach((w, step) => expect(w).toEqual(longest[step].slice(0, n)));
      }
    }
  });

  it("goes on to the same bits from saved counters, at any step", () => {
    const { initial, gradients } = cases[0];
    for (const optimizer of settings) {
      const straight = run(optimizer, initial.data, gradients.map((g) => g.data)); // prettier-ignore
      for (const restart of [1, 4, 5, 6, 11]) {
        expect(run(optimizer, initial.data, gradients.map((g) => g.data), restart)).toEqual(straight); // prettier-ignore
      }
    }
  });

  it("what is padding stays zero: zero weights with zero gradients do not move", () => {
    for (const optimizer of settings) {
      const steps = run(optimizer, [0, 0, 0, 0, 0], Array(20).fill([0, 0, 0, 0, 0]) as number[][]);
      for (const w of steps) expect(Array.from(w, Math.abs)).toEqual([0, 0, 0, 0, 0]);
    }
  });
});

describe("optimizer values", () => {
  it("have PyTorch's defaults", () => {
    expect(optimizers.adam()).toEqual({
      kind: "adam", learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, amsgrad: false,
    }); // prettier-ignore
    expect(optimizers.adamw().weightDecay).toBe(0.01);
    expect(optimizers.nadam().learningRate).toBe(2e-3);
    expect(optimizers.rmsprop().alpha).toBe(0.99);
    expect(optimizers.adadelta()).toMatchObject({ learningRate: 1, rho: 0.9, epsilon: 1e-6 });
  });

  it("are frozen values that JSON keeps", () => {
    for (const optimizer of settings) {
      expect(JSON.parse(JSON.stringify(optimizer))).toEqual(optimizer);
      expect(() => Object.assign(optimizer, { learningRate: 1 })).toThrow(TypeError);
    }
  });

  it.each([
    [() => optimizers.adam({ learningRate: -1 }), /adam: expected learningRate of at least 0, got -1/],
    [() => optimizers.adam({ beta1: 1 }), /adam: expected beta1 in \[0, 1\), got 1/],
    [() => optimizers.adam({ epsilon: 0 }), /expected epsilon above 0/],
    [() => optimizers.sgd({ learningRate: NaN }), /got NaN/],
    [() => optimizers.sgd({ nesterov: true }), /expects a momentum above 0/],
    [() => optimizers.rmsprop({ alpha: 1.5 }), /alpha in \[0, 1\), got 1.5/],
  ])("are checked: %s", (create, message) => {
    expect(create).toThrow(message);
  });
});
