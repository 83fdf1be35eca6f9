import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stream } from "../../src/random.ts";
import { maskSizes } from "../../src/report/mask-sizes.ts";
import { buildReport } from "../../src/report/record.ts";
import type { ReportInput } from "../../src/report/record.ts";
import { maskedInput } from "./example.ts";

const random = stream(21, "phantom");

/** Masks of so many voxels, nine tenths of which are found, give or take, in images of a million. */
const masks = (sizes: readonly number[]) =>
  sizes.map((size, i) => {
    const found = Math.round(size * (0.8 + 0.2 * random.uniform(i)));
    const wrong = Math.round(0.1 * size * random.uniform(1000 + i));
    return [
      [1e6 - size - wrong, wrong],
      [size - found, found],
    ];
  });

function reportOf(confusions: number[][][], groups: readonly string[] | null = null) {
  const base = maskedInput();
  const input: ReportInput = {
    ...base,
    predictions: { task: "segmentation", confusions, groups },
    sets: { ...base.sets, test: { ...base.sets.test, size: confusions.length } },
  };
  return buildReport(input);
}

const alike = (count: number, size = 1000) => Array<number>(count).fill(size);

describe("how many masks there are to judge by", () => {
  test("counts images with foreground, or groups; of one size as many as there are, else fewer", () => {
    const confusions = masks([...alike(30), 0, 0]);
    expect(maskSizes(confusions, undefined, null)).toEqual({ withForeground: 30, effectiveSize: 30, units: "images" });
    const groups = confusions.map((_, i) => `${Math.floor(i / 3)}`);
    expect(maskSizes(confusions, undefined, groups)).toEqual({
      withForeground: 10,
      effectiveSize: 10,
      units: "groups",
    });
    // (30 + 10)^2 / (30 + 100), in thousands of voxels.
    expect(maskSizes(masks([...alike(30), 10_000]), undefined, null).effectiveSize).toBeCloseTo(1600 / 130, 12);
    expect(maskSizes(masks([0, 0]), undefined, null)).toMatchObject({ withForeground: 0, effectiveSize: 0 });
  });

  test("is in the record; of few, or of a few large ones, a warning and what stands beside pooled figures say so", () => {
    const enough = reportOf(masks(alike(40)));
    expect(enough.maskSizes).toEqual({ withForeground: 40, effectiveSize: 40, units: "images" });
    expect(enough.warnings.join()).not.toMatch(/too narrow/);
    expect(enough.metrics.recall.method).toBe("TP / (TP + FN), all voxels pooled; 95 % BCa bootstrap, 10,000 resamples of images, seed 7"); // prettier-ignore
    const large = reportOf(masks([...alike(40), 20_000]));
    expect(large.warnings.join()).toMatch(
      /41 images of the test set have foreground, with a few large masks: as many as 8\.2 of one size would say as much of the pooled voxels\. The 95 % intervals of so few masks may be too narrow\./,
    );
    for (const name of ["recall", "f1", "kappa", "accuracy"] as const)
      expect(large.metrics[name].method).toMatch(/decided by few masks \(as many as 8\.2 of one size\)/);
    expect(large.metrics.dice.method).not.toMatch(/decided by few/);
    expect(reportOf(masks(alike(12))).warnings.join()).toMatch(
      /12 images of the test set have foreground\. The 95 % intervals of so few/,
    );
  });
});

describe("intervals of masks", () => {
  const keys = ["accuracy", "balancedAccuracy", "recall", "specificity", "precision", "negativePredictiveValue", "f1", "dice", "jaccard", "matthews", "kappa", "volumeSimilarity"] as const; // prettier-ignore

  test("contain the value and lie within 0 and 1 (Matthews and kappa: -1), whatever the sizes, alone or in groups", () => {
    let compared = 0;
    const sizes = fc.array(fc.constantFrom(0, 1, 7, 300, 250_000), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(sizes, fc.boolean(), (drawn, isGrouped) => {
        const { metrics } = reportOf(masks(drawn), isGrouped ? drawn.map((_, i) => `${i >> 1}`) : null);
        for (const key of keys) {
          const { value, interval } = metrics[key]!;
          if (!interval) continue;
          compared++;
          expect(interval[0], key).toBeLessThanOrEqual(value!);
          expect(interval[1], key).toBeGreaterThanOrEqual(value!);
          expect(interval[0], key).toBeGreaterThanOrEqual(key === "matthews" || key === "kappa" ? -1 : 0);
          expect(interval[1], key).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 25 },
    );
    expect(compared).toBeGreaterThan(100);
  });

  test("of one huge mask among many are wider than of as many masks of one size", () => {
    const width = (sizes: readonly number[]) => {
      const [low, high] = reportOf(masks(sizes)).metrics.recall.interval!;
      return high - low;
    };
    expect(width([...alike(39), 30_000])).toBeGreaterThan(1.5 * width(alike(40)));
  });
});
