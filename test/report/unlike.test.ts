// Test images unlike the training set: their count, the chance of it, the figures of those alone, and what page and text say.
import { describe, expect, test } from "vitest";
import { arrayDataset } from "../../src/data/dataset.ts";
import { dense, relu } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { stream } from "../../src/random.ts";
import { reportHtml } from "../../src/report/html.ts";
import { markdownOf } from "../../src/report/markdown.ts";
import { buildReport } from "../../src/report/record.ts";
import type { Report, ReportInput } from "../../src/report/record.ts";
import { chanceOf } from "../../src/report/unlike.ts";
import type { NoveltyOfSets } from "../../src/report/unlike.ts";
import { study } from "../../src/study/study.ts";
import { labelledInput, maskedInput } from "./example.ts";

/** Novelty of a test and a validation set by the bits of the test images, and distances that grow with the index. */
function noveltyOf(unlike: readonly number[], validation: number, distance = (i: number) => i): NoveltyOfSets {
  const of = (bits: readonly number[], distances: Float32Array) => ({
    reasons: bits.map((each) => (each > 0 ? "unlike" : null)),
    unlike: Uint8Array.from(bits),
    distances,
  });
  return {
    test: of(
      unlike,
      Float32Array.from(unlike, (_, i) => distance(i)),
    ),
    validation: of(
      Array<number>(validation).fill(0),
      Float32Array.from({ length: validation }, (_, i) => i),
    ),
    limitRank: validation,
  };
}

function withUnlike(input: ReportInput, share: number, distance?: (i: number) => number): Report {
  const { size } = input.sets.test;
  const bits = Array.from({ length: size }, (_, i) => (i % 10 < 10 * share ? 4 + 2 * (i % 2) : 0));
  return buildReport({ ...input, novelty: noveltyOf(bits, size, distance) });
}

describe("the chance of so many flagged images", () => {
  test("is that of a random order of both sets, to 1e-12 of counting all orders", () => {
    for (const [n, m] of [[3, 4], [5, 2], [4, 4], [6, 1]]) {
      for (let r = 1; r <= m; r++) {
        const counts = beyondInAllOrders(n, m, r);
        const all = counts.reduce((sum, count) => sum + count, 0);
        for (let k = 0; k <= n; k++) {
          const share = counts.slice(k).reduce((sum, count) => sum + count, 0) / all;
          expect(chanceOf(k, n, m, r), `${k} of ${n} beyond the ${r}th of ${m}`).toBeCloseTo(share, 12);
        }
      }
    }
  }); // prettier-ignore

  test("is large where the validation set is too small to know what is rare", () => {
    expect(chanceOf(3, 100, 15, 15)).toBeGreaterThan(0.5);
    expect(chanceOf(11, 624, 524, 523)).toBeCloseTo(0.00713, 5);
  });
});

/** In how many orders of n test and m validation images k test images come behind the r-th validation image, by k. */
function beyondInAllOrders(n: number, m: number, r: number): number[] {
  const counts = new Array<number>(n + 1).fill(0);
  const go = (tests: number, held: number, beyond: number) => {
    if (tests === n && held === m) counts[beyond]++;
    if (tests < n) go(tests + 1, held, beyond + (held >= r ? 1 : 0));
    if (held < m) go(tests, held + 1, beyond);
  };
  go(0, 0, 0);
  return counts;
}

