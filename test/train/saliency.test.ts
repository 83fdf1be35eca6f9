import { describe, expect, it } from "vitest";
import { arrayDataset } from "../../src/data/dataset.ts";
import type { Normalization } from "../../src/data/normalization.ts";
import { patches } from "../../src/data/patches.ts";
import {
  dense, dropout, elu, gaussianDropout, gelu, geluTanh, leakyRelu, relu, selu, sigmoid, silu, softmax, softplus,
  spatialDropout, tanh,
} from "../../src/model/layers.ts"; // prettier-ignore
import type { Layer } from "../../src/model/layers.ts";
import { huber, meanSquaredError, sigmoidCrossEntropy, sigmoidDice, sigmoidFocal } from "../../src/model/loss.ts";
import { batchNorm, layerNorm } from "../../src/model/normalization-layers.ts";
import { maskClassAt } from "../../src/train/figures.ts";
import type { Model } from "../../src/train/model.ts";
import { predict } from "../../src/train/predict.ts";
import { saliency } from "../../src/train/saliency.ts";
import { tensorError } from "../assembly/workbench.ts";
import { drawnModel, logOddsOf, outputsOf, scaled } from "./drawn-model.ts";
import { toySet } from "./toy.ts";

const shape = [4, 5];
const set = toySet(19, 4, { classes: 3, shape });
const pixelsOf = (index: number, of = set) => {
  const pixels = new Float32Array(of.shape.reduce((product, size) => product * size, 1));
  of.read(index, pixels, 0);
  return pixels;
};

/** (s(x + h) - s(x - h)) / 2h x at every value of what the network sees of an image, in float64. */
function centralDifferences(model: Model, pixels: Float32Array, score: (seen: Float64Array) => number): Float64Array {
  const seen = scaled(model.normalization, pixels);
  const at = (i: number, step: number) => score(seen.map((value, j) => (j === i ? value + step : value)));
  return seen.map((value, i) => ((at(i, 1e-5) - at(i, -1e-5)) / 2e-5) * value);
}

/** The outputs for what the network sees. */
const bareOutputs = (model: Model, seen: Float64Array) =>
  outputsOf({ ...model, normalization: { kind: "none" } }, seen);

const inner: Readonly<Record<string, () => Layer>> = {
  relu, leakyRelu: () => leakyRelu(0.3), elu, selu, gelu, geluTanh, sigmoid, tanh, softplus, silu, softmax,
  batchNorm, layerNorm, dropout: () => dropout(0.4), gaussianDropout: () => gaussianDropout(0.4), spatialDropout: () => spatialDropout(0.4),
}; // prettier-ignore

