import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { customDataset } from "../../src/data/custom-dataset.ts";
import { arrayDataset, subset } from "../../src/data/dataset.ts";
import type { ArrayDatasetOptions, Pixels } from "../../src/data/dataset.ts";
import { drawnDatasets } from "./drawn-dataset.ts";

const sorted = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b);

describe("arrayDataset", () => {
  it("gives back every pixel, label, mask and group that went into it, whatever their type and shape", () => {
    fc.assert(
      fc.property(drawnDatasets, ({ set, shape, size, images, labels, masks, groups }) => {
        expect([set.length, set.shape]).toEqual([labels.length, shape]);
        expect(set.classes).toEqual(sorted(labels).map(String));
        expect(Array.from(set.labels ?? [], (label) => Number(set.classes[label]))).toEqual(labels);
        expect(set.groups).toEqual(groups.map(String));
        const foreground = sorted(masks).filter((value) => value !== 0);
        expect(set.maskClasses).toEqual(foreground.length > 0 ? foreground : [1]);
        for (let index = 0; index < set.length; index++) {
          const pixels = new Float32Array(size + 4).fill(-7);
          set.read(index, pixels, 2);
          const want = Array.from(images.subarray(index * size, (index + 1) * size));
          expect(Array.from(pixels)).toEqual([-7, -7, ...want, -7, -7]);
          const mask = new Uint8Array(set.maskLength + 2).fill(99);
          set.readMask(index, mask, 1);
          const values = Array.from(mask.subarray(1, -1), (k) => (k === 0 ? 0 : set.maskClasses[k - 1]));
          expect(values).toEqual(masks.slice(index * size, (index + 1) * size));
          expect([mask[0], mask[mask.length - 1]]).toEqual([99, 99]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("keeps uint8 images, and uint8 masks whose values count 1, 2, ..., where they are: no copy", async () => {
    const images = new Uint8Array(8);
    const masks = new Uint8Array([0, 1, 2, 0, 0, 0, 1, 0]);
    const set = arrayDataset({ images, shape: [4], masks });
    const before = await set.digest(0);
    images[0] = 200;
    masks[3] = 2;
    const pixels = new Float32Array(4);
    const mask = new Uint8Array(4);
    set.read(0, pixels, 0);
    set.readMask(0, mask, 0);
    expect([Array.from(pixels), Array.from(mask)]).toEqual([[200, 0, 0, 0], [0, 1, 2, 2]]); // prettier-ignore
    expect(await set.digest(0)).not.toBe(before);
    const other = new Uint8Array([0, 3, 0, 0]);
    arrayDataset({ images: new Uint8Array(4), shape: [4], masks: other }).readMask(0, mask, 0);
    expect([Array.from(mask), Array.from(other)]).toEqual([[0, 1, 0, 0], [0, 3, 0, 0]]); // prettier-ignore
  });

  it("keeps weights in float32, subset those of its images; a set without has none", () => {
    const images = new Uint8Array(4);
    const set = arrayDataset({ images, shape: [1], weights: [0.1, 0, 2, 1e-3] });
    expect(set.weights).toEqual(Float32Array.of(0.1, 0, 2, 1e-3));
    expect(subset(set, [3, 0, 3]).weights).toEqual(Float32Array.of(1e-3, 0.1, 1e-3));
    expect(subset(subset(set, [3, 0, 3]), [1]).weights).toEqual(Float32Array.of(0.1));
    expect("weights" in arrayDataset({ images, shape: [1] })).toBe(false);
    expect("weights" in subset(arrayDataset({ images, shape: [1] }), [0])).toBe(false);
    const read = (_: number, into: Float32Array) => void into.fill(1);
    expect(customDataset({ length: 2, shape: [1], read, weights: [3, 1] }).weights).toEqual(Float32Array.of(3, 1));
  });

  it.each([
    [[1, 2], /one weight for each of 3 images, got 2 weights/],
    [[1, NaN, 1], /finite weights of at least 0, got NaN for image 1/],
    [[1, 1, 1e39], /got 1e\+39 for image 2/],
    [[-0.5, 1, 1], /got -0.5 for image 0/],
    [[0, 0, 1e-50], /expected a weight above 0, got 0 for every image/],
  ])("refuses the weights %j", (weights, message) => {
    expect(() => arrayDataset({ images: new Uint8Array(3), shape: [1], weights })).toThrow(message);
    const read = (_: number, into: Float32Array) => void into.fill(1);
    expect(() => customDataset({ length: 3, shape: [1], read, weights })).toThrow(message);
  });

  it("keeps labels as Int32Array, and takes 64-bit ones", () => {
    const labels = new BigInt64Array([7n, -2n, 7n]);
    const set = arrayDataset({ images: new Uint8Array(3), shape: [1], labels });
    expect([set.labels, set.classes]).toEqual([new Int32Array([1, 0, 1]), ["-2", "7"]]);
  });

  it("has the classes and mask values of all sets when they are given, each once and in order", () => {
    const images = new Uint8Array(4);
    const options = { images, shape: [2], labels: [5, 5], masks: [0, 9, 0, 0], labelValues: [7, 5, 3, 5], maskValues: [9, 0, 4, 9] }; // prettier-ignore
    const set = arrayDataset({ ...options, classes: ["three", "five", "seven"] });
    expect([set.classes, set.labels, set.maskClasses]).toEqual([["three", "five", "seven"], new Int32Array([1, 1]), [4, 9]]); // prettier-ignore
    const mask = new Uint8Array(2);
    set.readMask(0, mask, 0);
    expect(Array.from(mask)).toEqual([0, 2]);
  });

  it("takes masks without colours where the last of three or four axes holds colours", () => {
    const images = new Uint8Array(2 * 4 * 3);
    const set = arrayDataset({ images, shape: [2, 2, 3], masks: Uint8Array.of(0, 0, 0, 0, 0, 1, 1, 0) });
    const mask = new Uint8Array(4);
    set.readMask(1, mask, 0);
    expect([set.maskLength, Array.from(mask)]).toEqual([4, [0, 1, 1, 0]]);
    expect(arrayDataset({ images, shape: [2, 2, 3], masks: new Uint8Array(24) }).maskLength).toBe(12);
    expect(() => arrayDataset({ images, shape: [4, 3], masks: new Uint8Array(8) })).toThrow(
      /for each of 24 voxels, got 8/,
    );
  });

  it("is frozen, with its shape, classes, mask values and groups, and owes nothing to the lists it was made of", () => {
    const shape = [2];
    const classes = ["no", "yes"];
    const groups = ["a", "b"];
    const set = arrayDataset({
      images: new Uint8Array(4),
      shape,
      labels: [0, 1],
      masks: [0, 0, 0, 1],
      groups,
      classes,
    });
    shape[0] = 9;
    classes[0] = groups[0] = "changed";
    expect([set.shape, set.classes, set.groups]).toEqual([[2], ["no", "yes"], ["a", "b"]]);
    for (const value of [set, set.shape, set.classes, set.maskClasses, set.groups])
      expect(Object.isFrozen(value)).toBe(true);
  });

  const two = { images: new Uint8Array(8), shape: [2, 2] };
  const floats = (...values: number[]) => ({ images: new Float32Array(values), shape: [2] });
  it.each<[string, ArrayDatasetOptions, RegExp]>([
    ["no image", { ...two, images: new Uint8Array(0) }, /^train: expected at least one image, got an empty set/],
    ["half an image", { ...two, images: new Uint8Array(6) }, /expected whole images of 2x2 = 4 values, got 6 values, 2 too many/],
    ["no shape", { ...two, shape: [] }, /expected the shape of one image in whole numbers of at least 1, got \[\]/],
    ["a size of 0", { ...two, shape: [2, 0] }, /got \[2, 0\]/],
    ["a size that is no whole number", { ...two, shape: [2, 1.5] }, /got \[2, 1.5\]/],
    ["NaN", floats(0, 0, 0, NaN), /expected finite pixels, got NaN in image 1, value 1\. Replace it, or leave the image out\./],
    ["infinity", floats(0, 0, -Infinity, 0), /got -Infinity in image 1, value 0/],
    ["a double that float32 does not hold", { images: new Float64Array([0, 3.5e38]), shape: [1] }, /got 3.5e\+38 in image 1, value 0/],
    ["too few labels", { ...two, labels: [1] }, /expected one label for each of 2 images, got 1 labels/],
    ["a label that is no whole number", { ...two, labels: [0, 0.5] }, /expected whole numbers as labels, got 0.5 at index 1/],
    ["a label that is not among those given", { ...two, labels: [0, 2], labelValues: [0, 1] }, /expected labels among 0, 1, got 2 for image 1/],
    ["given values that are no whole numbers", { ...two, labels: [0, 1], labelValues: [0, NaN] }, /train labelValues: expected whole numbers as values, got NaN/],
    ["names for fewer classes", { ...two, labels: [0, 1], classes: ["no"] }, /expected 2 class names, one a label value \(0, 1\), got 1/],
    ["masks of another length", { ...two, masks: [0, 1, 1] }, /expected one mask value for each of 8 voxels, got 3/],
    ["a mask value that is no whole number", { ...two, masks: [0, 0, 0, 0, 0, 0, 0, NaN] }, /expected whole numbers as mask values, got NaN at index 7/],
    ["a mask value that is not among those given", { ...two, masks: new Uint8Array(8).fill(3), maskValues: [1, 2] }, /expected mask values among 0, 1, 2, got 3/],
    ["groups of another length", { ...two, groups: ["a"] }, /expected one group for each of 2 images, got 1 groups/],
    ["a group that is NaN", { ...two, groups: [NaN, 1] }, /expected a name or number as group, got NaN for image 0/],
  ])("refuses %s with a RangeError that says where", (_, options, message) => {
    expect(() => arrayDataset({ ...options, name: "train" })).toThrow(RangeError);
    expect(() => arrayDataset({ ...options, name: "train" })).toThrow(message);
  }); // prettier-ignore

  it("refuses images that are no typed array of numbers with a TypeError", () => {
    for (const [images, kind] of [
      [[1, 2], "Array"],
      [new BigInt64Array(2), "BigInt64Array"],
      [new DataView(new ArrayBuffer(2)), "DataView"],
      [undefined, "undefined"],
    ] as const)
      // prettier-ignore
      expect(() => arrayDataset({ images: images as unknown as Pixels, shape: [1] })).toThrow(
        new TypeError(`dataset: expected the images as a typed array such as Uint8Array or Float32Array, got ${kind}`),
      );
  });

  it("refuses to read an image that is not there, a mask where there is none, and to write behind the end", async () => {
    const set = arrayDataset({ ...two, name: "train" });
    for (const index of [-1, 2, 0.5, NaN])
      expect(() => set.read(index, new Float32Array(4), 0)).toThrow(`train: expected an image index from 0 to 1, got ${index}`); // prettier-ignore
    expect(() => set.readMask(0, new Uint8Array(4), 0)).toThrow(
      new TypeError("train: expected masks, got a set without"),
    );
    expect(() => set.read(0, new Float32Array(5), 2)).toThrow("train: expected room for 4 values from offset 2 on, got an array of 5"); // prettier-ignore
    expect(() => set.read(0, new Float32Array(5), -1)).toThrow(RangeError);
    const masked = arrayDataset({ ...two, masks: new Uint8Array(8) });
    expect(() => masked.readMask(1, new Uint8Array(3), 0)).toThrow(/expected room for 4 values/);
    expect(() => set.digest(2)).toThrow(RangeError);
    expect(await set.digest(0)).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("subset", () => {
  it("is the images at these indices in this order, and a subset of a subset is one of the whole", async () => {
    const picks = fc.array(fc.nat(1000), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(drawnDatasets, picks, picks, async ({ set, size }, first, second) => {
        const outer = first.map((pick) => pick % set.length);
        const inner = outer.length === 0 ? [] : second.map((pick) => pick % outer.length);
        const chosen = subset(subset(set, outer), Int32Array.from(inner));
        const direct = inner.map((index) => outer[index]);
        expect(chosen.length).toBe(direct.length);
        expect(Array.from(chosen.labels ?? [])).toEqual(direct.map((index) => set.labels?.[index]));
        expect(chosen.groups).toEqual(direct.map((index) => set.groups?.[index]));
        expect([chosen.shape, chosen.classes, chosen.maskClasses]).toEqual([set.shape, set.classes, set.maskClasses]);
        expect(Object.isFrozen(chosen)).toBe(true);
        for (const [i, index] of direct.entries()) {
          const [got, want] = [new Float32Array(size + 1), new Float32Array(size + 1)];
          chosen.read(i, got, 1);
          set.read(index, want, 1);
          expect(got).toEqual(want);
          const [gotMask, wantMask] = [new Uint8Array(size + 1), new Uint8Array(size + 1)];
          chosen.readMask(i, gotMask, 1);
          set.readMask(index, wantMask, 1);
          expect(gotMask).toEqual(wantMask);
          expect(await chosen.digest(i)).toBe(await set.digest(index));
        }
      }),
      { numRuns: 100 },
    );
  });

  it("refuses an index that is no image, before it is rounded to one", () => {
    const set = arrayDataset({ images: new Uint8Array(3), shape: [1] });
    for (const index of [3, -1, 0.5, NaN, 2 ** 32]) expect(() => subset(set, [0, index])).toThrow(RangeError);
    expect(() => subset(set, [0, 1]).read(2, new Float32Array(1), 0)).toThrow("subset: expected an image index from 0 to 1, got 2"); // prettier-ignore
  });
});
