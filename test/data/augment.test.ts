import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  biasField,
  blur,
  brightness,
  contrast,
  crop,
  cutout,
  deform,
  flip,
  gamma,
  gaussianNoise,
  resampling,
  rotate,
  scale,
  shear,
  stretch,
  translate,
} from "../../src/index.ts";
import type { ImageAugmentation } from "../../src/index.ts";
import { bind, recordOf } from "./augmented.ts";

const numbers = (n: number, seed = 1) =>
  Array.from({ length: n }, (_, i) => ((i * 7919 + seed * 104729) % 1021) / 510 - 1);

const everything: readonly ImageAugmentation[] = [
  crop(0.2, { probability: 0.7 }),
  translate(0.1),
  rotate(20),
  scale(0.2),
  stretch(0.1),
  shear(10),
  flip(["x", "y", "z"]),
  deform(),
  brightness(),
  contrast(),
  gamma(),
  gaussianNoise(),
  blur(0.8, { probability: 0.5 }),
  biasField(),
  cutout(),
  resampling({ padding: "mirror", masks: "likeliest" }),
];

describe.each([
  { shape: [9, 10, 11], voxels: 990 },
  { shape: [17, 14], voxels: 238 },
  { shape: [12, 15, 3], voxels: 180 },
])("an image of $shape", ({ shape, voxels }) => {
  const image = numbers(shape.reduce((a, b) => a * b, 1)).map(Math.fround);
  const classes = Array.from({ length: voxels }, (_, i) => Math.floor(i / 7) % 3);

  it("is augmented as a pure function of seed, epoch and index, whatever came before", async () => {
    const one = await bind(everything, shape);
    const other = await bind(everything, shape);
    const wanted = [3, 0, 7].map((index) => one.image(image, index, 2));
    expect([7, 1, 3, 0].map((index) => other.image(image, index, 2)).filter((_, i) => i !== 1)).toEqual([wanted[2], wanted[0], wanted[1]]); // prettier-ignore
    expect(other.image(image, 3, 3)).not.toEqual(wanted[0]);
    expect((await bind(everything, shape, { seed: 2 })).image(image, 3, 2)).not.toEqual(wanted[0]);
    expect(wanted.flat().every(Number.isFinite)).toBe(true);
  });

  it("is augmented again, to the last bit, from its record as JSON, and its mask with it", async () => {
    const one = await bind(everything, shape);
    for (let index = 0; index < 8; index++) {
      const wanted = one.image(image, index, 5);
      const mask = one.mask(classes, index, 5);
      const record = JSON.parse(JSON.stringify(one.augmenter.record(index))) as never;
      const other = await bind(everything, shape, { seed: 99 });
      expect(other.replay(image, record)).toEqual(wanted);
      expect(other.replayMask(classes, record)).toEqual(mask);
    }
  });

  it("stays to the last bit where nothing is drawn or every range is 0", async () => {
    const none = [crop(0), translate(0), rotate(0), scale(0), stretch(0), shear(0), deform({ magnitude: 0 }), blur(0)];
    const never = everything.map((one) => (one.kind === "resampling" ? one : { ...one, probability: 0 }));
    expect((await bind(none, shape)).image(image, 4)).toEqual(image);
    expect((await bind(never, shape)).image(image, 4)).toEqual(image);
    expect((await bind(none, shape)).mask(classes, 4)).toEqual(classes);
  });

  it("flipped twice along the same axes is itself, and its mask is mirrored with it", async () => {
    const list = [flip("x"), flip("y")];
    const one = await bind(list, shape);
    const record = recordOf(list, { x: 1, y: 0, z: 0 }, { x: 0, y: 1, z: 0 });
    const once = one.replay(image, record);
    expect(once).not.toEqual(image);
    expect(one.replay(once, record)).toEqual(image);
    expect(one.replayMask(one.replayMask(classes, record), record)).toEqual(classes);
    // The same by resampling, which composes them with a move by nothing.
    const moved = [...list, translate(0)];
    const resampled = await bind(moved, shape);
    const same = recordOf(moved, { x: 1, y: 0, z: 0 }, { x: 0, y: 1, z: 0 }, { x: 0, y: 0, z: 0 });
    expect(resampled.replay(image, same)).toEqual(once);
    expect(resampled.replayMask(classes, same)).toEqual(one.replayMask(classes, record));
  });
});

