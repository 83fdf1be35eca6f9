import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrayDataset } from "../../src/data/dataset.ts";
import { labelTally, maskTally } from "../../src/train/figures.ts";
import { delongOracle } from "../oracle/classification.ts";

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("the figures of labels", () => {
  const set = (labels: readonly number[], classes: number) =>
    arrayDataset({
      images: new Uint8Array(labels.length),
      shape: [1],
      labels,
      labelValues: Array.from({ length: classes }, (_, k) => k),
    });

  it("count as the article does: a tumour that is there and gets 32 % is an absolute error of 0.68", () => {
    const tally = labelTally(set([1], 2), 2);
    tally.add(0, 1, Float32Array.of(0.68, 0.32));
    expect(tally.figures(1.14, 1)).toMatchObject({ totalError: 1.14, loss: 1.14, accuracy: 0, dice: null });
    expect(tally.figures(1.14, 1).absoluteError).toBeCloseTo(0.68, 7);
  });

  it("agree with naive twins to 1e-6 for one output or several, however the set is cut into batches", () => {
    const drawn = fc
      .array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 64 })), { minLength: 4, maxLength: 30 })
      .filter((rows) => new Set(rows.map(([label]) => label)).size === 2);
    fc.assert(
      fc.property(drawn, fc.integer({ min: 1, max: 9 }), fc.boolean(), (rows, batch, single) => {
        const labels = rows.map(([label]) => label);
        // Exact in float32, as is 1 - p.
        const p = rows.map(([, of64]) => of64 / 64);
        const tally = labelTally(set(labels, 2), single ? 1 : 2);
        for (let first = 0; first < p.length; first += batch) {
          const part = p.slice(first, first + batch);
          tally.add(first, part.length, Float32Array.from(single ? part : part.flatMap((one) => [1 - one, one])));
        }
        const got = tally.figures(12, 4);
        expect(got.loss).toBe(3);
        expect(got.accuracy).toBeCloseTo(mean(labels.map((label, i) => ((p[i] > 0.5 ? 1 : 0) === label ? 1 : 0))), 12);
        expect(got.absoluteError).toBeCloseTo(mean(labels.map((label, i) => Math.abs(label - p[i]))), 6);
        expect(got.rocAuc).toBeCloseTo(delongOracle(labels, p).area, 12);
      }),
    );
  });

  it("leave the area under the curve undefined, and throw nothing, when a network that diverged gives NaN", () => {
    const tally = labelTally(set([0, 1], 2), 2);
    tally.add(0, 2, Float32Array.of(NaN, NaN, 0.5, 0.5));
    expect(tally.figures(NaN, 2)).toMatchObject({ rocAuc: null, loss: NaN });
  });
});

describe("the figures of images with weights", () => {
  it("are exactly 1 where every answer is right, whatever the weights add up to", () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: Math.fround(0.01), max: 9, noNaN: true }), { minLength: 2, maxLength: 20 }),
        (weights) => {
          const labels = weights.map((_, i) => i % 2);
          const masks = labels.flatMap((label) => [label, 0, 0, 1, label, 0, 1]);
          const set = arrayDataset({ images: new Uint8Array(masks.length), shape: [7], labels, masks, weights });
          const ofLabels = labelTally(set, 2);
          ofLabels.add(0, set.length, Float32Array.from(labels.flatMap((label) => [1 - label, label])));
          expect(ofLabels.figures(0, 1)).toMatchObject({ accuracy: 1, rocAuc: 1, absoluteError: 0 });
          const ofMasks = maskTally(set);
          ofMasks.add(0, set.length, Float32Array.from(masks));
          expect(ofMasks.figures(0, 1)).toMatchObject({ accuracy: 1, dice: 1, absoluteError: 0 });
        },
      ),
    );
  });
});

describe("the figures of masks", () => {
  it("agree with naive twins to 1e-6: Dice over images whose true mask is not empty, accuracy and error over voxels", () => {
    const voxels = 5;
    const image = fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 64 })), {
      minLength: voxels,
      maxLength: voxels,
    });
    fc.assert(
      fc.property(fc.array(image, { minLength: 1, maxLength: 8 }), (images) => {
        const masks = images.flatMap((one) => one.map(([truth]) => truth));
        const data = arrayDataset({ images: new Uint8Array(masks.length), shape: [voxels], masks, maskValues: [1] });
        const tally = maskTally(data);
        images.forEach((one, i) =>
          tally.add(
            i,
            1,
            Float32Array.from(one, ([, of64]) => of64 / 64),
          ),
        );
        const got = tally.figures(1, 1);
        const all = images.flat().map(([truth, of64]) => ({ truth, p: of64 / 64, predicted: of64 >= 32 ? 1 : 0 }));
        expect(got.accuracy).toBeCloseTo(mean(all.map(({ truth, predicted }) => (truth === predicted ? 1 : 0))), 12);
        expect(got.absoluteError).toBeCloseTo(mean(all.map(({ truth, p }) => Math.abs(truth - p))), 6);
        const scores = images
          .filter((one) => one.some(([truth]) => truth === 1))
          .map((one) => {
            const both = one.filter(([truth, of64]) => truth === 1 && of64 >= 32).length;
            return (2 * both) / (one.filter(([t]) => t === 1).length + one.filter(([, q]) => q >= 32).length);
          });
        if (scores.length === 0) expect(got.dice).toBeNull();
        else expect(got.dice).toBeCloseTo(mean(scores), 12);
      }),
    );
  });
});
