import fc from "fast-check";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Dataset, DatasetSplit } from "../../src/data/dataset.ts";
import { FormatError } from "../../src/errors.ts";
import { readNpz } from "../../src/io/npz.ts";
import { writeNpz } from "../../src/io/write-npz.ts";
import { npyBytes } from "./npy-bytes.ts";
import { zipBytes } from "./zip-bytes.ts";

type Arrays = Record<string, readonly [descr: string, shape: readonly number[], values: readonly (number | bigint | string)[]]>; // prettier-ignore

function npz(arrays: Arrays, deflate = true): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(arrays).map(([name, [descr, shape, values]]) => ({
    name: `${name}.npy`,
    data: npyBytes({ descr, shape, values }),
    deflate,
    zip64: true,
  }));
  return zipBytes(entries);
}

const read = async (arrays: Arrays) => (await readNpz(npz(arrays))) as Dataset;
const readSets = async (arrays: Arrays) => (await readNpz(npz(arrays))) as DatasetSplit;

async function refusal(bytes: Uint8Array): Promise<string> {
  try {
    await readNpz(bytes);
  } catch (error) {
    if (error instanceof FormatError) return error.message;
    throw error;
  }
  throw new Error("expected a FormatError, got none");
}

/** Everything that a set holds. */
function contents(set: Dataset) {
  const size = set.shape.reduce((product, length) => product * length, 1);
  const pixels = new Float32Array(set.length * size);
  const masks = new Uint8Array(set.length * set.maskLength);
  for (let i = 0; i < set.length; i++) {
    set.read(i, pixels, i * size);
    if (set.maskLength > 0) set.readMask(i, masks, i * set.maskLength);
  }
  const { shape, classes, labels, maskClasses, groups } = set;
  return { shape, classes, labels, maskClasses, groups, pixels: Array.from(pixels), masks: Array.from(masks) };
}

const count = (length: number) => Array.from({ length }, (_, i) => i);
const pixels = (length: number): Arrays[string] => ["|u1", [length, 2, 2], count(4 * length)];
const sets = (more: Arrays = {}): Arrays => ({
  train_images: pixels(3),
  val_images: pixels(2),
  test_images: pixels(1),
  train_labels: ["|u1", [3, 1], [2, 9, 2]],
  val_labels: ["<i8", [2], [5n, -1n]],
  test_labels: ["<f4", [1, 1], [9]],
  ...more,
});

