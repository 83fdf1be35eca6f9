import fc from "fast-check";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { audit } from "../../src/data/audit.ts";
import type { AuditPair } from "../../src/data/audit.ts";
import { arrayDataset, subset } from "../../src/data/dataset.ts";
import type { Dataset, DatasetSplit } from "../../src/data/dataset.ts";
import { phantoms } from "../../src/data/phantom.ts";
import { createPhotographer } from "../../src/data/photograph.ts";
import { planThumbnails } from "../../src/data/thumbnail.ts";
import { readNpz } from "../../src/io/npz.ts";
import { stream } from "../../src/random.ts";

const short = ({ kind, a, b }: AuditPair) => `${kind} ${a.set} ${a.index} ${b.set} ${b.index}`;

/** Images of a size, as arrays; every fifth phantom, the second scan of a head, is left out. */
function imagesOf(count: number, seed: number, size: readonly [number, number, number]): Float32Array[] {
  const set = phantoms({ count: Math.ceil((count * 5) / 4), seed, size });
  return Array.from({ length: set.length }, (_, i) => i)
    .filter((i) => i % 5 !== 4)
    .slice(0, count)
    .map((i) => {
      const image = new Float32Array(size[0] * size[1] * size[2]);
      set.read(i, image, 0);
      return image;
    });
}

function setOf(images: readonly Float32Array[], shape: readonly number[], labels?: readonly number[]): Dataset {
  const all = new Float32Array(images.length * images[0].length);
  images.forEach((image, i) => all.set(image, i * image.length));
  return arrayDataset({ images: all, shape, ...(labels ? { labels, labelValues: [0, 1] } : {}) });
}

/** The image moved by part of a pixel along the last axis, linearly interpolated. */
function shifted(image: Float32Array, columns: number, by: number): Float32Array {
  return image.map((value, i) => (i % columns === columns - 1 ? value : (1 - by) * value + by * image[i + 1]));
}

const mirrored = (image: Float32Array, columns: number) =>
  image.map((_, i) => image[i - (i % columns) + columns - 1 - (i % columns)]);

/** A quarter turn in the plane of the last two axes, which are equal. */
const turned = (image: Float32Array, side: number) =>
  image.map((_, i) => {
    const [slice, row, column] = [Math.floor(i / side / side), Math.floor(i / side) % side, i % side];
    return image[slice * side * side + column * side + (side - 1 - row)];
  });

describe.each([
  ["images of 64x64", [64, 64], [1, 64, 64]],
  ["volumes of 10x10x10", [10, 10, 10], [10, 10, 10]],
  ["volumes of 7x24x24", [7, 24, 24], [7, 24, 24]],
] as const)("the audit of %s", (_, shape, size) => {
  const side = shape[1];
  const images = imagesOf(60, 5, size);
  const noise = stream(3, "phantom");
  const rest = { train: images.slice(0, 30), validation: images.slice(30, 45), test: images.slice(45) };
  const planted = (make: (image: Float32Array) => Float32Array): DatasetSplit => ({
    train: setOf(rest.train, shape),
    validation: setOf([...rest.validation.slice(0, 3), make(rest.train[7])], shape),
    test: setOf([...rest.test, make(rest.train[12]), make(rest.validation[2])], shape),
  });

  it("reports nothing of independent phantoms, inside a set or across", async () => {
    const { leakage, duplicates, threshold } = await audit({
      train: setOf(rest.train, shape),
      validation: setOf(rest.validation, shape),
      test: setOf(rest.test, shape),
    });
    expect([leakage, duplicates]).toEqual([[], []]);
    expect(threshold).toBeGreaterThanOrEqual(0.98);
  });

  it.each([
    ["exact", "exact", (image) => image.slice()],
    ["brighter and of more contrast", "near", (image) => image.map((value) => 1.7 * value + 30)],
    ["with noise of 2 % of the range", "near", (image) => image.map((value, i) => value + 5 * noise.normal(i))],
    ["rounded to 5 bits", "near", (image) => image.map((value) => 8 * Math.round(value / 8))],
    ["mirrored", "flipped", (image) => mirrored(image, side)],
    ["turned by a quarter", "flipped", (image) => turned(image, side)],
    [
      "turned, mirrored and brighter",
      "flipped",
      (image) => mirrored(turned(image, side), side).map((v) => 1.3 * v + 4),
    ],
    ["upside down", "flipped", (image) => image.slice().reverse()],
  ] satisfies [string, string, (image: Float32Array) => Float32Array][])(
    "finds copies that are %s, in every pair of sets, and nothing else",
    async (_name, kind, make) => {
      const { leakage, duplicates } = await audit(planted(make));
      expect(leakage.map(short)).toEqual([
        `${kind} train 7 validation 3`,
        `${kind} train 12 test 15`,
        `${kind} validation 2 test 16`,
      ]);
      expect(duplicates).toEqual([]);
      for (const { similarity } of leakage) expect(similarity).toBeGreaterThanOrEqual(0.98);
    },
  );
});

