import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { plannedEpochs, rungsOf } from "../../src/study/halving.ts";

describe("the rungs of a search", () => {
  test.each([
    [1, 60, [[1, 60]]],
    [2, 60, [[2, 20], [1, 60]]],
    [4, 60, [[4, 20], [2, 60]]],
    [16, 60, [[16, 20], [6, 60]]],
    [27, 90, [[27, 10], [9, 30], [3, 90]]],
    [30, 60, [[30, 10], [10, 20], [4, 60]]],
    [12, 1, [[12, 1]]],
    [12, 2, [[12, 2]]],
    [12, 20, [[12, 10], [4, 20]]],
  ] as const)("%i trials of %i epochs", (trials, epochs, expected) => {
    expect(rungsOf(trials, epochs).map((rung) => [rung.trials, rung.epochs])).toEqual(expected);
  }); // prettier-ignore

  test("begin with every trial, narrow at each, and end with runs to the end", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 1000 }), (trials, epochs) => {
        const rungs = rungsOf(trials, epochs);
        expect(rungs[0].trials).toBe(trials);
        expect(rungs.at(-1)!.epochs).toBe(epochs);
        for (const [i, { trials, epochs }] of rungs.entries()) {
          if (i === 0) continue;
          expect(trials).toBeLessThan(rungs[i - 1].trials);
          expect(epochs).toBeGreaterThan(rungs[i - 1].epochs);
        }
        expect(plannedEpochs(rungs)).toBeLessThanOrEqual(trials * epochs);
      }),
    );
  });

  test("count what a trial runs on, not what it ran before", () => {
    expect(plannedEpochs([{ trials: 4, epochs: 7 }, { trials: 2, epochs: 20 }, { trials: 1, epochs: 60 }])).toBe(
      4 * 7 + 2 * 13 + 40,
    ); // prettier-ignore
  });
});
