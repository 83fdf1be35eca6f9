import { describe, expect, it } from "vitest";
import * as schedules from "../../src/train/schedule.ts";
import type { PlateauState, Schedule } from "../../src/train/schedule.ts";
import { tensorError } from "../assembly/workbench.ts";
import { readVectors } from "../vectors/read.ts";

interface ScheduleCase {
  schedule: Schedule["kind"];
  initialLearningRate: number;
  options: object;
  learningRates: number[];
  losses?: number[];
}

const { learningRateAt, plateauNext, plateauStart } = schedules;
const factories = {
  constant: schedules.constantRate,
  step: schedules.stepDecay,
  exponential: schedules.exponentialDecay,
  cosine: schedules.cosineDecay,
  cosineWarmRestarts: schedules.cosineWarmRestarts,
  linear: schedules.linearRamp,
  polynomial: schedules.polynomialDecay,
  oneCycle: schedules.oneCycle,
  reduceOnPlateau: schedules.reduceOnPlateau,
} as unknown as Record<Schedule["kind"], (options: object) => Schedule>;

const cases = readVectors<ScheduleCase>("schedules");

describe("schedules", () => {
  it.each(cases.filter((c) => !c.losses).map((c) => [c.schedule, c] as const))(
    "PyTorch, %s: the learning rates of 20 steps within 1e-9 of the largest",
    (_name, c) => {
      const schedule = factories[c.schedule](c.options);
      const rates = c.learningRates.map((_, step) => learningRateAt(schedule, c.initialLearningRate, step));
      expect(tensorError(rates, c.learningRates)).toBeLessThan(1e-9);
    },
  );

  it.each(cases.filter((c) => c.losses).map((c) => [c.schedule, c] as const))(
    "PyTorch, %s: the learning rate after each loss within 1e-9",
    (_name, c) => {
      const schedule = schedules.reduceOnPlateau(c.options);
      let state = plateauStart(c.initialLearningRate);
      const rates = (c.losses ?? []).map((loss) => {
        state = plateauNext(schedule, JSON.parse(JSON.stringify(state)) as PlateauState, loss);
        return state.learningRate;
      });
      expect(tensorError(rates, c.learningRates)).toBeLessThan(1e-9);
    },
  );

  it("stays where it ends when training goes on longer", () => {
    const after = (schedule: Schedule) => [20, 21, 100].map((step) => learningRateAt(schedule, 0.1, step));
    expect(after(schedules.linearRamp({ startFactor: 0.1, steps: 8 }))).toEqual([0.1, 0.1, 0.1]);
    expect(after(schedules.polynomialDecay({ steps: 20 }))).toEqual([0, 0, 0]);
    expect(new Set(after(schedules.oneCycle({ maximum: 0.1, steps: 20 }))).size).toBe(1);
  });

  it.each([
    [() => schedules.stepDecay({ stepSize: 0 }), /stepSize a whole number of at least 1, got 0/],
    [() => schedules.reduceOnPlateau({ factor: 1 }), /factor between 0 and 1, got 1/],
    [() => schedules.oneCycle({ maximum: 0, steps: 5 }), /maximum above 0, got 0/],
    [() => schedules.cosineDecay({ maxSteps: NaN }), /maxSteps of at least 0, got NaN/],
  ])("is checked: %s", (make, message) => {
    expect(make).toThrow(message);
  });
});
