import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { balancedClassWeights } from "../../src/data/class-weights.ts";
import * as figures from "../../src/metrics/classification.ts";
import { macroRocAuc, rocAuc, rocCurve } from "../../src/metrics/curves.ts";
import { resampledRocAuc } from "../../src/metrics/resampling.ts";
import * as masks from "../../src/metrics/segmentation.ts";
import { readVectors } from "../vectors/read.ts";

interface Common {
  readonly truth: readonly number[];
  readonly predicted: readonly number[];
  readonly weights: readonly number[];
  readonly confusion: readonly (readonly number[])[];
  readonly accuracy: number;
  readonly recall: number;
  readonly precision: number;
  readonly f1: number;
  readonly jaccard: number;
  readonly balancedAccuracy: number;
  readonly rocAuc: number;
}
interface Binary extends Common {
  readonly kind: "binary";
  readonly score: readonly number[];
  readonly specificity: number;
  readonly roc: { readonly fpr: readonly number[]; readonly tpr: readonly number[] };
}
interface Multiclass extends Common {
  readonly kind: "multiclass";
  readonly classes: number;
  readonly probabilities: readonly number[];
  readonly classWeights: readonly number[];
}

const cases = readVectors<Binary | Multiclass>("weighted");
const close = (got: readonly number[], want: readonly number[]) => {
  expect(got.length).toBe(want.length);
  want.forEach((value, i) => expect(got[i]).toBeCloseTo(value, 9));
};