describe("a mask", () => {
  it("moves exactly with its image: where the image of a class is 1 or 0 after the move, the mask says so too", async () => {
    const shape = [10, 11, 12];
    const n = 10 * 11 * 12;
    const classes = Array.from({ length: n }, (_, i) => (Math.floor(i / 5) % 4 === 0 ? 1 : 0));
    const geometry = everything.slice(0, 8);
    for (const padding of ["constant", "nearest", "mirror"] as const) {
      for (const masks of ["nearest", "likeliest"] as const) {
        const one = await bind([...geometry, resampling({ padding, fill: 0, masks })], shape);
        let decided = 0;
        for (let index = 0; index < 40; index++) {
          const image = one.image(classes, index);
          const mask = one.mask(classes, index);
          for (let i = 0; i < n; i++) {
            if (image[i] !== 0 && image[i] !== 1) {
              // One class against the background: the likeliest is the one that is more than half there.
              if (masks === "likeliest" && Math.abs(image[i] - 0.5) > 1e-5)
                expect(mask[i]).toBe(image[i] > 0.5 ? 1 : 0);
              continue;
            }
            decided++;
            expect(mask[i]).toBe(image[i]);
          }
        }
        expect(decided).toBeGreaterThan(1000);
      }
    }
  });

  it("gets no class that lies between two others", async () => {
    const shape = [16, 16];
    const classes = Array.from({ length: 256 }, (_, i) => (i % 16 < 8 ? 0 : 3));
    for (const masks of ["nearest", "likeliest"] as const) {
      const one = await bind([rotate(30), deform(), resampling({ masks })], shape);
      for (let index = 0; index < 30; index++)
        expect(one.mask(classes, index).every((label) => label === 0 || label === 3)).toBe(true);
    }
  });
});

/** A picture of zeros with one pixel of 1. */
const dot = (height: number, width: number, y: number, x: number) =>
  Array.from({ length: height * width }, (_, i) => (i === y * width + x ? 1 : 0));
const place = (image: number[], width: number) => {
  const i = image.findIndex((value) => value > 0.9999);
  return i < 0 ? null : [Math.floor(i / width), i % width];
};

