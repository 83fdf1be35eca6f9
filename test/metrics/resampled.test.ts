import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kappa, matthews } from "../../src/metrics/agreement.ts";
import { micro, weighted } from "../../src/metrics/averages.ts";
import { bcaInterval } from "../../src/metrics/bca.ts";
import * as figures from "../../src/metrics/classification.ts";
import { resampleCounts } from "../../src/metrics/count-bootstrap.ts";
import { macroRocAuc, rocAuc } from "../../src/metrics/curves.ts";
import { createDraws } from "../../src/metrics/draws.ts";
import { averagePrecision } from "../../src/metrics/precision-recall.ts";
import { brier, expectedCalibrationError, logLoss } from "../../src/metrics/probability-scores.ts";
import { resampledLabels } from "../../src/metrics/resampled-labels.ts";

const classNames = ["recall", "specificity", "precision", "negativePredictiveValue", "dice", "jaccard"] as const;

describe("all figures of a resample at once", () => {
  /** Images of two or three classes with probabilities in eighths, so that there are ties, and how often each is drawn. */
  const drawn = fc
    .integer({ min: 2, max: 3 })
    .chain((classes) =>
      fc.record({
        classes: fc.constant(classes),
        images: fc.array(
          fc.record({
            truth: fc.nat(classes - 1),
            parts: fc.array(fc.nat(4), { minLength: classes, maxLength: classes }),
            count: fc.nat(3),
            weight: fc.constantFrom(0.5, 1, 2),
          }),
          { minLength: 1, maxLength: 25 },
        ),
        isWeighted: fc.boolean(),
      }),
    )
    .filter(({ images }) => images.some(({ count }) => count > 0));

  test("are what the measures say of each image as often as it is drawn, to 1e-12, and NaN where they are null", () => {
    let compared = 0;
    fc.assert(
      fc.property(drawn, ({ classes, images, isWeighted }) => {
        const truth = Int32Array.from(images, (image) => image.truth);
        const probabilities = images.flatMap(({ parts }) => {
          const sum = parts.reduce((a, b) => a + b + 1, 0);
          const shares = parts.slice(1).map((part) => (part + 1) / sum);
          return [1 - shares.reduce((a, b) => a + b, 0), ...shares];
        });
        const predicted = figures.likeliestClasses(probabilities, classes);
        const weights = isWeighted ? images.map(({ weight }) => weight) : undefined;
        const { layout, of } = resampledLabels({ truth, predicted, probabilities, classes, weights });
        const got = of(Int32Array.from(images, ({ count }) => count));

        const again = images.flatMap(({ count }, i) => Array<number>(count).fill(i));
        const labels = again.map((i) => truth[i]);
        const rows = again.flatMap((i) => probabilities.slice(i * classes, (i + 1) * classes));
        const weightsAgain = weights && again.map((i) => weights[i]);
        const confusion = figures.confusionMatrix(
          labels,
          again.map((i) => predicted[i]),
          classes,
          weightsAgain,
        );
        const same = (at: number, { value }: { value: number | null }, name: string) => {
          compared++;
          if (value === null) expect(got[at], name).toBeNaN();
          else expect(got[at], name).toBeCloseTo(value, 12);
        };
        same(layout.ofWhole("accuracy"), figures.accuracy(confusion), "accuracy");
        same(layout.ofWhole("balancedAccuracy"), figures.balancedAccuracy(confusion), "balancedAccuracy");
        same(layout.ofWhole("matthews"), matthews(confusion), "matthews");
        same(layout.ofWhole("kappa"), kappa(confusion), "kappa");
        for (const name of classNames) {
          const measure = figures[name];
          for (let k = 0; k < classes; k++) same(layout.ofClass(name, k), measure(confusion, k), `${name} ${k}`);
          same(layout.ofMean(name, "macro"), figures.macro(measure, confusion), `macro ${name}`);
          same(layout.ofMean(name, "micro"), micro(measure, confusion), `micro ${name}`);
          same(layout.ofMean(name, "weighted"), weighted(measure, confusion), `weighted ${name}`);
        }
        same(layout.ofScores("brier"), brier(labels, rows, classes, weightsAgain), "brier");
        same(layout.ofScores("logLoss"), logLoss(labels, rows, classes, weightsAgain), "logLoss");
        same(
          layout.ofScores("expectedCalibrationError"),
          expectedCalibrationError(labels, rows, classes, weightsAgain),
          "expectedCalibrationError",
        );
        for (let k = 0; k < classes; k++) {
          const own = labels.map((label) => (label === k ? 1 : 0));
          const scores = rows.filter((_, i) => i % classes === k);
          same(layout.ofCurve("rocAuc", k), rocAuc(own, scores, weightsAgain), `rocAuc ${k}`);
          same(layout.ofCurve("averagePrecision", k), averagePrecision(own, scores, weightsAgain), `precision ${k}`);
        }
        same(layout.ofCurves("rocAuc"), macroRocAuc(labels, rows, classes, weightsAgain), "macro rocAuc");
      }),
    );
    expect(compared).toBeGreaterThan(2000);
  });
});

