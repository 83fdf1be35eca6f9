import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrayDataset, subset } from "../../src/data/dataset.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { gridPatches, trainingPatches } from "../../src/data/patch-views.ts";
import { fitPatches, hasColours, patches, patchGeometry } from "../../src/data/patches.ts";
import { averageClasses, averageVoxels } from "../../src/train/recombine.ts";

/** Images of one to three axes, with colours or without, with masks; and patches that fit them. */
const cases = fc
  .record({
    axes: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 3 }),
    colours: fc.constantFrom(0, 0, 3),
    length: fc.integer({ min: 1, max: 4 }),
    perImage: fc.integer({ min: 1, max: 3 }),
    foreground: fc.constantFrom(0, 0.5, 1),
    ofSize: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }),
    ofStride: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }),
    salt: fc.nat(1000),
  })
  // A mask of a 1D image with colours cannot be told from one of a picture.
  .filter(({ axes, colours }) => colours === 0 || axes.length > 1)
  .map(({ axes, colours, length, perImage, foreground, ofSize, ofStride, salt }) => {
    const size = axes.map((most, axis) => 1 + Math.floor(ofSize[axis] * (most - 1)));
    const stride = size.map((most, axis) => 1 + Math.floor(ofStride[axis] * (most - 1)));
    const voxels = axes.reduce((product, one) => product * one, 1);
    const values = voxels * Math.max(1, colours) * length;
    const images = Float32Array.from({ length: values }, (_, i) => ((i * 7919 + salt) % 1009) / 8);
    const masks = Uint8Array.from({ length: voxels * length }, (_, i) => (((i + salt) * 31) % 7 < 2 ? (i % 2) + 1 : 0));
    const labels = Int32Array.from({ length }, (_, i) => i % 2);
    const shape = colours > 0 ? [...axes, colours] : axes;
    const set = arrayDataset({ images, shape, masks, labels, labelValues: [0, 1], maskValues: [1, 2] });
    return { set, axes, colours: Math.max(1, colours), images, masks, patches: patches({ size, stride, perImage, foreground }), size, stride, voxels }; // prettier-ignore
  });

/** Every place of a box, slowest axis first. */
function placesIn(sizes: readonly number[]): number[][] {
  return sizes.reduce<number[][]>(
    (places, size) => places.flatMap((place) => Array.from({ length: size }, (_, i) => [...place, i])),
    [[]],
  );
}

const voxelAt = (place: readonly number[], axes: readonly number[]) =>
  place.reduce((voxel, at, axis) => voxel * axes[axis] + at, 0);

/** What a patch at a corner must hold, place by place. */
function cropped(
  values: ArrayLike<number>,
  first: number,
  corner: number[],
  size: number[],
  axes: number[],
  colours: number,
) {
  return placesIn(size).flatMap((place) => {
    const voxel = voxelAt(place.map((at, axis) => at + corner[axis]), axes); // prettier-ignore
    return Array.from({ length: colours }, (_, colour) => values[first + voxel * colours + colour]);
  });
}

/** The same set, which gives whole images only. */
function withoutRuns({ readRun: _, readMaskRun: __, ...set }: Dataset): Dataset {
  return set;
}

const placeOf = (voxel: number, axes: readonly number[]) => {
  const place: number[] = [];
  for (let axis = axes.length - 1; axis >= 0; axis--) {
    place.unshift(voxel % axes[axis]);
    voxel = Math.floor(voxel / axes[axis]);
  }
  return place;
};

/** Pixels and mask of a patch, with guards before and behind. */
function readPatch(view: Dataset, patch: number) {
  const size = view.shape.reduce((product, one) => product * one, 1);
  const pixels = new Float32Array(size + 4).fill(-7);
  view.read(patch, pixels, 2);
  const mask = new Uint8Array(view.maskLength + 2).fill(99);
  view.readMask(patch, mask, 1);
  expect([pixels[0], pixels[1], pixels[size + 2], pixels[size + 3]]).toEqual([-7, -7, -7, -7]);
  expect([mask[0], mask[mask.length - 1]]).toEqual([99, 99]);
  return { pixels: Array.from(pixels.slice(2, -2)), mask: Array.from(mask.slice(1, -1)) };
}

