import { decode } from "fast-png";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { phantoms } from "../../src/index.ts";
import type { Dataset } from "../../src/index.ts";
import { writeNpz } from "../../src/io.ts";
import type { NpzArray } from "../../src/io.ts";
import type { Inspection } from "../../src/cli/inspect-set.ts";
import { voxgrad } from "./run.ts";

let folder: string;
const pixels = (set: Dataset, indices: readonly number[]) => {
  const images = new Float32Array(indices.length * 64);
  indices.forEach((index, i) => set.read(index, images, 64 * i));
  return Uint8Array.from(images);
};
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "voxgrad-inspect-"));
  const data = phantoms({ count: 90, seed: 3, size: [4, 4, 4] });
  const parts = { train: range(0, 60), val: [...range(60, 74), 3, 7], test: [...range(75, 89), 3] };
  const arrays = Object.entries(parts).flatMap(([name, indices]) => [
    [`${name}_images`, { shape: [indices.length, 4, 4, 4], data: pixels(data, indices) }] as const,
    [`${name}_labels`, { shape: [indices.length], data: Uint8Array.from(indices, (i) => data.labels![i]) }] as const,
  ]);
  await writeFile(join(folder, "leaking.npz"), await writeNpz(Object.fromEntries(arrays) as Record<string, NpzArray>));
  const one = [...range(0, 30), 4];
  await writeFile(
    join(folder, "one.npz"),
    await writeNpz({
      images: { shape: [31, 4, 4, 4], data: pixels(data, one) },
      labels: { shape: [31], data: Uint8Array.from(one, (i) => 1 + data.labels![i]) },
      groups: { shape: [31], data: Int32Array.from(one, (_, i) => i >> 1) },
    }),
  );
});
afterAll(() => rm(folder, { recursive: true }));

describe("voxgrad inspect", () => {
  it("of three sets counts images and classes, and names duplicates and leakage, with exit code 0", async () => {
    const { code, out, err } = await voxgrad(folder, "inspect", "leaking.npz", "--json");
    expect([code, err]).toEqual([0, ""]);
    const { sets, leakage, duplicates } = JSON.parse(out) as Inspection;
    expect(sets.train).toMatchObject({ count: 60, shape: [4, 4, 4], groups: null, masks: {} });
    expect(sets.train.classes["0"] + sets.train.classes["1"]).toBe(60);
    expect(sets.validation.count + sets.test.count).toBe(31);
    expect(sets.test.minimum).toBeGreaterThanOrEqual(0);
    expect(sets.test.maximum).toBeGreaterThan(sets.test.minimum);
    expect(leakage).toEqual([
      { kind: "exact", a: { set: "train", index: 3 }, b: { set: "validation", index: 14 }, similarity: 1 },
      { kind: "exact", a: { set: "train", index: 7 }, b: { set: "validation", index: 15 }, similarity: 1 },
      { kind: "exact", a: { set: "train", index: 3 }, b: { set: "test", index: 14 }, similarity: 1 },
      { kind: "exact", a: { set: "validation", index: 14 }, b: { set: "test", index: 14 }, similarity: 1 },
    ]);
    expect(duplicates).toEqual([]);
    const text = (await voxgrad(folder, "inspect", "leaking.npz")).out;
    expect(text).toMatch(
      /set +images +size +intensities +groups +class 0 +class 1\n +train +60 +4x4x4 +\d+ to \d+ +none/,
    );
    expect(text).toMatch(/Leakage, pairs across the sets: 4 \(4 exact\)\.\n +exact +train 3 +validation 14 +1\.000\n/);
    expect(text).toMatch(/--leakage drop/);
  });

  it("of one set names its duplicates, and no leakage", async () => {
    const { out } = await voxgrad(folder, "inspect", "one.npz", "--json");
    const found = JSON.parse(out) as Record<string, unknown>;
    expect(found).toMatchObject({ sets: { all: { count: 31, groups: 16 } }, leakage: [] });
    expect(found.duplicates).toEqual([
      { kind: "exact", a: { set: "all", index: 4 }, b: { set: "all", index: 30 }, similarity: 1 },
    ]);
    expect((await voxgrad(folder, "inspect", "one.npz")).out).toMatch(
      /Duplicates: 1 \(1 exact\)\.\n +exact +image 4 +image 30/,
    );
  });

  it("--html writes a page that shows the pairs side by side and fetches nothing", async () => {
    const { code } = await voxgrad(folder, "inspect", "leaking.npz", "--html", "pairs.html");
    expect(code).toBe(0);
    const page = await readFile(join(folder, "pairs.html"), "utf8");
    const pictures = [...page.matchAll(/<img src="data:image\/png;base64,([^"]+)" alt="([^"]+)"/g)];
    expect(pictures.map(([, , name]) => name).slice(0, 4)).toEqual([
      "train 3",
      "validation 14",
      "train 7",
      "validation 15",
    ]);
    const images = pictures.slice(0, 2).map(([, base64]) => decode(Buffer.from(base64, "base64")));
    expect(images[0]).toMatchObject({ width: 4, height: 4, channels: 1, depth: 8 });
    expect(images[0].data).toEqual(images[1].data);
    expect([Math.min(...images[0].data), Math.max(...images[0].data)]).toEqual([0, 255]);
    expect(page).not.toMatch(/https?:|<script/);
  });

  it("train stops at what it shows, with exit code 1 and one line; --leakage drop and allow go on and say so", async () => {
    const flags = ["train", "leaking.npz", "--epochs", "1"];
    const stopped = await voxgrad(folder, ...flags, "--out", "stop");
    expect(stopped).toMatchObject({ code: 1, out: "" });
    expect(stopped.err).toMatch(
      /^voxgrad: leakage: [^\n]*got 4 exact copies \(train 3 = validation 14, [^\n]*--leakage drop[^\n]*\n$/,
    );
    const dropped = await voxgrad(folder, ...flags, "--out", "drop", "--leakage", "drop");
    expect(dropped.code).toBe(0);
    expect(dropped.err).toMatch(
      /1 test and 2 validation images have a copy .*: 2 training and 1 validation images were left out/,
    );
    const allowed = await voxgrad(
      folder,
      ...flags,
      "--out",
      "allow",
      "--leakage",
      "allow",
      "--class-weights",
      "balanced",
    );
    expect(allowed.err).toMatch(/Mind: 1 test and 2 validation images have a copy/);
    const tested = await voxgrad(folder, "test", "allow", "--json");
    expect((JSON.parse(tested.out) as { warnings: string[] }).warnings[0]).toMatch(/^The sets leak into one another/);
  });

  it.each([
    [["inspect"], /missing required argument 'DATA'/],
    [["inspect", "none.npz"], /none\.npz: expected an \.npz file/],
  ])("%j is answered in one line, with exit code 2", async (args, message) => {
    const { code, out, err } = await voxgrad(folder, ...args);
    expect(err).toMatch(message);
    expect(err).toMatch(/^voxgrad: [^\n]*\n$/);
    expect({ code, out }).toEqual({ code: 2, out: "" });
  });
});
