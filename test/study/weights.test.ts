import { describe, expect, it } from "vitest";
import { arrayDataset, subset } from "../../src/data/dataset.ts";
import type { Dataset, DatasetSplit } from "../../src/data/dataset.ts";
import { StudyStateError } from "../../src/errors.ts";
import { dense } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { sigmoidCrossEntropy } from "../../src/model/loss.ts";
import { markdownOf } from "../../src/report/markdown.ts";
import { memoryStorage } from "../../src/storage/memory.ts";
import type { Study, TrainRunOptions } from "../../src/study/options.ts";
import { openStudy, study } from "../../src/study/study.ts";
import type { Epoch } from "../../src/train/progress.ts";

/** Noisy images of 4x4, brighter in every third; `weights` by index. */
function made(count: number, seed: number, weights?: (index: number) => number): Dataset {
  let state = seed >>> 0;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const labels = Array.from({ length: count }, (_, i) => Number(i % 3 === 0));
  const images = Uint8Array.from({ length: 16 * count }, (_, i) => 60 * labels[i >> 4] * (i % 2) + 150 * next());
  const counted = weights ? Array.from({ length: count }, (_, i) => weights(i)) : null;
  return arrayDataset({ images, shape: [4, 4], labels, weights: counted });
}

const quick: TrainRunOptions = { network: network([dense(2)]), epochs: 2, batchSize: 8, patience: null };

async function trainAll(run: Study, options: TrainRunOptions = quick) {
  const epochs: Epoch[] = [];
  for await (const epoch of run.train(options)) epochs.push({ ...epoch, seconds: 0 });
  return epochs;
}

const hashOf = async (run: Study) => {
  const last = (await run.ledger()).findLast(({ event }) => event === "training ended");
  return (last as { weightsSha256?: string } | undefined)?.weightsSha256;
};

const setsOf = (testWeights?: (index: number) => number): DatasetSplit => ({
  train: made(48, 1, (i) => 1 + (i % 4)),
  validation: made(24, 2),
  test: made(24, 3, testWeights),
});

describe("weights of images in a study", () => {
  it("follow their images into each set that the data is divided into, and into the report", async () => {
    const data = made(120, 4, (i) => 0.5 + (i % 7));
    const run = study({ data, seed: 3 });
    await trainAll(run);
    const report = await run.test();
    const { weights } = report.testSet;
    expect(weights?.least).toBeGreaterThanOrEqual(0.5);
    expect(weights?.most).toBeLessThanOrEqual(6.5);
    expect(weights?.effectiveSize).toBeLessThan(report.testSet.size);
    for (const name of ["accuracy", "recall", "rocAuc"] as const)
      expect(report.metrics[name].method).toMatch(/images by their weights; 95 % (smoothed )?BCa bootstrap/);
    const text = markdownOf(report);
    expect(text.indexOf("The test images do not count alike")).toBeGreaterThan(0);
    expect(text.indexOf("The test images do not count alike")).toBeLessThan(text.indexOf("## Figures"));
  });

  it("of the test set change nothing of training, and nothing tells them before the seal is opened", async () => {
    const [plain, skewed] = [
      study({ data: setsOf(), seed: 3 }),
      study({ data: setsOf((i) => 1 + 1000 * (i % 5)), seed: 3 }),
    ];
    const [a, b] = [await trainAll(plain), await trainAll(skewed)];
    expect(b).toEqual(a);
    expect(await hashOf(skewed)).toBe(await hashOf(plain));
    // All that differs before the test is the hash that the study commits to.
    const known = async (run: Study) =>
      (await run.ledger()).map(({ time: _, previous: __, ...entry }) =>
        entry.event === "split" ? { ...entry, test: { ...entry.test, sha256: "" } } : entry,
      );
    expect(await known(skewed)).toEqual(await known(plain));
    expect((await skewed.test()).metrics.recall.value).not.toBe((await plain.test()).metrics.recall.value);
  });

  it("of the test set are committed to before training: others are refused at the test", async () => {
    const storage = memoryStorage();
    await trainAll(study({ data: setsOf((i) => 1 + i), seed: 3, storage }));
    const other = openStudy({ storage, data: setsOf((i) => 30 - i) });
    await expect(other.test()).rejects.toThrow(StudyStateError);
    await expect(other.test()).rejects.toThrow(/expected the images that ledger.jsonl line 3 commits to, got others/);
    await expect(openStudy({ storage, data: setsOf() }).test()).rejects.toThrow(/expected the images that/);
    expect((await openStudy({ storage, data: setsOf((i) => 1 + i) }).test()).testSet.size).toBe(24);
  });

  it("that are all 0 in a set are refused before training", async () => {
    const { train, test } = setsOf();
    const none = subset(
      made(30, 5, (i) => Number(i === 0)),
      Array.from({ length: 29 }, (_, i) => i + 1),
    );
    await expect(study({ data: { train, validation: none, test } }).sets()).rejects.toThrow(
      /validation set: expected a weight above 0, got 0 for each of its 29 images/,
    );
  });
});

describe("sampling and smoothing in a study", () => {
  it("are written down, and resuming after any step ends in the bits of a run straight through", async () => {
    const data = made(60, 6);
    const options: TrainRunOptions = {
      ...quick,
      network: network([dense(1)]),
      sampling: "balanced",
      loss: sigmoidCrossEntropy({ labelSmoothing: 0.1 }),
    };
    const straight = study({ data, seed: 3 });
    await trainAll(straight, options);
    for (const stopAfter of [1, 3, 7]) {
      const storage = memoryStorage();
      const stop = new AbortController();
      let steps = 0;
      const onStep = () => {
        if (++steps === stopAfter) stop.abort(new Error("enough"));
      };
      const run = study({ data, seed: 3, storage });
      await expect(trainAll(run, { ...options, signal: stop.signal, onStep })).rejects.toThrow("enough");
      const { training } = JSON.parse(new TextDecoder().decode((await storage.read("study.json"))!)) as {
        training: object;
      };
      expect(training).toMatchObject({ sampling: "balanced", loss: { labelSmoothing: 0.1 } });
      const resumed = openStudy({ storage, data });
      await trainAll(resumed, { resume: true });
      expect(await hashOf(resumed)).toBe(await hashOf(straight));
    }
  });
});
