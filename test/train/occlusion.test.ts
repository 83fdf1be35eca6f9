import { describe, expect, it } from "vitest";
import { arrayDataset } from "../../src/data/dataset.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { patches } from "../../src/data/patches.ts";
import { dense, relu, tanh } from "../../src/model/layers.ts";
import { sigmoidDice } from "../../src/model/loss.ts";
import { maskClassAt } from "../../src/train/figures.ts";
import type { Model } from "../../src/train/model.ts";
import { occlusion } from "../../src/train/occlusion.ts";
import { predict } from "../../src/train/predict.ts";
import { saliency } from "../../src/train/saliency.ts";
import { drawnModel } from "./drawn-model.ts";
import { toySet } from "./toy.ts";

const shape = [6, 7];
const set = toySet(5, 4, { shape });

/** One image after the other, each with one patch painted over, predicted on its own: the mean drop at each voxel. */
async function naive(
  model: Model, of: Dataset, index: number, axes: readonly number[], starts: readonly (readonly number[])[], size: readonly number[],
  fill: (value: number) => number, read: (probabilities: Float32Array) => number,
): Promise<number[]> {
  const voxels = axes.reduce((product, length) => product * length, 1);
  const colours = of.shape.reduce((product, length) => product * length, 1) / voxels;
  const pixels = new Float32Array(voxels * colours);
  of.read(index, pixels, 0);
  const saysOf = async (images: Float32Array) =>
    read((await predict(model, arrayDataset({ images, shape: of.shape }))).probabilities);
  const whole = await saysOf(pixels);
  const [sums, counts] = [new Float64Array(voxels), new Float64Array(voxels)];
  for (const start of starts) {
    const isCovered = (voxel: number) => {
      let rest = voxel;
      return [...axes.keys()].reverse().every((axis) => {
        const at = rest % axes[axis];
        rest = Math.floor(rest / axes[axis]);
        return at >= start[axis] && at < start[axis] + size[axis];
      });
    };
    const painted = pixels.map((value, i) => (isCovered(Math.floor(i / colours)) ? fill(i) : value));
    const drop = whole - (await saysOf(painted));
    for (let v = 0; v < voxels; v++) if (isCovered(v)) [sums[v], counts[v]] = [sums[v] + drop, counts[v] + 1];
  }
  return [...sums].map((sum, v) => sum / counts[v]);
} // prettier-ignore

const product = (a: readonly number[], b: readonly number[], c: readonly number[] = []) =>
  a.flatMap((i) => b.flatMap((j) => (c.length > 0 ? c.map((k) => [i, j, k]) : [[i, j]])));

/** To float32's rounding of a mean of probabilities. */
const closeTo = (got: Float32Array, want: readonly number[]) =>
  want.forEach((value, i) => expect(Math.abs(got[i] - value)).toBeLessThanOrEqual(2e-7));

