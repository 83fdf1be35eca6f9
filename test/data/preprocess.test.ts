import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Image } from "../../src/data/image.ts";
import { valuesOf } from "../../src/data/image.ts";
import { preprocess, preprocessMask } from "../../src/data/preprocess.ts";
import {
  centreCropOrPad,
  gray,
  percentileClip,
  preprocessingTitle,
  resampleTo,
  rescale,
  standardize,
  window,
} from "../../src/data/preprocessing.ts";
import { fromStructure } from "../../src/data/structure.ts";

const lengths = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 3 });
const product = (sizes: readonly number[]) => sizes.reduce((all, size) => all * size, 1);

/** Volumes with spacing, and an affine that mirrors and shifts; x first. */
const volumes: fc.Arbitrary<Image> = lengths.chain((dims) =>
  fc
    .record({
      values: fc.array(fc.integer({ min: -1000, max: 3000 }), { minLength: product(dims), maxLength: product(dims) }),
      spacing: fc.array(fc.constantFrom(0.5, 1, 3), { minLength: dims.length, maxLength: dims.length }),
      slope: fc.constantFrom(1, 2, -0.5),
    })
    .map(({ values, spacing, slope }) => ({
      ...fromStructure({ data: Int16Array.from(values), dims, spacing, origin: dims.map((_, axis) => 10 * axis - 7) }),
      rescale: { slope, intercept: -3 },
    })),
);

/** A smaller or larger size for every axis. */
const withSize = volumes.chain((image) =>
  fc.tuple(
    fc.constant(image),
    fc.array(fc.integer({ min: 1, max: 9 }), { minLength: image.shape.length, maxLength: image.shape.length }),
  ),
);

/** The place of voxel (x, y, z). */
const placeOf = ({ affine }: Image, index: readonly number[]) =>
  affine!.slice(0, 3).map((row) => row[3] + index.reduce((sum, i, axis) => sum + row[axis] * i, 0));

const middleOf = ({ shape }: Image) => [...shape].reverse().map((length) => (length - 1) / 2);

const row = (...values: number[]) => fromStructure({ data: Float32Array.from(values), dims: [values.length] });
const after = (image: Image, ...steps: Parameters<typeof preprocess>[1]) => [...valuesOf(preprocess(image, steps))];

describe("window", () => {
  it("maps what lies within the width about the centre to 0 .. 1, and cuts off the rest", () => {
    expect(after(row(-1000, -160, 40, 240, 3000), window({ centre: 40, width: 400 }))).toEqual([0, 0, 0.5, 1, 1]);
  });

  it("is of values after slope and intercept, never leaves 0 .. 1, and keeps the order of values", () => {
    fc.assert(
      fc.property(volumes, (image) => {
        const before = valuesOf(image);
        const windowed = after(image, window({ centre: 100, width: 500 }));
        for (let i = 0; i < before.length; i++) {
          expect(windowed[i]).toBeCloseTo(Math.min(Math.max((before[i] + 150) / 500, 0), 1), 6);
        }
      }),
    );
  });
});

describe("percentileClip", () => {
  it("cuts off at numpy.percentile's values: of 0 .. 10 the 5th and 90th are 0.5 and 9", () => {
    const values = [7, 0, 3, 10, 1, 4, 2, 9, 5, 8, 6];
    expect(after(row(...values), percentileClip({ low: 5, high: 90 }))).toEqual([7, 0.5, 3, 9, 1, 4, 2, 9, 5, 8, 6]);
  });

  it("changes nothing from 0 to 100", () => {
    fc.assert(fc.property(volumes, (image) => { expect(after(image, percentileClip({}))).toEqual([...valuesOf(image)]); })); // prettier-ignore
  });
});

describe("rescale and standardize", () => {
  it("rescale gives the image's own range the wanted one; an even image becomes the lower end", () => {
    expect(after(row(10, 20, 30), rescale({ to: [-1, 1] }))).toEqual([-1, 0, 1]);
    expect(after(row(4, 4), rescale({ to: [2, 3] }))).toEqual([2, 2]);
  });

  it("standardize gives mean 0 and deviation 1 (to 1e-5); an even image becomes 0", () => {
    expect(after(row(0.1, 0.1, 0.1), standardize()).every((value) => Object.is(Math.abs(value), 0))).toBe(true);
    fc.assert(
      fc.property(volumes, (image) => {
        const before = valuesOf(image);
        fc.pre(new Set(before).size > 1);
        const values = after(image, standardize());
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        expect(mean).toBeCloseTo(0, 5);
        expect(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length).toBeCloseTo(1, 5);
      }),
    );
  });
});