describe("the audit of 64x64 images", () => {
  it.each([0.25, 0.5])("finds copies shifted by %d of a pixel", async (by) => {
    const images = imagesOf(40, 9, [1, 64, 64]);
    const train = setOf(images.slice(0, 20), [64, 64]);
    const validation = setOf(images.slice(20, 30), [64, 64]);
    const copies = images.slice(0, 10).map((image) => shifted(image, 64, by));
    const { leakage } = await audit({ train, validation, test: setOf(copies, [64, 64]) });
    expect(leakage.map(short)).toEqual(copies.map((_, i) => `near train ${i} test ${i}`));
  });

  it("tells the same pixels with another label from an exact copy, across sets and inside one", async () => {
    const [a, b, c, d] = imagesOf(4, 2, [1, 64, 64]);
    const shape = [64, 64];
    const { leakage, duplicates } = await audit({
      train: setOf([a, b, b], shape, [0, 1, 0]),
      validation: setOf([c], shape, [0]),
      test: setOf([a, b, d, d], shape, [1, 1, 0, 0]),
    });
    expect(leakage.map(short)).toEqual(["label train 0 test 0", "exact train 1 test 1", "label train 2 test 1"]);
    expect(duplicates.map(short)).toEqual(["label train 1 train 2", "exact test 2 test 3"]);
  });

  it("names a group in two sets once, by its first image in each", async () => {
    const images = imagesOf(9, 4, [1, 64, 64]);
    const part = (from: number, groups: string[]) => {
      const all = new Float32Array(groups.length * 4096);
      groups.forEach((_, i) => all.set(images[from + i], i * 4096));
      return arrayDataset({ images: all, shape: [64, 64], groups });
    };
    const { leakage } = await audit({
      train: part(0, ["p", "q", "q"]),
      validation: part(3, ["r", "q", "q"]),
      test: part(6, ["s", "p", "q"]),
    });
    expect(leakage).toEqual([
      { kind: "group", a: { set: "train", index: 1 }, b: { set: "validation", index: 1 }, similarity: null },
      { kind: "group", a: { set: "train", index: 0 }, b: { set: "test", index: 1 }, similarity: null },
      { kind: "group", a: { set: "train", index: 1 }, b: { set: "test", index: 2 }, similarity: null },
      { kind: "group", a: { set: "validation", index: 1 }, b: { set: "test", index: 2 }, similarity: null },
    ]);
  });

  it("of 300 copies of one image in each set names every one, and not 270,000 pairs", async () => {
    const [image] = imagesOf(1, 4, [1, 64, 64]);
    const many = setOf(
      Array.from({ length: 300 }, () => image),
      [64, 64],
    );
    const { leakage } = await audit({ train: many, validation: many, test: many }, { duplicates: false });
    for (const set of ["train", "validation", "test"] as const)
      expect(new Set(leakage.flatMap(({ a, b }) => [a, b]).filter((at) => at.set === set).map(({ index }) => index)).size).toBe(300); // prettier-ignore
    expect(leakage.length).toBeLessThan(3 * 2 * 16 * 300);
  });

  it("of images that are two patterns with a little noise takes none for a copy, but finds the copies", async () => {
    const noise = stream(1, "phantom");
    const pattern = [noise, stream(2, "phantom")];
    const image = (i: number) =>
      Float32Array.from(
        { length: 256 },
        (_, pixel) => pattern[i % 2].normal(pixel) + 0.1 * noise.normal(1000 + 256 * i + pixel),
      );
    const images = Array.from({ length: 300 }, (_, i) => image(i));
    const train = setOf(images.slice(0, 200), [16, 16]);
    const validation = setOf(images.slice(200, 250), [16, 16]);
    const copy = images[17].map((value) => 1.1 * value + 3);
    const found = await audit({ train, validation, test: setOf([...images.slice(250), copy], [16, 16]) });
    expect(found.threshold).toBeGreaterThan(0.995);
    expect(found.leakage.map(short)).toEqual(["near train 17 test 50"]);
    expect(found.duplicates).toEqual([]);
  });

  it("leaves blank images and images of fewer than 64 values to their SHA-256", async () => {
    const blank = (value: number) => new Float32Array(4096).fill(value);
    const flat = setOf([blank(3), blank(3), blank(4)], [64, 64]);
    expect((await audit(flat)).duplicates.map(short)).toEqual(["exact all 0 all 1"]);
    const tiny = setOf([Float32Array.of(1, 2, 3), Float32Array.of(2, 3, 4), Float32Array.of(1, 2, 3)], [3]);
    expect(await audit(tiny)).toMatchObject({ threshold: null, leakage: [] });
    expect((await audit(tiny)).duplicates.map(short)).toEqual(["exact all 0 all 2"]);
  });

  it("lets the event loop turn: a timer of 5 ms fires more than once while 1,500 images are looked at", async () => {
    let fired = 0;
    const timer = setInterval(() => fired++, 5);
    await audit(phantoms({ count: 1500, seed: 3 }));
    clearInterval(timer);
    expect(fired).toBeGreaterThan(1);
  });
});

