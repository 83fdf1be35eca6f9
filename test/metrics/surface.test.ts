import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { squaredDistances } from "../../src/metrics/distance-transform.ts";
import { maskSurfaces } from "../../src/metrics/mask-surfaces.ts";
import { surfaceDistances } from "../../src/metrics/surface.ts";
import { nearest, surfacePoints } from "../oracle/surface.ts";
import { readVectors } from "../vectors/read.ts";
import type { Tensor } from "../vectors/read.ts";

interface Case {
  readonly prediction: Tensor;
  readonly truth: Tensor;
  readonly spacing: readonly number[];
  readonly hausdorff: number;
  readonly hausdorff95: number;
  readonly meanSurfaceDistance: number;
}
const names = ["hausdorff", "hausdorff95", "meanSurfaceDistance"] as const;

/** Two masks of one shape of one to three axes, and a spacing. */
const pair = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 12 })), { minLength: 1, maxLength: 3 })
  .chain((axes) => {
    const shape = axes.map(([size]) => size);
    const voxels = shape.reduce((a, b) => a * b, 1);
    const mask = fc.array(fc.nat(2), { minLength: voxels, maxLength: voxels });
    return fc.record({
      shape: fc.constant(shape),
      spacing: fc.constant(axes.map(([, step]) => step / 4)),
      truth: mask,
      predicted: mask,
    });
  });

describe("the distance transform", () => {
  test("gives the squared distance to the nearest marked voxel that trying all gives, to 1e-9", () => {
    fc.assert(
      fc.property(pair, ({ shape, spacing, truth }) => {
        const marked = truth.map((label) => (label === 2 ? 1 : 0));
        const got = squaredDistances(marked, shape, spacing);
        const places = surfaceless(marked, shape, spacing);
        const all = surfaceless(
          marked.map(() => 1),
          shape,
          spacing,
        );
        all.forEach((place, i) => {
          if (places.length === 0) expect(got[i]).toBe(Infinity);
          else expect(got[i]).toBeCloseTo(nearest([place], places)[0] ** 2, 9);
        });
      }),
    );
  });
});

/** Places of all marked voxels. */
function surfaceless(marked: readonly number[], shape: readonly number[], spacing: readonly number[]): number[][] {
  return marked.flatMap((mark, index) => {
    if (!mark) return [];
    return [
      shape.map(
        (size, axis) => (Math.floor(index / shape.slice(axis + 1).reduce((a, b) => a * b, 1)) % size) * spacing[axis],
      ),
    ];
  });
}

