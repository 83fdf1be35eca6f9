// Which images are unlike the training set: the distance against a naive oracle, and measured shares of flagged images.
import fc from "fast-check";
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { arrayDataset, subset } from "../../src/data/dataset.ts";
import type { Dataset, DatasetSplit } from "../../src/data/dataset.ts";
import { patches } from "../../src/data/patches.ts";
import { phantoms } from "../../src/data/phantom.ts";
import { FormatError } from "../../src/errors.ts";
import { readNpz } from "../../src/io/npz.ts";
import { writeSafetensors } from "../../src/io/safetensors.ts";
import { dense, dropout, relu } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { stream } from "../../src/random.ts";
import { study } from "../../src/study/study.ts";
import type { StudyOptions, TrainRunOptions } from "../../src/study/options.ts";
import { nearestDistances, spreadOf } from "../../src/train/distance.ts";
import { hiddenLayer } from "../../src/train/observe.ts";
import { loadModel, saveModel } from "../../src/train/model.ts";
import type { Model } from "../../src/train/model.ts";
import { predict } from "../../src/train/predict.ts";

/** Rows of a set changed, each alone, as float32 pixels. */
function changed(set: Dataset, change: (pixels: Float32Array, index: number) => void): Dataset {
  const size = set.shape.reduce((product, each) => product * each, 1);
  const images = new Float32Array(set.length * size);
  for (let i = 0; i < set.length; i++) {
    set.read(i, images, i * size);
    change(images.subarray(i * size, (i + 1) * size), i);
  }
  return arrayDataset({ images, shape: set.shape });
}

const brightest = 255;
const invert = (pixels: Float32Array) => pixels.forEach((value, k) => (pixels[k] = brightest - value));
const noise = (pixels: Float32Array, index: number) => {
  const random = stream(3, "phantom", index);
  pixels.forEach((_, k) => (pixels[k] = brightest * random.uniform(k)));
};

async function trained(options: StudyOptions, how: TrainRunOptions): Promise<Model> {
  const run = study(options);
  for await (const { epoch } of run.train(how)) expect(epoch).toBeGreaterThan(0);
  return run.model();
}

async function flagged(model: Model, set: Dataset): Promise<number> {
  const { novelty } = await predict(model, set);
  return novelty!.unlike.filter((bits) => bits > 0).length / set.length;
}

const between = (set: Dataset, from: number, to: number) =>
  subset(
    set,
    Int32Array.from({ length: to - from }, (_, i) => from + i),
  );

describe("the distance", () => {
  test("is sqrt((x - m)^T C^-1 (x - m)) to the nearest mean, C the pooled covariance with a hundredth of its mean variance added, to 1e-9", () => {
    const drawn = fc.record({
      width: fc.integer({ min: 1, max: 6 }),
      count: fc.integer({ min: 4, max: 20 }),
      classes: fc.integer({ min: 1, max: 3 }),
      seed: fc.integer({ min: 1, max: 1000 }),
    });
    fc.assert(
      fc.property(drawn, ({ width, count, classes, seed }) => {
        const random = stream(seed, "phantom");
        const features = Float64Array.from({ length: width * count }, (_, i) => random.normal(i));
        const groups = Array.from({ length: count }, (_, i) => i % classes);
        const row = (i: number) => [...features.subarray(i * width, (i + 1) * width)];
        const means = Array.from({ length: classes }, (_, k) => {
          const rows = groups.flatMap((group, i) => (group === k ? [row(i)] : []));
          return Array.from({ length: width }, (_, j) => rows.reduce((sum, each) => sum + each[j], 0) / rows.length);
        });
        const covariance = Array.from({ length: width }, (_, a) =>
          Array.from({ length: width }, (_, b) =>
            groups.reduce((sum, k, i) => sum + ((row(i)[a] - means[k][a]) * (row(i)[b] - means[k][b])) / count, 0),
          ),
        );
        const added = (0.01 * covariance.reduce((sum, each, j) => sum + each[j], 0)) / width;
        covariance.forEach((each, j) => (each[j] += added));
        const got = nearestDistances(features, spreadOf(features, width, groups)!);
        for (let i = 0; i < count; i++) {
          const want = Math.min(
            ...means.map((mean) => {
              const away = row(i).map((value, j) => value - mean[j]);
              const solved = solve(covariance, away);
              return Math.sqrt(away.reduce((sum, value, j) => sum + value * solved[j], 0));
            }),
          );
          expect(Math.abs(got[i] - want)).toBeLessThan(1e-9 * (1 + want));
        }
      }),
    );
  });

  test("of more than 256 nodes goes by the variances alone; of activations that are all the same there is none", () => {
    const random = stream(5, "phantom");
    const width = 257;
    const features = Float64Array.from({ length: 20 * width }, (_, i) => random.normal(i));
    const spread = spreadOf(features, width, new Int32Array(20))!;
    expect([spread.covariance, spread.factor.length]).toEqual(["diagonal", width]);
    const own = features.subarray(0, width);
    const want = Math.sqrt(own.reduce((sum, x, j) => sum + ((x - spread.means[j]) / spread.factor[j]) ** 2, 0));
    expect(nearestDistances(features, spread)[0]).toBeCloseTo(want, 9);
    expect(spreadOf(new Float64Array(12).fill(3), 4, [0, 0, 0])).toBeNull();
  });
});

