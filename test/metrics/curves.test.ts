import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { macroRocAuc, rocAuc, rocCurve } from "../../src/metrics/curves.ts";
import { delongOracle, rateOracle } from "../oracle/classification.ts";
import { readVectors } from "../vectors/read.ts";
import type { Tensor } from "../vectors/read.ts";

interface Binary {
  readonly kind: "binary";
  readonly truth: readonly number[];
  readonly score: readonly number[];
  readonly rocAuc: number;
  readonly roc: { readonly fpr: readonly number[]; readonly tpr: readonly number[] };
}
interface Multiclass {
  readonly kind: "multiclass";
  readonly truth: readonly number[];
  readonly probabilities: Tensor;
  readonly rocAucMacroOneVsRest: number;
}

/** Truth with both classes, scores with many ties. */
const scored = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 12 })), { minLength: 2, maxLength: 60 })
  .filter((rows) => rows.some(([t]) => t === 0) && rows.some(([t]) => t === 1))
  .map((rows) => ({ truth: rows.map(([t]) => t), scores: rows.map(([, s]) => s / 4) }));

describe("the area under the ROC curve", () => {
  test.each([...readVectors<Binary | Multiclass>("classification_metrics").entries()])(
    "agrees with scikit-learn to 1e-9: case %i",
    (_, one) => {
      if (one.kind === "binary") expect(rocAuc(one.truth, one.score).value).toBeCloseTo(one.rocAuc, 9);
      else {
        const area = macroRocAuc(one.truth, one.probabilities.data, one.probabilities.shape[1]);
        expect(area.value).toBeCloseTo(one.rocAucMacroOneVsRest, 9);
      }
    },
  );

  test("is what counting all pairs gives, to 1e-12", () => {
    fc.assert(
      fc.property(scored, ({ truth, scores }) => {
        expect(rocAuc(truth, scores).value).toBeCloseTo(delongOracle(truth, scores).area, 12);
      }),
    );
  });

  test("turned scores give its complement, and a monotonous map of the scores leaves it as it is", () => {
    fc.assert(
      fc.property(scored, ({ truth, scores }) => {
        const area = rocAuc(truth, scores).value ?? NaN;
        const turned = scores.map((s) => -s);
        const mapped = scores.map((s) => 3 * s * s * s + 1);
        expect(rocAuc(truth, turned).value).toBeCloseTo(1 - area, 12);
        expect(rocAuc(truth, mapped).value).toBe(area);
      }),
    );
  });

  test("does not depend on the order of the images", () => {
    fc.assert(
      fc.property(scored, ({ truth, scores }) => {
        expect(rocAuc(truth.toReversed(), scores.toReversed()).value).toBe(rocAuc(truth, scores).value);
      }),
    );
  });

  test("is null with a reason when a class is missing", () => {
    expect(rocAuc([1, 1], [0.2, 0.3])).toEqual({ value: null, reason: "no image of the negative class" });
    expect(rocAuc([0, 0], [0.2, 0.3])).toEqual({ value: null, reason: "no image of the positive class" });
    expect(rocAuc([], [])).toEqual({ value: null, reason: "no image of the positive class" });
    expect(macroRocAuc([0, 1], [1, 0, 0, 0, 1, 0], 3)).toEqual({
      value: null,
      reason: "class 2 against the rest: no image of the positive class",
    });
  });

  test("refuses NaN, and series of different lengths", () => {
    expect(() => rocAuc([0, 1], [0, NaN])).toThrow(/NaN at index 1/);
    expect(() => rocAuc([0, 1], [0])).toThrow("scores: expected 2 values, one for each of the truth, got 1.");
    expect(() => macroRocAuc([0, 1], [0, 1, 1], 2)).toThrow(/expected 4 values/);
  });
});

describe("the ROC curve", () => {
  const binary = readVectors<Binary | Multiclass>("classification_metrics").filter((one) => one.kind === "binary");
  test.each([...binary.entries()])("has scikit-learn's points to 1e-9: case %i", (_, one) => {
    const curve = rocCurve(one.truth, one.score);
    expect(curve?.falsePositiveRate.length).toBe(one.roc.fpr.length);
    one.roc.fpr.forEach((rate, i) => expect(curve?.falsePositiveRate[i]).toBeCloseTo(rate, 9));
    one.roc.tpr.forEach((rate, i) => expect(curve?.truePositiveRate[i]).toBeCloseTo(rate, 9));
  });

  test("has at each threshold the rates that counting gives, and rises from (0, 0) to (1, 1)", () => {
    fc.assert(
      fc.property(scored, ({ truth, scores }) => {
        const curve = rocCurve(truth, scores)!;
        curve.thresholds.forEach((threshold, i) => {
          expect(curve.truePositiveRate[i]).toBe(rateOracle(truth, scores, 1, threshold));
          expect(curve.falsePositiveRate[i]).toBe(rateOracle(truth, scores, 0, threshold));
        });
        expect(curve.thresholds[0]).toBe(Infinity);
        expect(curve.thresholds.length).toBe(new Set(scores).size + 1);
        expect([curve.truePositiveRate.at(-1), curve.falsePositiveRate.at(-1)]).toEqual([1, 1]);
      }),
    );
  });

  test("encloses the area under it, by trapezoids, to 1e-12", () => {
    fc.assert(
      fc.property(scored, ({ truth, scores }) => {
        const { falsePositiveRate: x, truePositiveRate: y } = rocCurve(truth, scores)!;
        let area = 0;
        for (let i = 1; i < x.length; i++) area += ((x[i] - x[i - 1]) * (y[i] + y[i - 1])) / 2;
        expect(rocAuc(truth, scores).value).toBeCloseTo(area, 12);
      }),
    );
  });

  test("is null when a class is missing, and takes infinite scores", () => {
    expect(rocCurve([1, 1], [0.5, 0.6])).toBeNull();
    expect(rocCurve([0, 1], [-Infinity, Infinity])?.truePositiveRate).toEqual([0, 1, 1]);
  });
});