/** Every pair and turn of the thumbnails, one after the other; details are what differs from the mean of a cell's block. */
function allPairs(set: Dataset, threshold: number): string[] {
  const plan = planThumbnails(set.shape);
  const photograph = createPhotographer(plan);
  const thumbnails = Array.from({ length: set.length }, (_, i) => {
    const cells = new Float32Array(plan.cells);
    photograph(set, i, cells, 0);
    return cells;
  });
  const blockSize = plan.cells / plan.coarseCells;
  const product = (u: Float32Array, v: Float32Array) => u.reduce((sum, value, cell) => sum + value * v[cell], 0);
  const detailsOf = (u: Float32Array) => {
    const means = new Float64Array(plan.coarseCells);
    u.forEach((value, cell) => (means[plan.coarseOf[cell]] += value / blockSize));
    return u.map((value, cell) => value - means[plan.coarseOf[cell]]);
  };
  const isNear = (u: Float32Array, v: Float32Array) => {
    const r = product(u, v);
    if (r < threshold || r >= threshold + 0.25 * (1 - threshold) || blockSize === 1) return r >= threshold;
    const [du, dv] = [detailsOf(u), detailsOf(v)];
    return product(du, dv) / Math.sqrt(product(du, du) * product(dv, dv)) >= 0.945;
  };
  const pairs: string[] = [];
  thumbnails.forEach((v, j) => {
    thumbnails.slice(0, j).forEach((u, i) => {
      const near = plan.turns.map((turn) =>
        isNear(
          u,
          v.map((_, cell) => v[turn[cell]]),
        ),
      );
      if (near.includes(true)) pairs.push(`${near[0] ? "near" : "flipped"} all ${i} all ${j}`);
    });
  });
  return pairs;
}

