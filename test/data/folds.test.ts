import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrayDataset } from "../../src/data/dataset.ts";
import { balancedClassWeights } from "../../src/data/class-weights.ts";
import { folds } from "../../src/data/folds.ts";
import { similarityGroups } from "../../src/data/likeness.ts";
import { phantoms } from "../../src/data/phantom.ts";
import type { SplitSource } from "../../src/data/split.ts";

const drawn = fc.record({
  labels: fc.array(fc.nat(3), { minLength: 2, maxLength: 120 }),
  groupCount: fc.nat(30),
  k: fc.integer({ min: 2, max: 8 }),
  seed: fc.nat(),
  stratify: fc.boolean(),
});

function sourceOf(labels: readonly number[], groupCount: number): SplitSource {
  const groups = groupCount === 0 ? null : labels.map((label, i) => `patient ${(7 * i + label) % groupCount}`);
  return { length: labels.length, labels: Int32Array.from(labels), groups, classes: ["a", "b", "c", "d"] };
}

describe("folds", () => {
  it("hold each image out exactly once, learn from all others, and divide no group", () => {
    fc.assert(
      fc.property(drawn, ({ labels, groupCount, k, seed, stratify }) => {
        const source = sourceOf(labels, groupCount);
        const units = source.groups ? new Set(source.groups).size : labels.length;
        if (units < k) {
          expect(() => folds(source, { k, seed, stratify })).toThrow(RangeError);
          return;
        }
        const made = folds(source, { k, seed, stratify });
        expect(made).toHaveLength(k);
        expect(made.flatMap(({ validation }) => [...validation]).sort((a, b) => a - b)).toEqual(
          labels.map((_, i) => i),
        );
        for (const { train, validation, imbalance } of made) {
          expect(validation.length).toBeGreaterThan(0);
          expect([...train, ...validation].sort((a, b) => a - b)).toEqual(labels.map((_, i) => i));
          expect([...train]).toEqual([...train].sort((a, b) => a - b));
          const share = (images: ArrayLike<number>, label: number) =>
            Array.from(images, (image) => labels[image]).filter((each) => each === label).length / images.length;
          const off = [0, 1, 2, 3].map((label) =>
            Math.abs(
              share(validation, label) -
                share(
                  labels.map((_, i) => i),
                  label,
                ),
            ),
          );
          expect(imbalance).toBeCloseTo(Math.max(...off), 12);
          const { groups } = source;
          if (!groups) continue;
          const held = new Set(Array.from(validation, (image) => groups[image]));
          expect(Array.from(train).filter((image) => held.has(groups[image]))).toEqual([]);
        }
      }),
    );
  });

  it("of images without groups differ by one in size, and by one in each class where the classes come in multiples", () => {
    const labels = Array.from({ length: 100 }, (_, i) => (i % 5 === 0 ? 1 : 0));
    const source: SplitSource = { length: 100, labels: Int32Array.from(labels), groups: null, classes: ["a", "b"] };
    for (const { validation, imbalance } of folds(source, { k: 5, seed: 3 })) {
      expect([validation.length, Array.from(validation).filter((i) => labels[i] === 1).length]).toEqual([20, 4]);
      expect(imbalance).toBe(0);
    }
  });

  it("are the same from the same seed, and others from another", () => {
    const data = phantoms({ count: 60, seed: 2 });
    expect(folds(data, { seed: 4 })).toEqual(folds(data, { seed: 4 }));
    expect(folds(data, { seed: 4 })).not.toEqual(folds(data, { seed: 5 }));
  });

  it.each([[1], [101], [2.5], [NaN]])("refuse k = %d", (k) => {
    expect(() => folds(phantoms({ count: 9 }), { k, seed: 1 })).toThrow(
      /folds k: expected a whole number from 2 to 100/,
    );
  });

  it("refuse byGroup where there are no groups, and more folds than groups", () => {
    const source = sourceOf([0, 1, 2, 3], 0);
    expect(() => folds(source, { k: 2, seed: 1, byGroup: true })).toThrow(
      /folds byGroup: expected a dataset with groups/,
    );
    expect(() => folds(source, { k: 5, seed: 1 })).toThrow(/expected at least 5 images, one for each fold, got 4/);
  });
});

describe("balanced class weights", () => {
  it("are those of scikit-learn: images / (classes * images of the class)", () => {
    // sklearn.utils.class_weight.compute_class_weight("balanced", classes=[0, 1, 2], y=[0]*6 + [1]*3 + [2])
    const labels = Int32Array.from([0, 0, 0, 0, 0, 0, 1, 1, 1, 2]);
    const weights = balancedClassWeights({ labels, classes: ["a", "b", "c"] });
    [0.5555555555555556, 1.1111111111111112, 3.3333333333333335].forEach((want, k) =>
      expect(weights[k]).toBeCloseTo(want, 15),
    );
  });

  it("of drawn labels give every class the same sum of weights, and all images together their number", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4), { minLength: 1, maxLength: 50 }), (more) => {
        const labels = Int32Array.from([0, 1, 2, 3, 4, ...more]);
        const weights = balancedClassWeights({ labels, classes: ["a", "b", "c", "d", "e"] });
        for (let k = 0; k < 5; k++)
          expect(weights[k] * labels.filter((label) => label === k).length).toBeCloseTo(labels.length / 5, 9);
      }),
    );
  });

  it("are refused without labels and where a class has no image", () => {
    expect(() => balancedClassWeights({ labels: null, classes: [] })).toThrow(/expected a set with labels/);
    expect(() => balancedClassWeights({ labels: Int32Array.of(0, 2), classes: ["a", "b", "c"] })).toThrow(
      /got none of "b"/,
    );
  });
});

describe("groups by similarity", () => {
  it("join copies, by way of others too, with the groups that the data names", async () => {
    const source = phantoms({ count: 8, seed: 3 });
    const size = 1000;
    const images = new Float32Array(10 * size);
    for (let i = 0; i < 8; i++) source.read(i, images, i * size);
    // 8 is 1, brighter; 9 is 6 mirrored. Groups: 0 and 9 are of one patient.
    for (let i = 0; i < size; i++) {
      images[8 * size + i] = 1.5 * images[size + i] + 3;
      images[9 * size + i] = images[6 * size + i - (i % 10) + 9 - (i % 10)];
    }
    const groups = ["p", "q", "r", "s", "t", "u", "v", "w", "x", "p"];
    const found = await similarityGroups(arrayDataset({ images, shape: [10, 10, 10], groups }));
    expect(found.map((name) => Number(name.replace("alike ", "")))).toEqual([0, 1, 2, 3, 4, 5, 0, 7, 1, 0]);
  });

  it("of independent phantoms are each image's own, or the patient's", async () => {
    const data = phantoms({ count: 200, seed: 1 });
    expect(new Set(await similarityGroups(data)).size).toBe(new Set(data.groups).size);
  });
});
