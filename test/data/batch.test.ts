import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { fillLabels, fillMasks, fillOneHot } from "../../src/data/batch.ts";
import { arrayDataset } from "../../src/data/dataset.ts";
import type { Normalization } from "../../src/data/normalization.ts";
import type { Block } from "../../src/wasm/memory.ts";
import { drawnDatasets } from "./drawn-dataset.ts";
import { filled, imageBlock } from "./scaled.ts";

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

/** Ways of scaling, with what each does to pixel i. */
const scalings: readonly (readonly [Normalization, (value: number, pixel: number) => number])[] = [
  [{ kind: "none" }, (value) => value],
  [{ kind: "zScore", mean: 3.5, deviation: 3 }, (value) => (value - 3.5) * (1 / 3)],
  [{ kind: "unit", minimum: -1, maximum: 6 }, (value) => (value + 1) * (1 / 7)],
  [
    {
      kind: "pixelZScore",
      means: Array.from({ length: 27 }, (_, i) => i / 7),
      deviations: new Array<number>(27).fill(3),
    },
    (value, pixel) => (value - pixel / 7) * (1 / 3),
  ],
];

let block: Block;
beforeAll(async () => {
  block = await imageBlock();
});

describe("a batch", () => {
  it("has the images in their order, scaled as each alone is, and leaves what lies behind it", () => {
    fc.assert(
      fc.property(batches, fc.constantFrom(...scalings), (batch, [scaling, twin]) => {
        const { set, size, order, first, rows, indices } = batch;
        const want = indices.flatMap((index) => {
          const image = new Float32Array(size);
          set.read(index, image, 0);
          return Array.from(image, (value, pixel) => Math.fround(twin(value, pixel)));
        });
        expect(filled(block, set, order, first, rows, scaling, size)).toEqual([...want, -99, -99, -99]);
      }),
      { numRuns: 300 },
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
