import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { learningRateAt, oneCycle, reduceOnPlateau } from "../../src/train/schedule.ts";
import { plateauNext, plateauStart } from "../../src/train/schedule.ts";
import type { PlateauState } from "../../src/train/schedule.ts";
import { initialStopping, nextStopping } from "../../src/train/stopping.ts";
import type { Monitor, StoppingState } from "../../src/train/stopping.ts";
import { finish, start, train } from "./toy.ts";
import { sgd } from "../../src/train/optimizer.ts";

const figures = fc.array(
  fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(null, NaN, Infinity, -Infinity)),
  {
    maxLength: 20,
  },
);

describe("early stopping", () => {
  const run = (monitor: Monitor, values: readonly (number | null)[]) =>
    values.reduce<StoppingState>(
      (state, value, i) => JSON.parse(JSON.stringify(nextStopping(state, monitor, i + 1, value))) as StoppingState,
      initialStopping,
    );

  it.each(["loss", "accuracy", "rocAuc", "dice"] as const)(
    "by %s: the best epoch is the first with the best finite value; null, NaN and infinities never are; JSON keeps the state",
    (monitor) => {
      fc.assert(
        fc.property(figures, (values) => {
          const finite = values.filter((value) => value !== null && Number.isFinite(value)) as number[];
          const best = monitor === "loss" ? Math.min(...finite) : Math.max(...finite);
          const epoch = finite.length > 0 ? values.indexOf(best) + 1 : 0;
          expect(run(monitor, values)).toEqual({
            bestEpoch: epoch,
            bestValue: finite.length > 0 ? best : null,
            epochsSinceBest: values.length - epoch,
          });
        }),
      );
    },
  );

  it("ends a run after `patience` epochs that are no better, and gives back the weights of the best", async () => {
    // Far too large a rate: the loss soon rises.
    const fit = await start({ optimizer: sgd({ learningRate: 1.5, momentum: 0.9 }), epochs: 40, patience: 3 });
    const atEpoch = [fit.state().tensors.get("parameters")!];
    const losses: number[] = [];
    while (!fit.finished) {
      losses.push((await fit.epoch()).validation.loss);
      atEpoch.push(fit.state().tensors.get("parameters")!);
    }
    const bestEpoch = losses.indexOf(Math.min(...losses)) + 1;
    expect(losses.length).toBe(bestEpoch + 3);
    expect(fit.progress.stopping).toEqual({ bestEpoch, bestValue: Math.min(...losses), epochsSinceBest: 3 });
    expect(fit.state().tensors.get("best")).toEqual(atEpoch[bestEpoch]);
    expect(atEpoch[losses.length]).not.toEqual(atEpoch[bestEpoch]);
    const tensors = [...fit.bestWeights().values()].map(({ data }) => [...data]);
    expect(tensors[0]).toEqual([...atEpoch[bestEpoch].subarray(0, tensors[0].length)]);
    fit.free();
  });

  it("without patience runs through all epochs", async () => {
    const { epochs } = await train({ optimizer: sgd({ learningRate: 1.5 }), epochs: 7, patience: null });
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });
});

describe("reduceOnPlateau", () => {
  it("takes a first loss of NaN or infinity as no better, and the first finite one as the best", () => {
    const schedule = reduceOnPlateau({ patience: 0, factor: 0.5 });
    const rates: number[] = [];
    let state = plateauStart(0.1);
    for (const loss of [NaN, Infinity, 3, 2, 5]) {
      state = JSON.parse(JSON.stringify(plateauNext(schedule, state, loss))) as PlateauState;
      rates.push(state.learningRate);
    }
    expect(rates).toEqual([0.05, 0.025, 0.025, 0.025, 0.0125]);
    expect(state.best).toBe(2);
  });

  it("in a run: each epoch's rate is what the validation losses before it leave, and never below the minimum", async () => {
    const schedule = reduceOnPlateau({ patience: 1, factor: 0.3, threshold: 0.3, minimum: 0.02 });
    const fit = await start({ optimizer: sgd({ learningRate: 0.5 }), schedule, epochs: 14 });
    let state = plateauStart(0.5);
    for (const { learningRate, validation } of await finish(fit)) {
      expect(learningRate).toBe(state.learningRate);
      state = plateauNext(schedule, state, validation.loss);
    }
    expect(state.learningRate).toBeLessThan(0.5);
    expect(state.learningRate).toBeGreaterThanOrEqual(0.02);
    fit.free();
  });
});

describe("oneCycle", () => {
  it("is finite and above 0 at every step, whatever the steps and the warm-up, and reaches the maximum", () => {
    const drawn = fc.record({
      steps: fc.integer({ min: 1, max: 40 }),
      warmupFraction: fc.constantFrom(0.05, 0.1, 0.2, 0.25, 0.5, 0.9),
    });
    fc.assert(
      fc.property(drawn, (options) => {
        const schedule = oneCycle({ maximum: 0.1, ...options });
        for (let step = 0; step < options.steps + 3; step++) {
          const rate = learningRateAt(schedule, 1, step);
          expect(rate).toBeGreaterThan(0);
          expect(rate).toBeLessThanOrEqual(0.1 * (1 + 1e-12));
        }
      }),
    );
    // The warm-up ends on step 0: 0.1 * 10 - 1.
    expect(learningRateAt(oneCycle({ maximum: 0.1, steps: 10, warmupFraction: 0.1 }), 1, 0)).toBeCloseTo(0.1, 12);
  });
});
