import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decisionCurve, netBenefit } from "../../src/metrics/decision-curve.ts";
import { averagePrecision, precisionRecallCurve } from "../../src/metrics/precision-recall.ts";
import { brier, expectedCalibrationError, logLoss } from "../../src/metrics/probability-scores.ts";
import { reliabilityCurve } from "../../src/metrics/reliability.ts";
import { readVectors } from "../vectors/read.ts";
import type { Tensor } from "../vectors/read.ts";

interface Binary {
  readonly kind: "binary";
  readonly truth: readonly number[];
  readonly score: readonly number[];
  readonly averagePrecision: number;
  readonly brier: number;
  readonly logLoss: number;
  readonly expectedCalibrationError: number;
}
interface Multiclass {
  readonly kind: "multiclass";
  readonly truth: readonly number[];
  readonly probabilities: Tensor;
  readonly logLoss: number;
}
const both = (scores: readonly number[]) => scores.flatMap((p) => [1 - p, p]);

/** Truth with both classes, probabilities with many ties, and whole weights. */
const scored = fc
  .array(fc.record({ truth: fc.nat(1), score: fc.nat(8).map((s) => s / 8), weight: fc.integer({ min: 0, max: 3 }) }), {
    minLength: 2,
    maxLength: 40,
  })
  .filter((rows) => [0, 1].every((label) => rows.some(({ truth, weight }) => truth === label && weight > 0)))
  .map((rows) => ({
    rows,
    truth: rows.map(({ truth }) => truth),
    scores: rows.map(({ score }) => score),
    weights: rows.map(({ weight }) => weight),
  }));

describe("average precision, Brier, log loss and calibration error", () => {
  test.each([...readVectors<Binary | Multiclass>("classification_metrics").entries()])(
    "agree with the reference to 1e-9: case %i",
    (_, one) => {
      if (one.kind === "multiclass") {
        const { data, shape } = one.probabilities;
        expect(logLoss(one.truth, data, shape[1]).value).toBeCloseTo(one.logLoss, 9);
        return;
      }
      const { truth, score } = one;
      expect(averagePrecision(truth, score).value).toBeCloseTo(one.averagePrecision, 9);
      expect(brier(truth, both(score), 2).value).toBeCloseTo(one.brier, 9);
      expect(logLoss(truth, both(score), 2).value).toBeCloseTo(one.logLoss, 9);
      expect(expectedCalibrationError(truth, both(score), 2).value).toBeCloseTo(one.expectedCalibrationError, 9);
    },
  );

  test("stay when images change places, and whole weights are each image as often, to 1e-12", () => {
    fc.assert(
      fc.property(scored, ({ rows, truth, scores, weights }) => {
        const repeated = rows.flatMap((row) => Array<(typeof rows)[0]>(row.weight).fill(row)).reverse();
        const again = repeated.map((row) => row.truth);
        const scoresAgain = repeated.map((row) => row.score);
        const close = (got: number | null, want: number | null) => expect(got).toBeCloseTo(want!, 12);
        close(averagePrecision(truth, scores, weights).value, averagePrecision(again, scoresAgain).value);
        for (const score of [brier, logLoss, expectedCalibrationError])
          close(score(truth, both(scores), 2, weights).value, score(again, both(scoresAgain), 2).value);
        close(netBenefit(truth, scores, 0.3, weights).value, netBenefit(again, scoresAgain, 0.3).value);
      }),
    );
  });

  test("Brier and log loss are the same for both of two classes; of three, Brier is the sum over them", () => {
    fc.assert(
      fc.property(scored, ({ truth, scores }) => {
        const turned = truth.map((t) => 1 - t);
        const swapped = scores.flatMap((p) => [p, 1 - p]);
        expect(brier(turned, swapped, 2).value).toBeCloseTo(brier(truth, both(scores), 2).value!, 12);
        expect(logLoss(turned, swapped, 2).value).toBeCloseTo(logLoss(truth, both(scores), 2).value!, 12);
      }),
    );
    expect(brier([2], [0.2, 0.3, 0.5], 3).value).toBeCloseTo(0.04 + 0.09 + 0.25, 12);
    expect(expectedCalibrationError([2, 0], [0.2, 0.3, 0.5, 0.2, 0.7, 0.1], 3).value).toBeCloseTo(0.25 + 0.35, 12);
  });

  test("a certain mistake costs -ln 1e-7, not infinity; perfect certain answers cost next to nothing", () => {
    expect(logLoss([0], [0, 1], 2).value).toBeCloseTo(-Math.log(1e-7), 9);
    expect(logLoss([1], [0, 1], 2).value).toBeLessThan(1.1e-7);
    expect(brier([1, 0], [0, 1, 1, 0], 2)).toEqual({ value: 0 });
    expect(expectedCalibrationError([1, 0], [0, 1, 1, 0], 2)).toEqual({ value: 0 });
  });

  test("are null with a reason where there is nothing, and refuse what is no probability or class", () => {
    for (const score of [brier, logLoss, expectedCalibrationError]) {
      expect(score([], [], 2)).toEqual({ value: null, reason: "there is no image" });
      expect(score([1], [0.5, 0.5], 2, [0])).toEqual({ value: null, reason: "no image has a weight" });
      expect(() => score([1], [0.5, 1.5], 2)).toThrow(
        "probabilities: expected numbers from 0 to 1, got 1.5 of image 0.",
      );
      expect(() => score([2], [0.5, 0.5], 2)).toThrow(/expected class indexes from 0 to 1, got 2 at index 0/);
      expect(() => score([1], [0.5], 2)).toThrow(/expected 2 values/);
      expect(() => score([NaN], [0.5, 0.5], 2)).toThrow(/got NaN/);
    }
    expect(averagePrecision([0, 0], [0.1, 0.2])).toEqual({ value: null, reason: "no image of the positive class" });
    expect(averagePrecision([0, 1], [0.1, 0.2], [1, 0]).reason).toBe("no image of the positive class has a weight");
  });
});

