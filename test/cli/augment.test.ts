import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { decode } from "fast-png";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { augmented, deform, flip, phantoms, replay, rotate, split, subset } from "../../src/index.ts";
import type { AugmentationRecord, Dataset } from "../../src/index.ts";
import { readNpz, writeNpz } from "../../src/io.ts";
import { voxgrad } from "./run.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "voxgrad-augment-"));
  const count = 80;
  const data = phantoms({ count, seed: 3, size: [6, 6, 6] });
  const images = new Uint8Array(216 * count);
  const masks = new Uint8Array(216 * count);
  const image = new Float32Array(216);
  for (let i = 0; i < count; i++) {
    data.read(i, image, 0);
    images.set(image, 216 * i);
    data.readMask(i, masks, 216 * i);
  }
  const arrays = {
    images: { shape: [count, 6, 6, 6], data: images },
    labels: { shape: [count], data: data.labels! },
    masks: { shape: [count, 6, 6, 6], data: masks },
    groups: { shape: [count], data: Int32Array.from(data.groups!, (name) => Number(name.slice(8))) },
  };
  await writeFile(join(folder, "scans.npz"), await writeNpz(arrays));
  const pictures = Uint8Array.from({ length: 30 * 60 }, (_, i) => (i * 37) % 251);
  const coloured = { images: { shape: [30, 5, 4, 3], data: pictures }, labels: { shape: [30], data: Uint8Array.from({ length: 30 }, (_, i) => i % 2) } }; // prettier-ignore
  await writeFile(join(folder, "coloured.npz"), await writeNpz(coloured));
  await writeFile(join(folder, "list.json"), JSON.stringify({ augment: ["rotate=10", "deform"], seed: 4, epochs: 3 }));
});
afterAll(() => rm(folder, { recursive: true }));

const parse = <T>(text: string) => JSON.parse(text) as T;
const train = (out: string, ...flags: string[]) =>
  voxgrad(folder, "train", "scans.npz", "--out", out, "--seed", "4", "--epochs", "3", "--json", "--quiet", ...flags);
const weightsOf = ({ code, out, err }: { code: number | null; out: string; err: string }) => {
  expect([code, err]).toEqual([0, ""]);
  return parse<{ weightsSha256: string }>(out).weightsSha256;
};

describe("voxgrad train --augment", () => {
  it("gives the weights of the same list in a file, others than without it, and keeps it in study.json", async () => {
    const flag = weightsOf(await train("a", "--augment", "rotate=10,deform"));
    const file = await voxgrad(folder, "train", "scans.npz", "--out", "b", "--config", "list.json", "--json", "--quiet"); // prettier-ignore
    expect(weightsOf(file)).toBe(flag);
    expect(weightsOf(await train("c"))).not.toBe(flag);
    const record = parse<{ training: { augment: unknown } }>(await readFile(join(folder, "a", "study.json"), "utf8"));
    expect(record.training.augment).toEqual([rotate(10), deform()]);
    const config = parse<{ augment: unknown }>(await readFile(join(folder, "a", "config.json"), "utf8"));
    expect(config.augment).toEqual(["rotate=10", "deform"]);
    expect((await voxgrad(folder, "test", "a", "--json")).code).toBe(0);
  });

  it("is gone on with by --resume, which refuses another list; --refine trains its trials with it", async () => {
    const whole = weightsOf(await train("r", "--augment", "rotate=10,flip=x@0.3"));
    const again = await voxgrad(folder, "train", "scans.npz", "--out", "r", "--resume", "--json", "--quiet");
    expect(weightsOf(again)).toBe(whole);
    const other = await voxgrad(folder, "train", "scans.npz", "--out", "r", "--resume", "--augment", "deform");
    expect(other).toMatchObject({ code: 2, out: "" });
    expect(other.err).toMatch(/--resume: expected the settings that the study was begun with, got augment deform where it has rotate=10,flip=x@0\.3/); // prettier-ignore
    const refine = async (out: string, list: string) => {
      const { code, err } = await train(out, "--augment", list, "--refine", "--refine-trials", "2");
      expect([code, err]).toEqual([0, ""]);
      const lines = (await readFile(join(folder, out, "ledger.jsonl"), "utf8")).trim().split("\n");
      const refined = lines.map((line) => parse<Record<string, unknown>>(line)).find(({ event }) => event === "refined")!; // prettier-ignore
      return (refined["trials"] as { weightsSha256: string }[]).map(({ weightsSha256 }) => weightsSha256);
    };
    const trials = await refine("f", "rotate=10");
    expect(trials.length).toBeGreaterThan(1);
    expect(await refine("g", "rotate=10")).toEqual(trials);
    const bare = await refine("h", "none");
    // The first trial is without a remedy; one of augmentation takes the list's place.
    expect(bare[0]).not.toBe(trials[0]);
  });

  it.each([
    [["--augment", "rotat=10"], /--augment: "rotat=10": expected the name of an augmentation, got "rotat"\. Did you mean "rotate"\?/], // prettier-ignore
    [["--augment", "deform,deform"], /augment: expected "deform" at most once, got it 2 times/],
  ])("%j is refused in one line before there is a study, with exit code 2", async (flags, message) => {
    const { code, out, err } = await train("none", ...flags);
    expect(err).toMatch(message);
    expect(err).toMatch(/^voxgrad: [^\n]*\n$/);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    await expect(stat(join(folder, "none"))).rejects.toThrow(/ENOENT/);
  });
});

