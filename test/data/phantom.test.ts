import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dense, network, phantoms, relu, rocAuc, study, subset } from "../../src/index.ts";
import type { Dataset, Epoch } from "../../src/index.ts";

const pixelsOf = (data: Dataset, index: number) => {
  const image = new Float32Array(data.shape.reduce((product, size) => product * size, 1));
  data.read(index, image, 0);
  return image;
};
const maskOf = (data: Dataset, index: number) => {
  const mask = new Uint8Array(data.maskLength);
  data.readMask(index, mask, 0);
  return mask;
};
const article = () => network([dense(12), relu(), dense(12), relu(), dense(2)]);

describe("phantoms", () => {
  it("are the same volumes for the same seed, whatever the count, and others for another seed", async () => {
    const few = phantoms({ count: 12, seed: 5 });
    const many = phantoms({ count: 20, seed: 5 });
    for (let i = 0; i < 12; i++) expect(await few.digest(i)).toBe(await many.digest(i));
    expect(await phantoms({ count: 12, seed: 6 }).digest(0)).not.toBe(await few.digest(0));
  });

  it("have these bits on every engine", async () => {
    const data = phantoms({ count: 6, seed: 7, size: [9, 11, 8] });
    expect(await data.digest(5)).toBe("37124cf9204b64a4b3113e429c3c3412a4e4c156b15c9ad4a19564d88b653bf6");
  });

  it.each([[[10, 10, 10]], [[16, 20, 12]], [[1, 1, 1]], [[3, 1, 7]], [[32, 32, 32]]])(
    "of size %j: a mask has voxels exactly where the label says tumour, patients are named, pixels are bytes",
    (size) => {
      const data = phantoms({ count: 25, seed: 3, size });
      expect(data.shape).toEqual(size);
      for (let i = 0; i < data.length; i++) {
        expect(maskOf(data, i).some((voxel) => voxel === 1)).toBe(data.labels![i] === 1);
        expect(pixelsOf(data, i).every((value) => Number.isInteger(value) && value >= 0 && value <= 255)).toBe(true);
      }
      expect(new Set(data.groups).size).toBe(20); // every fifth volume is a second scan of the patient before it
    },
  );

  it("about half have a tumour: 1,000 volumes within four standard deviations; none and all when asked", () => {
    const tumours = phantoms({ count: 1000, seed: 11 }).labels!.reduce((sum, label) => sum + label, 0);
    // Of 1,000 volumes 800 are independent draws, 200 repeat the head before them.
    expect(Math.abs(tumours - 500)).toBeLessThan(4 * Math.sqrt(600 * 0.25 + 200 * 4 * 0.25));
    expect(phantoms({ count: 30, tumours: 0 }).labels!.every((label) => label === 0)).toBe(true);
    expect(phantoms({ count: 30, tumours: 1 }).labels!.every((label) => label === 1)).toBe(true);
  });

  it("cannot be told by the mean, the deviation, the minimum or the maximum of a volume: each AUC < 0.65, for three seeds", () => {
    for (const seed of [1, 2, 3]) {
      const data = phantoms({ count: 1000, seed });
      const figures = Array.from({ length: data.length }, (_, i) => {
        const image = pixelsOf(data, i);
        const mean = image.reduce((sum, value) => sum + value, 0) / image.length;
        const square = image.reduce((sum, value) => sum + (value - mean) ** 2, 0) / image.length;
        return [mean, Math.sqrt(square), Math.min(...image), Math.max(...image)];
      });
      for (let k = 0; k < 4; k++) {
        const area = rocAuc(data.labels!, figures.map((figure) => figure[k])).value!; // prettier-ignore
        expect(Math.max(area, 1 - area)).toBeLessThan(0.65);
      }
    }
  });

  it("teach the article's network with 1,000 volumes to a test accuracy of 0.85 to 0.95, and it overfits with 60", async () => {
    const all = phantoms({ count: 1430, seed: 1 });
    const run = study({ data: all, seed: 1 });
    for await (const epoch of run.train({ network: article() })) expect(epoch.loss).toBeGreaterThan(0);
    const report = await run.test();
    expect(report.metrics.accuracy.value).toBeGreaterThan(0.85);
    expect(report.metrics.accuracy.value).toBeLessThan(0.95);

    const indexes = Int32Array.from({ length: 360 }, (_, i) => i);
    const small = study({ data: subset(all, indexes), seed: 1, ratios: [60, 150, 150] });
    const epochs: Epoch[] = [];
    for await (const epoch of small.train({ network: article(), patience: null })) epochs.push(epoch);
    const last = epochs[epochs.length - 1];
    expect(last.accuracy).toBe(1);
    expect(last.validation.accuracy).toBeLessThan(0.75);
    expect(last.validation.loss).toBeGreaterThan(1.5 * Math.min(...epochs.map(({ validation }) => validation.loss)));
    expect(last.diagnosis).toMatch(/^overfitting since epoch/);
  });

  it("teach a dense network to outline tumours: mean test Dice >= 0.6 over volumes with a tumour, within 25 epochs", async () => {
    const run = study({ data: phantoms({ count: 1430, seed: 2 }), seed: 2, task: "segmentation" });
    for await (const epoch of run.train({ epochs: 25 })) expect(epoch.dice).not.toBeNull();
    const { dice } = (await run.test()).metrics;
    expect(dice.value).toBeGreaterThanOrEqual(0.6);
  });

  it("refuse a count, size or probability out of range, with the value and what to give", () => {
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(0, -1, 1.5, NaN, Infinity), fc.double({ max: 0 })), (count) => {
        expect(() => phantoms({ count })).toThrow(/phantoms count: expected an integer from 1/);
      }),
    );
    expect(() => phantoms({ count: 1, size: [10, 10] })).toThrow(/expected three integers .* got \[10, 10\]/);
    expect(() => phantoms({ count: 1, size: [10, 0, 10] })).toThrow(RangeError);
    expect(() => phantoms({ count: 1, tumours: 1.1 })).toThrow(/expected a probability from 0 to 1, got 1\.1/);
    expect(() => phantoms({ count: 1, seed: -1 })).toThrow(/seed: expected an integer/);
  });
});
