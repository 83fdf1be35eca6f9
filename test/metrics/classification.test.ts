import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kappa, matthews } from "../../src/metrics/agreement.ts";
import { micro, weighted } from "../../src/metrics/averages.ts";
import * as metrics from "../../src/metrics/classification.ts";
import { readVectors } from "../vectors/read.ts";
import type { Tensor } from "../vectors/read.ts";

type Binary = Record<
  (typeof names)[number] | "accuracy" | "balancedAccuracy" | "matthews" | "kappa" | "threshold",
  number
> & {
  readonly kind: "binary";
  readonly truth: readonly number[];
  readonly score: readonly number[];
  readonly confusion: number[][];
};
interface Multiclass {
  readonly kind: "multiclass";
  readonly truth: readonly number[];
  readonly probabilities: Tensor;
  readonly confusion: number[][];
  readonly accuracy: number;
  readonly balancedAccuracy: number;
  readonly matthews: number;
  readonly kappa: number;
  readonly macro: Record<"precision" | "recall" | "f1", number>;
  readonly micro: Record<"precision" | "recall" | "f1", number>;
  readonly weighted: Record<"precision" | "recall" | "f1", number>;
}
const names = ["recall", "specificity", "precision", "f1", "dice", "jaccard"] as const;

/** Truth and prediction of three classes, each class in both. */
const predicted = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })), { maxLength: 40 })
  .map((rows) => [...rows, [0, 0], [1, 1], [2, 2]])
  .map((rows) => ({ truth: rows.map(([t]) => t), predicted: rows.map(([, p]) => p) }));

describe("the figures of classification", () => {
  test.each([...readVectors<Binary | Multiclass>("classification_metrics").entries()])(
    "agree with scikit-learn to 1e-9: case %i",
    (_, one) => {
      const classes = one.confusion.length;
      const chosen =
        one.kind === "binary"
          ? one.score.map((score) => (score >= one.threshold ? 1 : 0))
          : metrics.likeliestClasses(one.probabilities.data, classes);
      const confusion = metrics.confusionMatrix(one.truth, chosen, classes);
      expect(confusion).toEqual(one.confusion);
      expect(metrics.accuracy(confusion).value).toBeCloseTo(one.accuracy, 9);
      expect(metrics.balancedAccuracy(confusion).value).toBeCloseTo(one.balancedAccuracy, 9);
      if (one.kind === "binary") {
        for (const name of names) expect(metrics[name](confusion).value, name).toBeCloseTo(one[name], 9);
      } else {
        for (const name of ["precision", "recall", "f1"] as const) {
          expect(metrics.macro(metrics[name], confusion).value, name).toBeCloseTo(one.macro[name], 9);
          expect(micro(metrics[name], confusion).value, name).toBeCloseTo(one.micro[name], 9);
          expect(weighted(metrics[name], confusion).value, name).toBeCloseTo(one.weighted[name], 9);
        }
      }
      expect(matthews(confusion).value).toBeCloseTo(one.matthews, 9);
      expect(kappa(confusion).value).toBeCloseTo(one.kappa, 9);
    },
  );

  test("count every image once: the cells of each class add up to the number of images", () => {
    fc.assert(
      fc.property(predicted, ({ truth, predicted }) => {
        const confusion = metrics.confusionMatrix(truth, predicted, 3);
        for (let k = 0; k < 3; k++) {
          const counts = metrics.classCounts(confusion, k);
          expect(counts).toEqual({
            truePositives: truth.filter((t, i) => t === k && predicted[i] === k).length,
            falsePositives: truth.filter((t, i) => t !== k && predicted[i] === k).length,
            falseNegatives: truth.filter((t, i) => t === k && predicted[i] !== k).length,
            trueNegatives: truth.filter((t, i) => t !== k && predicted[i] !== k).length,
          });
        }
      }),
    );
  });

  test("recall and precision change places when truth and prediction do; Dice stays, and is 2 J / (1 + J), to 1e-12", () => {
    fc.assert(
      fc.property(predicted, ({ truth, predicted }) => {
        const there = metrics.confusionMatrix(truth, predicted, 3);
        const back = metrics.confusionMatrix(predicted, truth, 3);
        for (let k = 0; k < 3; k++) {
          expect(metrics.precision(there, k)).toEqual(metrics.recall(back, k));
          expect(metrics.dice(there, k)).toEqual(metrics.dice(back, k));
          const overlap = metrics.jaccard(there, k).value!;
          expect(metrics.dice(there, k).value).toBeCloseTo((2 * overlap) / (1 + overlap), 12);
        }
      }),
    );
  });

  test("all classes mistaken gives 0, all right gives 1, in every figure", () => {
    const wrong = metrics.confusionMatrix([0, 1, 0, 1], [1, 0, 1, 0], 2);
    const right = metrics.confusionMatrix([0, 1, 0, 1], [0, 1, 0, 1], 2);
    for (const name of [...names, "accuracy", "balancedAccuracy"] as const) {
      expect(metrics[name](wrong), name).toEqual({ value: 0 });
      expect(metrics[name](right), name).toEqual({ value: 1 });
    }
  });

  test("are null with a reason where they are undefined", () => {
    const none = metrics.confusionMatrix([0, 0], [0, 0], 2);
    expect(metrics.recall(none)).toEqual({ value: null, reason: "the truth has none of the class" });
    expect(metrics.specificity(none, 0)).toEqual({ value: null, reason: "the truth has nothing but the class" });
    expect(metrics.precision(none)).toEqual({ value: null, reason: "the class was never predicted" });
    const neither = { value: null, reason: "neither the truth nor the prediction has the class" };
    expect([metrics.dice(none), metrics.f1(none), metrics.jaccard(none)]).toEqual([neither, neither, neither]);
    expect(metrics.accuracy([])).toEqual({ value: null, reason: "nothing was predicted" });
    expect(metrics.balancedAccuracy(none)).toEqual({
      value: null,
      reason: "class 1: the truth has none of the class",
    });
  });

  test("an empty truth with a non-empty prediction has a Dice of 0", () => {
    expect(metrics.dice(metrics.confusionMatrix([0, 0], [0, 1], 2))).toEqual({ value: 0 });
  });

  test("the mean over classes may leave out the background", () => {
    const confusion = metrics.confusionMatrix([0, 1, 2, 2], [0, 1, 2, 1], 3);
    expect(metrics.macro(metrics.precision, confusion, 1)).toEqual({ value: 0.75 });
  });

  test("the first of equally likely classes is taken", () => {
    expect(metrics.likeliestClasses([0.5, 0.5, 0.2, 0.8, 0.6, 0.4], 2)).toEqual(Int32Array.of(0, 1, 0));
  });

  test("refuse what is no class index", () => {
    expect(() => metrics.confusionMatrix([0, 2], [0, 1], 2)).toThrow(
      "truth: expected class indexes from 0 to 1, got 2 at index 1.",
    );
    for (const label of [-1, 0.5, NaN])
      expect(() => metrics.confusionMatrix([0], [label], 2)).toThrow(/predicted: expected class indexes/);
    expect(() => metrics.confusionMatrix([0, 1], [0], 2)).toThrow(/predicted: expected 2 values/);
  });
});
