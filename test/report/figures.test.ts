import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { brier } from "../../src/metrics/probability-scores.ts";
import { maskConfusion } from "../../src/metrics/segmentation.ts";
import { maskSurfaces } from "../../src/metrics/mask-surfaces.ts";
import { buildReport } from "../../src/report/record.ts";
import type { ReportInput } from "../../src/report/record.ts";
import { labelledInput, maskedInput } from "./example.ts";

const two = ["healthy", "pneumonia"];
type Labels = Extract<ReportInput["predictions"], { task: "classification" }>;
type Masks = Extract<ReportInput["predictions"], { task: "segmentation" }>;
const labelsOf = ({ predictions }: ReportInput): Labels => {
  if (predictions.task !== "classification") throw new Error("expected labels");
  return predictions;
};
const withLabels = (input: ReportInput, more: Partial<Labels>): ReportInput => ({
  ...input,
  predictions: { ...labelsOf(input), ...more },
});

describe("the decision", () => {
  const input = labelledInput(two, [60, 40]);

  test("is class 1 from the threshold on, the likeliest class without one, and the record says which", () => {
    const { probabilities } = labelsOf(input);
    const called = (report: ReturnType<typeof buildReport>) =>
      report.metrics.confusion.value.reduce((sum, row) => sum + row[1], 0);
    const reached = (threshold: number) => probabilities.filter((p, i) => i % 2 === 1 && p >= threshold).length;
    for (const threshold of [0.2, 0.5, probabilities[13], 0.9]) {
      const report = buildReport(withLabels(input, { threshold }));
      expect(called(report)).toBe(reached(threshold));
      expect(report.metrics.confusion.method).toContain(`columns: "pneumonia" from a probability of ${threshold} on`);
    }
    const likeliest = buildReport(withLabels(input, { threshold: null }));
    expect(likeliest).toEqual(buildReport(input));
    expect(likeliest.metrics.confusion.method).toContain("columns: the likeliest class");
  });

  test("does not touch the figures of ranks and probabilities", () => {
    const low = buildReport(withLabels(input, { threshold: 0.1 })).metrics;
    const high = buildReport(withLabels(input, { threshold: 0.9 })).metrics;
    for (const name of ["rocAuc", "averagePrecision", "brier", "logLoss", "expectedCalibrationError"] as const)
      expect(low[name], name).toEqual(high[name]);
    expect(low.recall.value!).toBeGreaterThan(high.recall.value!);
  });
});

describe("calibrated probabilities", () => {
  test("are those of the figures; what they were before is told beside them", () => {
    const input = labelledInput(two, [60, 40]);
    const { truth, probabilities } = labelsOf(input);
    const sure = probabilities.map((p) => (p * p) / (p * p + (1 - p) * (1 - p)));
    const report = buildReport(withLabels(input, { uncalibrated: sure }));
    expect(report.metrics.brier.value).toBe(brier(truth, probabilities, 2).value);
    expect(report.uncalibrated?.brier).toEqual(brier(truth, sure, 2));
    expect(report.metrics.brier.method).toMatch(/after calibration;/);
    expect(buildReport(input).uncalibrated).toBeUndefined();
    expect(buildReport(input).metrics.brier.method).not.toMatch(/calibration/);
  });
});

