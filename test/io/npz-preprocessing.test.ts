import { describe, expect, it } from "vitest";
import type { Dataset, DatasetSplit } from "../../src/data/dataset.ts";
import { centreCropOrPad, gray, rescale, resampleTo } from "../../src/data/preprocessing.ts";
import { FormatError } from "../../src/errors.ts";
import { readNpz } from "../../src/io/npz.ts";
import { writeNpz } from "../../src/io/write-npz.ts";
import { loadModel, saveModel } from "../../src/train/model.ts";
import { predict } from "../../src/train/predict.ts";
import { openStudy, study } from "../../src/study/study.ts";
import { memoryStorage } from "../../src/storage/memory.ts";
import { masksIn, valuesIn } from "./folder/files.ts";

const pixels = (count: number) => Uint8Array.from({ length: count }, (_, i) => (i * 37) % 251);
const one = async (...given: Parameters<typeof readNpz>) => (await readNpz(...given)) as Dataset;

describe("readNpz with preprocessing", () => {
  it("moves images and masks alike, keeps bytes where steps do, and tells what was done", async () => {
    const masks = pixels(32).map((value) => value % 3);
    const bytes = await writeNpz({
      images: { shape: [2, 4, 4], data: pixels(32) },
      masks: { shape: [2, 4, 4], data: masks },
    });
    const crop = [centreCropOrPad({ size: [2, 2] })];
    const set = await one(bytes, { preprocessing: crop });
    expect(set).toMatchObject({ shape: [2, 2], preprocessing: crop, maskLength: 4 });
    expect(set.readBytes).toBeDefined();
    const inner = (all: Uint8Array) => [0, 16].map((at) => [5, 6, 9, 10].map((i) => all[at + i]));
    expect(await valuesIn(set)).toEqual(inner(pixels(32)));
    expect(await masksIn(set)).toEqual(inner(masks));
    expect((await one(bytes)).preprocessing).toEqual([]);
    const scaled = await one(bytes, { preprocessing: [rescale({ to: [0, 1] })] });
    expect(scaled.readBytes).toBeUndefined();
    expect(Math.max(...(await valuesIn(scaled)).flat())).toBe(1);
  });

  it("does so in three sets, and makes colours gray", async () => {
    const images = (count: number) => ({ shape: [count, 2, 2, 3], data: pixels(12 * count) });
    const bytes = await writeNpz({ train_images: images(3), val_images: images(1), test_images: images(2) });
    const sets = (await readNpz(bytes, { preprocessing: [gray()] })) as DatasetSplit;
    expect([sets.train, sets.validation, sets.test].map(({ length, shape }) => [length, shape])).toEqual([
      [3, [2, 2]], [1, [2, 2]], [2, [2, 2]],
    ]); // prettier-ignore
  });

  it("refuses, by name, what arrays do not say: a spacing", async () => {
    const bytes = await writeNpz({ images: { shape: [2, 4, 4], data: pixels(32) } });
    await expect(readNpz(bytes, { preprocessing: [resampleTo({ spacing: 1 })] })).rejects.toThrow(FormatError);
    await expect(readNpz(bytes, { preprocessing: [resampleTo({ spacing: 1 })] })).rejects.toThrow(
      /images: resampleTo spacing: .*got none/,
    );
  });
});

describe("a model of preprocessed images", () => {
  it("keeps what was done to them in its file, and refuses others, as the study does", async () => {
    const bytes = await writeNpz({
      images: { shape: [60, 2, 2], data: pixels(240) },
      labels: { shape: [60], data: new Uint8Array(60).map((_, i) => i % 2) },
    });
    const steps = [rescale({ to: [0, 1] })];
    const data = await readNpz(bytes, { preprocessing: steps });
    const storage = memoryStorage();
    const run = study({ data, seed: 1, storage, leakage: "allow" });
    for await (const { totalError } of run.train({ epochs: 1 })) expect(totalError).toBeGreaterThan(0);
    const model = loadModel(saveModel(await run.model()));
    expect(model.preprocessing).toEqual(steps);
    expect((await predict(model, await one(bytes, { preprocessing: steps }))).probabilities.length).toBe(120);
    await expect(predict(model, await one(bytes))).rejects.toThrow(
      /preprocessed by rescale\(\{ to: \[0, 1\] \}\), as those of training, got nothing/,
    );
    await expect(openStudy({ storage, data: await readNpz(bytes) }).sets()).rejects.toThrow(/others/);
  });
});