describe("the precision-recall curve", () => {
  test("has the recall and precision of calling positive what reaches each threshold, and ends at everything", () => {
    fc.assert(
      fc.property(scored, ({ truth, scores }) => {
        const curve = precisionRecallCurve(truth, scores)!;
        curve.thresholds.forEach((threshold, i) => {
          const called = truth.filter((_, k) => scores[k] >= threshold);
          const found = called.filter((t) => t === 1).length;
          expect(curve.precision[i]).toBeCloseTo(found / called.length, 12);
          expect(curve.recall[i]).toBeCloseTo(found / truth.filter((t) => t === 1).length, 12);
        });
        expect(curve.recall.at(-1)).toBe(1);
        expect(new Set(curve.thresholds).size).toBe(new Set(scores).size);
      }),
    );
    expect(precisionRecallCurve([0, 0], [0, 1])).toBeNull();
  });

  test("of scores that are all the same has an average precision of the part of the positives", () => {
    expect(averagePrecision([1, 0, 0, 0], [3, 3, 3, 3])).toEqual({ value: 0.25 });
  });
});

describe("the reliability curve", () => {
  test("counts every image in one bin; the last bin is closed, and an empty one has null", () => {
    const curve = reliabilityCurve([0, 1, 1, 1], [0, 0.1, 0.95, 1]);
    expect(curve.count).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 0, 2]);
    expect(curve.share).toEqual([0, 1, null, null, null, null, null, null, null, 1]);
    expect(curve.meanProbability[9]).toBeCloseTo(0.975, 12);
    expect([curve.low[1], curve.high[1]]).toEqual([0.1, 0.2]);
    expect(() => reliabilityCurve([0], [1.2])).toThrow(/from 0 to 1, got 1.2/);
    expect(() => reliabilityCurve([0], [0.2], undefined, 0)).toThrow(/bins: expected a whole number/);
  });
});

describe("net benefit", () => {
  test("of acting on everybody crosses 0 at the prevalence, and perfect probabilities reach the prevalence", () => {
    const truth = [1, 0, 0, 0, 1, 0, 0, 0, 0, 0];
    const curve = decisionCurve(truth, truth)!;
    expect(curve.threshold.length).toBe(99);
    expect(curve.treatAll[19]).toBeCloseTo(0, 12); // at 0.20
    expect(curve.treatAll[18]).toBeGreaterThan(0);
    expect(curve.treatAll[20]).toBeLessThan(0);
    for (const benefit of curve.netBenefit) expect(benefit).toBeCloseTo(0.2, 12);
  });

  test("is never above the prevalence, and equals acting on everybody where all probabilities reach the threshold", () => {
    fc.assert(
      fc.property(scored, ({ truth, scores }) => {
        const prevalence = truth.filter((t) => t === 1).length / truth.length;
        const curve = decisionCurve(truth, scores)!;
        curve.threshold.forEach((threshold, i) => {
          expect(curve.netBenefit[i]).toBeLessThanOrEqual(prevalence);
          if (Math.min(...scores) >= threshold) expect(curve.netBenefit[i]).toBe(curve.treatAll[i]);
          if (Math.max(...scores) < threshold) expect(curve.netBenefit[i]).toBe(0);
        });
      }),
    );
  });

  test("is null without images, and refuses a threshold of 1", () => {
    expect(netBenefit([], [], 0.5)).toEqual({ value: null, reason: "there is no image" });
    expect(decisionCurve([], [])).toBeNull();
    expect(() => netBenefit([1], [1], 1)).toThrow("threshold: expected a number from 0 to below 1, got 1.");
  });
});