describe("surface distances", () => {
  test.each([...readVectors<Case>("segmentation_metrics").entries()])(
    "agree with the reference to 1e-9: case %i",
    (_, one) => {
      const got = surfaceDistances(one.truth.data, one.prediction.data, one.truth.shape, one.spacing);
      for (const name of names) expect(got[name].value, name).toBeCloseTo(one[name], 9);
    },
  );

  test("are those of trying all pairs of surface voxels, to 1e-9, whichever mask comes first", () => {
    let compared = 0;
    fc.assert(
      fc.property(pair, ({ shape, spacing, truth, predicted }) => {
        const got = surfaceDistances(truth, predicted, shape, spacing);
        const turned = surfaceDistances(predicted, truth, shape, spacing);
        const [there, said] = [truth, predicted].map((mask) => surfacePoints(mask, shape, spacing));
        if (there.length === 0 || said.length === 0) {
          expect(got.hausdorff.value).toBeNull();
          return;
        }
        compared++;
        const [from, to] = [nearest(there, said), nearest(said, there)];
        const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
        expect(got.hausdorff.value).toBeCloseTo(Math.max(...from, ...to), 9);
        expect(got.meanSurfaceDistance.value).toBeCloseTo((mean(from) + mean(to)) / 2, 9);
        for (const name of names) expect(turned[name].value).toBeCloseTo(got[name].value!, 12);
        expect(got.hausdorff95.value!).toBeLessThanOrEqual(got.hausdorff.value!);
      }),
    );
    expect(compared).toBeGreaterThan(20);
  });

  test("grow with the spacing, are 0 of a mask and itself, and stay when both masks are moved within the image", () => {
    const block = (z: number, y: number, x: number) =>
      Array.from({ length: 12 * 12 * 12 }, (_, i) => {
        const at = [Math.floor(i / 144), Math.floor(i / 12) % 12, i % 12];
        return [z, y, x].every((low, axis) => at[axis] >= low && at[axis] < low + 4) ? 1 : 0;
      });
    const [shape, spacing] = [
      [12, 12, 12],
      [3, 0.8, 0.5],
    ];
    const got = surfaceDistances(block(2, 2, 2), block(3, 2, 4), shape, spacing);
    expect(got.hausdorff.value).toBeCloseTo(Math.sqrt(9 + 1), 12);
    expect(surfaceDistances(block(5, 6, 5), block(6, 6, 7), shape, spacing)).toEqual(got);
    const doubled = surfaceDistances(
      block(2, 2, 2),
      block(3, 2, 4),
      shape,
      spacing.map((step) => 2 * step),
    );
    for (const name of names) expect(doubled[name].value).toBeCloseTo(2 * got[name].value!, 12);
    const same = surfaceDistances(block(2, 2, 2), block(2, 2, 2), shape, spacing);
    for (const name of names) expect(same[name]).toEqual({ value: 0 });
  });

  test("are null with a reason where a mask is empty", () => {
    const reason = (truth: number[], predicted: number[]) =>
      surfaceDistances(truth, predicted, [2, 2]).meanSurfaceDistance;
    expect(reason([0, 0, 0, 0], [0, 0, 0, 0])).toEqual({
      value: null,
      reason: "neither the truth nor the prediction has the class",
    });
    expect(reason([0, 0, 0, 0], [0, 1, 0, 0]).reason).toBe("the truth has none of the class");
    expect(reason([0, 1, 0, 0], [0, 0, 0, 0]).reason).toBe("the prediction has none of the class");
  });

  test("refuse shapes and spacings that do not fit", () => {
    expect(() => surfaceDistances([1, 1], [1, 1], [3])).toThrow(
      "shape: expected 2 voxels, one for each of the truth, got 3.",
    );
    expect(() => surfaceDistances([1, 1], [1], [2])).toThrow(/predicted: expected 2 values/);
    expect(() => surfaceDistances([1, 1], [1, 1], [2], [0])).toThrow(
      "spacing: expected a number above 0 for each of 1 axes, got [0].",
    );
    expect(() => surfaceDistances([1, 1], [1, 1], [2], [1, 1])).toThrow(/for each of 1 axes/);
  });
});

describe("surface distances of the masks of an image", () => {
  test("are means over the classes that both masks have", () => {
    const truth = [1, 0, 0, 2, 0, 0, 0, 0];
    const predicted = [0, 1, 0, 0, 0, 2, 0, 0];
    const got = maskSurfaces(truth, predicted, 3, [8], [0.5]);
    expect(got.hausdorff.value).toBeCloseTo((0.5 + 1) / 2, 12);
    expect(maskSurfaces([1, 0], [0, 2], 2, [2], [1]).hausdorff.value).toBeNull();
  });

  test("of a single slice are those of its edge: the axis of one voxel has no faces", () => {
    const [truth, predicted] = [5, 4].map((size) =>
      Array.from({ length: 64 }, (_, i) => (i % 8 < size && Math.floor(i / 8) < 5 ? 1 : 0)),
    );
    const flat = surfaceDistances(truth, predicted, [8, 8], [2, 1]);
    expect(maskSurfaces(truth, predicted, 1, [1, 8, 8], [9, 2, 1])).toEqual(flat);
    expect(surfaceDistances(truth, predicted, [1, 8, 8], [9, 2, 1]).meanSurfaceDistance.value).not.toBe(
      flat.meanSurfaceDistance.value,
    );
  });
});
