import { describe, expect, test } from "vitest";
import { customDataset } from "../../src/data/custom-dataset.ts";
import { arrayDataset } from "../../src/data/dataset.ts";
import { joinDatasets } from "../../src/data/join.ts";
import { phantoms } from "../../src/data/phantom.ts";

const [a, b] = [phantoms({ count: 7, seed: 1, size: [4, 5, 6] }), phantoms({ count: 4, seed: 2, size: [4, 5, 6] })];

describe("joined sets", () => {
  test("have every image of each, in order, with its label, mask, group and digest", async () => {
    const both = joinDatasets([a, b]);
    expect(both.length).toBe(11);
    expect(Array.from(both.labels!)).toEqual([...a.labels!, ...b.labels!]);
    expect(both.groups).toEqual([...a.groups!, ...b.groups!]);
    for (let i = 0; i < 11; i++) {
      const [set, index] = i < 7 ? ([a, i] as const) : ([b, i - 7] as const);
      const images = [new Float32Array(120), new Float32Array(120)];
      both.read(i, images[0], 0);
      set.read(index, images[1], 0);
      expect(images[0]).toEqual(images[1]);
      const masks = [new Uint8Array(120), new Uint8Array(120)];
      both.readMask(i, masks[0], 0);
      set.readMask(index, masks[1], 0);
      expect(masks[0]).toEqual(masks[1]);
      expect(await both.digest(i)).toBe(await set.digest(index));
    }
  });

  test("bring their own images to hand, and only those asked for", async () => {
    const read: string[] = [];
    const loaded = (name: string) =>
      customDataset({
        length: 3,
        shape: [2],
        labels: [0, 1, 0],
        read: (index, into) => {
          read.push(name + index);
          into.fill(index);
          return Promise.resolve();
        },
      });
    const both = joinDatasets([loaded("a"), loaded("b")]);
    await both.prepare?.([1, 3]);
    expect(read.sort()).toEqual(["a1", "b0"]);
    const image = new Float32Array(2);
    both.read(1, image, 0);
    expect(Array.from(image)).toEqual([1, 1]);
  });

  test("take a part of the first's classes and mask values, by name, and say so in the digest", async () => {
    const truth = { images: new Uint8Array([1, 2, 3, 4]), shape: [2] };
    const first = arrayDataset({ ...truth, labels: [5, 9], classes: ["mild", "severe"], masks: [0, 3, 8, 3] });
    const severe = arrayDataset({ ...truth, labels: [1, 1], classes: ["severe"], masks: [8, 0, 8, 8] });
    const mild = arrayDataset({ ...truth, labels: [1, 1], classes: ["mild"], masks: [8, 0, 8, 8] });
    const both = joinDatasets([first, severe]);
    expect([both.classes, both.maskClasses]).toEqual([["mild", "severe"], [3, 8]]); // prettier-ignore
    expect(Array.from(both.labels!)).toEqual([0, 1, 1, 1]);
    const masks = new Uint8Array([7, 7, 7, 7]);
    both.readMask(2, masks, 1);
    both.readMask(0, masks, 2);
    expect(Array.from(masks)).toEqual([7, 2, 0, 1]);
    both.readMaskRun?.(3, 1, 1, masks, 3);
    expect(Array.from(masks)).toEqual([7, 2, 0, 2]);
    expect(await both.digest(2)).not.toBe(await severe.digest(0));
    expect(await both.digest(2)).not.toBe(await joinDatasets([first, mild]).digest(2));
    expect(await both.digest(0)).toBe(await first.digest(0));
    const turned = arrayDataset({ ...truth, labels: [0, 1], classes: ["severe", "mild"], masks: [0, 3, 8, 3] });
    expect(Array.from(joinDatasets([first, turned]).labels!)).toEqual([0, 1, 1, 0]);
  });

  test("keep what only some know: places, weights, notes, files left out; lone images are groups of their own", () => {
    const place = { spacing: [1, 1], unit: "mm", affine: null } as const;
    const plain = arrayDataset({ images: new Uint8Array(4), shape: [2] });
    const known = {
      ...arrayDataset({ images: new Uint8Array(4), shape: [2], groups: ["anna", "set 0, image 1"], weights: [2, 3] }),
      geometry: [place, place],
      notes: ["spacings differ"],
      unreadable: [{ path: "a.png", reason: "no picture" }],
    };
    const joined = joinDatasets([plain, known, { ...known, notes: ["spacings differ", "turned"] }]);
    expect(joined.weights).toEqual(Float32Array.of(1, 1, 2, 3, 2, 3));
    const nowhere = { spacing: null, unit: "unknown", affine: null };
    expect(joined.geometry).toEqual([nowhere, nowhere, place, place, place, place]);
    expect(joined.notes).toEqual(["spacings differ", "turned"]);
    expect(joined.unreadable).toHaveLength(2);
    const [one, other] = joined.groups!;
    expect(joined.groups!.slice(2)).toEqual(["anna", "set 0, image 1", "anna", "set 0, image 1"]);
    expect(new Set([one, other, "anna", "set 0, image 1"]).size).toBe(4);
    const bare = joinDatasets([plain, plain]);
    for (const key of ["weights", "geometry", "notes", "unreadable", "names"]) expect(bare).not.toHaveProperty(key);
    expect(bare.groups).toBeNull();
  });

  test("are refused where shapes or classes differ, and say which", () => {
    expect(() => joinDatasets([a, phantoms({ count: 3, size: [4, 5, 5] })])).toThrow(/expected the shape 4, 5, 6/);
    const images = new Uint8Array(2 * 120);
    const other = arrayDataset({ images, shape: [4, 5, 6], labels: [3, 4], masks: images });
    expect(() => joinDatasets([a, other])).toThrow(/expected the classes healthy, tumour in every set, got 3, 4/);
    const bare = arrayDataset({ images, shape: [4, 5, 6] });
    expect(() => joinDatasets([a, bare])).toThrow(TypeError);
    expect(() => joinDatasets([bare, a], "second set")).toThrow(/second set: expected classes .* not in the first/);
    const unmasked = arrayDataset({ images, shape: [4, 5, 6], labels: [0, 1], classes: a.classes });
    expect(() => joinDatasets([a, unmasked])).toThrow(/expected mask values in every set/);
    expect(() => joinDatasets([])).toThrow(/at least one set/);
    expect(() => joinDatasets([a, b]).read(11, new Float32Array(120), 0)).toThrow(/from 0 to 10/);
  });
});