describe("parameters are forward: they say where the content goes", () => {
  it.each([
    {
      name: "rotate 90 turns counterclockwise: what is at the right comes to the top",
      list: [rotate(90)],
      drawn: [{ x: 0, y: 0, z: 90 }],
      from: [4, 8],
      to: [0, 4],
    },
    {
      name: "translate by 2 of 9 pixels moves to the right and down",
      list: [translate(0.5)],
      drawn: [{ x: 2 / 9, y: 1 / 9, z: 0 }],
      from: [3, 3],
      to: [4, 5],
    },
    {
      name: "scale by 2 doubles the distance from the centre",
      list: [scale(1)],
      drawn: [{ factor: 2 }],
      from: [4, 6],
      to: [4, 8],
    },
    { name: "stretch by 2 along y alone", list: [stretch(1)], drawn: [{ x: 1, y: 2, z: 1 }], from: [3, 6], to: [2, 6] },
    {
      name: "shear by 45 degrees along x by y: what is one lower moves one to the right",
      list: [shear(45)],
      drawn: [{ degrees: 45, along: 0, by: 1 }],
      from: [5, 4],
      to: [5, 5],
    },
    {
      name: "crop of the lower right part moves it to the middle",
      list: [crop(0.5)],
      drawn: [{ size: 1 / 3, x: 1, y: 1, z: 0 }],
      from: [7, 7],
      to: [4, 4],
    },
    {
      name: "the first of a list comes first: turn, then move",
      list: [rotate(90), translate(0.5)],
      drawn: [
        { x: 0, y: 0, z: 90 },
        { x: 0, y: 1 / 9, z: 0 },
      ],
      from: [4, 8],
      to: [1, 4],
    },
    {
      name: "move, then turn",
      list: [translate(0.5), rotate(90)],
      drawn: [
        { x: 0, y: 1 / 9, z: 0 },
        { x: 0, y: 0, z: 90 },
      ],
      from: [4, 7],
      to: [1, 5],
    },
  ])("$name", async ({ list, drawn, from, to }) => {
    const one = await bind(list, [9, 9]);
    const record = recordOf(list, ...(drawn as Record<string, number>[]));
    expect(place(one.replay(dot(9, 9, from[0], from[1]), record), 9)).toEqual(to);
  });

  it("a volume turns about x from z to y, about y from x to z, about any direction as about its axis", async () => {
    const volume = (z: number, y: number, x: number) =>
      Array.from({ length: 125 }, (_, i) => (i === (z * 5 + y) * 5 + x ? 1 : 0));
    const at = (image: number[]) => {
      const i = image.findIndex((value) => value > 0.9999);
      return [Math.floor(i / 25), Math.floor(i / 5) % 5, i % 5];
    };
    const all = await bind([rotate(90)], [5, 5, 5]);
    const turned = (drawn: Record<string, number>, from: number[]) =>
      at(all.replay(volume(from[0], from[1], from[2]), recordOf([rotate(90)], drawn)));
    expect(turned({ x: 90, y: 0, z: 0 }, [4, 2, 1])).toEqual([2, 4, 1]);
    expect(turned({ x: 0, y: 90, z: 0 }, [2, 1, 4])).toEqual([4, 1, 2]);
    expect(turned({ x: 0, y: 0, z: 90 }, [1, 4, 2])).toEqual([1, 2, 4]);
    for (const [k, axis] of (
      [
        [1, 0, 0],
        [0, 3, 0],
        [0, 0, 0.5],
      ] as const
    ).entries()) {
      const list = [rotate(90, { axis })];
      const one = await bind(list, [5, 5, 5]);
      const image = numbers(125).map(Math.fround);
      const angles = { x: 0, y: 0, z: 0, ["xyz"[k]]: 33 };
      const got = one.replay(image, recordOf(list, { x: 33, y: 0, z: 0 }));
      const want = all.replay(image, recordOf([rotate(90)], angles));
      got.forEach((value, i) => expect(Math.abs(value - want[i])).toBeLessThan(1e-5));
    }
  });

  it("turns in millimetres: at a spacing of 1 x 2 a quarter turn brings 4 voxels along x to 2 along y", async () => {
    const one = await bind([rotate(90)], [9, 9], { spacing: [1, 2] });
    const record = recordOf([rotate(90)], { x: 0, y: 0, z: 90 });
    expect(place(one.replay(dot(9, 9, 4, 8), record), 9)).toEqual([2, 4]);
  });

  it("moves by millimetres where the spacing is known, and says so where it is not", async () => {
    const list = [translate({ millimetres: 5 })];
    const one = await bind(list, [9, 9], { spacing: [0.5, 1] });
    expect(place(one.replay(dot(9, 9, 4, 4), recordOf(list, { x: 1, y: 2, z: 0 })), 9)).toEqual([6, 6]);
    await expect(bind(list, [9, 9])).rejects.toThrow("spacing is known");
  });
});

describe("a volume of one slice", () => {
  it("is read within it, however it turns: an even one stays even, and its mask one class", async () => {
    for (const padding of ["nearest", "mirror"] as const) {
      const bound = await bind([rotate(60), deform(), resampling({ padding })], [1, 28, 28]);
      for (let index = 0; index < 5; index++) {
        expect(new Set(bound.image(new Array<number>(784).fill(5), index))).toEqual(new Set([5]));
        expect(new Set(bound.mask(new Array<number>(784).fill(1), index))).toEqual(new Set([1]));
      }
    }
  });
});