describe("resampleTo", () => {
  it("doubles a row over the same field of view: outer voxels repeat, inner ones lie between", () => {
    expect(after(row(0, 4, 8), resampleTo({ size: [6] }))).toEqual([0, 1, 3, 5, 7, 8]);
    expect(after(row(0, 4, 8, 12), resampleTo({ size: [2] }))).toEqual([2, 10]);
  });

  it("gives a linear function of the places again inside the image, by size and by spacing (to 1e-3)", () => {
    const dims = [9, 8, 7];
    const spacing = [0.5, 1, 3];
    const at = (x: number, y: number, z: number) => 3 * x - 2 * y + 5 * z;
    const data = new Float32Array(product(dims));
    for (let i = 0; i < data.length; i++) data[i] = at(i % 9, Math.floor(i / 9) % 8, Math.floor(i / 72));
    const image = fromStructure({ data, dims, spacing, origin: [0, 0, 0] });
    const inverse = (place: readonly number[]) => [-place[0] / 0.5, -place[1], place[2] / 3];
    for (const step of [resampleTo({ size: [5, 11, 6] }), resampleTo({ spacing: [0.7, 1.3, 2] })]) {
      const made = preprocess(image, [step]);
      const [depth, height, width] = made.shape;
      const values = valuesOf(made);
      let inside = 0;
      for (let z = 0; z < depth; z++)
        for (let y = 0; y < height; y++)
          for (let x = 0; x < width; x++) {
            const old = inverse(placeOf(made, [x, y, z]));
            if (old.some((place, axis) => place < 0 || place > dims[axis] - 1)) continue;
            inside++;
            expect(values[(z * height + y) * width + x]).toBeCloseTo(at(old[0], old[1], old[2]), 3);
          }
      expect(inside).toBeGreaterThan(50);
    }
  });

  it("leaves the middle of the image where it is, and the field of view as long to half a voxel", () => {
    fc.assert(
      fc.property(withSize, fc.constantFrom(0.4, 1, 2.5), ([image, size], distance) => {
        for (const step of [resampleTo({ size }), resampleTo({ spacing: distance })]) {
          const made = preprocess(image, [step]);
          placeOf(made, middleOf(made)).forEach((place, axis) =>
            expect(place).toBeCloseTo(placeOf(image, middleOf(image))[axis], 9),
          );
          image.spacing!.forEach((spacing, axis) => {
            const [before, now] = [image, made].map(({ shape }) => [...shape].reverse()[axis]);
            const off = Math.abs(spacing * before - made.spacing![axis] * now);
            if (now > 1) expect(off).toBeLessThanOrEqual(made.spacing![axis] / 2 + 1e-9);
          });
        }
      }),
    );
  });

  it("gives an image that has the size or spacing already back as it is, in its type", () => {
    fc.assert(
      fc.property(volumes, (image) => {
        expect(preprocess(image, [resampleTo({ size: image.shape })])).toBe(image);
        expect(preprocess(image, [resampleTo({ spacing: image.spacing! })])).toBe(image);
      }),
    );
  });

  it("invents no value in a mask, and gives every voxel that of the nearest", () => {
    fc.assert(
      fc.property(withSize, ([image, size]) => {
        const mask = preprocessMask(image, [resampleTo({ size })]);
        expect(mask.pixels).toBeInstanceOf(Int16Array);
        const known = new Set(valuesOf(image));
        expect([...valuesOf(mask)].every((value) => known.has(value))).toBe(true);
      }),
    );
    expect([...valuesOf(preprocessMask(row(1, 2, 3), [resampleTo({ size: [6] })]))]).toEqual([1, 1, 2, 2, 3, 3]);
  });

  it("needs a spacing to resample to one, counts metres as metres, and refuses sizes of other axes", () => {
    const bare = fromStructure({ data: new Uint8Array(12), dims: [3, 4] });
    expect(() => preprocess(bare, [resampleTo({ spacing: 1 })])).toThrow(/says the spacing of its 2 axes, got none/);
    expect(() => preprocess(bare, [resampleTo({ size: [3] })])).toThrow(/expected 2 numbers for an image of 4x3/);
    const metres = { ...bare, spacing: [0.002, 0.002], unit: "m" as const };
    expect(preprocess(metres, [resampleTo({ spacing: 1 })]).shape).toEqual([8, 6]);
    expect(() => preprocess(metres, [resampleTo({ spacing: 1e-6 })])).toThrow(/at most 1073741824 voxels/);
  });
});