describe("the search for near copies", () => {
  it.each([[[24, 31]], [[33, 40, 3]], [[12, 12]], [[8, 9, 10]], [[200]], [[6, 6, 6]]])(
    "of drawn images of %j finds the pairs that comparing all thumbnails in all turns finds",
    async (shape) => {
      const size = shape.reduce((product, axis) => product * axis, 1);
      await fc.assert(
        fc.asyncProperty(fc.nat(), fc.integer({ min: 2, max: 25 }), async (seed, count) => {
          const drawn = stream(seed, "phantom");
          // Each is one of four patterns, and more or less of it is noise.
          const images = Array.from({ length: count }, (_, i) => {
            const share = 0.25 * drawn.uniform(i) + 0.05;
            const pattern = drawn.integer(i, 4);
            return Float32Array.from(
              { length: size },
              (_, k) => drawn.normal(k + size * pattern) + share * drawn.normal(size * (9 + i) + k),
            );
          });
          const set = setOf(images, shape);
          const { duplicates, threshold } = await audit(set);
          expect(duplicates.map(short).sort()).toEqual(allPairs(set, threshold!).sort());
        }),
        { numRuns: 20 },
      );
    },
  );
});

describe("the search for near copies among many", () => {
  it("of 450 images, several blocks of neighbours, finds every pair, inside a set and across three", async () => {
    const drawn = stream(8, "phantom");
    // Four of each pattern, more or less noisy, some mirrored.
    const images = Array.from({ length: 450 }, (_, i) => {
      const pattern = Math.floor((i * 7) % 113);
      const share = 0.03 + 0.2 * drawn.uniform(i);
      const image = Float32Array.from(
        { length: 144 },
        (_value, k) => drawn.normal(k + 144 * pattern) + share * drawn.normal(144 * (200 + i) + k),
      );
      return i % 3 === 0 ? mirrored(image, 12) : image;
    });
    const whole = setOf(images, [12, 12]);
    const { duplicates, threshold } = await audit(whole);
    const pairs = allPairs(whole, threshold!).sort();
    expect(pairs.length).toBeGreaterThan(200);
    expect(duplicates.map(short).sort()).toEqual(pairs);
    const starts = [0, 250, 350, 450];
    const names = ["train", "validation", "test"] as const;
    const [train, validation, test] = [0, 1, 2].map((k) => setOf(images.slice(starts[k], starts[k + 1]), [12, 12]));
    const { leakage } = await audit({ train, validation, test }, { duplicates: false });
    const across = leakage.map(({ a, b }) => [a, b].map(({ set, index }) => starts[names.indexOf(set as "train")] + index).join()); // prettier-ignore
    const setAt = (image: number) => (image < 250 ? 0 : image < 350 ? 1 : 2);
    const wanted = pairs.map((text) => text.match(/\d+/g)!.map(Number)).filter(([i, j]) => setAt(i) !== setAt(j));
    expect(across.sort()).toEqual(wanted.map((pair) => pair.join()).sort());
  });
});

/** The image with its axes in another order, and some of them backwards; the shape with it. */
function reordered(
  image: Float32Array,
  shape: readonly number[],
  axes: readonly number[],
  backwards: readonly boolean[],
) {
  const to = axes.map((axis) => shape[axis]);
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, side) => product * side, 1));
  return image.map((_, i) => {
    let rest = i;
    let from = 0;
    for (let axis = to.length - 1; axis >= 0; axis--) {
      const at = rest % to[axis];
      rest = Math.floor(rest / to[axis]);
      from += strides[axes[axis]] * (backwards[axis] ? to[axis] - 1 - at : at);
    }
    return image[from];
  });
}

