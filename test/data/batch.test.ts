import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fillImages, fillLabels, fillMasks, fillOneHot } from "../../src/data/batch.ts";
import { arrayDataset } from "../../src/data/dataset.ts";
import { normalize } from "../../src/data/normalization.ts";
import type { Normalization } from "../../src/data/normalization.ts";
import { drawnDatasets } from "./drawn-dataset.ts";

/** A dataset, an order over its images (or none) and a batch that lies within it. */
const batches = drawnDatasets.chain((drawn) =>
  fc
    .record({
      order: fc.option(fc.shuffledSubarray(Array.from(drawn.labels.keys()), { minLength: 1 })),
      from: fc.nat(100),
      count: fc.nat(100),
    })
    .map(({ order, from, count }) => {
      const available = order?.length ?? drawn.labels.length;
      const first = from % available;
      const rows = 1 + (count % (available - first));
      const indices = Array.from({ length: rows }, (_, row) => (order ? order[first + row] : first + row));
      return { ...drawn, order: order ? Int32Array.from(order) : null, first, rows, indices };
    }),
);

const scalings: readonly Normalization[] = [
  { kind: "none" },
  { kind: "zScore", mean: 3.5, deviation: 2 },
  { kind: "unit", minimum: -1, maximum: 7 },
];

describe("a batch", () => {
  it("has the images in their order, scaled as each alone is, and leaves what lies behind it", () => {
    fc.assert(
      fc.property(batches, fc.constantFrom(...scalings), (batch, scaling) => {
        const { set, size, order, first, rows, indices } = batch;
        const into = new Float32Array(rows * size + 3).fill(-99);
        fillImages(set, order, first, rows, scaling, into, size);
        const want = indices.flatMap((index) => {
          const image = new Float32Array(size);
          set.read(index, image, 0);
          normalize(scaling, image, 0, size);
          return Array.from(image);
        });
        expect(Array.from(into)).toEqual([...want, -99, -99, -99]);
      }),
    );
  });

  it("has labels as class indexes, one-hot rows that name the same class, and for one output the class itself", () => {
    fc.assert(
      fc.property(batches, fc.nat(3), ({ set, labels, order, first, rows, indices }, more) => {
        const classes = indices.map((index) => set.classes.indexOf(String(labels[index])));
        const integers = new Int32Array(rows + 1).fill(-99);
        fillLabels(set, order, first, rows, integers);
        expect(Array.from(integers)).toEqual([...classes, -99]);
        const outputs = Math.max(2, set.classes.length) + more;
        const floats = new Float32Array(rows * outputs + 1).fill(-99);
        fillOneHot(set, order, first, rows, floats, outputs);
        const want = classes.flatMap((label) => Array.from({ length: outputs }, (_, k) => (k === label ? 1 : 0)));
        expect(Array.from(floats)).toEqual([...want, -99]);
        fillOneHot(set, order, first, rows, floats, 1);
        expect(Array.from(floats.subarray(0, rows))).toEqual(classes);
      }),
    );
  });

  it("has one plane of zeros and ones for each foreground value, and each voxel in at most one of them", () => {
    fc.assert(
      fc.property(batches, ({ set, size, masks, order, first, rows, indices }) => {
        const length = rows * set.maskClasses.length * size;
        const into = new Float32Array(length + 1).fill(-99);
        fillMasks(set, order, first, rows, into, new Uint8Array(size));
        const want = indices.flatMap((index) =>
          set.maskClasses.flatMap((value) =>
            Array.from({ length: size }, (_, voxel) => (masks[index * size + voxel] === value ? 1 : 0)),
          ),
        );
        expect(Array.from(into)).toEqual([...want, -99]);
      }),
    );
  });

  it("refuses labels or masks of a set that has none", () => {
    const set = arrayDataset({ images: new Uint8Array(2), shape: [1] });
    expect(() => fillLabels(set, null, 0, 1, new Int32Array(1))).toThrow(TypeError);
    expect(() => fillOneHot(set, null, 0, 1, new Float32Array(2), 2)).toThrow(/expected a set with labels/);
    expect(() => fillMasks(set, null, 0, 1, new Float32Array(1), new Uint8Array(1))).toThrow(/expected masks/);
  });
});
