import { describe, expect, test } from "vitest";
import { accuracy, confusionMatrix, likeliestClasses, recall } from "../../src/metrics/classification.ts";
import { rocAuc, rocCurve } from "../../src/metrics/curves.ts";
import { delong, wilson } from "../../src/metrics/intervals.ts";
import { meanDiceWithForeground } from "../../src/metrics/segmentation.ts";
import { buildReport } from "../../src/report/record.ts";
import type { ReportInput } from "../../src/report/record.ts";
import { exampleHistory, labelledInput, maskedInput } from "./example.ts";

const two = ["healthy", "pneumonia"];
const names = ["accuracy", "balancedAccuracy", "recall", "specificity", "precision", "dice", "f1", "rocAuc"] as const;

describe("the record of a test of images with weights", () => {
  const weigh = (input: ReportInput, weights: Float32Array): ReportInput => ({
    ...input,
    predictions: { ...input.predictions, weights },
  });

  test("has weighted figures, the bootstrap's interval for each, and says so before the figures", () => {
    const input = labelledInput(two, [90, 110]);
    const weights = Float32Array.from({ length: 200 }, (_, i) => (i % 4) / 2);
    const { metrics, warnings, testSet, baseline, roc } = buildReport(weigh(input, weights));
    if (input.predictions.task !== "classification") throw new Error("expected labels");
    const { truth, probabilities } = input.predictions;
    const confusion = confusionMatrix(truth, likeliestClasses(probabilities, 2), 2, weights);
    expect(metrics.confusion.value).toEqual(confusion);
    expect(metrics.confusion.method).toMatch(/^sums of the images' weights by class/);
    expect(metrics.accuracy.value).toBe(accuracy(confusion).value);
    expect(metrics.recall.value).toBe(recall(confusion).value);
    const scores = probabilities.filter((_, i) => i % 2 === 1);
    expect(metrics.rocAuc.value).toBe(rocAuc(truth, scores, weights).value);
    expect(roc[0].truePositiveRate).toEqual(rocCurve(truth, scores, weights)?.truePositiveRate);
    for (const name of names) {
      const { value, interval, method } = metrics[name];
      expect(method, name).toMatch(
        /, images by their weights; 95 % (smoothed BCa|BCa|studentized) bootstrap( on the log scale)?, 10,000 resamples of images, seed 7$/,
      );
      expect(interval![0], name).toBeLessThan(value!);
      expect(interval![1], name).toBeGreaterThan(value!);
    }
    // (sum w)^2 / sum w^2 = (50 * 3)^2 / (50 * 3.5)
    expect(testSet.weights).toEqual({ least: 0, most: 1.5, effectiveSize: 22500 / 175 });
    expect(warnings[0]).toMatch(
      /^The test images do not count alike: each has a weight, from 0 to 1.5, .* as much as 128.6 that count alike\.$/,
    );
    const weightOf = (k: number) => weights.reduce((sum, weight, i) => sum + (truth[i] === k ? weight : 0), 0);
    expect(baseline.accuracy).toBe(weightOf(1) / (weightOf(0) + weightOf(1)));
  });

  test("of more classes and of masks: whole weights give the figures of each image as often", () => {
    const input = labelledInput(["a", "b", "c"], [20, 30, 10]);
    if (input.predictions.task !== "classification") throw new Error("expected labels");
    const { truth, probabilities } = input.predictions;
    const weights = Float32Array.from(truth, (_, i) => i % 3);
    const drawn = Int32Array.from(weights).reduce<number[]>(
      (list, weight, i) => [...list, ...Array<number>(weight).fill(i)],
      [],
    );
    const repeated: ReportInput = {
      ...input,
      predictions: {
        task: "classification",
        truth: Int32Array.from(drawn, (i) => truth[i]),
        probabilities: Float32Array.from(drawn.flatMap((i) => [...probabilities.subarray(3 * i, 3 * i + 3)])),
        groups: null,
      },
      sets: { ...input.sets, test: { ...input.sets.test, size: drawn.length } },
    };
    const [got, want] = [buildReport(weigh(input, weights)), buildReport(repeated)];
    for (const name of names) expect(got.metrics[name].value, name).toBeCloseTo(want.metrics[name].value!, 12);
    for (const [k, figures] of got.perClass.entries()) {
      for (const name of ["recall", "specificity", "precision", "f1", "jaccard", "rocAuc", "averagePrecision"] as const)
        expect(figures[name].value, name).toBeCloseTo(want.perClass[k][name].value!, 12);
    }
    for (const way of ["macro", "micro", "weighted"] as const)
      expect(got.averages![way].f1.value, way).toBeCloseTo(want.averages![way].f1.value!, 12);

    const masks = maskedInput();
    if (masks.predictions.task !== "segmentation") throw new Error("expected masks");
    const { confusions } = masks.predictions;
    const ofMasks = Float32Array.from(confusions, (_, i) => i % 3);
    const often = confusions.flatMap((confusion, i) => Array<typeof confusion>(i % 3).fill(confusion));
    const more: ReportInput = {
      ...masks,
      predictions: { task: "segmentation", confusions: often, groups: null },
      sets: { ...masks.sets, test: { ...masks.sets.test, size: often.length } },
    };
    const [gotMasks, wantMasks] = [buildReport(weigh(masks, ofMasks)), buildReport(more)];
    for (const name of names.filter((one) => one !== "rocAuc"))
      expect(gotMasks.metrics[name].value, name).toBeCloseTo(wantMasks.metrics[name].value!, 12);
    expect(gotMasks.metrics.containsForeground?.value).toEqual(wantMasks.metrics.containsForeground?.value);
    expect(gotMasks.baseline).toEqual(wantMasks.baseline);
  });
});

describe("the record of a test of two classes", () => {
  const input = labelledInput(two, [90, 110]);
  const report = buildReport(input);
  const { metrics } = report;
  const [[tn, fp], [fn, tp]] = metrics.confusion.value;

  test("has the figures that its confusion matrix gives", () => {
    expect(tn + fp).toBe(90);
    expect(fn + tp).toBe(110);
    expect(metrics.accuracy.value).toBe((tn + tp) / 200);
    expect(metrics.recall.value).toBe(tp / 110);
    expect(metrics.specificity.value).toBe(tn / 90);
    expect(metrics.precision.value).toBe(tp / (tp + fp));
    expect(metrics.dice.value).toBe((2 * tp) / (2 * tp + fp + fn));
    expect(metrics.f1.value).toBe(metrics.dice.value);
    expect(metrics.balancedAccuracy.value).toBeCloseTo((tp / 110 + tn / 90) / 2, 12);
  });

  test("has Wilson's and DeLong's intervals where they apply, the bootstrap's elsewhere, and says so", () => {
    expect(metrics.accuracy.interval).toEqual(wilson(tn + tp, 200).interval);
    expect(metrics.recall.interval).toEqual(wilson(tp, 110).interval);
    expect(metrics.specificity.interval).toEqual(wilson(tn, 90).interval);
    expect(metrics.precision.interval).toEqual(wilson(tp, tp + fp).interval);
    if (input.predictions.task !== "classification") throw new Error("expected labels");
    const scores = input.predictions.probabilities.filter((_, i) => i % 2 === 1);
    expect(metrics.rocAuc.value).toBe(rocAuc(input.predictions.truth, scores).value);
    expect(metrics.rocAuc.interval).toEqual(delong(input.predictions.truth, scores, "logit").interval);
    expect(metrics.accuracy.method).toMatch(/Wilson/);
    expect(metrics.rocAuc.method).toMatch(/DeLong/);
    expect(metrics.dice.method).toBe(
      '2 TP / (2 TP + FP + FN), of class "pneumonia"; 95 % Wilson score interval of the Jaccard index, turned',
    );
    for (const name of names) {
      const { value, interval } = metrics[name];
      expect(interval![0], name).toBeLessThan(value!);
      expect(interval![1], name).toBeGreaterThan(value!);
    }
  });

  test("has the accuracy of the training set's commonest class as baseline", () => {
    expect(report.baseline).toEqual({ name: 'always answering "pneumonia"', accuracy: 0.55 });
    const turned = buildReport({
      ...input,
      sets: { ...input.sets, train: { size: 30, sha256: "", classCounts: [20, 10] } },
    });
    expect(turned.baseline).toEqual({ name: 'always answering "healthy"', accuracy: 0.45 });
  });

  test("goes through JSON unchanged, and is the same when built again", () => {
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(buildReport(input)).toEqual(report);
  });

  test("has one ROC curve, of the second class, and the facts it was given", () => {
    expect(report.roc.map((curve) => curve.class)).toEqual(["pneumonia"]);
    expect(report.testSet).toEqual({ size: 200, sha256: "3".repeat(64), opened: "2026-03-05T14:07:31.123Z" });
    expect(report).toMatchObject({ schema: 2, voxgrad: "0.1.0", seed: 7, bestEpoch: 12 });
    expect(report.perClass.map((figures) => figures.class)).toEqual(["healthy", "pneumonia"]);
    expect(report.phases.map((phase) => phase.event).at(-1)).toBe("test opened");
  });

  test("draws whole groups for every interval when groups share images", () => {
    const groups = Array.from({ length: 200 }, (_, i) => `patient ${i >> 2}`);
    const grouped = buildReport(labelledInput(two, [90, 110], { groups })).metrics;
    for (const name of names) expect(grouped[name].method).toMatch(/resamples of whole groups, seed 7$/);
    const single = buildReport(labelledInput(two, [90, 110], { groups: groups.map((_, i) => `${i}`) }));
    expect(single.metrics).toEqual(metrics);
  });

  test("has null with a reason for what a test set of one class cannot tell", () => {
    const one = buildReport(labelledInput(two, [0, 20])).metrics;
    expect(one.specificity).toMatchObject({
      value: null,
      interval: null,
      reason: "the truth has nothing but the class",
    });
    expect(one.rocAuc).toMatchObject({ value: null, interval: null, reason: "no image of the negative class" });
    expect(one.balancedAccuracy.reason).toBe('class "healthy": the truth has none of the class');
  });

  test("refuses predictions that are not one for each image of the test set", () => {
    const sets = { ...input.sets, test: { ...input.sets.test, size: 199 } };
    expect(() => buildReport({ ...input, sets })).toThrow("report: expected predictions of 199 test images, got 200.");
  });
});

describe("the record of a test of many classes", () => {
  const report = buildReport(labelledInput(["a", "b", "c"], [40, 50, 60]));

  test("averages recall, specificity, precision and Dice over the classes, and says so", () => {
    for (const name of ["recall", "specificity", "precision", "dice"] as const) {
      const mean = report.perClass.reduce((sum, figures) => sum + figures[name].value!, 0) / 3;
      expect(report.metrics[name].value).toBeCloseTo(mean, 12);
      expect(report.metrics[name].method).toMatch(/mean over the classes/);
    }
    expect(report.metrics.balancedAccuracy.value).toBe(report.metrics.recall.value);
  });

  test("has a ROC curve of each class against the rest, and the mean of their areas", () => {
    expect(report.roc.map((curve) => curve.class)).toEqual(["a", "b", "c"]);
    const areas = report.roc.map(({ falsePositiveRate: x, truePositiveRate: y }) =>
      x.slice(1).reduce((sum, right, i) => sum + ((right - x[i]) * (y[i] + y[i + 1])) / 2, 0),
    );
    expect(report.metrics.rocAuc.value).toBeCloseTo((areas[0] + areas[1] + areas[2]) / 3, 12);
    const [low, high] = report.metrics.rocAuc.interval!;
    expect(low).toBeLessThan(report.metrics.rocAuc.value!);
    expect(high).toBeGreaterThan(report.metrics.rocAuc.value!);
  });
});

describe("the record of a test of masks", () => {
  const input = maskedInput();
  const report = buildReport(input);

  test("has the mean Dice over the images with foreground, and says over how many", () => {
    if (input.predictions.task !== "segmentation") throw new Error("expected masks");
    const { value } = meanDiceWithForeground(input.predictions.confusions);
    expect(report.metrics.dice.value).toBe(value);
    expect(report.metrics.dice.method).toMatch(/over the 30 images with foreground in the truth \(10 without/);
    const [low, high] = report.metrics.dice.interval!;
    expect(low).toBeLessThan(value!);
    expect(high).toBeGreaterThan(value!);
  });

  test("has the voxel figures that its pooled confusion gives, and none for the ROC curve", () => {
    const [[tn, fp], [fn, tp]] = report.metrics.confusion.value;
    expect(tn + fp + fn + tp).toBe(4000);
    expect(report.metrics.accuracy.value).toBe((tn + tp) / 4000);
    expect(report.metrics.recall.value).toBe(tp / (tp + fn));
    expect(report.metrics.precision.value).toBe(tp / (tp + fp));
    expect(report.metrics.rocAuc).toMatchObject({
      value: null,
      reason: "the probabilities of all voxels are not kept",
    });
    expect(report.baseline).toEqual({ name: "calling every voxel background", accuracy: (tn + fp) / 4000 });
    expect(report.metrics.containsForeground?.value.flat().reduce((sum, cell) => sum + cell)).toBe(40);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  test("of two kinds of foreground has figures of each", () => {
    const both = buildReport(maskedInput(["oedema", "tumour"]));
    expect(both.perClass.map((figures) => figures.class)).toEqual(["oedema", "tumour"]);
    const mean = (both.perClass[0].recall.value! + both.perClass[1].recall.value!) / 2;
    expect(both.metrics.recall.value).toBeCloseTo(mean, 12);
  });
});

describe("the warnings of a record", () => {
  const warningsOf = (...input: Parameters<typeof labelledInput>) => buildReport(labelledInput(...input)).warnings;

  test("say that a network does not beat the baseline, and that it cannot be told from guessing", () => {
    const warnings = warningsOf(two, [90, 110], { skill: 0 });
    expect(warnings[0]).toMatch(/^The network does not beat the baseline: .* always answering "pneumonia" gives 0.550/);
    expect(warnings[1]).toMatch(/^The ROC AUC of 0\.\d+ cannot be told from guessing/);
  });

  test("say that an accuracy may be no better than the baseline when its interval reaches down to it", () => {
    const input = labelledInput(two, [20, 80]);
    if (input.predictions.task !== "classification") throw new Error("expected labels");
    const truth = input.predictions.truth;
    // 15 of 100 are wrong: Wilson's interval of 0.85 begins at 0.767, below the baseline of 0.8.
    const probabilities = Float32Array.from({ length: 200 }, (_, i) => {
      const right = truth[i >> 1] === (i & 1);
      return right === i >> 1 < 85 ? 0.9 : 0.1;
    });
    const report = buildReport({
      ...input,
      predictions: { task: "classification", truth, probabilities, groups: null },
    });
    expect(report.warnings[0]).toBe(
      'The accuracy of 0.850 may be no better than the baseline: its interval, 0.767 to 0.907, reaches down to the 0.800 that always answering "pneumonia" gives.',
    );
  });

  test("say that the test set is too small, naming the wide intervals", () => {
    expect(warningsOf(two, [6, 6]).join()).toMatch(/test set of 12 images is too small .*: accuracy 0\.\d\d to/);
    expect(warningsOf(two, [900, 1100]).join()).not.toMatch(/too small/);
  });

  test("say that one group has much of the test set, whose intervals hang on it", () => {
    const { sets, ...rest } = labelledInput(two, [90, 110]);
    const withGroups = (largest: number) =>
      buildReport({ ...rest, sets: { ...sets, test: { ...sets.test, groups: { count: 9, smallest: 1, largest } } } });
    expect(withGroups(sets.test.size - 8).warnings.join()).toMatch(/test images are of one group: the intervals/);
    expect(withGroups(Math.floor(sets.test.size / 3) - 1).warnings.join()).not.toMatch(/one group/);
  });

  test("say that the accuracy misleads when most images are of one class", () => {
    expect(warningsOf(two, [900, 100]).join()).toMatch(/accuracy misleads: 90\.0 % of the test images are "healthy"/);
    expect(buildReport(maskedInput()).warnings.join()).toMatch(/voxel accuracy misleads: 91\.0 % .* background/);
  });

  test("name a class that was never answered, and figures that are undefined", () => {
    expect(warningsOf(two, [20, 20]).join()).not.toMatch(/never answered|Undefined/);
    const input = labelledInput(two, [20, 20]);
    if (input.predictions.task !== "classification") throw new Error("expected labels");
    const always = input.predictions.probabilities.map((_, i) => (i % 2 === 0 ? 0.9 : 0.1));
    const report = buildReport({ ...input, predictions: { ...input.predictions, probabilities: always } });
    expect(report.warnings).toContain('The network never answered "pneumonia", though the test set has it.');
    expect(report.warnings).toContain("Undefined on this test set: precision (the class was never predicted).");
  });

  test("say how training went, when it went wrong", () => {
    const input = labelledInput(two, [900, 1100]);
    expect(buildReport(input).warnings).toEqual([
      "Training ended overfitting since epoch 13; the weights tested are those of epoch 12. More data, augmentation, dropout or regularization may help.",
    ]);
    const early = { ...input, history: exampleHistory(12) };
    expect(buildReport(early).warnings.join()).toMatch(/^The last epoch was the best/);
    expect(buildReport({ ...input, history: exampleHistory(14) }).warnings).toEqual([]);
  });
});
