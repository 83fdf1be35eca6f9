import { describe, expect, it } from "vitest";
import { customDataset } from "../../src/data/custom-dataset.ts";
import { arrayDataset, featuresOf, subset } from "../../src/data/dataset.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { fitNormalization } from "../../src/data/normalization.ts";
import { createBreathe } from "../../src/breathe.ts";
import { patches } from "../../src/data/patches.ts";
import type { Patches } from "../../src/data/patches.ts";
import { dense, dropout, relu } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { batchNorm } from "../../src/model/normalization-layers.ts";
import { swa } from "../../src/train/average.ts";
import { weightBytes } from "../../src/model/weights.ts";
import { sigmoidCrossEntropy } from "../../src/model/loss.ts";
import { stream } from "../../src/random.ts";
import { adam } from "../../src/train/optimizer.ts";
import { memoryStorage } from "../../src/storage/memory.ts";
import { openStudy, study } from "../../src/study/study.ts";
import { loadModel, saveModel } from "../../src/train/model.ts";
import type { Model } from "../../src/train/model.ts";
import { evaluate } from "../../src/train/evaluate.ts";
import { figureOf } from "../../src/train/outcomes.ts";
import { openModel, predict } from "../../src/train/predict.ts";
import { outputsFor, resolveTraining } from "../../src/train/settings.ts";
import type { Task, TrainOptions } from "../../src/train/settings.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/train/checkpoint.ts";
import { startFit } from "../../src/train/fit.ts";
import type { Beginning, Fit } from "../../src/train/fit.ts";
import { bitsOf, toySet } from "./toy.ts";

const tasks = ["classification", "segmentation"] as const satisfies readonly Task[];
const shape = [7, 6];
const parts = patches({ size: [4, 3], stride: [2, 2], perImage: 3, foreground: 0.5 });
/** Corners of the grid of parts, by hand. */
const corners = [0, 2, 3].flatMap((row) => [0, 2, 3].map((column) => [row, column] as const));

function layersFor(task: Task, value: Patches | null, set: Dataset) {
  return network([
    dense(12),
    relu(),
    dropout(0.3),
    dense(8),
    relu(),
    dropout(0.2),
    dense(outputsFor(task, set, value)),
  ]);
}

function begin(task: Task, options: TrainOptions, beginning?: Beginning, seed = 5): Promise<Fit> {
  const train = toySet(30, 1, { shape });
  const given = { network: layersFor(task, options.patches ?? null, train), epochs: 3, batchSize: 8, patience: null, ...options }; // prettier-ignore
  const settings = resolveTraining(given, train, task, seed);
  return startFit({ train, validation: toySet(12, 2, { shape }) }, settings, beginning);
}

async function finish(fit: Fit) {
  const epochs = [];
  while (!fit.finished) epochs.push({ ...(await fit.epoch()), seconds: 0 });
  return epochs;
}

/** All patches of a set's covering grid, cut by hand, as a set of images. */
function cutByHand(set: Dataset): Dataset {
  const [rows, columns] = set.shape;
  const pixels: number[] = [];
  const masks: number[] = [];
  const labels: number[] = [];
  const image = new Float32Array(rows * columns);
  const mask = new Uint8Array(rows * columns);
  for (let index = 0; index < set.length; index++) {
    set.read(index, image, 0);
    set.readMask(index, mask, 0);
    for (const [top, left] of corners) {
      labels.push(set.labels![index]);
      for (let row = 0; row < 4; row++) {
        for (let column = 0; column < 3; column++) {
          pixels.push(image[(top + row) * columns + left + column]);
          masks.push(mask[(top + row) * columns + left + column]);
        }
      }
    }
  }
  return arrayDataset({ images: Uint8Array.from(pixels), shape: [4, 3], labels, labelValues: [0, 1], masks });
}

async function trained(
  task: Task,
  options: TrainOptions = {},
): Promise<{ model: Model; epochs: Awaited<ReturnType<typeof finish>> }> {
  const fit = await begin(task, { patches: parts, ...options });
  const epochs = await finish(fit);
  const { network: net, loss, normalization, patches: value } = fit.settings;
  const { classes, maskClasses } = toySet(30, 1, { shape });
  const model = { task, network: net, loss, normalization, patches: value!, classes, maskClasses, weights: fit.bestWeights() }; // prettier-ignore
  fit.free();
  return { model, epochs };
}

