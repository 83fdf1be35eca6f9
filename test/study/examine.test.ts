import { describe, expect, test } from "vitest";
import { arrayDataset } from "../../src/data/dataset.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import type { ImageGeometry } from "../../src/data/image-geometry.ts";
import { maskSpacing } from "../../src/study/mask-spacing.ts";
import { meanIntensity } from "../../src/study/mean-intensity.ts";

describe("the spacing of masks", () => {
  const masks = arrayDataset({
    images: new Uint8Array(2 * 3 * 4 * 5),
    shape: [3, 4, 5],
    masks: Uint8Array.from({ length: 120 }, (_, i) => i % 2),
  });
  const at = (unit: ImageGeometry["unit"], spacing: readonly number[] | null) => ({ spacing, unit, affine: null });
  const placed = (...geometry: ImageGeometry[]): Dataset => ({ ...masks, geometry });

  test("is that of the shape's axes, slowest first, in millimetres", () => {
    const found = maskSpacing(placed(at("mm", [0.5, 0.7, 3]), at("um", [500, 700, 4000])));
    expect([found.shape, found.unit, found.of(0)]).toEqual([[3, 4, 5], "millimetres", [3, 0.7, 0.5]]);
    found.of(1).forEach((step, axis) => expect(step).toBeCloseTo([4, 0.7, 0.5][axis], 12));
    expect(maskSpacing(placed(at("unknown", [1, 1, 2]), at("mm", [1, 1, 2]))).unit).toBe("units of the files' spacing");
  });

  test("is one voxel where a file does not say, and colours are no axis", () => {
    for (const set of [
      masks,
      placed(at("mm", [1, 1, 2]), at("mm", null)),
      placed(at("mm", [1, 1, 2]), at("mm", [1, 1])),
    ])
      expect([maskSpacing(set).unit, maskSpacing(set).of(1)]).toEqual(["voxels", [1, 1, 1]]);
    const coloured = arrayDataset({
      images: new Uint8Array(2 * 4 * 3),
      shape: [2, 4, 3],
      masks: new Uint8Array(8).fill(1),
    });
    expect(maskSpacing(coloured).shape).toEqual([2, 4]);
  });
});

describe("the mean intensity", () => {
  const set = (means: readonly number[], labels: readonly number[]) =>
    arrayDataset({
      images: Float32Array.from(means.flatMap((mean) => [mean - 1, mean + 1])),
      shape: [1, 2],
      labels,
      labelValues: [0, 1],
    });

  test("is that of each test image, and of the training images of each class", async () => {
    const train = set([1, 3, 10, 20], [0, 0, 1, 1]);
    const test = set([5, 6], [0, 1]);
    const { test: own, means } = await meanIntensity({ train, validation: test, test });
    expect([...own]).toEqual([5, 6]);
    expect(means).toEqual([2, 15]);
  });

  test("looks at 1,000 images of a larger training set, evenly", async () => {
    const train = set(
      Array.from({ length: 2500 }, (_, i) => i),
      Array.from({ length: 2500 }, (_, i) => (i < 1250 ? 0 : 1)),
    );
    const read: number[] = [];
    const watched = { ...train, read: (index: number, into: Float32Array, offset: number) => (read.push(index), train.read(index, into, offset)) }; // prettier-ignore
    const { means } = await meanIntensity({ train: watched, validation: train, test: set([1], [0]) });
    expect(read.length).toBe(1000);
    expect(read.at(-1)).toBeGreaterThan(2490);
    expect(Math.abs(means[0] - 625)).toBeLessThan(3);
    expect(Math.abs(means[1] - 1875)).toBeLessThan(3);
  });
});
