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

  test("are refused where shapes or classes differ, and say which", () => {
    expect(() => joinDatasets([a, phantoms({ count: 3, size: [4, 5, 5] })])).toThrow(/expected the shape 4, 5, 6/);
    const images = new Uint8Array(2 * 120);
    const other = arrayDataset({ images, shape: [4, 5, 6], labels: [3, 4], masks: images });
    expect(() => joinDatasets([a, other])).toThrow(/expected the classes healthy, tumour in every set, got 3, 4/);
    expect(() => joinDatasets([])).toThrow(/at least one set/);
    expect(() => joinDatasets([a, b]).read(11, new Float32Array(120), 0)).toThrow(/from 0 to 10/);
  });
});