/** p of each image, averaged by hand from what the network says of each patch alone. */
async function averagedByHand({ patches: _, ...model }: Model, set: Dataset): Promise<number[]> {
  const said = await predict(model, cutByHand(set));
  const [rows, columns] = set.shape;
  const averages: number[] = [];
  for (let index = 0; index < set.length; index++) {
    if (said.task === "classification") {
      for (const k of [0, 1]) {
        let sum = 0;
        corners.forEach((_one, patch) => (sum += said.probabilities[(index * corners.length + patch) * 2 + k]));
        averages.push(sum / corners.length);
      }
      continue;
    }
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        let sum = 0;
        let count = 0;
        corners.forEach(([top, left], patch) => {
          if (row < top || row >= top + 4 || column < left || column >= left + 3) return;
          sum += said.probabilities[(index * corners.length + patch) * 12 + (row - top) * 3 + column - left];
          count++;
        });
        averages.push(sum / count);
      }
    }
  }
  return averages;
}

describe("a network of patches", () => {
  it.each(tasks)(
    "predicts whole images: the averages, to the bit, of what it says of each patch alone; %s",
    async (task) => {
      const { model } = await trained(task);
      const set = toySet(11, 4, { shape });
      const said = await predict(model, set);
      expect(Array.from(said.probabilities)).toEqual((await averagedByHand(model, set)).map(Math.fround));
      if (said.task === "segmentation") {
        expect(said.shape).toEqual([7, 6]);
        expect(Array.from(said.masks)).toEqual(Array.from(said.probabilities, (p) => (p >= 0.5 ? 1 : 0)));
      }
    },
  );

  it("predicts images of another size than those of training, and of no smaller one than a patch", async () => {
    const { model } = await trained("segmentation");
    const larger = toySet(2, 4, { shape: [9, 13] });
    const said = await predict(model, larger);
    expect(said.probabilities.length).toBe(2 * 9 * 13);
    expect(said.task === "segmentation" && said.shape).toEqual([9, 13]);
    await expect(predict(model, toySet(2, 4, { shape: [3, 13] }))).rejects.toThrow(
      "patches: expected images of at least 4x3, got 3x13",
    );
    await expect(predict(model, toySet(2, 4, { shape: [5, 5, 5] }))).rejects.toThrow(
      "patches: expected a size for each of the 3 axes of images of 5x5x5, got 2: 4x3",
    );
  });

  it("has validation figures of whole images: accuracy and Dice of the averages; the loss is the mean over all patches", async () => {
    const validation = toySet(12, 2, { shape });
    for (const task of tasks) {
      const { model, epochs } = await trained(task, { epochs: 1 });
      const { validation: figures } = epochs[0];
      const averages = await averagedByHand(model, validation);
      const { patches: _, ...alone } = model;
      const grid = cutByHand(validation);
      const said = await predict(alone, grid);
      let loss = 0;
      if (task === "classification") {
        const right = Array.from(validation.labels!).filter((label, i) => averages[2 * i + label] > 0.5);
        expect(figures.accuracy).toBe(right.length / 12);
        grid.labels!.forEach((label, patch) => (loss -= Math.log(said.probabilities[2 * patch + label])));
      } else {
        const mask = new Uint8Array(42);
        const scores: number[] = [];
        let right = 0;
        for (let image = 0; image < 12; image++) {
          validation.readMask(image, mask, 0);
          const predicted = averages.slice(42 * image, 42 * image + 42).map((p) => (p >= 0.5 ? 1 : 0));
          right += predicted.filter((one, i) => one === mask[i]).length;
          const both = mask.reduce((sum, one) => sum + one, 0) + predicted.reduce<number>((sum, one) => sum + one, 0);
          const overlap = predicted.filter((one, i) => one === 1 && mask[i] === 1).length;
          if (mask.some((one) => one > 0)) scores.push((2 * overlap) / both);
        }
        expect(figures.accuracy).toBeCloseTo(right / (12 * 42), 10);
        expect(figures.dice).toBeCloseTo(scores.reduce((sum, one) => sum + one, 0) / scores.length, 10);
        const truth = new Uint8Array(12);
        for (let patch = 0; patch < grid.length; patch++) {
          grid.readMask(patch, truth, 0);
          const p = said.probabilities.subarray(12 * patch, 12 * patch + 12);
          const overlap = p.reduce((sum, one, i) => sum + one * truth[i], 0);
          const both = p.reduce((sum, one) => sum + one, 0) + truth.reduce((sum, one) => sum + one, 0);
          loss += 1 - (2 * overlap + 1) / (both + 1);
        }
      }
      expect(Math.abs(figures.loss - loss / grid.length)).toBeLessThan(1e-5);
      expect(Math.abs(figures.totalError - loss / corners.length)).toBeLessThan(1e-4);
    }
  });

  it.each(tasks)("is the same as without patches, to the bit, where a patch is the whole image; %s", async (task) => {
    const ran = async (options: TrainOptions) => {
      const fit = await begin(task, { normalization: "zScore", ...options });
      const epochs = await finish(fit);
      const weights = fit.state().tensors.get("parameters")!;
      fit.free();
      return { epochs, weights: bitsOf(weights) };
    };
    expect(await ran({ patches: patches({ size: shape }) })).toEqual(await ran({}));
  });

  it.each(tasks)(
    "trains to the same bits from the same seed, and after a stop in the middle of an epoch; %s",
    async (task) => {
      const straight = async (seed: number) => {
        const fit = await begin(task, { patches: parts }, undefined, seed);
        const epochs = await finish(fit);
        const state = fit.state();
        fit.free();
        return { epochs, weights: bitsOf(state.tensors.get("parameters")!) };
      };
      const once = await straight(5);
      expect(await straight(5)).toEqual(once);
      expect((await straight(6)).weights).not.toEqual(once.weights);

      // 90 patches are 12 steps an epoch: stopped in the second.
      const interrupt = new AbortController();
      let steps = 0;
      const first = await begin(task, { patches: parts });
      const run = async () => {
        while (!first.finished) await first.epoch(interrupt.signal, () => void (++steps === 17 && interrupt.abort(new Error("stop")))); // prettier-ignore
      };
      await expect(run()).rejects.toThrow("stop");
      const bytes = await encodeCheckpoint(first.state());
      first.free();
      const state = await decodeCheckpoint(bytes, "checkpoint");
      expect(state.progress).toMatchObject({ epoch: 1, position: 40 });
      const second = await begin(task, { patches: parts }, { kind: "resumed", state });
      const rest = await finish(second);
      expect(rest).toEqual(once.epochs.slice(1));
      expect(bitsOf(second.state().tensors.get("parameters")!)).toEqual(once.weights);
      second.free();
    },
  );

  it("takes perImage patches of each image in an epoch", async () => {
    const seen: number[] = [];
    const fit = await begin("classification", { patches: parts });
    await fit.epoch(undefined, (count) => void seen.push(count));
    expect(seen).toEqual([8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 90]);
    fit.free();
  });

  it.each(tasks)(
    "trains, tests and predicts to the bits of a set in memory where images are read when needed; %s",
    async (task) => {
      const whole = toySet(120, 3, { shape });
      const late = customDataset({
      length: 120, shape, classes: whole.classes, labels: whole.labels, maskLength: whole.maskLength, cacheBytes: 0,
      read: (index, into) => Promise.resolve().then(() => whole.read(index, into, 0)),
      readMask: (index, into) => Promise.resolve().then(() => whole.readMask(index, into, 0)),
    }); // prettier-ignore
      const reached = async (data: Dataset) => {
        const run = study({ data, seed: 4, task });
        const epochs = [];
        for await (const epoch of run.train({ patches: parts, epochs: 2, batchSize: 8 })) epochs.push({ ...epoch, seconds: 0 }); // prettier-ignore
        const model = await run.model();
        const { metrics } = await run.test();
        const { probabilities } = await predict(model, data);
        return { weights: weightBytes(model.weights), epochs, metrics, probabilities };
      };
      expect(await reached(late)).toEqual(await reached(whole));
    },
  );

  it.each(tasks)(
    "counts an image of weight 2 as two of weight 1, and one of weight 0 not at all, in figures and losses; %s",
    async (task) => {
      const { model } = await trained(task, { epochs: 1 });
      const set = toySet(12, 2, { shape });
      const images = new Uint8Array(12 * 42);
      const masks = new Uint8Array(12 * 42);
      const pixels = new Float32Array(42);
      const weights = Array.from({ length: 12 }, (_, i) => i % 3);
      for (let i = 0; i < 12; i++) {
        set.read(i, pixels, 0);
        images.set(pixels, 42 * i);
        set.readMask(i, masks, 42 * i);
      }
      const { labels } = set;
      const weighted = arrayDataset({ images, masks, shape, labels, weights });
      const repeated = subset(set, weights.flatMap((weight, i) => new Array<number>(weight).fill(i))); // prettier-ignore
      const figures = async (data: Dataset) => {
        const opened = await openModel(model, data.length);
        const found = await evaluate(opened, data, createBreathe());
        opened.free();
        return found;
      };
      const [once, twice] = [await figures(weighted), await figures(repeated)];
      for (const name of ["totalError", "loss", "absoluteError", "accuracy"] as const)
        expect(once[name], name).toBeCloseTo(twice[name], 5);
      for (const name of ["rocAuc", "dice"] as const) expect(once[name] ?? -1, name).toBeCloseTo(twice[name] ?? -1, 5);
    },
  );

  it("draws patches by the weights of their images: of images of weight 0 none is seen in training", async () => {
    const data = toySet(30, 1, { shape });
    const seen = new Set<number>();
    const watched: Dataset = {
      ...data,
      readRun(index, from, count, into, offset) {
        if (isTraining) seen.add(index);
        data.readRun?.(index, from, count, into, offset);
      },
    };
    let isTraining = false;
    const weights = Array.from({ length: 30 }, (_, i) => (i % 3 === 0 ? 1 : 0));
    const options = { patches: parts, network: layersFor("classification", parts, data), sampling: { weights }, epochs: 1 }; // prettier-ignore
    const settings = resolveTraining(options, watched, "classification", 5);
    const fit = await startFit({ train: watched, validation: toySet(12, 2, { shape }) }, settings);
    let steps = 0;
    isTraining = true;
    await fit.epoch(undefined, () => void (isTraining = ++steps < 3));
    fit.free();
    expect(steps).toBe(3);
    expect([...seen].every((index) => index % 3 === 0)).toBe(true);
    expect(seen.size).toBe(10);
  });

  it.each(["loss", "accuracy", "rocAuc", "dice"] as const)(
    "has figures image by image that come to those of the set: %s",
    async (monitor) => {
      const task = monitor === "dice" ? "segmentation" : "classification";
      const { model, epochs } = await trained(task, { epochs: 1 });
      const set = toySet(12, 2, { shape });
      const figure = await figureOf([{ model, set }], monitor);
      expect(figure(Int32Array.from({ length: 12 }, (_, i) => i))).toBeCloseTo(epochs[0].validation[monitor]!, 6);
    },
  );

  it("has no drawn predictions: samples are refused", async () => {
    const { model } = await trained("classification", { epochs: 1 });
    await expect(predict(model, toySet(2, 4, { shape }), { samples: 5 })).rejects.toThrow(
      "predict: expected a network that sees whole images to draw samples from, got one of patches. Leave samples out.",
    );
  });

  it("trains with batch normalisation and averaged weights, to the same bits after a stop in the middle of an epoch", async () => {
    const net = network([dense(12), batchNorm(), relu(), dropout(0.3), dense(2)]);
    const options = { patches: parts, network: net, average: swa({ from: 1 }) };
    const straight = await begin("classification", options);
    const epochs = await finish(straight);
    const first = await begin("classification", options);
    const interrupt = new AbortController();
    let steps = 0;
    const run = async () => {
      while (!first.finished) await first.epoch(interrupt.signal, () => void (++steps === 29 && interrupt.abort(new Error("stop")))); // prettier-ignore
    };
    await expect(run()).rejects.toThrow("stop");
    const second = await begin("classification", options, { kind: "resumed", state: first.state() });
    expect(await finish(second)).toEqual(epochs.slice(2));
    expect(weightBytes(second.bestWeights())).toEqual(weightBytes(straight.bestWeights()));
    for (const fit of [straight, first, second]) fit.free();
  });

  it("is normalised over whole images, by zScore unless said otherwise; statistics by pixel are refused", () => {
    const train = toySet(30, 1, { shape });
    const resolve = (options: TrainOptions) =>
      resolveTraining({ patches: parts, ...options }, train, "classification", 5);
    expect(resolve({}).normalization).toEqual(fitNormalization("zScore", train));
    expect(resolve({ normalization: "unit" }).normalization).toEqual(fitNormalization("unit", train));
    expect(() => resolve({ normalization: "pixelZScore" })).toThrow(/^normalization: expected zScore, unit or none with patches, got pixelZScore/); // prettier-ignore
    expect(() => resolveTraining({ patches: parts }, train, "classification", 5, fitNormalization("pixelZScore", train))).toThrow(/^normalization: expected zScore/); // prettier-ignore
  });

  it("keeps the patches in the model's file; a file from before there were patches has none", async () => {
    const { model } = await trained("segmentation", { epochs: 1 });
    const copy = loadModel(saveModel(model));
    expect(copy.patches).toEqual({ size: [4, 3], stride: [2, 2], perImage: 3, foreground: 0.5 });
    const set = toySet(3, 4, { shape });
    expect(await predict(copy, set)).toEqual(await predict(model, set));
    const { patches: _, ...before } = model;
    expect("patches" in loadModel(saveModel(before))).toBe(false);
    const broken = saveModel({ ...model, patches: { ...model.patches!, stride: [5, 2] } });
    expect(() => loadModel(broken)).toThrow(/^model: expected the recipe of a network, got patches: expected a stride of at most the size/); // prettier-ignore
  });
});