describe("occlusion", () => {
  const model = drawnModel([dense(9), relu(), dense(2)], shape);

  it("is the mean drop of the class's probability over the patches that cover a voxel, as a naive loop finds it", async () => {
    const { maps, scores, classIndexes, shape: of } = await occlusion(model, set, [3, 1], { size: [2, 3], stride: 2 });
    expect(of).toEqual(shape);
    const said = await predict(model, set);
    for (const [i, index] of [3, 1].entries()) {
      const k = classIndexes[i];
      expect(scores[i]).toBe(said.probabilities[2 * index + k]);
      const want = await naive(model, set, index, shape, product([0, 2, 4], [0, 2, 4]), [2, 3], () => 60, (p) => p[k]); // prettier-ignore
      closeTo(maps.subarray(42 * i, 42 * i + 42), want);
    }
    expect(Math.max(...maps.map(Math.abs))).toBeGreaterThan(0.01);
  });

  it("has patches of an eighth of each axis, of volumes a quarter, every half of that; the last ones at the edge", async () => {
    const square = toySet(2, 3, { shape: [17, 12] });
    const flat = drawnModel([dense(2)], [17, 12]);
    const rows = Array.from({ length: 8 }, (_, i) => 2 * i);
    const want = await naive(flat, square, 1, [17, 12], product(rows, Array.from({ length: 11 }, (_, i) => i)), [3, 2], () => 60, (p) => p[1]); // prettier-ignore
    closeTo((await occlusion(flat, square, 1, { classIndex: 1 })).maps, want);
    const volumes = toySet(2, 3, { shape: [5, 4, 9] });
    const deep = drawnModel([dense(2)], [5, 4, 9]);
    const starts = product([0, 1, 2, 3], [0, 1, 2, 3], [0, 2, 4, 6]);
    const wanted = await naive(
      deep,
      volumes,
      0,
      [5, 4, 9],
      starts,
      [2, 1, 3],
      () => 60,
      (p) => p[0],
    );
    closeTo((await occlusion(deep, volumes, 0, { classIndex: 0 })).maps, wanted);
  });

  it("paints with the pixels' means where scaling has them, with the image's own by colour where it has none, or as told", async () => {
    const means = Array.from({ length: 42 }, (_, i) => 20 + 3 * i);
    const byPixel = drawnModel([dense(2)], shape, { normalization: { kind: "pixelZScore", means, deviations: means.map(() => 30) } }); // prettier-ignore
    const options = { size: 3, stride: 3, classIndex: 1 };
    const starts = product([0, 3], [0, 3, 4]);
    closeTo((await occlusion(byPixel, set, 2, options)).maps, await naive(byPixel, set, 2, shape, starts, [3, 3], (v) => Math.fround(means[v]), (p) => p[1])); // prettier-ignore
    closeTo((await occlusion(model, set, 2, { ...options, fill: 5 })).maps, await naive(model, set, 2, shape, starts, [3, 3], () => 5, (p) => p[1])); // prettier-ignore
    const images = Uint8Array.from({ length: 2 * 90 }, (_, i) => (i * i * 37) % 251);
    const coloured = arrayDataset({ images, shape: [6, 5, 3] });
    const plain = drawnModel([dense(2)], [6, 5, 3], { normalization: { kind: "unit", minimum: 0, maximum: 255 } });
    const own = [0, 1, 2].map((c) => images.subarray(0, 90).reduce((sum, value, i) => sum + (i % 3 === c ? value / 30 : 0), 0)); // prettier-ignore
    const want = await naive(plain, coloured, 0, [6, 5], product([0, 3], [0, 2]), [3, 3], (v) => own[v % 3], (p) => p[1]); // prettier-ignore
    closeTo((await occlusion(plain, coloured, 0, options)).maps, want);
  });

  it("of masks is the drop of the mean probability over the voxels called the class; of patches that of the covering grid", async () => {
    const masked = { task: "segmentation", classes: [], maskClasses: [1], loss: sigmoidDice() } as const;
    const whole = drawnModel([dense(9), tanh(), dense(42)], shape, masked);
    const cut = drawnModel([dense(9), tanh(), dense(12)], [3, 4], { ...masked, patches: patches({ size: [3, 4] }) });
    const options = { size: 3, stride: 3 };
    for (const segmenting of [whole, cut]) {
      const said = await predict(segmenting, set);
      const called = [...Array(42).keys()].filter((v) => maskClassAt(said.probabilities, 1, v, 1, 42) === 1);
      expect(called.length).toBeGreaterThan(0);
      const mean = (p: Float32Array) => called.reduce((sum, v) => sum + p[v], 0) / called.length;
      const want = await naive(segmenting, set, 1, shape, product([0, 3], [0, 3, 4]), [3, 3], () => 60, mean);
      closeTo((await occlusion(segmenting, set, 1, options)).maps, want);
    }
    const classes = drawnModel([dense(9), tanh(), dense(2)], [3, 4], { patches: patches({ size: [3, 4] }) });
    const want = await naive(
      classes,
      set,
      1,
      shape,
      product([0, 3], [0, 3, 4]),
      [3, 3],
      () => 60,
      (p) => p[0],
    );
    closeTo((await occlusion(classes, set, 1, { ...options, classIndex: 0 })).maps, want);
  });

  it("of log-odds has maps where the probability is 1 in float32; of two classes it is the naive loop's ln p / (1 - p)", async () => {
    const options = { size: [2, 3], stride: 2, classIndex: 1, measure: "logOdds" } as const;
    const starts = product([0, 2, 4], [0, 2, 4]);
    const ofTwo = (p: Float32Array) => Math.log(p[1] / p[0]);
    const { maps } = await occlusion(model, set, 3, options);
    const want = await naive(model, set, 3, shape, starts, [2, 3], () => 60, ofTwo);
    want.forEach((value, i) => expect(Math.abs(maps[i] - value)).toBeLessThanOrEqual(2e-6));
    const sure = new Map(model.weights);
    sure.set("2.bias", { shape: [2], data: Float32Array.of(0, 40) });
    const certain = await occlusion({ ...model, weights: sure }, set, 3, options);
    want.forEach((value, i) => expect(Math.abs(certain.maps[i] - value)).toBeLessThanOrEqual(2e-5));
    const nothing = await occlusion({ ...model, weights: sure }, set, 3, { ...options, measure: "probability" });
    expect(Math.max(...nothing.maps.map(Math.abs))).toBe(0);
  });

  it("of the log-odds of masks and of patches explains what saliency explains", async () => {
    const masked = { task: "segmentation", classes: [], maskClasses: [1], loss: sigmoidDice() } as const;
    const cut = { patches: patches({ size: [3, 4] }) };
    for (const one of [
      drawnModel([dense(9), tanh(), dense(42)], shape, masked),
      drawnModel([dense(9), tanh(), dense(12)], [3, 4], { ...masked, ...cut }),
      drawnModel([dense(9), tanh(), dense(2)], [3, 4], cut),
    ]) {
      const { scores, maps } = await occlusion(one, set, [4, 0], { measure: "logOdds" });
      expect(scores).toEqual((await saliency(one, set, [4, 0])).scores);
      expect(Math.max(...maps.map(Math.abs))).toBeGreaterThan(0.01);
    }
  });

  it("refuses patches that are larger than the image or leave gaps", async () => {
    for (const options of [{ size: 7 }, { size: 2, stride: 3 }])
      await expect(occlusion(model, set, 0, options)).rejects.toThrow("occlusion: expected patches within 6x7");
    for (const options of [{ size: 0 }, { size: [2] }, { stride: 1.5 }])
      await expect(occlusion(model, set, 0, options)).rejects.toThrow(/occlusion: expected a (size|stride) of whole numbers/);
    await expect(occlusion(model, set, 0, { fill: NaN })).rejects.toThrow("occlusion: expected a finite intensity");
  }); // prettier-ignore
});
