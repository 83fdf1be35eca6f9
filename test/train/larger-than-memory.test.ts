import { describe, expect, it } from "vitest";
import { cachedDataset } from "../../src/data/cached-dataset.ts";
import { customDataset } from "../../src/data/custom-dataset.ts";
import { featuresOf, subset } from "../../src/data/dataset.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { fitNormalization, prepareNormalization } from "../../src/data/normalization.ts";
import { weightBytes } from "../../src/model/weights.ts";
import { gradientDescent } from "../../src/train/optimizer.ts";
import { study } from "../../src/study/study.ts";
import type { Task, TrainOptions } from "../../src/train/settings.ts";
import { predict } from "../../src/train/predict.ts";
import { toySet } from "./toy.ts";

/** The same images, read one at a time after a turn of the event loop and kept within a part of what they take. */
function loaded(whole: Dataset, part: number, most = { bytes: 0 }): Dataset {
  const size = featuresOf(whole);
  let held = 0;
  const registry = new FinalizationRegistry<number>((bytes) => (held -= bytes));
  return cachedDataset(
    { ...whole, name: "loaded", isBytes: true, maskIndexes: null },
    async (index) => {
      await new Promise((resolve) => setTimeout(resolve, 0));
      const floats = new Float32Array(size);
      whole.read(index, floats, 0);
      const mask = new Uint8Array(whole.maskLength);
      whole.readMask(index, mask, 0);
      const image = { pixels: Uint8Array.from(floats), rescale: null, mask, bytes: size + mask.length };
      registry.register(image, image.bytes);
      held += image.bytes;
      most.bytes = Math.max(most.bytes, held);
      return image;
    },
    part * whole.length * (size + whole.maskLength),
  );
}

const runs: readonly (readonly [string, Task, TrainOptions])[] = [
  ["classes", "classification", { epochs: 3, batchSize: 8 }],
  ["masks", "segmentation", { epochs: 2, batchSize: 8 }],
  ["classes, accumulating three batches", "classification", { epochs: 2, batchSize: 4, accumulate: 3 }],
  ["masks by full-batch gradient descent", "segmentation", { epochs: 2, batchSize: 8, optimizer: gradientDescent() }],
];

describe("a dataset of which a tenth fits into its cache", () => {
  it.each(runs)(
    "trains, validates, tests and predicts to the bits of one in memory: %s",
    async (_name, task, options) => {
      const whole = toySet(120, 3);
      const reached = async (data: Dataset) => {
        const run = study({ data, seed: 4, task });
        const epochs = [];
        for await (const { seconds: _, ...epoch } of run.train(options)) epochs.push(epoch);
        const model = await run.model();
        const { metrics, sets } = await run.test();
        const predicted = await predict(model, data);
        return { weights: weightBytes(model.weights), epochs, metrics, sets, probabilities: predicted.probabilities };
      };
      expect(await reached(loaded(whole, 0.1))).toEqual(await reached(whole));
    },
  );

  it("is normalised to the same bits, each way", async () => {
    const whole = toySet(70, 5);
    for (const kind of ["zScore", "unit", "pixelZScore", "none"] as const) {
      expect(await prepareNormalization(kind, loaded(whole, 0.1))).toEqual(fitNormalization(kind, whole));
      expect(await prepareNormalization(kind, whole)).toEqual(fitNormalization(kind, whole));
    }
    expect(() => fitNormalization("unit", loaded(whole, 0.1))).toThrow(/Await prepareNormalization/);
  });

  it("has the digests of one in memory, also as a subset", async () => {
    const whole = toySet(20, 6);
    const part = [3, 19, 4];
    const digests = (set: Dataset) => Promise.all(part.map((_, index) => set.digest(index)));
    expect(await digests(subset(loaded(whole, 0.1), part))).toEqual(await digests(subset(whole, part)));
  });

  it("refuses to be read before it is prepared, and reads without waiting afterwards", async () => {
    const set = loaded(toySet(20, 6), 0.1);
    const into = new Float32Array(9);
    expect(() => set.read(5, into, 0)).toThrow(/expected image 5 to be at hand.*prepare\(\[5\]\)/);
    await set.prepare!([5, 6]);
    set.read(5, into, 0);
    expect(into.some((value) => value > 0)).toBe(true);
    expect(set.prepare!([6, 5])).toBeUndefined();
  });
});

describe("customDataset", () => {
  const values = (index: number) => Float32Array.from({ length: 6 }, (_, i) => index + i / 7);
  const options = { length: 30, shape: [2, 3], classes: ["a", "b"], labels: values(0).map(() => 0) };
  const labels = Array.from({ length: 30 }, (_, index) => index % 2);

  it("reads at once where read gives no promise, and later where it does: the same images", async () => {
    for (const isLate of [false, true]) {
      const set = customDataset({
        ...options,
        labels,
        cacheBytes: 100,
        read: (index, into) =>
          isLate ? Promise.resolve().then(() => into.set(values(index))) : into.set(values(index)),
      });
      for (const index of [0, 29, 7]) {
        const pending = set.prepare!([index]);
        expect(pending === undefined).toBe(!isLate);
        await pending;
        const into = new Float32Array(6);
        set.read(index, into, 0);
        expect(into).toEqual(values(index));
      }
    }
  });

  it("names the image whose pixels are not finite, or whose mask has an unknown class", () => {
    const nan = customDataset({ ...options, labels, read: (index, into) => void into.fill(index === 3 ? NaN : 1) });
    expect(() => nan.prepare!([2, 3])).toThrow(/expected finite pixels, got NaN in image 3, value 0/);
    const masked = customDataset({ ...options, labels, read: (_, into) => void into.fill(1), readMask: (index, into) => void into.fill(index) }); // prettier-ignore
    expect(masked.prepare!([1])).toBeUndefined();
    expect(() => masked.prepare!([2])).toThrow(/expected mask values from 0 to 1, got 2 in image 2/);
  });

  it("says what is wrong with its options", () => {
    const read = () => undefined;
    expect(() => customDataset({ ...options, length: 0, labels, read })).toThrow(/at least one image/);
    expect(() => customDataset({ ...options, labels: [0, 1], read })).toThrow(/one label for each of 30 images/);
    expect(() => customDataset({ ...options, labels: labels.map(() => 2), read })).toThrow(/labels among 0, 1/);
    expect(() => customDataset({ ...options, labels, read, cacheBytes: -1 })).toThrow(/cacheBytes/);
  });

  it("says in training which image could not be read, and leaves the run where it was", async () => {
    const data = customDataset({
      length: 60, shape: [2], classes: ["a", "b"], cacheBytes: 0,
      labels: Array.from({ length: 60 }, (_, index) => index % 2),
      read: async (index, into) => {
        await Promise.resolve();
        if (index === 11) throw new RangeError("image 11 is gone");
        into.fill(index);
      },
    }); // prettier-ignore
    await expect(study({ data, seed: 1 }).train({ epochs: 1 }).next()).rejects.toThrow("image 11 is gone");
  });
});