/** Gauss with pivots. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  for (let i = 0; i < rows.length; i++) {
    const pivot = rows
      .slice(i)
      .reduce((best, row, k) => (Math.abs(row[i]) > Math.abs(rows[best][i]) ? i + k : best), i);
    [rows[i], rows[pivot]] = [rows[pivot], rows[i]];
    for (let k = i + 1; k < rows.length; k++) {
      const factor = rows[k][i] / rows[i][i];
      for (let j = i; j <= rows.length; j++) rows[k][j] -= factor * rows[i][j];
    }
  }
  const solved = new Array<number>(rows.length).fill(0);
  for (let i = rows.length - 1; i >= 0; i--) {
    const rest = solved.reduce((sum, value, j) => sum + (j > i ? rows[i][j] * value : 0), 0);
    solved[i] = (rows[i][rows.length] - rest) / rows[i][i];
  }
  return solved;
}

const all = phantoms({ count: 1600, seed: 7 });
const sets: DatasetSplit = {
  train: between(all, 0, 700),
  validation: between(all, 700, 850),
  test: between(all, 850, 1600),
};
const article = network([dense(12), relu(), dense(12), relu(), dense(2)]);

describe("a model of phantoms", async () => {
  const model = await trained(
    { data: sets, seed: 7, groupBy: null, leakage: "allow" },
    { network: article, epochs: 8 },
  );

  test("flags at most 2 % of 750 held-out images, and all that are inverted or noise", async () => {
    expect(await flagged(model, sets.test)).toBeLessThanOrEqual(0.02);
    expect(await flagged(model, changed(sets.test, invert))).toBe(1);
    expect(await flagged(model, changed(sets.test, noise))).toBe(1);
  });

  test("flags about 0.5 % of its training images by distance: at most as many as lie beyond the 99.5th percentile", async () => {
    const { distances } = (await predict(model, sets.train)).novelty!;
    const beyond = distances!.filter((distance) => distance > 1).length;
    expect(beyond).toBeLessThanOrEqual(0.005 * sets.train.length);
  });

  test("says why, in words and bits: too bright for training, or too far in the layer, or both", async () => {
    const brighter = changed(between(sets.test, 0, 3), (pixels, index) => {
      if (index === 1) pixels.forEach((value, k) => (pixels[k] = value + 1000));
    });
    const { reasons, unlike, distances } = (await predict(model, brighter)).novelty!;
    expect(reasons[0]).toBeNull();
    expect(unlike[0]).toBe(0);
    expect(unlike[1]).toBe(6);
    expect(reasons[1]).toMatch(
      /^darkest intensity 1\d+, of training -?\d.* to \d.*; brightest .*; distance \d.* times the limit$/,
    );
    expect(distances![1]).toBeGreaterThan(1);
  });

  test("says the same of an image whatever stands beside it, with samples drawn or without, to the last bit", async () => {
    const some = between(sets.test, 0, 70);
    const whole = (await predict(model, some)).novelty!;
    const alone = (await predict(model, between(some, 69, 70))).novelty!;
    expect(alone.distances![0]).toBe(whole.distances![69]);
    const dropping = await trained(
      { data: sets, seed: 7, groupBy: null, leakage: "allow" },
      { network: network([dense(8), relu(), dropout(0.3), dense(2)]), epochs: 2 },
    );
    const drawn = await predict(dropping, some, { samples: 3 });
    expect(drawn.novelty).toEqual((await predict(dropping, some)).novelty);
  });

  test("keeps what is familiar in its file, to the last bit, and its weights as they were", async () => {
    const { familiar, ...bare } = model;
    expect(familiar!.features).toMatchObject({ layer: "relu 2", width: 12, covariance: "whole" });
    const copy = loadModel(saveModel(model));
    expect(copy.familiar).toEqual(familiar);
    expect(copy.weights).toEqual(loadModel(saveModel(bare)).weights);
    expect(copy.decision).toEqual(model.decision);
    const some = between(sets.test, 0, 9);
    expect((await predict(copy, some)).novelty).toEqual((await predict(model, some)).novelty);
    expect(await predict(bare, some)).not.toHaveProperty("novelty");
  });

  test("a file whose figures were cut short or changed in kind is refused by name", () => {
    const { familiar, weights, network: net } = model;
    const recipe = (change: object) => {
      const { layers, input } = net;
      const { task, classes, maskClasses, normalization, loss } = model;
      const own = { version: 1, task, layers, input, classes, maskClasses, normalization, loss, familiar: change };
      return () => loadModel(writeSafetensors(weights, { format: "pt", voxgrad: JSON.stringify(own) }), "m");
    };
    const features = familiar!.features!;
    expect(recipe(familiar!)).not.toThrow();
    for (const wrong of [
      {},
      { ...familiar, shape: [0] },
      { ...familiar, intensities: { ...familiar!.intensities, mean: [0, null] } },
      { ...familiar, features: undefined },
      { ...familiar, features: { ...features, width: 11 } },
      { ...familiar, features: { ...features, limit: null } },
      { ...familiar, features: { ...features, means: features.means.slice(4) } },
      { ...familiar, features: { ...features, factor: "%%%" } },
      { ...familiar, features: { ...features, covariance: "none" } },
    ])
      expect(recipe(wrong), JSON.stringify(wrong).slice(0, 80)).toThrow(FormatError);
  });

  test("probabilities, calibrated ones and answers go by the decision that the model has", async () => {
    const some = between(sets.test, 0, 100);
    const plain = await predict({ ...model, decision: undefined }, some);
    const decided = await predict(
      { ...model, decision: { temperature: 2, threshold: 0.3, rule: "sensitivity 0.95" } },
      some,
    );
    if (plain.task !== "classification" || decided.task !== "classification") throw new Error("expected classes");
    expect(plain).not.toHaveProperty("calibrated");
    expect(decided.probabilities).toEqual(plain.probabilities);
    const [p, q] = [plain.probabilities, decided.calibrated!];
    for (let i = 0; i < 200; i += 2) {
      const [a, b] = [Math.sqrt(p[i]), Math.sqrt(p[i + 1])];
      expect(q[i + 1]).toBeCloseTo(b / (a + b), 5);
      expect(decided.predicted[i / 2]).toBe(q[i + 1] >= 0.3 ? 1 : 0);
      expect(plain.predicted[i / 2]).toBe(p[i + 1] > p[i] ? 1 : 0);
    }
    expect(decided.predicted).not.toEqual(plain.predicted);
  });
});

describe("networks of other kinds", () => {
  test("without a hidden layer the shape and the intensities alone are looked at", async () => {
    const options = { data: sets, seed: 7, groupBy: null, leakage: "allow" } as const;
    const model = await trained(options, { network: network([dense(2)]), epochs: 1 });
    expect(hiddenLayer(model.network)).toBeNull();
    expect(model.familiar!.features).toBeNull();
    const { distances, unlike } = (await predict(model, changed(between(sets.test, 0, 20), invert))).novelty!;
    expect(distances).toBeNull();
    expect([...unlike]).toEqual(new Array(20).fill(2));
  });

  test("of patches the activations are an image's mean, and images of another shape are flagged for it", async () => {
    const data = phantoms({ count: 60, seed: 7 });
    const model = await trained(
      { data, seed: 7, task: "segmentation" },
      {
        patches: patches({ size: 6, stride: 2, perImage: 2, foreground: 0.3 }),
        network: network([dense(16), relu(), dense(216)]),
        epochs: 2,
      },
    );
    const larger = phantoms({ count: 2, seed: 8, size: [12, 10, 10] });
    const { unlike, reasons } = (await predict(model, larger)).novelty!;
    expect([...unlike].every((bits) => (bits & 1) === 1)).toBe(true);
    expect(reasons[0]).toMatch(/^shape 12x10x10, of training 10x10x10/);
    expect(model.familiar!.features).toMatchObject({ layer: "relu 1", width: 16 });
  });
});

const pneumonia = new URL("../../../shared/data/pneumoniamnist_28.npz", import.meta.url);

describe.skipIf(!existsSync(pneumonia))("a model of 4,708 chest radiographs (skipped without ../shared/data)", () => {
  test("flags 0.3 to 3 % of 624 test images, all but 1 % of inverted ones, and more than half of those turned by a quarter", async () => {
    const data = (await readNpz(pneumonia)) as DatasetSplit;
    const model = await trained(
      { data, seed: 7, groupBy: null, leakage: "allow" },
      { network: network([dense(64), relu(), dense(32), relu(), dense(2)]), epochs: 6 },
    );
    const ordinary = await flagged(model, data.test);
    expect(ordinary).toBeGreaterThan(0.003);
    expect(ordinary).toBeLessThan(0.03);
    expect(await flagged(model, changed(data.test, invert))).toBeGreaterThan(0.99);
    const turned = changed(data.test, (pixels) => {
      const before = pixels.slice();
      for (let y = 0; y < 28; y++) for (let x = 0; x < 28; x++) pixels[y * 28 + x] = before[(27 - x) * 28 + y];
    });
    expect(await flagged(model, turned)).toBeGreaterThan(0.5);
  }, 60_000);
});