describe("figures of images with weights", () => {
  test.each([...cases.entries()])("agree with scikit-learn's sample_weight to 1e-9: case %i", (_, one) => {
    const { truth, predicted, weights } = one;
    const classes = one.kind === "binary" ? 2 : one.classes;
    const confusion = figures.confusionMatrix(truth, predicted, classes, weights);
    confusion.forEach((row, k) => close(row, one.confusion[k]));
    const of = (measure: figures.ClassMeasure) =>
      (one.kind === "binary" ? measure(confusion) : figures.macro(measure, confusion)).value;
    for (const name of ["recall", "precision", "f1", "jaccard"] as const) expect(of(figures[name]), name).toBeCloseTo(one[name], 9); // prettier-ignore
    expect(figures.accuracy(confusion).value).toBeCloseTo(one.accuracy, 9);
    expect(figures.balancedAccuracy(confusion).value).toBeCloseTo(one.balancedAccuracy, 9);
    if (one.kind === "binary") {
      expect(figures.specificity(confusion).value).toBeCloseTo(one.specificity, 9);
      expect(rocAuc(truth, one.score, weights).value).toBeCloseTo(one.rocAuc, 9);
      const curve = rocCurve(truth, one.score, weights);
      close(curve?.falsePositiveRate ?? [], one.roc.fpr);
      close(curve?.truePositiveRate ?? [], one.roc.tpr);
    } else {
      expect(macroRocAuc(truth, one.probabilities, classes, weights).value).toBeCloseTo(one.rocAuc, 9);
    }
  });

  test.each(cases.flatMap((one, i) => (one.kind === "multiclass" ? [[i, one] as const] : [])))(
    "balanced class weights agree with scikit-learn's compute_class_weight to 1e-9: case %i",
    (_, { truth, classes, classWeights }) => {
      const names = Array.from({ length: classes }, (_, k) => `${k}`);
      close(balancedClassWeights({ labels: Int32Array.from(truth), classes: names }), classWeights);
    },
  );

  /** Images with truth, prediction, score with many ties, and a whole weight. */
  const images = fc
    .array(
      fc.record({ truth: fc.nat(1), predicted: fc.nat(1), score: fc.nat(9), weight: fc.nat(3) }),
      { minLength: 2, maxLength: 40 }, // prettier-ignore
    )
    .filter((list) => [0, 1].every((label) => list.some(({ truth, weight }) => truth === label && weight > 0)));

  test("whole weights give exactly the figures of each image as often as its weight says", () => {
    fc.assert(
      fc.property(images, (list) => {
        const weights = list.map(({ weight }) => weight);
        const repeated = list.flatMap((image) => Array<(typeof list)[0]>(image.weight).fill(image));
        const column = (of: typeof list, name: "truth" | "predicted" | "score") => of.map((image) => image[name]);
        const confusion = figures.confusionMatrix(column(list, "truth"), column(list, "predicted"), 2, weights);
        expect(confusion).toEqual(figures.confusionMatrix(column(repeated, "truth"), column(repeated, "predicted"), 2));
        const [truth, scores] = [column(list, "truth"), column(list, "score")];
        expect(rocAuc(truth, scores, weights)).toEqual(rocAuc(column(repeated, "truth"), column(repeated, "score")));
        expect(rocCurve(truth, scores, weights)).toEqual(
          rocCurve(column(repeated, "truth"), column(repeated, "score")),
        );
        const drawn = Int32Array.from(list, (_, i) => (7 * i + 3) % list.length);
        const again = (of: readonly number[]) => Array.from(drawn, (i) => of[i]);
        expect(resampledRocAuc(truth, scores, weights)(drawn)).toBe(
          rocAuc(again(truth), again(scores), again(weights)).value,
        );
      }),
    );
  });

  test("of masks: whole weights give exactly what each image as often as its weight says gives", () => {
    const mask = fc.record({
      truth: fc.array(fc.nat(2), { minLength: 6, maxLength: 6 }),
      predicted: fc.array(fc.nat(2), { minLength: 6, maxLength: 6 }),
      weight: fc.nat(3),
    });
    const list = fc.array(mask, { minLength: 1, maxLength: 9 }).filter((some) => some.some(({ weight }) => weight > 0));
    fc.assert(
      fc.property(list, (some) => {
        const confusions = some.map(({ truth, predicted }) => masks.maskConfusion(truth, predicted, 2));
        const weights = some.map(({ weight }) => weight);
        const repeated = some.flatMap(({ weight }, i) => Array<(typeof confusions)[0]>(weight).fill(confusions[i]));
        expect(masks.pooledConfusion(confusions, weights)).toEqual(masks.pooledConfusion(repeated));
        expect(masks.foregroundConfusion(confusions, weights)).toEqual(masks.foregroundConfusion(repeated));
        const [got, want] = [masks.meanDiceWithForeground(confusions, weights), masks.meanDiceWithForeground(repeated)];
        if (want.value === null) expect(got.value).toBeNull();
        else expect(got.value).toBeCloseTo(want.value, 12);
      }),
    );
  });

  test("no sum of weights is rounded beyond a share: classes told apart without a mistake have an area of exactly 1, turned 0", () => {
    const weight = fc.double({ min: 0.01, max: 10, noNaN: true });
    fc.assert(
      fc.property(fc.array(weight, { minLength: 2, maxLength: 40 }), fc.nat(100), (weights, seed) => {
        const truth = weights.map((_, i) => (i === 0 ? 0 : i === 1 ? 1 : (i * (seed + 7)) % 3 === 0 ? 1 : 0));
        const scores = truth.map((label, i) => label + (i % 5) / 10);
        const turned = scores.map((score) => -score);
        expect(rocAuc(truth, scores, weights).value).toBe(1);
        expect(rocAuc(truth, turned, weights).value).toBe(0);
        const drawn = Int32Array.from(weights, (_, i) => (i < 2 ? i : (7 * i + seed) % weights.length));
        expect(resampledRocAuc(truth, scores, weights)(drawn)).toBe(1);
        expect(resampledRocAuc(truth, turned, weights)(drawn)).toBe(0);
        const confusion = figures.confusionMatrix(truth, truth, 2, weights);
        for (const measure of [figures.recall, figures.precision, figures.dice, figures.jaccard, figures.specificity])
          expect(measure(confusion).value).toBe(1);
        expect(figures.accuracy(confusion).value).toBe(1);
      }),
    );
  });

  test("weights that leave nothing behind give no rest: what is not there is 0, and a figure of it null", () => {
    const confusion = figures.confusionMatrix([0, 0, 1], [0, 0, 0], 2, [0.1, 0.2, 0]);
    expect(figures.classCounts(confusion)).toMatchObject({ truePositives: 0, falsePositives: 0, falseNegatives: 0 });
    expect(figures.recall(confusion).value).toBeNull();
    expect(rocAuc([0, 1], [1, 2], [1, 0])).toEqual({
      value: null,
      reason: "no image of the positive class has a weight",
    });
    expect(rocCurve([0, 1], [1, 2], [0, 1])).toBeNull();
    expect(masks.meanOfImages([{ value: 1 }, { value: null, reason: "none" }], [0, 1])).toEqual({
      value: null,
      reason: "no image that has it has a weight",
      counted: 1,
      undefined: 1,
    });
  });

  test.each([
    [[1], /weights: expected 2 values, one for each of the truth, got 1/],
    [[1, -1], /finite numbers of at least 0, got -1 at index 1/],
    [[NaN, 1], /got NaN at index 0/],
    [[1, Infinity], /got Infinity at index 1/],
  ])("weights %j are refused", (weights, message) => {
    expect(() => figures.confusionMatrix([0, 1], [0, 1], 2, weights)).toThrow(message);
    expect(() => rocAuc([0, 1], [0, 1], weights)).toThrow(message);
    expect(() => masks.meanOfImages([{ value: 1 }, { value: 0 }], weights)).toThrow(message);
  });
});