describe("the figures of labels", () => {
  test.each([
    ["two", two, [60, 40]],
    ["four", ["a", "b", "c", "d"], [30, 20, 25, 40]],
  ])(
    "of %s classes have a value within its interval each, per class and averaged, and finite curves",
    (_, classes, counts) => {
      const report = buildReport(labelledInput(classes, counts));
      const { confusion: __, containsForeground: ___, ...metrics } = report.metrics;
      const all = [
        ...Object.entries(metrics),
        ...report.perClass.flatMap(({ class: ____, ...figures }) => Object.entries(figures)),
        ...Object.values(report.averages!).flatMap((average) => Object.entries(average)),
      ];
      expect(all.length).toBe(15 + 9 * classes.length + 15 + 1);
      for (const [name, { value, interval }] of all) {
        expect(interval, name).not.toBeNull();
        expect(interval![0], name).toBeLessThanOrEqual(value!);
        expect(interval![1], name).toBeGreaterThanOrEqual(value!);
      }
      const shown = classes.length === 2 ? ["pneumonia"] : classes;
      const { roc, precisionRecall, reliability, decision } = report.curves;
      for (const curves of [roc, precisionRecall, reliability, decision])
        expect(curves.map((curve) => curve.class)).toEqual(shown);
      expect(report.curves.roc).toEqual(report.roc);
      expect(report.curves.decision[0].threshold.length).toBe(99);
      expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    },
  );

  test("do not depend on the order of the images", () => {
    const input = labelledInput(two, [30, 25]);
    const { truth, probabilities } = labelsOf(input);
    const order = Int32Array.from(truth, (_, i) => (7 * i + 3) % 55);
    const turned = withLabels(input, {
      truth: order.map((i) => truth[i]),
      probabilities: Float32Array.from({ length: 110 }, (_, i) => probabilities[2 * order[i >> 1] + (i & 1)]),
    });
    const [one, other] = [buildReport(input), buildReport(turned)];
    for (const name of ["rocAuc", "averagePrecision", "brier", "logLoss", "kappa", "matthews"] as const)
      expect(other.metrics[name].value, name).toBeCloseTo(one.metrics[name].value!, 12);
    expect(other.curves.precisionRecall).toEqual(one.curves.precisionRecall);
    other.baselines.forEach((baseline, i) =>
      expect(baseline.brier ?? 0, baseline.name).toBeCloseTo(one.baselines[i].brier ?? 0, 12),
    );
  });

  test("of a class without images are null with the reason, and so is what is averaged from it", () => {
    const { perClass, metrics, averages } = buildReport(labelledInput(["a", "b", "c"], [20, 30, 0]));
    expect(perClass[2].recall).toEqual({ value: null, interval: null, reason: "the truth has none of the class" });
    expect(perClass[2].rocAuc.reason).toBe("no image of the positive class");
    expect(metrics.averagePrecision.reason).toBe('class "c": no image of the positive class');
    expect(averages!.macro.recall.reason).toBe('class "c": the truth has none of the class');
    expect(averages!.weighted.recall.value).not.toBeNull();
  });

  test("take 10,000 resamples of few images, 1,000 of many, and say so", () => {
    expect(buildReport(labelledInput(two, [60, 40])).metrics.kappa.method).toMatch(/; 95 % smoothed BCa bootstrap, 10,000 resamples of images, seed 7$/); // prettier-ignore
    expect(buildReport(labelledInput(two, [15000, 6000])).metrics.kappa.method).toMatch(/ 1,000 resamples of images/);
    const five = ["a", "b", "c", "d", "e"];
    expect(buildReport(labelledInput(five, [2001, 2000, 2000, 2000, 2000])).metrics.kappa.method).toMatch(/ 1,000 resamples/); // prettier-ignore
    expect(buildReport(labelledInput(five, [400, 400, 400, 400, 400])).metrics.kappa.method).toMatch(/ 10,000 resamples/); // prettier-ignore
  });
});

describe("baselines of labels", () => {
  const input = labelledInput(two, [40, 60]);
  const truth = labelsOf(input).truth;

  test("are the commonest class, the shares of the classes, and the mean intensity where it is known", () => {
    const intensity = { test: Float64Array.from(truth, (t, i) => 10 * t + (i % 7)), means: [3, 13] };
    const { baselines, baseline } = buildReport(withLabels(input, { intensity }));
    expect(baselines).toEqual([
      { name: 'always answering "pneumonia"', accuracy: 0.6, balancedAccuracy: 0.5, rocAuc: 0.5 },
      {
        name: "the training set's shares of the classes",
        accuracy: 0.6,
        balancedAccuracy: 0.5,
        rocAuc: 0.5,
        brier: expect.closeTo(0.24, 12) as number,
      },
      { name: "the mean intensity of the image", accuracy: 1, balancedAccuracy: 1, rocAuc: 1 },
    ]);
    expect(baseline).toEqual({ name: 'always answering "pneumonia"', accuracy: 0.6 });
    expect(buildReport(input).baselines.length).toBe(2);
    const darker = { test: Float64Array.from(truth, (t) => 5 - t), means: [5, 4] };
    expect(buildReport(withLabels(input, { intensity: darker })).baselines[2].rocAuc).toBe(1);
  });

  test("a network that does not beat the mean intensity, or may not, is told so in a sentence", () => {
    const exact = { test: Float64Array.from(truth), means: [0, 1] };
    expect(buildReport(withLabels(input, { intensity: exact })).warnings.join()).toMatch(
      /The network does not beat the mean intensity of the image: its ROC AUC is 0\.\d+, and that of the mean intensity alone 1\.000\./,
    );
    const none = { test: Float64Array.from(truth, (_, i) => i % 5), means: [2, 2.1] };
    expect(buildReport(withLabels(input, { intensity: none })).warnings.join()).not.toMatch(/mean intensity/);
  });

  test("probabilities that are worth no more than the shares of the classes are told so", () => {
    const warning =
      /The probabilities are worth no more than the training set's shares of the classes: their Brier score/;
    const sure = labelsOf(labelledInput(two, [40, 60], { skill: 0 })).probabilities.map((p) => Math.round(p));
    expect(buildReport(withLabels(input, { probabilities: sure })).warnings.join()).toMatch(warning);
    expect(buildReport(input).warnings.join()).not.toMatch(warning);
  });

  test("an accuracy that beats the commonest class while the balanced accuracy does not is told so", () => {
    const commonTruth = Int32Array.from({ length: 100 }, (_, i) => (i < 90 ? 0 : 1));
    // All but one of the commonest right; the training set's commonest class is the other one.
    const probabilities = Float32Array.from({ length: 200 }, (_, i) => ((i >> 1 === 3) === (i % 2 === 1) ? 0.9 : 0.1));
    const sets = { ...input.sets, train: { ...input.sets.train, classCounts: [10, 90] } };
    const { warnings } = buildReport({ ...withLabels(input, { truth: commonTruth, probabilities }), sets });
    expect(warnings.join()).toMatch(
      /The balanced accuracy is 0\.494, no better than the 0\.500 of always answering "pneumonia"/,
    );
  });
});

