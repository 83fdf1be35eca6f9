import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { accuracy, recall } from "../../src/metrics/classification.ts";
import * as masks from "../../src/metrics/segmentation.ts";
import { readVectors } from "../vectors/read.ts";
import type { Tensor } from "../vectors/read.ts";

interface Case {
  readonly prediction: Tensor;
  readonly truth: Tensor;
  readonly dice: number;
  readonly jaccard: number;
  readonly sensitivity: number;
  readonly precision: number;
  readonly volumeSimilarity: number;
}
const neither = { value: null, reason: "neither the truth nor the prediction has the class" };
const pair = (classes: number) =>
  fc
    .array(fc.tuple(fc.integer({ min: 0, max: classes }), fc.integer({ min: 0, max: classes })), {
      minLength: 1,
      maxLength: 30,
    })
    .map((rows) => ({ truth: rows.map(([t]) => t), predicted: rows.map(([, p]) => p) }));

describe("figures of one mask", () => {
  test.each([...readVectors<Case>("segmentation_metrics").entries()])(
    "Dice, Jaccard, sensitivity, precision and volume similarity agree with the reference to 1e-9: case %i",
    (_, one) => {
      const { mean } = masks.maskScores(masks.maskConfusion(one.truth.data, one.prediction.data));
      expect(mean.dice.value).toBeCloseTo(one.dice, 9);
      expect(mean.jaccard.value).toBeCloseTo(one.jaccard, 9);
      expect(mean.recall.value).toBeCloseTo(one.sensitivity, 9);
      expect(mean.precision.value).toBeCloseTo(one.precision, 9);
      expect(mean.volumeSimilarity.value).toBeCloseTo(one.volumeSimilarity, 9);
    },
  );

  test("of each class are those of its own mask, counted as sets", () => {
    fc.assert(
      fc.property(pair(2), ({ truth, predicted }) => {
        const scores = masks.maskScores(masks.maskConfusion(truth, predicted, 2));
        for (const k of [1, 2]) {
          const inTruth = truth.filter((t) => t === k).length;
          const inPrediction = predicted.filter((p) => p === k).length;
          const both = truth.filter((t, i) => t === k && predicted[i] === k).length;
          const { dice, recall, precision } = scores.perClass[k - 1];
          expect(dice).toEqual(inTruth + inPrediction > 0 ? { value: (2 * both) / (inTruth + inPrediction) } : neither);
          expect(recall.value).toBe(inTruth > 0 ? both / inTruth : null);
          expect(precision.value).toBe(inPrediction > 0 ? both / inPrediction : null);
        }
        expect(scores.accuracy.value).toBe(truth.filter((t, i) => t === predicted[i]).length / truth.length);
      }),
    );
  });

  test("are null when both masks are empty; a prediction where there is nothing scores Dice 0", () => {
    const empty = masks.maskScores(masks.maskConfusion([0, 0], [0, 0]));
    expect([empty.mean.dice, empty.mean.jaccard, empty.accuracy]).toEqual([neither, neither, { value: 1 }]);
    const ghost = masks.maskScores(masks.maskConfusion([0, 0], [0, 1]));
    expect([ghost.mean.dice, ghost.mean.jaccard]).toEqual([{ value: 0 }, { value: 0 }]);
    expect(ghost.mean.recall).toEqual({ value: null, reason: "the truth has none of the class" });
  });

  test("the mean over classes leaves out a class that neither mask has", () => {
    const scores = masks.maskScores(masks.maskConfusion([0, 1, 1], [0, 1, 0], 2));
    expect(scores.perClass[1].dice).toEqual(neither);
    expect(scores.mean.dice).toEqual({ value: 2 / 3 });
  });
});

describe("figures of many masks", () => {
  const confusions = [
    masks.maskConfusion([1, 1, 0, 0], [1, 0, 0, 0]), // Dice 2/3
    masks.maskConfusion([0, 0, 0, 0], [0, 0, 0, 0]), // undefined
    masks.maskConfusion([0, 0, 0, 0], [0, 1, 0, 0]), // Dice 0, no foreground in the truth
    masks.maskConfusion([1, 0, 0, 0], [0, 0, 0, 0]), // Dice 0, missed
  ];

  test("a mean says how many images it is over and how many have no figure", () => {
    const dice = masks.meanOfImages(confusions.map((confusion) => masks.maskScores(confusion).mean.dice));
    expect(dice.value).toBeCloseTo(2 / 9, 12);
    expect(dice).toMatchObject({ counted: 3, undefined: 1 });
    expect(masks.meanOfImages([neither])).toEqual({ ...neither, counted: 0, undefined: 1 });
    expect(masks.meanOfImages([])).toEqual({ value: null, reason: "there is no image", counted: 0, undefined: 0 });
  });

  test("mean Dice with foreground is over the images whose truth has some", () => {
    expect(masks.meanDiceWithForeground(confusions)).toEqual({ value: 1 / 3, counted: 2, undefined: 2 });
    expect(masks.meanDiceWithForeground([confusions[1]])).toMatchObject({
      value: null,
      reason: "no image has foreground in the truth",
    });
  });

  test("images are told apart by whether they contain foreground", () => {
    expect(masks.foregroundConfusion(confusions)).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(recall(masks.foregroundConfusion(confusions))).toEqual({ value: 0.5 });
  });

  test("pooled voxels are the voxels of one long image", () => {
    fc.assert(
      fc.property(fc.array(pair(2), { minLength: 1, maxLength: 5 }), (images) => {
        const pooled = masks.pooledConfusion(images.map((i) => masks.maskConfusion(i.truth, i.predicted, 2)));
        const long = masks.maskConfusion(
          images.flatMap((i) => i.truth),
          images.flatMap((i) => i.predicted),
          2,
        );
        expect(pooled).toEqual(long);
        expect(accuracy(pooled)).toEqual(accuracy(long));
      }),
    );
  });
});