describe("the covering grid", () => {
  it("covers every voxel, starts at the first and ends at the edge, goes on by the stride, and repeats no patch", () => {
    fc.assert(
      fc.property(cases, ({ axes, size, stride, patches: value }) => {
        const { corners } = patchGeometry(value, axes, false);
        const covered = new Uint8Array(axes.reduce((product, one) => product * one, 1));
        for (const corner of corners) {
          const at = placeOf(corner, axes);
          at.forEach((start, axis) => {
            expect(start + size[axis]).toBeLessThanOrEqual(axes[axis]);
            expect(start % stride[axis] === 0 || start + size[axis] === axes[axis]).toBe(true);
          });
          for (const place of placesIn(size)) covered[voxelAt(place.map((one, axis) => one + at[axis]), axes)] = 1; // prettier-ignore
        }
        expect(covered.every((one) => one === 1)).toBe(true);
        expect(new Set(corners).size).toBe(corners.length);
        const counts = axes.map((length, axis) => Math.ceil((length - size[axis]) / stride[axis]) + 1);
        expect(corners.length).toBe(counts.reduce((product, count) => product * count, 1));
      }),
      { numRuns: 300 },
    );
  });

  it("gives patches that are what a loop over voxels cuts out, with their masks, image after image, also of a subset and of whole images", () => {
    fc.assert(
      fc.property(cases, fc.boolean(), ({ set, axes, size, colours, images, masks, patches: value, voxels }, whole) => {
        const geometry = patchGeometry(value, set.shape, hasColours(value, set));
        expect(geometry.colours).toBe(colours);
        const order = Array.from({ length: set.length }, (_, i) => set.length - 1 - i);
        const view = gridPatches(whole ? withoutRuns(set) : subset(set, order), geometry);
        expect(view.length).toBe(set.length * geometry.corners.length);
        for (let patch = 0; patch < view.length; patch++) {
          const at = Math.floor(patch / geometry.corners.length);
          const image = whole ? at : order[at];
          const corner = placeOf(geometry.corners[patch % geometry.corners.length], axes);
          const { pixels, mask } = readPatch(view, patch);
          expect(pixels).toEqual(cropped(images, image * voxels * colours, corner, size, axes, colours));
          expect(mask).toEqual(cropped(masks, image * voxels, corner, size, axes, 1));
        }
      }),
    );
  });
});

