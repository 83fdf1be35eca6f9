import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrayDataset } from "../../../src/data/dataset.ts";
import { centreCropOrPad, gray, resampleTo, rescale, window } from "../../../src/data/preprocessing.ts";
import { readFolder } from "../../../src/io/read-folder.ts";
import { weightBytes } from "../../../src/model/weights.ts";
import { study } from "../../../src/study/study.ts";
import type { Dataset } from "../../../src/data/dataset.ts";
import { folderOf, masksIn, nifti, oneSet, png, pngOf, valuesIn } from "./files.ts";
import type { Files } from "./files.ts";

describe("an image that cannot be read", () => {
  const broken: Files = { "a/1.png": png(1), "a/2.png": png(2).slice(0, 40), "b/1.png": png(3), "b/2.txt": "a note" };

  it("stops everything, named, unless it is to be skipped; then the set names it and has the others", async () => {
    const folder = await folderOf(broken);
    await expect(readFolder(folder)).rejects.toThrow(/a\/2\.png: expected/);
    const set = oneSet(await readFolder(folder, { unreadable: "skip" }));
    expect(set.unreadable!.map(({ path }) => path)).toEqual(["a/2.png", "b/2.txt"]);
    expect(set.unreadable![0].reason).toMatch(/a\/2\.png: expected/);
    expect([...set.labels!]).toEqual([0, 1]);
    expect((await valuesIn(set)).map(([first]) => first)).toEqual([1, 3]);
  });

  it("is one that a table names and that is not there", async () => {
    const table = "path,label\na.png,x\nnone.png,x\nb.png,y\nnone.hdr,y\n";
    const folder = await folderOf({ "a.png": png(1), "b.png": png(2), "manifest.csv": table });
    await expect(readFolder(folder)).rejects.toThrow(/manifest\.csv, line 3: .*none\.png: expected a file to read, but there is none/); // prettier-ignore
    const set = oneSet(await readFolder(folder, { unreadable: "skip" }));
    expect(set.unreadable!.map(({ path }) => path)).toEqual(["none.png", "none.hdr"]);
    expect(set.unreadable![0].reason).toMatch(/none\.png: expected a file to read, but there is none/);
    expect([...set.labels!]).toEqual([0, 1]);
  });

  it("is fatal where no other is left, and an unknown option is refused", async () => {
    const folder = await folderOf({ "a/1.png": "x", "b/1.png": "y" });
    await expect(readFolder(folder, { unreadable: "skip" })).rejects.toThrow(
      /none that can be read of 2\. The first: /,
    );
    await expect(readFolder(folder, { unreadable: "drop" as "skip" })).rejects.toThrow(/expected "stop" or "skip"/);
  });

  it("is one of a changed shape, or one that preprocessing cannot be applied to", async () => {
    const folder = await folderOf({ "a/1.png": png(1), "a/2.nii": nifti(1, [3, 2]) });
    const options = { preprocessing: [resampleTo({ spacing: 1 })], unreadable: "skip" } as const;
    expect(oneSet(await readFolder(folder, options)).unreadable).toMatchObject([{ path: "a/1.png" }]);
    const changing = await folderOf({ "a/1.png": png(1), "a/2.png": png(2), "a/3.png": png(3) });
    const set = oneSet(await readFolder(changing, { cacheBytes: 0 }));
    await writeFile(join(changing, "a/1.png"), png(1, 9, 9));
    await expect(valuesIn(set)).rejects.toThrow(/a\/1\.png: expected the file as it was first read, got another/);
  });
});

describe("images of different shapes", () => {
  it("are refused: the error names the files and the preprocessing that makes them one, which it does", async () => {
    const folder = await folderOf({ "a/1.png": png(1), "a/2.png": png(1, 5, 4), "b/1.png": png(1), "b/2.png": png(1, 3, 2, { channels: 3 }) }); // prettier-ignore
    await expect(readFolder(folder)).rejects.toThrow(
      "expected images of one shape, got 2x3 in 2 images, but 4x5 in a/2.png; 2x3x3 in b/2.png. Preprocess them: " +
        "gray() (--gray) makes colours one; resampleTo({ size: [2, 3] }) (--size 2,3) or centreCropOrPad({ size: [2, 3] }) makes sizes one.",
    );
    for (const resize of [resampleTo({ size: [2, 3] }), centreCropOrPad({ size: [2, 3] })])
      expect(oneSet(await readFolder(folder, { preprocessing: [gray(), resize] })).shape).toEqual([2, 3]);
  });
});

describe("preprocessing on reading", () => {
  it("is applied to images in its order, to masks as far as it moves voxels, and stands beside the set", async () => {
    const folder = await folderOf({
      "images/1.nii": nifti(0, [4, 4], { slope: 10, intercept: -100, spacing: [1, 1, 1] }),
      "masks/1.png": pngOf(4, [5, 5, 0, 0, 5, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    });
    const preprocessing = [window({ centre: 0, width: 100 }), rescale({ to: [0, 10] }), resampleTo({ size: [2, 2] })];
    const set = oneSet(await readFolder(folder, { preprocessing }));
    expect(set.preprocessing).toEqual(preprocessing);
    expect(await masksIn(set)).toEqual([[1, 0, 0, 0]]);
    const [values] = await valuesIn(set);
    [0, 0.75, 5.5, 7.5].forEach((value, i) => expect(values[i]).toBeCloseTo(value, 5));
  });
});

describe("a folder as a dataset", () => {
  it("has the pixels and digests of the same arrays in memory, whatever the cache holds", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(200), { minLength: 2, maxLength: 7 }),
        fc.constantFrom(0, 13, 1e6),
        async (firsts, cacheBytes) => {
          const folder = await folderOf(
            Object.fromEntries(firsts.map((first, i) => [`${i % 2}/${i}.png`, png(first)])),
          );
          const set = oneSet(await readFolder(folder, { cacheBytes }));
          const order = [...firsts.keys()].sort((a, b) => (a % 2) - (b % 2) || a - b);
          const images = Uint8Array.from(
            order.flatMap((index) => Array.from({ length: 6 }, (_, i) => firsts[index] + i)),
          );
          const whole = arrayDataset({ images, shape: [2, 3], labels: order.map((index) => index % 2) });
          expect(await valuesIn(set)).toEqual(await valuesIn(whole));
          for (let index = 0; index < set.length; index++)
            expect(await set.digest(index)).toBe(await whole.digest(index));
        },
      ),
      { numRuns: 15 },
    );
  });

  it("of which the cache holds a tenth trains, masks and all, to the bits of one that it holds whole", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [
        [`images/${String(i).padStart(2, "0")}.png`, pngOf(3, Array.from({ length: 6 }, (_, k) => (i * 37 + k * k * 11) % 256))],
        [`masks/${String(i).padStart(2, "0")}.png`, pngOf(3, Array.from({ length: 6 }, (_, k) => ((i * 37 + k * k * 11) % 256 > 128 ? 255 : 0)))],
      ]).flat() as [string, Uint8Array][],
    ); // prettier-ignore
    const folder = await folderOf(files);
    const reached = async (data: Dataset) => {
      const run = study({ data, seed: 2 });
      const losses = [];
      for await (const { totalError } of run.train({ epochs: 3, batchSize: 4 })) losses.push(totalError);
      const { metrics } = await run.test();
      return { losses, metrics, weights: weightBytes((await run.model()).weights) };
    };
    const whole = await reached(oneSet(await readFolder(folder)));
    expect(await reached(oneSet(await readFolder(folder, { cacheBytes: 6 * 12 })))).toEqual(whole);
  });
});