describe("readNpz", () => {
  it("maps label values to classes in sorted order over all three sets: 64-bit, float and (n, 1) labels alike", async () => {
    const { train, validation, test } = await readSets(sets());
    for (const set of [train, validation, test]) expect(set.classes).toEqual(["-1", "2", "5", "9"]);
    expect([train.labels, validation.labels, test.labels]).toEqual([
      new Int32Array([1, 3, 1]),
      new Int32Array([2, 0]),
      new Int32Array([3]),
    ]);
  });

  it("reads pixels, masks and groups of each set, and knows masks by their values over all sets", async () => {
    const bytes = npz(
      sets({
        train_masks: ["|u1", [3, 2, 2], [0, 0, 7, 0, 0, 0, 0, 0, 7, 7, 0, 0]],
        val_masks: ["<i4", [2, 2, 2, 1], [0, 3, 0, 0, 0, 0, 0, 0]],
        test_masks: ["<u8", [1, 2, 2], [3n, 7n, 3n, 0n]],
        train_groups: ["<U3", [3], ["a", "bcd", "a"]],
        val_groups: ["<i8", [2, 1], [7n, 9007199254740993n]],
        test_groups: [">f8", [1], [4]],
      }),
    );
    const { train, validation, test } = (await readNpz(bytes)) as DatasetSplit;
    expect(contents(train)).toMatchObject({
      shape: [2, 2],
      pixels: count(12),
      maskClasses: [3, 7],
      masks: [0, 0, 2, 0, 0, 0, 0, 0, 2, 2, 0, 0],
      groups: ["a", "bcd", "a"],
    });
    expect(contents(validation)).toMatchObject({ masks: [0, 1, 0, 0, 0, 0, 0, 0], groups: ["7", "9007199254740993"] });
    expect(contents(test)).toMatchObject({ maskClasses: [3, 7], masks: [1, 2, 1, 0], groups: ["4"] });
  });

  it("reads weights of images, of any number type, of some sets or of one; what is no weight is refused by name", async () => {
    const three = await readSets(
      sets({ train_weights: ["<f8", [3, 1], [0.1, 0, 2]], test_weights: ["|u1", [1], [3]] }),
    );
    expect(three.train.weights).toEqual(Float32Array.of(0.1, 0, 2));
    expect(three.test.weights).toEqual(Float32Array.of(3));
    expect("weights" in three.validation).toBe(false);
    const one = await read({ images: pixels(2), weights: ["<i8", [2], [4n, 1n]] });
    expect(one.weights).toEqual(Float32Array.of(4, 1));
    for (const [array, message] of [
      [["<f4", [2], [1, 1]], /train_weights: expected one for each of 3 images, got an array of 2/],
      [["<f4", [3], [1, -1, 1]], /train: expected finite weights of at least 0, got -1 for image 1/],
      [["<f4", [3], [1, NaN, 1]], /got NaN for image 1/],
      [["<f4", [3], [0, 0, 0]], /train: expected a weight above 0, got 0 for every image/],
      [["<U1", [3], ["1", "1", "1"]], /train_weights: expected numbers as weights, got texts/],
    ] as const)
      expect(await refusal(npz(sets({ train_weights: array })))).toMatch(message);
  });

  it("reads images alone, or with labels, masks or groups, as one set", async () => {
    expect(contents(await read({ images: pixels(2) }))).toEqual({
      ...{ shape: [2, 2], classes: [], labels: null, maskClasses: [], groups: null, pixels: count(8), masks: [] },
    });
    const one = await read({ images: pixels(1), labels: ["|u1", [], [4]], groups: ["|S2", [1], ["p7"]] });
    expect(contents(one)).toMatchObject({ classes: ["4"], labels: new Int32Array([0]), groups: ["p7"] });
    const empty = await read({ images: pixels(2), masks: ["|b1", [2, 2, 2], count(8).map(() => 0)] });
    expect(contents(empty)).toMatchObject({ maskClasses: [1], masks: count(8).map(() => 0) });
  });

  it("takes images of any shape and type, converted when they are read", async () => {
    const want = count(24);
    for (const [descr, shape] of [
      ["<f8", [2, 12]],
      [">f4", [2, 3, 4]],
      ["<i2", [2, 2, 2, 3]],
      [">i8", [1, 2, 3, 4, 1]],
      ["|i1", [24, 1]],
    ] as const) {
      const values = descr === ">i8" ? want.map(BigInt) : want;
      const set = await read({ images: [descr, shape, values] });
      expect(contents(set)).toMatchObject({ shape: shape.slice(1), pixels: want });
    }
    const half = await read({ images: ["<f2", [2, 1], [0x3c00, 0xc000]] });
    expect(contents(half).pixels).toEqual([1, -2]);
  });

  it("takes masks without the last axis where images have colours", async () => {
    const set = await read({ images: ["|u1", [1, 2, 2, 3], count(12)], masks: ["|u1", [1, 2, 2], [0, 1, 1, 0]] });
    expect([set.maskLength, contents(set).masks]).toEqual([4, [0, 1, 1, 0]]);
  });

  it("reads what writeNpz writes, ignores other arrays, and reads them stored as well as deflated", async () => {
    const images = { shape: [2, 2], data: new Float32Array([0.5, -1, 2, 3]) };
    const written = await writeNpz({ images, labels: { shape: [2], data: new Int32Array([3, 1]) } });
    expect(contents((await readNpz(written)) as Dataset)).toMatchObject({
      pixels: [0.5, -1, 2, 3],
      classes: ["1", "3"],
    });
    const arrays: Arrays = { images: pixels(2), notes: ["|O", [1], []], images2: pixels(1) };
    for (const deflate of [true, false])
      expect(contents((await readNpz(npz(arrays, deflate))) as Dataset).pixels).toEqual(count(8));
  });

  it.each<[string, Arrays, RegExp]>([
    ["no images", { labels: ["|u1", [1], [1]] }, /^bytes: expected the arrays train_images, val_images and test_images, or images, got labels$/],
    ["other arrays alone", { notes: ["|u1", [1], [1]] }, /expected the arrays train_images.*, got none of them$/],
    ["a set without images", { train_images: pixels(3), test_images: pixels(1) }, /expected val_images beside train_images and test_images, got none\. Add what is missing, or give images/],
    ["validation images alone", { val_images: pixels(1) }, /expected train_images and test_images beside val_images, got none/],
    ["labels of two sets alone", { train_images: pixels(1), val_images: pixels(1), test_images: pixels(1), train_labels: ["|u1", [1], [1]], test_labels: ["|u1", [1], [1]] }, /expected val_labels beside train_labels and test_labels, got none/],
    ["labels that are objects", sets({ val_labels: ["|O", [2], []] }), /^bytes entry "val_labels\.npy": expected a dtype/],
    ["masks of one set alone", sets({ test_masks: pixels(1) }), /expected train_masks and val_masks beside test_masks, got none\. Add what is missing, or leave masks out/],
    ["groups of two sets alone", sets({ train_groups: ["|u1", [3], [1, 2, 3]], val_groups: ["|u1", [2], [4, 5]] }), /expected test_groups beside/],
    ["too few labels", { images: pixels(3), labels: ["|u1", [2], [0, 1]] }, /^bytes labels: expected one for each of 3 images, got an array of 2$/],
    ["labels of several columns", { images: pixels(2), labels: ["|u1", [2, 2], [0, 1, 1, 0]] }, /expected one for each of 2 images, got an array of 2x2/],
    ["one label for several images", { images: pixels(2), labels: ["|u1", [], [0]] }, /for each of 2 images, got an array of one value/],
    ["too many groups", { images: pixels(1), groups: ["<U1", [2], ["a", "b"]] }, /bytes groups: expected one for each of 1 images, got an array of 2/],
    ["labels that are no whole numbers", sets({ val_labels: ["<f8", [2], [1, 1.5]] }), /^bytes val_labels: expected whole numbers as labels, got 1.5 at index 1$/],
    ["labels that are NaN", { images: pixels(2), labels: ["<f4", [2], [NaN, 1]] }, /expected whole numbers as labels, got NaN at index 0/],
    ["labels beyond 2^53", { images: pixels(1), labels: ["<u8", [1], [2n ** 63n]] }, /expected whole numbers as labels, got 9223372036854775808/],
    ["labels that are texts", { images: pixels(1), labels: ["<U3", [1], ["yes"]] }, /expected whole numbers, got texts\. Number them/],
    ["pixels that are texts", { images: ["<U1", [1, 1], ["a"]] }, /bytes images: expected numbers as pixels, got texts/],
    ["NaN as a pixel, by image", { images: ["<f4", [3, 2], [0, 0, 0, 0, NaN, 0]] }, /expected finite pixels, got NaN in image 2, value 0\. Replace it/],
    ["infinity as a pixel, by image", { images: ["<f8", [2, 2], [0, 0, 0, -Infinity]] }, /got -Infinity in image 1, value 1/],
    ["a double beyond float32", { images: ["<f8", [2, 2], [0, 1e39, 0, 0]] }, /got 1e\+39 in image 0, value 1/],
    ["half infinity", { images: ["<f2", [2, 1], [0, 0x7c00]] }, /got Infinity in image 1, value 0/],
    ["groups that are NaN", { images: pixels(2), groups: ["<f8", [2], [1, NaN]] }, /expected a name or number as group, got NaN for image 1/],
    ["no image", { images: ["|u1", [0, 2, 2], []] }, /^bytes: expected at least one image, got an empty set/],
    ["no image in one of the sets", sets({ test_images: ["|u1", [0, 2, 2], []], test_labels: ["|u1", [0], []] }), /^bytes test: expected at least one image/],
    ["images without pixels", { images: ["|u1", [2, 0], []] }, /expected the shape of one image in whole numbers of at least 1, got \[0\]/],
    ["images without a shape", { images: ["|u1", [4], [1, 2, 3, 4]] }, /expected \(images, height, width\) or more, got 4/],
    ["one value as images", { images: ["|u1", [], [1]] }, /expected \(images, height, width\) or more, got one value/],
    ["masks that lie on their side", { images: ["|u1", [1, 2, 3], count(6)], masks: ["|u1", [1, 3, 2], [0, 0, 0, 1, 1, 1]] }, /bytes masks: expected a mask value for each voxel \(1x2x3\), got 1x3x2/],
    ["masks of fewer images", { images: pixels(2), masks: ["|u1", [1, 2, 2], [0, 0, 1, 1]] }, /\(2x2x2\), got 1x2x2/],
    ["masks that are no whole numbers", { images: pixels(1), masks: ["<f4", [1, 2, 2], [0, 0.5, 1, 1]] }, /expected whole numbers as mask values, got 0.5/],
    ["300 mask values", { images: ["|u1", [1, 300], count(300)], masks: ["<u2", [1, 300], count(300)] }, /at most 255 foreground values in masks, got 299/],
    ["labels that number the images", { images: ["|u1", [1001, 1], count(1001)], labels: ["<i4", [1001], count(1001)] }, /at most 1000 different values as labels, got more\. Are these really classes/],
  ])("refuses %s", async (_, arrays, message) => {
    expect(await refusal(npz(arrays))).toMatch(message);
  }); // prettier-ignore

  const small = { stored: npz(sets(), false), deflated: npz(sets(), true) };
  const everything = (data: Dataset | DatasetSplit) => Object.values(data as DatasetSplit).map(contents);

  it("refuses a file cut off at any byte", async () => {
    for (const bytes of Object.values(small))
      for (let end = 0; end < bytes.length; end++) await refusal(bytes.slice(0, end));
  });

  it.each([["stored", 3], ["deflated", 4]] as const)(
    "refuses a file of %s arrays in which one byte was changed, or reads the same images and labels of it (one in %d tried)",
    async (packing, step) => {
      const file = small[packing];
      const want = everything(await readNpz(file));
      let refused = 0;
      for (let at = 0; at < file.length; at += step) {
        const bytes = file.slice();
        bytes[at] ^= 1 + ((at * 37) % 255);
        const got = await readNpz(bytes).catch((error: unknown) => error);
        if (got instanceof FormatError) refused++;
        else expect(everything(got as DatasetSplit)).toEqual(want);
      }
      // What may change: times, versions, attributes.
      expect(refused).toBeGreaterThan((0.6 * file.length) / step);
    },
  ); // prettier-ignore

  it("either reads or refuses a file with many changed, doubled or missing bytes (1,000 changes)", async () => {
    const { stored } = small;
    const edit = fc.record({ at: fc.nat(stored.length), remove: fc.nat(40), insert: fc.uint8Array({ maxLength: 40 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 5 }), async (edits) => {
        let bytes: number[] = Array.from(stored);
        for (const { at, remove, insert } of edits)
          bytes = [...bytes.slice(0, at), ...insert, ...bytes.slice(at + remove)];
        await readNpz(Uint8Array.from(bytes)).catch((error: unknown) => {
          if (!(error instanceof FormatError)) throw error;
        });
      }),
      { numRuns: 1000 },
    );
  });

  const hippocampus = fileURLToPath(new URL("../../../shared/data/hippocampus_seg3d_40x56x40.npz", import.meta.url));
  it.skipIf(!existsSync(hippocampus))(
    "holds 260 real volumes and their masks in no more than their own bytes and a tenth (skipped where ../shared/data is absent)",
    async () => {
      const held = () => {
        globalThis.gc?.();
        return process.memoryUsage().arrayBuffers;
      };
      const before = held();
      const { train, validation, test } = (await readNpz(hippocampus)) as DatasetSplit;
      const bytes = 2 * 260 * 40 * 56 * 40;
      // The engine frees buffers in its own time after a collection.
      await expect.poll(() => held() - before, { timeout: 20000, interval: 100 }).toBeLessThan(1.1 * bytes);
      expect([train.length, validation.length, test.length]).toEqual([178, 30, 52]);
      expect([train.shape, train.maskClasses, train.maskLength]).toEqual([[40, 56, 40], [1, 2], 40 * 56 * 40]);
    },
  );
});

describe("an array of an .npz that cannot be read", () => {
  it("is named with its file", async () => {
    const bytes = zipBytes([{ name: "images.npy", data: new Uint8Array(20) }]);
    const error: unknown = await readNpz(new File([bytes], "scans.npz")).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(FormatError);
    expect((error as Error).message).toMatch(/^scans\.npz entry "images\.npy": expected a \.npy array/);
  });
});