describe("saliency", () => {
  it.each(Object.entries(inner))("is the central difference of the log-odds times the input, to 2e-5 of the map's largest: %s", async (_, layer) => {
    for (const layers of [[dense(9), layer(), dense(6), layer(), dense(3)], [layer(), dense(3), layer()]]) {
      const model = drawnModel(layers, shape);
      const { maps, scores, classIndexes } = await saliency(model, set, [7, 2]);
      expect([...classIndexes]).toEqual([...(await predict(model, set) as { predicted: Int32Array }).predicted].filter((_, i) => i === 7 || i === 2).reverse());
      [7, 2].forEach((index, i) => {
        const score = (seen: Float64Array) => logOddsOf(bareOutputs(model, seen), classIndexes[i]);
        const want = centralDifferences(model, pixelsOf(index), score);
        expect(tensorError(maps.subarray(20 * i, 20 * i + 20), want)).toBeLessThanOrEqual(2e-5);
        expect(Math.abs(scores[i] - logOddsOf(outputsOf(model, pixelsOf(index)), classIndexes[i]))).toBeLessThanOrEqual(1e-5);
      });
    }
  }); // prettier-ignore

  it.each([["sigmoid", sigmoidCrossEntropy()], ["focal", sigmoidFocal()], ["Dice", sigmoidDice()], ["squared", meanSquaredError()], ["Huber", huber()]] as const)(
    "of one output is that output's for the second class and its opposite for the first; of three that of the class (%s)", async (_, loss) => {
      const one = drawnModel([dense(7), tanh(), dense(1)], shape, { loss });
      const [first, second] = [await saliency(one, set, 4, { classIndex: 0 }), await saliency(one, set, 4, { classIndex: 1 })];
      const want = centralDifferences(one, pixelsOf(4), (seen) => bareOutputs(one, seen)[0]);
      expect(tensorError(second.maps, want)).toBeLessThanOrEqual(2e-5);
      expect(first.maps.map((value) => 0 - value)).toEqual(second.maps.map((value) => value + 0));
      const three = drawnModel([dense(7), tanh(), dense(3)], shape, { loss });
      const { maps } = await saliency(three, set, 4, { classIndex: 2 });
      expect(tensorError(maps, centralDifferences(three, pixelsOf(4), (seen) => bareOutputs(three, seen)[2]))).toBeLessThanOrEqual(2e-5);
    },
  ); // prettier-ignore

  it.each<Normalization>([
    { kind: "none" },
    { kind: "zScore", mean: 61, deviation: 33 },
    { kind: "unit", minimum: 4, maximum: 180 },
    { kind: "pixelZScore", means: Array.from({ length: 20 }, (_, i) => 40 + 2 * i), deviations: Array.from({ length: 20 }, (_, i) => i % 7) },
  ])("of a network without hidden layers adds up to the log-odds less those of what scaling makes 0, to 1e-5 ($kind)", async (normalization) => {
    const model = drawnModel([dense(2)], shape, { normalization });
    const said = await saliency(model, set, Array.from({ length: 19 }, (_, i) => i));
    const ofZero = bareOutputs(model, new Float64Array(20));
    for (let image = 0; image < 19; image++) {
      const k = said.classIndexes[image];
      const sum = said.maps.subarray(20 * image, 20 * image + 20).reduce((total, value) => total + value, 0);
      const left = said.scores[image] - (ofZero[k] - ofZero[1 - k]);
      expect(Math.abs(sum - left)).toBeLessThanOrEqual(1e-5 * (1 + Math.abs(left)));
    }
  }); // prettier-ignore

  it("has one value for each voxel of pictures and volumes, colours summed up", async () => {
    const colours = Uint8Array.from({ length: 3 * 6 * 5 * 3 }, (_, i) => (i * 37) % 251);
    const coloured = arrayDataset({ images: colours, shape: [6, 5, 3], labels: [0, 1, 0] });
    const model = drawnModel([dense(8), relu(), dense(2)], [6, 5, 3]);
    const { shape: of, maps, classIndexes } = await saliency(model, coloured, 1);
    expect(of).toEqual([6, 5]);
    const want = centralDifferences(model, pixelsOf(1, coloured), (seen) => logOddsOf(bareOutputs(model, seen), classIndexes[0])); // prettier-ignore
    expect(tensorError(maps, Array.from({ length: 30 }, (_, v) => want[3 * v] + want[3 * v + 1] + want[3 * v + 2]))).toBeLessThanOrEqual(2e-5); // prettier-ignore
    const volumes = toySet(3, 2, { shape: [3, 4, 5] });
    expect((await saliency(drawnModel([dense(2)], [3, 4, 5]), volumes, [0, 2])).shape).toEqual([3, 4, 5]);
  });

  it("of masks is of the mean log-odds over the voxels that are called the class, or over all of them", async () => {
    const masked = { task: "segmentation", classes: [], maskClasses: [1, 4], loss: sigmoidDice() } as const;
    const model = drawnModel([dense(9), tanh(), dense(40)], shape, masked);
    const said = await predict(model, set);
    for (const classIndex of [0, 1]) {
      const { maps, scores } = await saliency(model, set, 5, { classIndex });
      const called = [...Array(20).keys()].filter((v) => maskClassAt(said.probabilities, 5, v, 2, 20) === classIndex + 1); // prettier-ignore
      expect(called.length).toBeGreaterThan(0);
      const mean = (z: Float64Array) => called.reduce((sum, v) => sum + z[20 * classIndex + v], 0) / called.length;
      const want = centralDifferences(model, pixelsOf(5), (seen) => mean(bareOutputs(model, seen)));
      expect(tensorError(maps, want)).toBeLessThanOrEqual(2e-5);
      expect(Math.abs(scores[0] - mean(outputsOf(model, pixelsOf(5))))).toBeLessThanOrEqual(1e-5);
    }
    const shy = new Map(model.weights);
    shy.set("2.bias", { shape: [40], data: new Float32Array(40).fill(-50) });
    const none = await saliency({ ...model, weights: shy }, set, 5);
    expect([...none.classIndexes]).toEqual([0]);
    const all = (z: Float64Array) => z.subarray(0, 20).reduce((sum, value) => sum + value, 0) / 20;
    expect(tensorError(none.maps, centralDifferences(model, pixelsOf(5), (seen) => all(bareOutputs(model, seen))))).toBeLessThanOrEqual(2e-5); // prettier-ignore
  });

  it("of patches is that of the mean over the covering grid, for classes and masks", async () => {
    const large = toySet(3, 6, { shape: [5, 6] });
    const cut = patches({ size: [3, 4], stride: [2, 2] });
    const corners = [0, 2, 12, 14];
    const part = (seen: Float64Array, corner: number) =>
      Float64Array.from({ length: 12 }, (_, i) => seen[corner + 6 * Math.floor(i / 4) + (i % 4)]);
    const model = drawnModel([dense(7), tanh(), dense(2)], [3, 4], { patches: cut });
    const { maps, classIndexes, shape: of } = await saliency(model, large, 2);
    expect(of).toEqual([5, 6]);
    const score = (seen: Float64Array) =>
      corners.reduce((sum, corner) => sum + logOddsOf(bareOutputs(model, part(seen, corner)), classIndexes[0]), 0) / 4;
    expect(tensorError(maps, centralDifferences(model, pixelsOf(2, large), score))).toBeLessThanOrEqual(2e-5);
    const masked = { task: "segmentation", classes: [], maskClasses: [1], loss: sigmoidCrossEntropy() } as const;
    const segmenting = drawnModel([dense(7), tanh(), dense(12)], [3, 4], { patches: cut, ...masked });
    const said = await predict(segmenting, large);
    const called = [...Array(30).keys()].filter((v) => said.probabilities[60 + v] >= 0.5);
    const mean = (seen: Float64Array) => {
      const [sums, counts] = [new Float64Array(30), new Float64Array(30)];
      for (const corner of corners) {
        bareOutputs(segmenting, part(seen, corner)).forEach((z, i) => {
          const at = corner + 6 * Math.floor(i / 4) + (i % 4);
          sums[at] += z;
          counts[at]++;
        });
      }
      return called.reduce((sum, v) => sum + sums[v] / counts[v], 0) / called.length;
    };
    expect(called.length).toBeGreaterThan(0);
    const { maps: ofMask } = await saliency(segmenting, large, 2);
    expect(tensorError(ofMask, centralDifferences(segmenting, pixelsOf(2, large), mean))).toBeLessThanOrEqual(2e-5);
  });

  it("is the same whatever other images are asked for, in any order", async () => {
    const model = drawnModel([dense(9), batchNorm(), relu(), dense(3)], shape);
    const all = await saliency(
      model,
      set,
      Array.from({ length: 19 }, (_, i) => 18 - i),
    );
    for (const index of [0, 3, 18]) {
      const { maps } = await saliency(model, set, index);
      expect(maps).toEqual(all.maps.slice(20 * (18 - index), 20 * (19 - index)));
    }
  });

  it("refuses images and classes that are not there, and says which there are", async () => {
    const model = drawnModel([dense(3)], shape);
    await expect(saliency(model, set, 19)).rejects.toThrow("saliency: expected an image index from 0 to 18, got 19");
    await expect(saliency(model, set, [])).rejects.toThrow("saliency: expected the index of an image at least");
    await expect(saliency(model, set, 0, { classIndex: 3 })).rejects.toThrow("saliency: expected classIndex from 0 to 2, got 3");
    await expect(saliency(model, toySet(3, 1, { shape: [3, 3] }), 0)).rejects.toThrow("network: expected images of 4x5, as those of training, got 3x3");
  }); // prettier-ignore
});