describe("patches to train on", () => {
  it("are whole cuts of their own image with the mask of the same place, perImage of each, with its label", () => {
    fc.assert(
      fc.property(cases, fc.nat(99), fc.boolean(), (drawn, seed, whole) => {
        const { set, axes, size, colours, images, masks, patches: value, voxels } = drawn;
        const view = trainingPatches(whole ? withoutRuns(set) : set, value, seed);
        expect(view.length).toBe(set.length * value.perImage);
        const rooms = axes.map((length, axis) => length - size[axis] + 1);
        for (let patch = 0; patch < view.length; patch++) {
          const image = Math.floor(patch / value.perImage);
          expect(view.labels![patch]).toBe(set.labels![image]);
          const { pixels, mask } = readPatch(view, patch);
          const found = placesIn(rooms).some(
            (corner) =>
              `${cropped(images, image * voxels * colours, corner, size, axes, colours).join()}` === pixels.join() &&
              `${cropped(masks, image * voxels, corner, size, axes, 1).join()}` === mask.join(),
          );
          expect(found).toBe(true);
        }
      }),
    );
  });

  it("are the same for the same seed and epoch, whatever was read before; other ones in another epoch or of another seed", () => {
    const set = numbered(6, [20, 20]);
    const value = patches({ size: 5, perImage: 4 });
    const all = (view: Dataset, order: readonly number[]) => {
      const corners: number[] = [];
      for (const patch of order) corners[patch] = readPatch(view, patch).pixels[0];
      return corners;
    };
    const forwards = Array.from({ length: 24 }, (_, i) => i);
    const backwards = [...forwards].reverse();
    const view = trainingPatches(set, value, 3);
    const first = all(view, forwards);
    view.begin(2);
    const second = all(view, backwards);
    view.begin(1);
    expect(all(view, backwards)).toEqual(first);
    const other = trainingPatches(set, value, 3);
    other.begin(2);
    expect(all(other, forwards)).toEqual(second);
    expect(second).not.toEqual(first);
    expect(all(trainingPatches(set, value, 4), forwards)).not.toEqual(first);
    expect(new Set(first.slice(0, 4).map((corner) => corner % 400)).size).toBeGreaterThan(1);
  });

  it("lie anywhere: of 9 places each is drawn in 1/9 of 9,000 patches, to 15 %", () => {
    const view = trainingPatches(numbered(1, [4, 4]), patches({ size: 2, perImage: 9000 }), 1);
    const counts = new Map<number, number>();
    for (let patch = 0; patch < 9000; patch++) {
      const corner = readPatch(view, patch).pixels[0];
      counts.set(corner, (counts.get(corner) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([0, 1, 2, 4, 5, 6, 8, 9, 10]);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it("have a foreground voxel in their middle, each as often, as far as edges allow; an image without foreground is cut anywhere", () => {
    const masks = new Uint8Array(2 * 100);
    for (const [row, column] of [[0, 0], [5, 5], [9, 4]]) masks[row * 10 + column] = 1; // prettier-ignore
    const view = trainingPatches(numbered(2, [10, 10], masks), patches({ size: [3, 4], perImage: 3000, foreground: 1 }), 1); // prettier-ignore
    // Corners: the voxel minus half of the size, within the image.
    const counts = new Map<number, number>();
    for (let patch = 0; patch < 3000; patch++) {
      const corner = readPatch(view, patch).pixels[0];
      counts.set(corner, (counts.get(corner) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([0, 10 * 4 + 3, 10 * 7 + 2]);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
    const elsewhere = new Set(Array.from({ length: 3000 }, (_, i) => readPatch(view, 3000 + i).pixels[0]));
    expect(elsewhere.size).toBe(8 * 7);
  });

  it("go by the foreground in the part that is asked for: a third of 6,000 patches, to 10 %", () => {
    const masks = new Uint8Array(10000);
    masks[5050] = 1;
    const view = trainingPatches(numbered(1, [100, 100], masks), patches({ size: 9, perImage: 6000, foreground: 1 / 3 }), 7); // prettier-ignore
    let aimed = 0;
    for (let patch = 0; patch < 6000; patch++) if (readPatch(view, patch).pixels[0] === 46 * 100 + 46) aimed++;
    expect(Math.abs(aimed - 2000)).toBeLessThan(200);
  });

  it("have digests of what they hold: equal for equal patches, with label and mask", async () => {
    const set = numbered(2, [4, 4]);
    const geometry = patchGeometry({ size: 4, stride: 4 }, [4, 4], false);
    const grid = gridPatches(set, geometry);
    const same = arrayDataset({ images: Float32Array.from({ length: 32 }, (_, i) => i), shape: [4, 4], masks: new Uint8Array(32), labels: [0, 1] }); // prettier-ignore
    expect([await grid.digest(0), await grid.digest(1)]).toEqual([await same.digest(0), await same.digest(1)]);
  });
});

/** Images whose pixels are numbered through, with labels 0, 1, 0, ... */
function numbered(length: number, shape: readonly number[], masks?: Uint8Array): Dataset {
  const size = shape.reduce((product, one) => product * one, 1);
  return arrayDataset({
    images: Float32Array.from({ length: length * size }, (_, i) => i),
    shape,
    labels: Array.from({ length }, (_, i) => i % 2),
    labelValues: [0, 1],
    masks: masks ?? new Uint8Array(length * size),
  });
}

describe("recombination", () => {
  it("gives the exact image back where every patch says what it sees: the average of equal values is that value", () => {
    fc.assert(
      fc.property(cases, ({ set, axes, images, colours, patches: value, voxels }) => {
        const geometry = patchGeometry(value, set.shape, hasColours(value, set));
        const grid = gridPatches(set, geometry);
        const patchVoxels = geometry.patchVoxels;
        const recombination = averageVoxels(geometry, colours);
        const perImage = geometry.corners.length;
        for (let patch = 0; patch < grid.length; patch++) {
          const { pixels } = readPatch(grid, patch);
          // Colours as channels, behind another row that must not be looked at.
          const rows = new Float32Array(2 * colours * patchVoxels).fill(-5);
          pixels.forEach((pixel, i) => {
            rows[(colours + (i % colours)) * patchVoxels + Math.floor(i / colours)] = pixel;
          });
          recombination.add(patch % perImage, rows, 1);
          if (patch % perImage < perImage - 1) continue;
          const first = Math.floor(patch / perImage) * voxels * colours;
          const want = Array.from({ length: colours * voxels }, (_, i) => images[first + (i % voxels) * colours + Math.floor(i / voxels)]); // prettier-ignore
          expect(Array.from(recombination.finish())).toEqual(want);
        }
        expect(axes.length).toBe(geometry.axes.length);
      }),
    );
  });

  it("averages over the patches that cover a voxel, to 1e-6 of a loop over voxels and patches", () => {
    fc.assert(
      fc.property(cases, fc.nat(1000), ({ axes, size, patches: value, voxels }, salt) => {
        const geometry = patchGeometry(value, axes, false);
        const recombination = averageVoxels(geometry, 2);
        const said = Array.from(geometry.corners, (_, patch) =>
          Float32Array.from({ length: 2 * geometry.patchVoxels }, (_, i) => ((patch * 131 + i * 17 + salt) % 97) / 97),
        );
        said.forEach((probabilities, patch) => recombination.add(patch, probabilities, 0));
        const got = recombination.finish();
        for (const place of placesIn(axes)) {
          for (const channel of [0, 1]) {
            const covering = said.flatMap((probabilities, patch) => {
              const corner = placeOf(geometry.corners[patch], axes);
              const inside = place.map((at, axis) => at - corner[axis]);
              if (inside.some((at, axis) => at < 0 || at >= size[axis])) return [];
              return [probabilities[channel * geometry.patchVoxels + voxelAt(inside, size)]];
            });
            const mean = covering.reduce((sum, one) => sum + one, 0) / covering.length;
            expect(Math.abs(got[channel * voxels + voxelAt(place, axes)] - mean)).toBeLessThan(1e-6);
          }
        }
      }),
    );
  });

  it("averages classes over all patches, and begins anew after each image", () => {
    const geometry = patchGeometry({ size: 2, stride: 2 }, [4], false);
    const recombination = averageClasses(geometry, 2);
    recombination.add(0, Float32Array.of(9, 9, 0.25, 0.75), 1);
    recombination.add(1, Float32Array.of(0.75, 0.25), 0);
    expect(Array.from(recombination.finish())).toEqual([0.5, 0.5]);
    recombination.add(0, Float32Array.of(1, 0), 0);
    recombination.add(1, Float32Array.of(0.5, 0.5), 0);
    expect(Array.from(recombination.finish())).toEqual([0.75, 0.25]);
  });
});

describe("patches()", () => {
  it("is complete, plain and frozen: half of the size as stride, rounded up, one of each image, from anywhere", () => {
    expect(patches({ size: 5 })).toEqual({ size: 5, stride: 3, perImage: 1, foreground: 0 });
    const value = patches({ size: [1, 8, 9] });
    expect(value).toEqual({ size: [1, 8, 9], stride: [1, 4, 5], perImage: 1, foreground: 0 });
    expect([value, value.size, value.stride].every(Object.isFrozen)).toBe(true);
    expect(JSON.parse(JSON.stringify(value))).toEqual(value);
  });

  it("refuses what is no size, strides beyond the size, which would leave gaps, and parts that are none", () => {
    const wrong: [Parameters<typeof patches>[0], RegExp][] = [
      [{ size: 0 }, /expected a size in whole numbers of at least 1, got 0/],
      [{ size: [4, 2.5] }, /expected a size in whole numbers of at least 1, got 4x2.5/],
      [{ size: [] }, /expected a size in whole numbers of at least 1, got none/],
      [{ size: 4, stride: -1 }, /expected a stride in whole numbers of at least 1, got -1/],
      [{ size: 4, stride: 5 }, /expected a stride of at most the size, got 5 for 4: what lies between/],
      [{ size: [4, 4], stride: [4, 5] }, /expected a stride of at most the size, got 5 for 4/],
      [{ size: [4, 2], stride: 3 }, /expected a stride of at most the size, got 3 for 2/],
      [{ size: 4, stride: [4, 5] }, /expected a stride of at most the size, got 5 for 4/],
      [{ size: [4, 4, 4], stride: [2, 2] }, /expected a stride for each of 3 axes, got 2/],
      [{ size: 4, perImage: 0 }, /expected perImage to be a whole number of at least 1, got 0/],
      [{ size: 4, foreground: 1.5 }, /expected foreground to be a part from 0 to 1, got 1.5/],
      [{ size: 4, foreground: NaN }, /expected foreground to be a part from 0 to 1, got NaN/],
    ];
    for (const [options, message] of wrong) expect(() => patches(options)).toThrow(message);
  });

  it("fits a set's axes of space: one number stands for all, colours are kept whole, other axes and larger sizes are refused", () => {
    const of = (shape: readonly number[], colours = 1) => {
      const values = shape.reduce((product, one) => product * one, 1);
      return arrayDataset({ images: new Uint8Array(values), shape, ...(colours > 1 ? { masks: new Uint8Array(values / colours) } : {}) }); // prettier-ignore
    };
    expect(fitPatches(patches({ size: 6 }), of([8, 9])).shape).toEqual([6, 6]);
    expect(fitPatches(patches({ size: 6 }), of([8, 9, 7])).patches).toMatchObject({ size: [6, 6, 6], stride: [3, 3, 3] }); // prettier-ignore
    expect(fitPatches(patches({ size: 6 }), of([8, 9, 3]))).toMatchObject({ shape: [6, 6, 3], voxels: 36 });
    expect(fitPatches(patches({ size: 6 }), of([8, 9, 1])).shape).toEqual([6, 6, 1]);
    // Three slices, if the sizes say so; five channels, if the masks do.
    expect(fitPatches(patches({ size: [6, 6, 2] }), of([8, 9, 3])).shape).toEqual([6, 6, 2]);
    expect(fitPatches(patches({ size: 6 }), of([8, 9, 5], 5)).shape).toEqual([6, 6, 5]);
    expect(() => fitPatches(patches({ size: [6, 6] }), of([8, 9, 7]))).toThrow(
      "patches: expected a size for each of the 3 axes of images of 8x9x7, got 2: 6x6",
    );
    expect(() => fitPatches(patches({ size: [6, 6, 3] }), of([8, 9, 3], 3))).toThrow(
      "patches: expected a size for each of the 2 axes of images of 8x9, colours left out, got 3: 6x6x3",
    );
    expect(() => fitPatches(patches({ size: [8, 10] }), of([8, 9]))).toThrow(
      "patches: expected images of at least 8x10, got 8x9. Take smaller patches, or fill the images up when they are read: centreCropOrPad({ size }).",
    );
    expect(() => fitPatches(patches({ size: 4, foreground: 0.3 }), of([8, 9]))).toThrow(
      "patches: expected a set with masks for foreground 0.3, got one without. Leave foreground out.",
    );
  });
});