describe("draws of resamples", () => {
  test("draw as many as there are units, the same for the same seed and resample, others for others", () => {
    const counts = (seed: number, resample: number) => {
      const into = new Int32Array(500);
      createDraws(seed).count(resample, into);
      return into;
    };
    expect(counts(1, 7).reduce((a, b) => a + b, 0)).toBe(500);
    expect(counts(1, 7)).toEqual(counts(1, 7));
    expect(counts(1, 7)).not.toEqual(counts(1, 8));
    expect(counts(1, 7)).not.toEqual(counts(2, 7));
    const drawn = new Int32Array(500);
    createDraws(1).fill(7, 500, drawn);
    expect(Int32Array.from({ length: 500 }, (_, unit) => drawn.filter((d) => d === unit).length)).toEqual(counts(1, 7));
  });

  test("are even: chi squared of 10^6 draws of 1,000 units lies within five standard deviations of 999", () => {
    const draws = createDraws(3);
    const sums = new Float64Array(1000);
    const counts = new Int32Array(1000);
    for (let resample = 0; resample < 1000; resample++) {
      draws.count(resample, counts);
      counts.forEach((count, unit) => (sums[unit] += count));
    }
    const chi = sums.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(Math.abs(chi - 999)).toBeLessThan(5 * Math.sqrt(2 * 999));
  });

  test("by groups count the images of a group together, and leave out each group once", () => {
    const groups = ["a", "b", "a", "c", "b", "c", "c"];
    const seen: number[][] = [];
    const { jackknife, count, units } = resampleCounts(
      7,
      1,
      (counts) => {
        seen.push([...counts]);
        return Float64Array.of(counts[0]);
      },
      { seed: 5, groups, resamples: 50 },
    );
    for (const counts of seen) {
      expect([counts[2], counts[4]]).toEqual([counts[0], counts[1]]);
      expect([counts[5], counts[6]]).toEqual([counts[3], counts[3]]);
    }
    expect(seen.slice(0, 50).every((counts) => counts[0] + counts[1] + counts[3] === 3)).toBe(true);
    expect(jackknife![0]).toEqual(Float64Array.of(0, 1, 1));
    expect([count, units]).toEqual([3, "groups"]);
  });
});

describe("the BCa interval", () => {
  // Efron & Tibshirani 1993, table 14.1: the spatial test of 26 children; the figure is their variance (divided by n).
  const children = [
    48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30, 41,
  ];
  const variance = (counts: ArrayLike<number>) => {
    let all = 0;
    let sum = 0;
    let squares = 0;
    children.forEach((value, i) => {
      all += counts[i];
      sum += counts[i] * value;
      squares += counts[i] * value * value;
    });
    return squares / all - (sum / all) ** 2;
  };
  const resampled = (resamples: number) =>
    resampleCounts(26, 1, (counts) => Float64Array.of(variance(counts)), { seed: 1, resamples });
  const interval = (resamples: number, widened: boolean) => {
    const { values, jackknife } = resampled(resamples);
    const value = variance(children.map(() => 1));
    return bcaInterval({
      value,
      resampled: values[0],
      jackknife: jackknife![0],
      units: "items",
      freedom: widened ? 25 : null,
    });
  };

  test("of Efron & Tibshirani's spatial test is SciPy's of 200,000 resamples, 105.47 to 278.88, within 2 %", () => {
    const [low, high] = interval(50_000, false).interval!;
    expect(low / 105.468).toBeGreaterThan(0.98);
    expect(low / 105.468).toBeLessThan(1.02);
    expect(high / 278.876).toBeGreaterThan(0.98);
    expect(high / 278.876).toBeLessThan(1.02);
  });

  test("is wider when it is widened for few units", () => {
    const [low, high] = interval(5000, false).interval!;
    const [lower, higher] = interval(5000, true).interval!;
    expect(lower).toBeLessThan(low);
    expect(higher).toBeGreaterThan(high);
  });

  test("is null with a reason where resamples are undefined or all agree, and contains the value always", () => {
    const options = { value: 1, jackknife: null, units: "items", freedom: null };
    const undefinedOften = Float64Array.from({ length: 100 }, (_, i) => (i < 6 ? NaN : i));
    expect(bcaInterval({ ...options, resampled: undefinedOften })).toEqual({
      interval: null,
      reason: "undefined in 6 of 100 resamples",
    });
    expect(bcaInterval({ ...options, resampled: new Float64Array(10).fill(1) }).reason).toMatch(/too few items/);
    const above = Float64Array.from({ length: 100 }, (_, i) => 2 + i);
    expect(bcaInterval({ ...options, resampled: above }).interval![0]).toBe(1);
  });
});
