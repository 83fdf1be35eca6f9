import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kappa, matthews } from "../../src/metrics/agreement.ts";
import { micro, weighted } from "../../src/metrics/averages.ts";
import * as metrics from "../../src/metrics/classification.ts";

/** Truth and prediction of three classes, each class in both. */
const predicted = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })), { maxLength: 40 })
  .map((rows) => [...rows, [0, 0], [1, 1], [2, 2], [0, 1]])
  .map((rows) => ({ truth: rows.map(([t]) => t), predicted: rows.map(([, p]) => p) }));

describe("Matthews' correlation and Cohen's kappa", () => {
  test("of two classes are what their first definitions say, to 1e-12", () => {
    const cells = fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20), fc.nat(20)).map((four) => four.map((n) => n + 1));
    fc.assert(
      fc.property(cells, ([tn, fp, fn, tp]) => {
        const confusion = [
          [tn, fp],
          [fn, tp],
        ];
        const all = tn + fp + fn + tp;
        // (Matthews 1975)
        const correlation = (tp * tn - fp * fn) / Math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn));
        expect(matthews(confusion).value).toBeCloseTo(correlation, 12);
        // (Cohen 1960)
        const chance = ((tn + fp) * (tn + fn) + (fn + tp) * (fp + tp)) / all ** 2;
        expect(kappa(confusion).value).toBeCloseTo(((tn + tp) / all - chance) / (1 - chance), 12);
      }),
    );
  });

  test("stay when classes change their numbers, truth and prediction their places, or every image comes twice", () => {
    fc.assert(
      fc.property(predicted, fc.constantFrom([0, 1, 2], [1, 2, 0], [2, 1, 0]), ({ truth, predicted }, number) => {
        const confusion = metrics.confusionMatrix(truth, predicted, 3);
        const others = [
          metrics.confusionMatrix(
            truth.map((t) => number[t]),
            predicted.map((p) => number[p]),
            3,
          ),
          metrics.confusionMatrix(predicted, truth, 3),
          metrics.confusionMatrix(truth, predicted, 3, new Float32Array(truth.length).fill(2)),
        ];
        for (const other of others) {
          expect(matthews(other).value).toBeCloseTo(matthews(confusion).value!, 12);
          expect(kappa(other).value).toBeCloseTo(kappa(confusion).value!, 12);
        }
      }),
    );
  });

  test("are 1 for agreement, and null with a reason where one side knows one class only", () => {
    const same = metrics.confusionMatrix([0, 1, 2], [0, 1, 2], 3);
    expect([matthews(same), kappa(same)]).toEqual([{ value: 1 }, { value: 1 }]);
    const always = metrics.confusionMatrix([0, 1], [1, 1], 2);
    expect(matthews(always)).toEqual({ value: null, reason: "the prediction is the same everywhere" });
    expect(kappa(always)).toEqual({ value: 0 });
    const one = metrics.confusionMatrix([1, 1], [1, 1], 2);
    expect(matthews(one)).toEqual({ value: null, reason: "the truth is the same everywhere" });
    expect(kappa(one).reason).toMatch(/the same single class/);
    expect([matthews([]), kappa([])].map(({ reason }) => reason)).toEqual(Array(2).fill("nothing was predicted"));
  });
});

describe("averages over classes", () => {
  test("micro recall, precision and F1 are the accuracy; weighted recall is, too", () => {
    fc.assert(
      fc.property(predicted, ({ truth, predicted }) => {
        const confusion = metrics.confusionMatrix(truth, predicted, 3);
        const right = metrics.accuracy(confusion).value!;
        for (const measure of [metrics.recall, metrics.precision, metrics.f1])
          expect(micro(measure, confusion).value).toBeCloseTo(right, 12);
        expect(weighted(metrics.recall, confusion).value).toBeCloseTo(right, 12);
      }),
    );
  });

  test("classes of the same size weigh alike", () => {
    const confusion = metrics.confusionMatrix([0, 0, 1, 1, 2, 2], [0, 1, 1, 1, 2, 0], 3);
    for (const measure of [metrics.recall, metrics.precision, metrics.jaccard, metrics.specificity])
      expect(weighted(measure, confusion).value).toBeCloseTo(metrics.macro(measure, confusion).value!, 12);
  });

  test("a class that the truth has not weighs nothing; one that it has and was never predicted leaves no precision", () => {
    expect(weighted(metrics.recall, metrics.confusionMatrix([0, 0, 1], [0, 2, 1], 3)).value).toBeCloseTo(2 / 3, 12);
    expect(weighted(metrics.precision, metrics.confusionMatrix([0, 1], [0, 0], 2))).toEqual({
      value: null,
      reason: "class 1: the class was never predicted",
    });
    expect(weighted(metrics.recall, [[0]])).toEqual({ value: null, reason: "there is nothing to count" });
  });

  test("may leave out the background", () => {
    const confusion = metrics.confusionMatrix([0, 1, 2, 2], [0, 1, 2, 1], 3);
    expect(micro(metrics.precision, confusion, 1)).toEqual({ value: 2 / 3 });
    expect(weighted(metrics.precision, confusion, 1).value).toBeCloseTo((0.5 + 2 * 1) / 3, 12);
  });

  test("the negative predictive value is the precision of the other of two classes", () => {
    const confusion = metrics.confusionMatrix([0, 0, 1, 1, 1], [0, 0, 1, 0, 1], 2);
    expect(metrics.negativePredictiveValue(confusion)).toEqual(metrics.precision(confusion, 0));
    expect(metrics.negativePredictiveValue(metrics.confusionMatrix([0, 1], [1, 1], 2))).toEqual({
      value: null,
      reason: "nothing but the class was predicted",
    });
  });
});