describe("intensities", () => {
  const image = numbers(600, 3).map(Math.fround);
  const shape = [20, 30];
  const low = Math.min(...image);
  const high = Math.max(...image);
  const mean = image.reduce((a, b) => a + b) / 600;
  const near = (got: number[], want: number[], tolerance: number) =>
    got.forEach((value, i) => expect(Math.abs(value - want[i])).toBeLessThan(tolerance));

  it.each([
    {
      name: "brightness adds a part of the range",
      one: brightness(),
      drawn: { shift: 0.05 },
      want: (x: number) => x + 0.05 * (high - low),
    },
    {
      name: "contrast spreads about the mean",
      one: contrast(),
      drawn: { factor: 1.3 },
      want: (x: number) => (x - mean) * 1.3 + mean,
    },
    {
      name: "gamma takes a power within the range",
      one: gamma(),
      drawn: { exponent: 1.7 },
      want: (x: number) => low + (high - low) * ((x - low) / (high - low)) ** 1.7,
    },
  ])("$name, to 3e-6", async ({ one, drawn, want }) => {
    const got = (await bind([one], shape)).replay(image, recordOf([one], drawn as unknown as Record<string, number>));
    near(got, image.map(want), 3e-6);
  });

  it("gamma leaves the smallest value and NaN as they are, however small the power", async () => {
    const one = gamma();
    const pixels = Array.from({ length: 12 }, (_, i) => (i === 5 ? NaN : i - 3));
    for (const exponent of [0.01, 1.7, 40]) {
      const got = (await bind([one], [3, 4])).replay(pixels, recordOf([one], { exponent }));
      expect([got[0], got[5], got[11]]).toEqual([-3, NaN, 8]);
    }
  });

  it("a bias field multiplies with exp of a polynomial of degree 3, to 1e-5, colours alike", async () => {
    const powers = [0, 1, 2, 3].flatMap((a) =>
      [0, 1, 2, 3].flatMap((b) => [0, 1, 2, 3].filter((c) => a + b + c <= 3).map((c) => [a, b, c])),
    );
    expect(powers.length).toBe(20);
    const coefficients = numbers(20, 5).map((c) => 0.3 * c);
    const drawn = Object.fromEntries(coefficients.map((c, k) => [`c${k}`, c]));
    for (const [size, colours] of [
      [[4, 5, 6], 1],
      [[1, 7, 9], 3],
    ] as const) {
      const [depth, height, width] = size;
      const dims = colours > 1 ? [height, width, colours] : [...size];
      const pixels = numbers(depth * height * width * colours).map(Math.fround);
      const at = (i: number, n: number) => (n > 1 ? (2 * i) / (n - 1) - 1 : 0);
      const want = pixels.map((value, i) => {
        const v = Math.floor(i / colours);
        const [x, y, z] = [
          at(v % width, width),
          at(Math.floor(v / width) % height, height),
          at(Math.floor(v / width / height), depth),
        ];
        return (
          value * Math.exp(powers.reduce((sum, [a, b, c], k) => sum + coefficients[k] * x ** a * y ** b * z ** c, 0))
        );
      });
      near((await bind([biasField()], dims)).replay(pixels, recordOf([biasField()], drawn)), want, 1e-5);
    }
  });

  it("noise has mean 0, the drawn deviation, normal tails, and is another at each image and voxel", async () => {
    const list = [gaussianNoise(1)];
    const one = await bind(list, [100, 301]);
    const base = Array.from({ length: 30100 }, (_, i) => i % 2);
    const noise = one.replay(base, recordOf(list, { deviation: 1 })).map((value, i) => value - base[i]);
    const moment = (k: number) => noise.reduce((sum, value) => sum + value ** k, 0) / noise.length;
    expect(Math.abs(moment(1))).toBeLessThan(0.025);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.035);
    expect(Math.abs(moment(3))).toBeLessThan(0.09);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.25);
    const lag = noise.slice(1).reduce((sum, value, i) => sum + value * noise[i], 0) / noise.length;
    expect(Math.abs(lag)).toBeLessThan(0.025);
    const part = (below: number) => noise.filter((value) => value < below).length / noise.length;
    expect(Math.abs(part(-1) - 0.1587)).toBeLessThan(0.009);
    expect(Math.abs(part(2) - 0.9772)).toBeLessThan(0.004);
    const other = one.replay(base, { ...recordOf(list, { deviation: 1 }), index: 1 });
    expect(other.map((value, i) => value - base[i])).not.toEqual(noise);
  });

  it("blur keeps a constant image and the sum away from the edges, and spreads a dot by its deviation squared", async () => {
    const list = [blur(2)];
    const one = await bind(list, [41, 43]);
    const record = recordOf(list, { sigma: 1.5 });
    near(one.replay(new Array<number>(41 * 43).fill(0.7), record), new Array<number>(41 * 43).fill(0.7), 1e-6);
    const spread = one.replay(dot(41, 43, 20, 21), record);
    const sum = (weight: (y: number, x: number) => number) =>
      spread.reduce((total, value, i) => total + value * weight(Math.floor(i / 43) - 20, (i % 43) - 21), 0);
    expect(Math.abs(sum(() => 1) - 1)).toBeLessThan(1e-5);
    expect(Math.abs(sum((_, x) => x * x) - 2.25)).toBeLessThan(0.01);
    expect(Math.abs(sum((y) => y * y) - 2.25)).toBeLessThan(0.01);
  });

  it("cutout blanks one box with the mean and leaves the rest", async () => {
    const list = [cutout(0.5)];
    const one = await bind(list, shape);
    const got = one.replay(image, recordOf(list, { x0: 0.1, y0: 0.2, z0: 0, x1: 0.4, y1: 0.5, z1: 1 }));
    got.forEach((value, i) => {
      const [y, x] = [Math.floor(i / 30), i % 30];
      const isInside = x >= 3 && x < 12 && y >= 4 && y < 10;
      if (isInside) expect(Math.abs(value - mean)).toBeLessThan(1e-6);
      else expect(value).toBe(image[i]);
    });
  });
});