describe("the figures of masks", () => {
  const shape = [10, 10];
  const drawn = fc.array(
    fc.tuple(
      fc.array(fc.nat(1), { minLength: 100, maxLength: 100 }),
      fc.array(fc.nat(1), { minLength: 100, maxLength: 100 }),
    ),
    { minLength: 2, maxLength: 4 },
  );
  const input = (images: readonly (readonly [number[], number[]])[], more: Partial<Masks> = {}): ReportInput => {
    const base = maskedInput();
    return {
      ...base,
      predictions: {
        task: "segmentation",
        confusions: images.map(([truth, predicted]) => maskConfusion(truth, predicted)),
        surfaces: images.map(([truth, predicted]) => maskSurfaces(truth, predicted, 1, shape, [0.5, 2])),
        surfaceUnit: "millimetres",
        groups: null,
        ...more,
      },
      sets: { ...base.sets, test: { ...base.sets.test, size: images.length } },
    };
  };
  const square = (from: number, to: number) =>
    Array.from({ length: 100 }, (_, i) => (i % 10 >= from && i % 10 < to && i < 50 ? 1 : 0));
  const empty = square(0, 0);

  test("have those of each image, and their means with the count of the undefined ones", () => {
    const report = buildReport(
      input([
        [square(1, 5), square(1, 5)],
        [square(1, 5), square(2, 6)],
        [square(1, 5), empty],
        [empty, empty],
      ]),
    );
    expect(report.perImage).toMatchObject([
      { index: 0, dice: 1, hausdorff: 0, volumeSimilarity: 1 },
      { index: 1, dice: 0.75, sensitivity: 0.75, precision: 0.75, hausdorff: 2, volumeSimilarity: 1 },
      { index: 2, dice: 0, sensitivity: 0, precision: null, hausdorff: null, volumeSimilarity: 0 },
      { index: 3, dice: null, jaccard: null, sensitivity: null, hausdorff: null, volumeSimilarity: null },
    ]);
    const { hausdorff, volumeSimilarity, meanSurfaceDistance } = report.metrics;
    expect(hausdorff).toMatchObject({ value: 1, undefinedImages: 2 });
    expect(hausdorff!.method).toMatch(
      /^Hausdorff distance of the surfaces in millimetres, mean over the 2 images that have it \(2 are left out\); 95 % BCa/,
    );
    expect(volumeSimilarity).toMatchObject({ value: 2 / 3, undefinedImages: 1 });
    expect(meanSurfaceDistance!.value!).toBeLessThan(hausdorff!.value!);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  test("do not depend on the order of the images, and are those of the images alone when all are drawn twice", () => {
    fc.assert(
      fc.property(drawn, (images) => {
        const one = buildReport(input(images));
        const turned = buildReport(input(images.toReversed()));
        const twice = buildReport(input([...images, ...images]));
        for (const name of ["dice", "f1", "hausdorff", "hausdorff95", "meanSurfaceDistance", "kappa"] as const) {
          for (const other of [turned, twice])
            expect(other.metrics[name]!.value, name).toBeCloseTo(one.metrics[name]!.value!, 9);
        }
      }),
      { numRuns: 4 },
    );
  });

  test("without surfaces are null, and say that they were not measured", () => {
    const { metrics, perImage, averages } = buildReport(maskedInput());
    expect(metrics.hausdorff).toMatchObject({
      value: null,
      reason: "the surfaces were not measured",
      undefinedImages: 40,
    });
    expect(perImage!.length).toBe(40);
    expect(averages).toBeNull();
    expect(buildReport(maskedInput(["oedema", "tumour"])).averages!.macro.recall.value).toBeGreaterThan(0.5);
  });

  test("have calling every voxel background as baseline", () => {
    const { baselines } = buildReport(maskedInput());
    expect(baselines).toEqual([
      { name: "calling every voxel background", accuracy: 0.91, balancedAccuracy: 0.5, rocAuc: null },
    ]);
  });
});