/** Noise with one brighter spot of 3x4 pixels anywhere, which is the mask. */
function spots(count: number): Dataset {
  const draws = stream(3, "phantom", 1);
  const images = Uint8Array.from({ length: count * 256 }, (_, i) => draws.integer(i, 120));
  const masks = new Uint8Array(count * 256);
  for (let image = 0; image < count; image++) {
    const row = draws.integer(images.length + 2 * image, 14);
    const column = draws.integer(images.length + 2 * image + 1, 13);
    for (let i = 0; i < 12; i++) {
      const at = image * 256 + (row + Math.floor(i / 4)) * 16 + column + (i % 4);
      images[at] += 90;
      masks[at] = 1;
    }
  }
  return arrayDataset({ images, shape: [16, 16], masks });
}

describe("a study of patches", () => {
  it.each([1, 2])(
    "learns from 42 images to find a spot that may lie anywhere: validation Dice above 0.85, where whole images reach below 0.5; seed %i",
    async (seed) => {
      const reached = async (value: Patches | null) => {
        const data = spots(60);
        const net = network([dense(32), relu(), dense(outputsFor("segmentation", data, value))]);
        const optimizer = adam({ learningRate: 0.01 });
        const options = { network: net, optimizer, loss: sigmoidCrossEntropy(), epochs: 30, patience: null };
        let dice: number | null = null;
        for await (const { validation } of study({ data, seed }).train({ ...options, patches: value })) dice = validation.dice; // prettier-ignore
        return dice;
      };
      expect(await reached(null)).toBeLessThan(0.5);
      expect(await reached(patches({ size: 6, stride: 2, perImage: 8, foreground: 0.3 }))).toBeGreaterThan(0.85);
    },
  );

  it("is tested on whole images, says its patches in study.json and in the report, and keeps them in refining", async () => {
    const storage = memoryStorage();
    const data = toySet(80, 3, { shape });
    const run = study({ data, seed: 4, task: "segmentation", storage });
    for await (const epoch of run.train({ patches: parts, epochs: 2 })) expect(epoch.validation.dice).not.toBeNull();
    await run.refine({ remedies: [{ l2: 1e-3 }], folds: 2 });
    const wanted = { size: [4, 3], stride: [2, 2], perImage: 3, foreground: 0.5 };
    expect((await run.model()).patches).toEqual(wanted);
    const record = JSON.parse(new TextDecoder().decode((await storage.read("study.json"))!)) as { training: { patches: unknown } }; // prettier-ignore
    expect(record.training.patches).toEqual(wanted);
    const report = await run.test();
    expect(report.testSet.size).toBe((await run.sets()).test);
    const voxels = report.metrics.confusion.value.flat().reduce((sum, cell) => sum + cell, 0);
    expect(voxels).toBe(report.testSet.size * featuresOf({ shape }));
    expect(new TextDecoder().decode((await storage.read("report.md"))!)).toMatch(/patches, size *\| 4, 3/);
  });

  it("resumes with the patches it was begun with, to the bits of a run without a stop", async () => {
    const data = toySet(80, 3, { shape });
    const hash = async (stopAfter: number | null, value: Patches | null) => {
      const storage = memoryStorage();
      const interrupt = new AbortController();
      let steps = 0;
      const options = { patches: value, epochs: 3, batchSize: 8, normalization: "zScore" as const };
      const onStep = () => void (++steps === stopAfter && interrupt.abort(new Error("stop")));
      const running = (async () => {
        const begun = study({ data, seed: 4, storage }).train({ ...options, signal: interrupt.signal, onStep });
        while (!(await begun.next()).done);
      })();
      if (stopAfter === null) await running;
      else await expect(running).rejects.toThrow("stop");
      const run = openStudy({ storage, data });
      const rest = run.train({ resume: true });
      while (!(await rest.next()).done);
      return weightBytes((await run.model()).weights);
    };
    expect(await hash(30, parts)).toEqual(await hash(null, parts));
  });
});
