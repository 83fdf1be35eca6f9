import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calibrate, fitTemperature } from "../../src/metrics/calibration.ts";
import { atThreshold, sensitivityThreshold, youdenThreshold } from "../../src/metrics/thresholds.ts";

/** softmax of rows of logits in float64, rounded to float32. */
function softmax(logits: readonly number[], classes: number): Float32Array {
  return Float32Array.from(logits, (logit, i) => {
    const row = logits.slice(i - (i % classes), i - (i % classes) + classes);
    const top = Math.max(...row);
    return Math.exp(logit - top) / row.reduce((sum, z) => sum + Math.exp(z - top), 0);
  });
}

const likeliest = (row: Float32Array) => row.indexOf(Math.max(...row));
const logit = fc.double({ min: -12, max: 12, noNaN: true });
const temperature = fc.double({ min: 0.05, max: 20, noNaN: true });

/** Classes and logits of a few rows; now and then two logits of a row are nearly the same. */
const rows = fc.integer({ min: 2, max: 5 }).chain((classes) =>
  fc
    .array(
      fc.tuple(fc.array(logit, { minLength: classes, maxLength: classes }), fc.boolean()).map(([row, isClose]) => {
        if (isClose) row[1] = row[0] + 3e-7;
        return row;
      }),
      { minLength: 1, maxLength: 20 },
    )
    .map((drawn) => ({ classes, logits: drawn.flat() })),
);