describe("copies that were flipped or turned", () => {
  it.each([
    [
      [40, 56],
      [1, 40, 56],
    ],
    [
      [48, 48],
      [1, 48, 48],
    ],
    [
      [12, 20, 16],
      [12, 20, 16],
    ],
    [
      [7, 24, 24],
      [7, 24, 24],
    ],
    [
      [11, 11, 11],
      [11, 11, 11],
    ],
  ] as const)("of %j are found in every way that keeps the shape", async (shape, size) => {
    const images = imagesOf(24, 6, size);
    const orders = shape.length === 2 ? [[0, 1], [1, 0]] : [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]; // prettier-ignore
    const ways = orders
      .filter((axes) => axes.every((from, axis) => shape[from] === shape[axis]))
      .flatMap((axes) => Array.from({ length: 1 << shape.length }, (_, bits) => ({ axes, backwards: axes.map((_axis, k) => ((bits >> k) & 1) === 1) }))); // prettier-ignore
    const train = setOf(images.slice(0, 12), shape);
    const validation = setOf(images.slice(12), shape);
    const copies = ways.map(({ axes, backwards }) => reordered(images[5], shape, axes, backwards));
    const { leakage } = await audit({ train, validation, test: setOf(copies, shape) }, { duplicates: false });
    expect(new Set(leakage.map(({ b }) => b.index)).size).toBe(ways.length);
    expect(leakage.map(({ a }) => a.index)).toEqual(ways.map(() => 5));
    expect(leakage[0].kind).toBe("exact");
  });
});

const pathOf = (name: string) => fileURLToPath(new URL(`../../../shared/data/${name}.npz`, import.meta.url));
const names = [
  "brain_mri_srcsplit_64",
  "brain_mri_clean_64",
  "pneumoniamnist_28",
  "figshare_tumour_seg_64",
  "hippocampus_seg3d_40x56x40",
] as const;
const missing = names.filter((name) => !existsSync(pathOf(name)));
if (missing.length > 0) console.warn(`skipped: ../shared/data has no ${missing.join(", ")}`);

describe.skipIf(missing.length > 0)("the audit, on real images", () => {
  it("finds every test image of brain_mri_srcsplit_64 that correlates with a training image at 0.98 on 32x32: 224", async () => {
    const data = (await readNpz(pathOf("brain_mri_srcsplit_64"))) as DatasetSplit;
    const { leakage } = await audit(data, { duplicates: false });
    const found = leakage.filter(({ a, b }) => a.set === "train" && b.set === "test");
    expect(new Set(found.map(({ b }) => b.index)).size).toBe(224);
    // One pair of the 381, at 0.982, agrees in outline but not in its details.
    expect(found).toHaveLength(380);
  });

  it("finds nothing across the sets of brain_mri_clean_64, where no pair exceeds 0.97, and the near duplicates inside them", async () => {
    const { leakage, duplicates } = await audit(await readNpz(pathOf("brain_mri_clean_64")));
    expect(leakage).toEqual([]);
    expect(duplicates).toHaveLength(28 + 3 + 10);
  });

  it("finds nothing across the sets of figshare_tumour_seg_64 and hippocampus_seg3d_40x56x40, which are divided by patient", async () => {
    for (const name of ["figshare_tumour_seg_64", "hippocampus_seg3d_40x56x40"])
      expect((await audit(await readNpz(pathOf(name)), { duplicates: false })).leakage).toEqual([]);
  });

  it("finds the 8 validation images of pneumoniamnist_28 that stand in train as well, none of test's, and 18 repeats inside train", async () => {
    const { leakage, duplicates } = await audit(await readNpz(pathOf("pneumoniamnist_28")));
    expect(new Set(leakage.map(({ kind, a, b }) => `${kind} ${a.set} ${b.set}`))).toEqual(
      new Set(["exact train validation"]),
    );
    expect(new Set(leakage.map(({ b }) => b.index)).size).toBe(8);
    expect(duplicates.filter(({ a }) => a.set === "train")).toHaveLength(18);
  });

  it("finds the same in a part of the sets as in the whole", async () => {
    const { train, validation, test } = (await readNpz(pathOf("brain_mri_srcsplit_64"))) as DatasetSplit;
    const part = { train: subset(train, [5, 1000, 2000, 7]), validation: subset(validation, [1]), test };
    const whole = await audit({ train, validation, test }, { duplicates: false });
    const wanted = whole.leakage.filter(
      ({ a, b }) => a.set === "train" && b.set === "test" && [5, 7, 1000, 2000].includes(a.index),
    );
    const found = (await audit(part, { duplicates: false })).leakage.filter(({ a }) => a.set === "train");
    expect(found.map(({ b }) => b.index)).toEqual(wanted.map(({ b }) => b.index));
  });
});
