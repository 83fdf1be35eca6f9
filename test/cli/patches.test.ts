import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadModel, phantoms, predict } from "../../src/index.ts";
import type { Report } from "../../src/index.ts";
import { readNpz, writeNpz } from "../../src/io.ts";
import { voxgrad } from "./run.ts";

let folder: string;

/** Phantoms as a file to be divided: images of these sizes with labels, masks and patients. */
async function scans(count: number, seed: number, size: [number, number, number]): Promise<Uint8Array> {
  const data = phantoms({ count, seed, size });
  const voxels = size[0] * size[1] * size[2];
  const images = new Uint8Array(voxels * count);
  const masks = new Uint8Array(voxels * count);
  const image = new Float32Array(voxels);
  for (let i = 0; i < count; i++) {
    data.read(i, image, 0);
    images.set(image, voxels * i);
    data.readMask(i, masks, voxels * i);
  }
  return writeNpz({
    images: { shape: [count, ...size], data: images },
    labels: { shape: [count], data: data.labels! },
    masks: { shape: [count, ...size], data: masks },
    groups: { shape: [count], data: Int32Array.from(data.groups!, (name) => Number(name.slice(8))) },
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "voxgrad-patches-"));
  await writeFile(join(folder, "scans.npz"), await scans(120, 3, [6, 6, 6]));
  await writeFile(join(folder, "larger.npz"), await scans(9, 4, [7, 9, 6]));
});
afterAll(() => rm(folder, { recursive: true }));

const parse = <T>(text: string) => JSON.parse(text) as T;
const train = (out: string, ...flags: string[]) =>
  voxgrad(folder, "train", "scans.npz", "--out", out, "--epochs", "3", "--seed", "4", "--json", "--quiet", ...flags);
const flags = [
  "--patches",
  "4x4x3",
  "--patch-stride",
  "2x4x3",
  "--patches-per-image",
  "2",
  "--patch-foreground",
  "0.5",
];

async function modelIn(study: string) {
  return loadModel(await readFile(join(folder, study, "model.safetensors")));
}

describe("voxgrad train --patches, test and predict", () => {
  it("classify whole images: a report of as many images, and a table that has the library's averages", async () => {
    const trained = await train("a", ...flags);
    expect(trained).toMatchObject({ code: 0, err: "" });
    const model = await modelIn("a");
    expect(model.patches).toEqual({ size: [4, 4, 3], stride: [2, 4, 3], perImage: 2, foreground: 0.5 });
    expect(model.network.input).toEqual([4, 4, 3]);
    expect(model.normalization.kind).toBe("zScore");
    const tested = await voxgrad(folder, "test", "a", "--json", "--quiet");
    expect(tested).toMatchObject({ code: 0, err: "" });
    const report = parse<Report>(tested.out);
    expect(report.metrics.confusion.value.flat().reduce((sum, cell) => sum + cell, 0)).toBe(report.testSet.size);
    expect(await readFile(join(folder, "a", "report.html"), "utf8")).toMatch(/patches, per image<\/d[td]><dd>2</);

    // Images larger than those of training.
    const predicted = await voxgrad(folder, "predict", "a", "larger.npz", "--out", "a.csv");
    expect(predicted).toMatchObject({ code: 0, err: "" });
    expect(predicted.out).toMatch(
      /^9 images predicted: a\.csv\nMind: 9 of 9 are unlike the training images \(the column "unlike training" says which\)\..* The first: shape 7x9x6, of training 6x6x6/,
    );
    const said = await predict(model, await single("larger.npz"));
    const rows = (await readFile(join(folder, "a.csv"), "utf8")).trimEnd().split("\n").slice(1);
    expect(rows.flatMap((line) => line.split(",").slice(2, 2 + said.probabilities.length / 9))).toEqual(Array.from(said.probabilities, (p) => p.toPrecision(7))); // prettier-ignore
  });

  it("segment whole images: masks in the images' own shape", async () => {
    const trained = await train("m", "--task", "segmentation", ...flags);
    expect(parse<{ validation: { dice: number } }>(trained.out).validation.dice).toBeGreaterThanOrEqual(0);
    const tested = await voxgrad(folder, "test", "m", "--json");
    const report = parse<Report>(tested.out);
    expect(report.metrics.confusion.value.flat().reduce((sum, cell) => sum + cell, 0)).toBe(report.testSet.size * 216);
    expect((await voxgrad(folder, "predict", "m", "larger.npz", "--out", "m.npz")).code).toBe(0);
    const said = await predict(await modelIn("m"), await single("larger.npz"));
    if (said.task !== "segmentation") throw new TypeError("expected masks");
    const wanted = await writeNpz({
      masks: { shape: [9, 7, 9, 6], data: Uint8Array.from(said.masks) },
      probabilities: { shape: [9, 1, 7, 9, 6], data: said.probabilities },
      calibrated: { shape: [9, 1, 7, 9, 6], data: said.calibrated! },
      distance: { shape: [9], data: said.novelty!.distances! },
      unlike_training: { shape: [9], data: said.novelty!.unlike },
    });
    expect(Buffer.compare(await readFile(join(folder, "m.npz")), wanted)).toBe(0);
  });

  it("--resume goes on with the patches of the study, and refuses others; a config file does what the flags do", async () => {
    const hash = (out: string) => parse<{ weightsSha256: string }>(out).weightsSha256;
    const first = await train("r", ...flags);
    expect(await train("r", "--resume")).toEqual(first);
    const other = await train("r", "--resume", "--patches", "4");
    expect(other).toMatchObject({ code: 2, out: "" });
    expect(other.err).toMatch(/got patches 4 where it has 4,4,3/);
    const config = { patches: [4, 4, 3], patchStride: [2, 4, 3], patchesPerImage: 2, patchForeground: 0.5 };
    await writeFile(join(folder, "c.json"), JSON.stringify(config));
    expect(hash((await train("c", "--config", "c.json")).out)).toBe(hash(first.out));
    expect(hash((await train("d", "--patches", "4")).out)).not.toBe(hash(first.out));
  });

  it("what does not fit is said before there is a study: larger patches, gaps, statistics by pixel, a stride alone", async () => {
    const refused = async (message: RegExp, ...wrong: string[]) => {
      const { code, out, err } = await train("w", ...wrong);
      expect({ code, out }).toEqual({ code: 2, out: "" });
      expect(err).toMatch(message);
      expect(await stat(join(folder, "w")).catch(() => null)).toBeNull();
    };
    await refused(/^voxgrad: patches: expected images of at least 7x7x7, got 6x6x6/, "--patches", "7");
    await refused(/^voxgrad: patches: expected a size for each of the 3 axes/, "--patches", "4x4");
    await refused(/^voxgrad: patches: expected a stride of at most the size, got 5 for 4/, "--patches", "4", "--patch-stride", "5"); // prettier-ignore
    await refused(/^voxgrad: --patches: expected whole numbers of at least 1, such as 32x32/, "--patches", "4xx");
    await refused(/expected --patches beside them/, "--patch-stride", "2");
    await refused(/expected zScore, unit or none with --patches, got pixelZScore/, "--patches", "4", "--normalization", "pixelZScore"); // prettier-ignore
  });
});

async function single(name: string) {
  const data = await readNpz(join(folder, name));
  if ("train" in data) throw new TypeError("expected one set, got three");
  return data;
}