describe("calibrate", () => {
  it("is softmax(logits / T) to 1e-6, from probabilities alone, and at 1 leaves every bit", () => {
    fc.assert(
      fc.property(rows, temperature, ({ classes, logits }, t) => {
        const probabilities = softmax(logits, classes);
        const expected = softmax(
          logits.map((z) => z / t),
          classes,
        );
        calibrate(probabilities, classes, t).forEach((p, i) => expect(p).toBeCloseTo(expected[i], 5));
        expect(calibrate(probabilities, classes, 1)).toEqual(probabilities);
      }),
    );
  });

  it("never changes the likeliest class, nor on which side of 0.5 the second of two is; rows have the sum 1", () => {
    fc.assert(
      fc.property(rows, temperature, ({ classes, logits }, t) => {
        const probabilities = softmax(logits, classes);
        const calibrated = calibrate(probabilities, classes, t);
        for (let at = 0; at < probabilities.length; at += classes) {
          const [before, after] = [probabilities, calibrated].map((all) => all.subarray(at, at + classes));
          expect(likeliest(after)).toBe(likeliest(before));
          expect(after.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
          if (classes === 2 && before[0] !== before[1]) expect(after[1] >= 0.5).toBe(before[1] > before[0]);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("keeps two probabilities that differ in the last bit apart at every temperature", () => {
    const close = new Float32Array([0.5, 0.49999997, 0.49999997, 0.5]);
    for (const t of [0.05, 0.5, 2, 7, 20]) {
      const [a, b, c, d] = calibrate(close, 2, t);
      expect(a).toBeGreaterThan(b);
      expect(d).toBeGreaterThan(c);
      expect(b).toBeLessThan(0.5);
      expect(d).toBeGreaterThanOrEqual(0.5);
    }
  });

  it("takes 0 and 1 as they are, and refuses temperatures and rows that are none", () => {
    expect([...calibrate(new Float32Array([0, 1, 1, 0]), 2, 3)]).toEqual([0, 1, 1, 0]);
    for (const t of [0, -1, NaN, Infinity])
      expect(() => calibrate(new Float32Array(2), 2, t)).toThrow(/temperature: expected a number above 0/);
    expect(() => calibrate(new Float32Array(3), 2, 1)).toThrow(/expected whole rows/);
  });
});

describe("fitTemperature", () => {
  const loss = (truth: readonly number[], probabilities: Float32Array, classes: number, weights?: readonly number[]) =>
    truth.reduce(
      (sum, label, i) => sum - (weights?.[i] ?? 1) * Math.log(Math.max(probabilities[i * classes + label], 1.18e-38)),
      0,
    );

  it("finds a log loss that no temperature of a fine grid beats by more than 1e-6 of it", () => {
    fc.assert(
      fc.property(rows, fc.infiniteStream(fc.nat(4)), fc.boolean(), ({ classes, logits }, drawn, isWeighted) => {
        const count = logits.length / classes;
        const truth = [...drawn.take(count)].map((label) => label % classes);
        const weights = isWeighted ? truth.map((_, i) => 0.5 + (i % 3)) : undefined;
        const probabilities = softmax(logits, classes);
        const isAllRight = truth.every(
          (label, i) => likeliest(probabilities.subarray(i * classes, (i + 1) * classes)) === label,
        );
        const at = (t: number) => loss(truth, softmax(Array.from(probabilities, (p) => Math.log(p) / t), classes), classes, weights); // prettier-ignore
        const found = fitTemperature(truth, probabilities, classes, weights);
        const own = at(found);
        for (let step = 0; step <= 300; step++) {
          const t = 0.05 * 400 ** (step / 300);
          if (t >= 1 || !isAllRight) expect(at(t)).toBeGreaterThanOrEqual(own - 1e-6 * Math.max(1, own));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("is not below 1 where every answer is right, for nothing speaks against it; and is bounded", () => {
    expect(fitTemperature([0, 1], new Float32Array([0.9, 0.1, 0.2, 0.8]), 2)).toBe(1);
    // Wrong every time, and sure of it.
    expect(fitTemperature([1, 0], new Float32Array([0.9, 0.1, 0.2, 0.8]), 2)).toBe(20);
    expect(fitTemperature([0, 1, 0], new Float32Array([0, 1, 0, 1, 1, 0]), 2)).toBeLessThanOrEqual(20);
  });

  it("counts an image of weight 2 as the image twice", () => {
    const probabilities = softmax([1, 0, 2, 0, 0, 3, 0.5, 0], 2);
    const twice = Float32Array.from([...probabilities, ...probabilities.subarray(4, 6)]);
    expect(fitTemperature([0, 1, 1, 1], probabilities, 2, [1, 1, 2, 1])).toBeCloseTo(
      fitTemperature([0, 1, 1, 1, 1], twice, 2),
      12,
    );
  });
});

/** Some images of both classes, with ties among their scores. */
const scored = fc
  .array(
    fc.tuple(
      fc.nat(1),
      fc.nat(12).map((n) => n / 12),
    ),
    { minLength: 2, maxLength: 40 },
  ) // prettier-ignore
  .filter((images) => new Set(images.map(([label]) => label)).size === 2)
  .map((images) => ({ truth: images.map(([label]) => label), scores: images.map(([, score]) => score) }));

/** Sensitivity and specificity by counting. */
function naive(truth: readonly number[], scores: readonly number[], threshold: number) {
  const count = (label: number, isCalled: boolean) =>
    truth.filter((one, i) => one === label && scores[i] >= threshold === isCalled).length;
  return {
    sensitivity: count(1, true) / (count(1, true) + count(1, false)),
    specificity: count(0, false) / (count(0, true) + count(0, false)),
  };
}

describe("thresholds", () => {
  it("say of themselves what counting says", () => {
    fc.assert(
      fc.property(scored, fc.double({ min: 0.05, max: 1, noNaN: true }), ({ truth, scores }, wanted) => {
        for (const found of [youdenThreshold(truth, scores), sensitivityThreshold(truth, scores, wanted)]) {
          const expected = naive(truth, scores, found.threshold);
          expect(found.sensitivity).toBeCloseTo(expected.sensitivity, 12);
          expect(found.specificity).toBeCloseTo(expected.specificity, 12);
          expect(atThreshold(truth, scores, found.threshold)).toEqual({
            threshold: found.threshold,
            sensitivity: found.sensitivity,
            specificity: expect.closeTo(found.specificity, 12) as number,
          });
        }
      }),
    );
  });

  it("of Youden: no threshold of a scan over all scores has a larger sensitivity + specificity", () => {
    fc.assert(
      fc.property(scored, ({ truth, scores }) => {
        const { sensitivity, specificity, threshold } = youdenThreshold(truth, scores);
        expect(threshold).toBeGreaterThanOrEqual(0);
        expect(threshold).toBeLessThanOrEqual(1);
        for (const score of scores) {
          const other = naive(truth, scores, score);
          expect(sensitivity + specificity).toBeGreaterThanOrEqual(other.sensitivity + other.specificity - 1e-12);
        }
      }),
    );
  });

  it("of a wanted sensitivity: reaches it, and no larger one of a scan does with more specificity", () => {
    fc.assert(
      fc.property(scored, fc.double({ min: 0.05, max: 1, noNaN: true }), ({ truth, scores }, wanted) => {
        const { sensitivity, specificity } = sensitivityThreshold(truth, scores, wanted);
        expect(sensitivity).toBeGreaterThanOrEqual(wanted);
        for (const score of scores) {
          const other = naive(truth, scores, score);
          if (other.sensitivity >= wanted) expect(specificity).toBeGreaterThanOrEqual(other.specificity - 1e-12);
        }
      }),
    );
  });

  it("lie half way between two scores, and of equals nearest to 0.5", () => {
    expect(youdenThreshold([0, 0, 1, 1], [0.1, 0.2, 0.4, 0.9]).threshold).toBeCloseTo(0.3, 12);
    // 0.15 and 0.6 are as good.
    const { threshold, sensitivity, specificity } = youdenThreshold([0, 1, 0, 1], [0.1, 0.2, 0.5, 0.7]);
    expect(threshold).toBeCloseTo(0.6, 12);
    expect([sensitivity, specificity]).toEqual([0.5, 1]);
  });

  it("count images by their weights, and leave out those that count 0", () => {
    const [truth, scores] = [[0, 1, 1], [0.5, 0.4, 0.9]]; // prettier-ignore
    expect(sensitivityThreshold(truth, scores, 0.9, [1, 1, 1]).sensitivity).toBe(1);
    expect(sensitivityThreshold(truth, scores, 0.9, [1, 1, 9]).threshold).toBeCloseTo(0.7, 12);
    expect(sensitivityThreshold(truth, scores, 1, [1, 0, 1]).threshold).toBeCloseTo(0.7, 12);
  });

  it("refuse what has no two classes", () => {
    expect(() => youdenThreshold([1, 1], [0.1, 0.2])).toThrow(/got none of class 0/);
    expect(() => youdenThreshold([0, 2], [0.1, 0.2])).toThrow(/expected 0 or 1, got 2/);
    expect(() => sensitivityThreshold([0, 1], [0.1, 0.2], 0)).toThrow(/sensitivity: expected a number above 0/);
    expect(() => sensitivityThreshold([0, 1], [0.1], 0.5)).toThrow(/scores: expected 2 values/);
  });
});