describe("what is drawn", () => {
  it("stays within its range, is applied to its part of the images, and differs between augmentations of a kind", async () => {
    const list = [
      rotate(10, { axis: "z", probability: 0.3 }),
      rotate(10, { axis: "z" }),
      scale(0.5),
      crop(0.2),
      flip(["x", "y"]),
    ];
    const { augmenter } = await bind(list, [12, 12]);
    augmenter.begin(4);
    const records = Array.from({ length: 2000 }, (_, index) => augmenter.record(index).applied);
    const of = (k: number) => records.flatMap((applied) => applied.filter(({ place: p }) => p === k));
    expect(Math.abs(of(0).length / 2000 - 0.3)).toBeLessThan(0.04);
    expect(of(1).length).toBe(2000);
    const angles = of(1).map(({ drawn }) => drawn["z"]);
    expect(Math.max(...angles.map(Math.abs))).toBeLessThanOrEqual(10);
    expect(Math.max(...angles)).toBeGreaterThan(9.9);
    expect(Math.min(...angles)).toBeLessThan(-9.9);
    expect(of(0)[0].drawn["z"]).not.toBe(angles[0]);
    const factors = of(2).map(({ drawn }) => drawn["factor"]);
    expect(Math.min(...factors)).toBeGreaterThanOrEqual(1 / 1.5 - 1e-12);
    expect(Math.max(...factors)).toBeLessThanOrEqual(1.5 + 1e-12);
    expect(of(3).every(({ drawn }) => drawn["size"] >= 0.8 && Math.abs(drawn["x"]) <= 1)).toBe(true);
    expect(Math.abs(of(4).length / 2000 - 0.75)).toBeLessThan(0.04);
  });
});

describe("values", () => {
  it("are frozen, and survive JSON", () => {
    for (const one of everything) {
      expect(Object.isFrozen(one)).toBe(true);
      expect(JSON.parse(JSON.stringify(one))).toEqual(one);
    }
  });

  it("outside their range are refused, with what was expected and got", () => {
    expect(() => rotate(181)).toThrow("rotate: expected degrees from 0 to 180, got 181");
    expect(() => rotate(5, { axis: [0, 0, 0] })).toThrow(RangeError);
    expect(() => crop(0.95)).toThrow(RangeError);
    expect(() => deform({ magnitude: 0.5 })).toThrow("0 to 0.48, got 0.5");
    expect(() => deform({ cells: 2.5 })).toThrow(RangeError);
    expect(() => flip([])).toThrow(RangeError);
    expect(() => flip(["x", "x"])).toThrow(RangeError);
    expect(() => brightness(NaN)).toThrow(RangeError);
    expect(() => blur(1, { probability: 1.5 })).toThrow("blur: expected a probability from 0 to 1, got 1.5");
    expect(() => resampling({ padding: "zeros" as never })).toThrow(RangeError);
  });

  it("that an image cannot have are refused when they are planned", async () => {
    await expect(bind([rotate(5)], [100])).rejects.toThrow("two or three axes");
    await expect(bind([deform(), deform()], [10, 10])).rejects.toThrow("at most once");
    expect((await bind([brightness()], [100])).image(numbers(100), 0).length).toBe(100);
  });

  it("keep an image's shape, whatever it is", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 3 }),
        fc.constantFrom("constant", "nearest", "mirror"),
        async (shape, padding) => {
          const n = shape.reduce((a, b) => a * b, 1);
          const list = [...everything.filter(({ kind }) => kind !== "resampling"), resampling({ padding })];
          const got = (await bind(list, shape)).image(numbers(n), 3);
          expect(got.length).toBe(n);
          expect(got.every(Number.isFinite)).toBe(true);
        },
      ),
      { numRuns: 120 },
    );
  });
});