describe("centreCropOrPad", () => {
  it("has the wanted size, every voxel at its old place with its old value, and the smallest value elsewhere", () => {
    fc.assert(
      fc.property(withSize, ([image, size]) => {
        const made = preprocess(image, [centreCropOrPad({ size })]);
        expect(made.shape).toEqual(size);
        expect(made.pixels).toBeInstanceOf(Int16Array);
        const [before, now] = [image, made].map((each) => {
          const values = valuesOf(each);
          const dims = [...each.shape].reverse();
          const places = new Map<string, number>();
          values.forEach((value, i) => {
            const index = dims.map((length, axis) => Math.floor(i / product(dims.slice(0, axis))) % length);
            places.set(placeOf(each, index).map((place) => place.toFixed(6)).join(), value); // prettier-ignore
          });
          return places;
        });
        const least = Math.min(...before.values());
        for (const [place, value] of now) expect(value).toBe(before.get(place) ?? least);
        const kept = image.shape.reduce((all, length, axis) => all * Math.min(length, size[axis]), 1);
        expect([...now.keys()].filter((place) => before.has(place)).length).toBe(kept);
      }),
    );
  });

  it("fills with a given value, as values if the pixels' type cannot hold it, and a mask with background", () => {
    const bytes = fromStructure({ data: Uint8Array.of(9, 8), dims: [2] });
    const filled = (fill: number) => preprocess(bytes, [centreCropOrPad({ size: [4], fill })]);
    expect(filled(7).pixels).toEqual(Uint8Array.of(7, 9, 8, 7));
    expect(filled(-1.5).pixels).toEqual(Float32Array.of(-1.5, 9, 8, -1.5));
    expect(preprocessMask(bytes, [centreCropOrPad({ size: [4], fill: 7 })]).pixels).toEqual(Uint8Array.of(0, 9, 8, 0));
  });

  it("keeps frames' own scales with their frames", () => {
    const frames: Image = {
      ...fromStructure({ data: Uint8Array.of(1, 2, 3), dims: [1, 1, 3] }),
      frameRescales: [1, 10, 100].map((slope) => ({ slope, intercept: 0 })),
    };
    expect(after(frames, centreCropOrPad({ size: [2, 1, 1] }))).toEqual([1, 20]);
    expect(after(frames, resampleTo({ size: [1, 1, 1] }))).toEqual([20]);
  });
});

describe("gray", () => {
  it("weighs red, green and blue by BT.601, leaves out alpha, rounds bytes, looks palettes up", () => {
    const picture = { data: Uint8ClampedArray.of(255, 0, 0, 9, 10, 20, 30, 0), width: 2, height: 1 };
    const made = preprocess(fromStructure(picture), [gray()]);
    expect(made).toMatchObject({ shape: [1, 2], colours: 1 });
    expect(made.pixels).toEqual(Uint8Array.of(76, 18));
    const table = (...values: number[]) => ({ first: 0, values });
    const palette = { bits: 8, red: table(0, 255), green: table(0, 255), blue: table(0, 255) } as const;
    const indexed: Image = { ...fromStructure({ data: Uint8Array.of(1, 0), dims: [2, 1] }), palette };
    expect(preprocess(indexed, []).shape).toEqual([1, 2, 3]);
    expect(preprocess(indexed, [gray()]).pixels).toEqual(Uint8Array.of(255, 0));
    expect(preprocessMask(indexed, [gray()])).toBe(indexed);
  });
});

describe("steps", () => {
  it("are frozen, survive JSON, run in their order, and leave the image they are given as it was", () => {
    const steps = [
      gray(),
      percentileClip({ low: 1 }),
      window({ centre: 1, width: 4 }),
      rescale(),
      standardize(),
      resampleTo({ spacing: [1, 2] }),
      resampleTo({ size: [3, 5] }),
      centreCropOrPad({ size: [4, 4] }),
    ];
    expect(steps.every(Object.isFrozen)).toBe(true);
    const image = fromStructure({
      data: Int16Array.from({ length: 20 }, (_, i) => i * i),
      dims: [5, 4],
      spacing: [1, 1],
    });
    const before = image.pixels.slice();
    const again = JSON.parse(JSON.stringify(steps)) as typeof steps;
    expect(preprocess(image, again)).toEqual(preprocess(image, steps));
    expect(image.pixels).toEqual(before);
    expect(after(row(0, 8), window({ centre: 4, width: 4 }), rescale({ to: [5, 6] }))).toEqual([5, 6]);
    expect(steps.map(preprocessingTitle).join(", ")).toBe(
      "gray(), percentileClip({ low: 1, high: 100 }), window({ centre: 1, width: 4 }), rescale({ to: [0, 1] }), " +
        "standardize(), resampleTo({ spacing: [1, 2] }), resampleTo({ size: [3, 5] }), centreCropOrPad({ size: [4, 4] })",
    );
  });

  it("say what is wrong with their options", () => {
    expect(() => window({ centre: 0, width: 0 })).toThrow(RangeError);
    expect(() => percentileClip({ low: 60, high: 40 })).toThrow(RangeError);
    expect(() => rescale({ to: [1, 1] })).toThrow(RangeError);
    expect(() => resampleTo({ size: [0, 3] })).toThrow(/whole numbers of at least 1/);
    expect(() => resampleTo({ spacing: -1 })).toThrow(/above 0/);
    expect(() => centreCropOrPad({ size: [2.5] })).toThrow(RangeError);
    expect(() => centreCropOrPad({ size: [2], fill: NaN })).toThrow(RangeError);
  });
});
