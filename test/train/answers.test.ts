import { describe, expect, test } from "vitest";
import { answersOf } from "../../src/train/answers.ts";

describe("the answers", () => {
  test("answers the second of two classes from the threshold on, and without one the first of the likeliest", () => {
    const p = new Float32Array([0.75, 0.25, 0.5, 0.5, 0.25, 0.75]);
    expect([...answersOf(p, 2, 0.25)]).toEqual([1, 1, 1]);
    expect([...answersOf(p, 2, 0.5)]).toEqual([0, 1, 1]);
    expect([...answersOf(p, 2, null)]).toEqual([0, 0, 1]);
    expect([...answersOf(new Float32Array([0.25, 0.25, 0.5, 0.4, 0.4, 0.2]), 3, null)]).toEqual([2, 0]);
    expect(() => answersOf(p, 3, 0.5)).toThrow("answers: expected a threshold for two classes, got one for 3");
  });
});