describe("the record", () => {
  test("counts flagged images by reason, and gives figures of those alone and of the rest", () => {
    const { unlikeTraining: found, perClass } = withUnlike(labelledInput(["benign", "malignant"], [120, 80]), 0.3);
    expect(perClass).toHaveLength(2);
    expect(found).toMatchObject({ images: 60, reasons: { shape: 0, intensities: 20, distance: 60 } });
    expect(found!.share.value).toBe(0.3);
    expect(found!.chance).toBeLessThan(1e-12);
    expect(found!.figures!.unlike.size + found!.figures!.rest.size).toBe(200);
    const { unlike, rest } = found!.figures!;
    const whole = withUnlike(labelledInput(["benign", "malignant"], [120, 80]), 0.3).metrics.accuracy.value!;
    expect((60 * unlike.accuracy.value! + 140 * rest.accuracy.value!) / 200).toBeCloseTo(whole, 12);
  });

  test("has no figures of fewer than 20 images, and farther is 0.5 where both sets lie alike", () => {
    const { unlikeTraining: found } = withUnlike(labelledInput(["a", "b"], [60, 40]), 0.1);
    expect(found!.images).toBe(10);
    expect(found!.figures).toBeNull();
    expect(found!.farther!.value).toBe(0.5);
  });

  test("of masks has the mean Dice of those alone", () => {
    const { unlikeTraining: found } = withUnlike(maskedInput(["tumour"], 60), 0.5);
    expect(found!.figures!.unlike.dice.value).toBeGreaterThan(0);
    expect(found!.figures!.rest.size).toBe(30);
  });

  test("says nothing where the model knows nothing, and pages of older records stay as they were", () => {
    const report = buildReport(labelledInput(["a", "b"], [60, 40]));
    expect(report).not.toHaveProperty("unlikeTraining");
    expect(reportHtml(report)).not.toContain("like the training set?");
    expect(markdownOf(report)).not.toContain("like the training set?");
  });
});

describe("page and text", () => {
  test("warn where more are flagged than chance gives, with the figures of those alone", () => {
    const report = withUnlike(labelledInput(["benign", "malignant"], [120, 80]), 0.3);
    const [warning] = report.warnings;
    expect(warning).toMatch(/^The test set is unlike the training set: 60 of 200 images \(30\.0 %\) lie outside/);
    expect(warning).toMatch(/Of those images alone the accuracy is 0\.\d{3}, of the rest 0\.\d{3}\.$/);
    expect(reportHtml(report)).toContain("unlike: 60 images");
    expect(markdownOf(report)).toContain("| figure | unlike: 60 images | the rest: 140 images |");
    expect(report.checklists!.claim.find(({ item }) => item === 32)!.answer).toContain("unlike the training set");
  });

  test("warn where no image is beyond the limit, and all lie farther off than the validation images", () => {
    const report = withUnlike(labelledInput(["a", "b"], [60, 40]), 0, (i) => i + 50);
    expect(report.unlikeTraining!.images).toBe(0);
    expect(report.warnings[0]).toMatch(
      /farther from the training images than a validation image in 87.5 % of all pairs/,
    );
  });

  test("say that the sets are alike where they are", () => {
    const report = withUnlike(labelledInput(["a", "b"], [60, 40]), 0);
    expect(report.warnings.join()).not.toContain("unlike the training set");
    expect(markdownOf(report)).toContain("By that the test set is like the training set.");
  });
});

test("a study whose test images are brighter than those of training says so, and one of a kind does not", async () => {
  const random = stream(5, "phantom");
  const make = (count: number, from: number, gain: number) => {
    const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
    const images = Float32Array.from(
      { length: 16 * count },
      (_, i) => gain * (labels[i >> 4] + random.normal(from + i)),
    );
    return arrayDataset({ images, shape: [4, 4], labels });
  };
  const tested = async (gain: number) => {
    const data = { train: make(200, 0, 1), validation: make(80, 4000, 1), test: make(80, 8000, gain) };
    const run = study({ data, seed: 7 });
    for await (const { epoch } of run.train({ network: network([dense(6), relu(), dense(2)]), epochs: 3 }))
      expect(epoch).toBeGreaterThan(0);
    return run.test({ examples: false });
  };
  const [same, brighter] = [await tested(1), await tested(4)];
  expect(same.warnings.join()).not.toContain("unlike the training set");
  expect(brighter.warnings.join()).toContain("The test set is unlike the training set");
  expect(brighter.unlikeTraining!.reasons.intensities).toBeGreaterThan(40);
});
