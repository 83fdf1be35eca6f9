import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { answersOf, calibrate, decisionOfJson } from "../../src/train/answers.ts";

const logits = fc.array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 2, maxLength: 6 });
const temperatures = fc.double({ min: 0.2, max: 5, noNaN: true });
const softmax = (z: readonly number[]) => {
  const raised = z.map((each) => Math.exp(each - Math.max(...z)));
  const sum = raised.reduce((all, each) => all + each, 0);
  return raised.map((each) => each / sum);
};

describe("calibrate", () => {
  test("of softmax(z) is softmax(z / T), to 2e-6, and sums to 1", () => {
    fc.assert(
      fc.property(logits, temperatures, (z, temperature) => {
        const got = calibrate(Float32Array.from(softmax(z)), z.length, temperature);
        softmax(z.map((each) => each / temperature)).forEach((want, k) =>
          expect(Math.abs(got[k] - want)).toBeLessThan(2e-6),
        );
        expect(got.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 6);
      }),
    );
  });

  test("of sigmoid(z) is sigmoid(z / T), each class alone, to 3e-6 for probabilities that float32 tells from 1", () => {
    const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -6, max: 6, noNaN: true }), { minLength: 3, maxLength: 3 }),
        fc.double({ min: 1, max: 5, noNaN: true }),
        (z, temperature) => {
          const got = calibrate(Float32Array.from(z, sigmoid), 3, temperature, false);
          z.forEach((each, k) =>
            expect(Math.abs(got[k] - sigmoid(each / temperature))).toBeLessThan(3e-6 * Math.exp(Math.abs(each) / 2)),
          );
        },
      ),
    );
  });

  test("with T = 1 changes no bit; keeps 0 and 1; neither overflows at the smallest float nor divides by 0", () => {
    const p = new Float32Array([0.3, 0.7, 1, 0, 1.4e-45, 1]);
    expect(calibrate(p, 2, 1)).toEqual(p);
    expect(calibrate(p, 2, 1)).not.toBe(p);
    const [, , one, zero, small, large] = calibrate(p, 2, 0.01);
    expect([one, zero, small, large]).toEqual([1, 0, 0, 1]);
    expect([...calibrate(new Float32Array([0, 0]), 2, 2)]).toEqual([0, 0]);
  });

  test("keeps the order of an image's classes, and refuses temperatures that are not above 0", () => {
    const p = Float32Array.from(softmax([0.1, 2, -1]));
    const order = (row: Float32Array) => [0, 1, 2].sort((a, b) => row[a] - row[b]);
    for (const temperature of [0.1, 0.9, 7]) expect(order(calibrate(p, 3, temperature))).toEqual(order(p));
    for (const wrong of [0, -1, NaN, Infinity])
      expect(() => calibrate(p, 3, wrong)).toThrow(`expected a temperature above 0, got ${wrong}`);
  });
});

describe("the answers", () => {
  test("answers the second of two classes from the threshold on, and without one the first of the likeliest", () => {
    const p = new Float32Array([0.75, 0.25, 0.5, 0.5, 0.25, 0.75]);
    expect([...answersOf(p, 2, 0.25)]).toEqual([1, 1, 1]);
    expect([...answersOf(p, 2, 0.5)]).toEqual([0, 1, 1]);
    expect([...answersOf(p, 2, null)]).toEqual([0, 0, 1]);
    expect([...answersOf(new Float32Array([0.25, 0.25, 0.5, 0.4, 0.4, 0.2]), 3, null)]).toEqual([2, 0]);
    expect(() => answersOf(p, 3, 0.5)).toThrow("answers: expected a threshold for two classes, got one for 3");
  });

  test("a file's decision is checked", () => {
    const right = { temperature: 1.5, threshold: 0.4, rule: "youden" };
    expect(decisionOfJson(right, 2)).toEqual(right);
    for (const wrong of [
      null,
      { ...right, temperature: 0 },
      { ...right, threshold: "0.5" },
      { ...right, rule: undefined },
    ])
      expect(() => decisionOfJson(wrong, 2)).toThrow('a decision ("decision")');
    expect(() => decisionOfJson(right, 3)).toThrow("threshold 0.4");
  });
});