interface Shown {
  readonly seed: number;
  readonly images: readonly { readonly index: number; readonly draws: readonly AugmentationRecord[] }[];
}

describe("voxgrad inspect --augment", () => {
  async function trainingSet(seed: number): Promise<Dataset> {
    const data = (await readNpz(join(folder, "scans.npz"))) as Dataset;
    return subset(data, split(data, { seed }).train);
  }
  const picturesIn = (page: string) =>
    [...page.matchAll(/<img src="data:image\/png;base64,([^"]+)" width="(\d+)" height="(\d+)" alt="([^"]+)"/g)].map(
      ([, base64, width, height, alt]) => ({ png: decode(Buffer.from(base64, "base64")), size: [Number(width), Number(height)], alt }), // prettier-ignore
    );

  it("shows eight training images as they are and in five epochs, as training with the seed draws them; --json has the records", async () => {
    const { code, out, err } = await voxgrad(folder, "inspect", "scans.npz", "--augment", "rotate=20,flip=xy,brightness", "--seed", "4", "--html", "sheet.html", "--json"); // prettier-ignore
    expect([code, err]).toEqual([0, ""]);
    const { seed, images } = parse<Shown>(out);
    const set = await trainingSet(4);
    const list = [rotate(20), flip(["x", "y"])];
    expect(seed).toBe(4);
    expect(images).toHaveLength(8);
    for (const { index, draws } of images) {
      expect(draws.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5]);
      const { record } = await augmented(set, index, { augment: list, seed: 4, epoch: 3 });
      expect(draws[2].applied.filter(({ kind }) => kind !== "brightness")).toEqual(record.applied);
    }
    const page = await readFile(join(folder, "sheet.html"), "utf8");
    expect(page).not.toMatch(/https?:|<script/);
    const pictures = picturesIn(page);
    expect(pictures).toHaveLength(8 * 6 * 3);
    expect(pictures[0]).toMatchObject({ size: [6, 6], alt: "image 0, original, middle slice across z" });
    expect(pictures[3].alt).toMatch(/^image 0, epoch 1, middle slice across z: rotate x\s[+−]\d+\.\d°, y\s/);
    // The middle slice across z of what the record gives, on the scale of all that is shown of the image.
    const augment = [...list, (await import("../../src/index.ts")).brightness()];
    const seen = await Promise.all(images[0].draws.map((record) => replay(set, 0, { augment, record })));
    const original = new Float32Array(216);
    set.read(0, original, 0);
    const all = [...original, ...seen.flatMap(({ pixels }) => [...pixels])];
    const [minimum, maximum] = [Math.min(...all), Math.max(...all)];
    const slice = [...seen[1].pixels.subarray(3 * 36, 4 * 36)];
    const wanted = slice.map((value) => Math.round(((value - minimum) * 255) / (maximum - minimum)));
    expect(Math.max(...wanted.map((value, i) => Math.abs(value - pictures[6].png.data[i])))).toBeLessThanOrEqual(1);
  });

  it("outlines masks where they have gone: the page has the outline of a mask's middle slice", async () => {
    await voxgrad(folder, "inspect", "scans.npz", "--augment", "flip=x@1", "--seed", "4", "--html", "masks.html");
    const page = await readFile(join(folder, "masks.html"), "utf8");
    const set = await trainingSet(4);
    const mask = new Uint8Array(216);
    let found = 0;
    for (let place = 0; place < 8; place++) {
      set.readMask(Math.floor((place * set.length) / 8), mask, 0);
      const slice = [...mask.subarray(108, 144)];
      if (slice.every((value) => value === 0)) continue;
      found++;
      // Upper and lower borders of a flipped slice, row by row.
      const flipped = slice.map((_, i) => slice[i - (i % 6) + 5 - (i % 6)]);
      const edges = (rows: number[]) => {
        let path = "";
        for (let y = 0; y <= 6; y++)
          for (let x = 0, from = 0; x <= 6; x++) {
            const isEdge = x < 6 && (y < 6 ? rows[6 * y + x] : 0) !== (y > 0 ? rows[6 * y - 6 + x] : 0);
            if (isEdge) continue;
            if (x > from) path += `M${from} ${y}h${x - from}`;
            from = x + 1;
          }
        return path;
      };
      expect(page).toContain(`d="${edges(slice)}M`);
      expect(page).toContain(`d="${edges(flipped)}M`);
    }
    expect(found).toBeGreaterThan(0);
    expect(page).toContain("mask 1");
  });

  it("takes the list, the seed and patches of a file of settings, and shows colours", async () => {
    await writeFile(join(folder, "patches.json"), JSON.stringify({ augment: ["flip=x@1"], patches: [4, 4, 3], patchesPerImage: 2, seed: 4 })); // prettier-ignore
    const { code, out } = await voxgrad(folder, "inspect", "scans.npz", "--config", "patches.json", "--html", "p.html", "--json"); // prettier-ignore
    expect(code).toBe(0);
    expect(parse<Shown>(out).images.every(({ index }) => index % 2 === 0)).toBe(true);
    const page = await readFile(join(folder, "p.html"), "utf8");
    expect(picturesIn(page).slice(0, 3).map(({ size }) => size)).toEqual([[3, 4], [3, 4], [4, 4]]); // prettier-ignore
    const coloured = await voxgrad(folder, "inspect", "coloured.npz", "--augment", "flip=x@1", "--html", "c.html");
    expect(coloured.code).toBe(0);
    const [first, flipped] = picturesIn(await readFile(join(folder, "c.html"), "utf8"));
    expect(first.png.channels).toBe(3);
    const rows = Array.from({ length: 5 }, (_, y) => Array.from({ length: 4 }, (_, x) => [...first.png.data.subarray(3 * (4 * y + x), 3 * (4 * y + x) + 3)])); // prettier-ignore
    expect([...flipped.png.data]).toEqual(rows.flatMap((row) => row.reverse()).flat());
  });

  it.each([
    [["scans.npz", "--augment", "rotate=10"], /--augment: expected --html FILE beside it/],
    [["scans.npz", "--augment", "none", "--html", "x.html"], /expected a list, as in --augment rotate=10,flip=x, or a --config FILE with "augment", got none/], // prettier-ignore
    [["scans.npz", "--augment", "flop", "--html", "x.html"], /"flop": expected the name of an augmentation, got "flop"\. Did you mean "flip"/], // prettier-ignore
    [["scans.npz", "--config", "nowhere.json", "--html", "x.html"], /--config: expected a file to read, got nowhere\.json/], // prettier-ignore
    [["list.json", "--augment", "flip=x", "--html", "x.html"], /list\.json: expected/],
  ])("%j is answered in one line, with exit code 2", async (args, message) => {
    const { code, out, err } = await voxgrad(folder, "inspect", ...args);
    expect(err).toMatch(message);
    expect(err).toMatch(/^voxgrad: [^\n]*\n$/);
    expect({ code, out }).toEqual({ code: 2, out: "" });
  });
});
