import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadModel, phantoms } from "../../src/index.ts";
import type { Preprocessing, Report } from "../../src/index.ts";
import { writeNpz } from "../../src/io.ts";
import { stream } from "../../src/random.ts";
import { folderOf, nifti, pngOf } from "../io/folder/files.ts";
import type { Files } from "../io/folder/files.ts";
import { niftiBytes } from "../io/images/nifti-bytes.ts";
import { voxgrad } from "./run.ts";

const data = phantoms({ count: 90, seed: 3, size: [4, 4, 4] });

/** Phantoms as CT volumes: int16 with intercept -1024, a class each folder. */
function scans(where: string): Files {
  const image = new Float32Array(64);
  return Object.fromEntries(
    Array.from({ length: data.length }, (_, index) => {
      data.read(index, image, 0);
      const voxels = new Uint8Array(Int16Array.from(image, (value) => 1024 + 2 * value).buffer);
      const bytes = niftiBytes({ dimensions: [4, 4, 4], datatype: 4, slope: 1, intercept: -1024, voxels });
      return [`${where}/${data.classes[data.labels![index]]}/${String(index).padStart(3, "0")}.nii`, bytes];
    }),
  );
}

const parse = <T>(text: string) => JSON.parse(text) as T;

describe("a folder on the command line", () => {
  it("goes through train, resume, test and predict with the preprocessing of training, whatever the cache holds", async () => {
    const folder = await folderOf(scans("scans"));
    const flags = ["--epochs", "3", "--seed", "4", "--window", "150,300", "--size", "3,4,5", "--cache-bytes", "4000"];
    const trained = await voxgrad(folder, "train", "scans", "--out", "a", ...flags, "--json");
    expect([trained.code, trained.code === 0 ? "" : trained.err]).toEqual([0, ""]);
    const whole = await voxgrad(folder, "train", "scans", "--out", "b", ...flags.slice(0, -2), "--json");
    const { weightsSha256 } = parse<{ weightsSha256: string }>(trained.out);
    expect(parse<{ weightsSha256: string }>(whole.out).weightsSha256).toBe(weightsSha256);
    const steps: Preprocessing[] = [
      { kind: "window", centre: 150, width: 300 },
      { kind: "resampleTo", size: [3, 4, 5] },
    ];
    const kept = async (name: string) => parse<object>(await readFile(join(folder, "a", name), "utf8"));
    expect(await kept("config.json")).toMatchObject({
      window: [150, 300],
      size: [3, 4, 5],
      clip: null,
      unreadable: "stop",
    });
    expect(await kept("study.json")).toMatchObject({ preprocessing: steps, shape: [3, 4, 5] });
    const model = loadModel(await readFile(join(folder, "a", "model.safetensors")));
    expect(model.preprocessing).toEqual(steps);

    const other = await voxgrad(folder, "train", "scans", "--out", "a", "--resume", "--window", "0,300");
    expect(other.err).toMatch(/got window 0,300 where it has 150,300/);
    const resumed = await voxgrad(folder, "train", "scans", "--out", "a", "--resume", "--json");
    expect(parse<{ weightsSha256: string }>(resumed.out).weightsSha256).toBe(weightsSha256);

    const tested = await voxgrad(folder, "test", "a", "--cache-bytes", "4000", "--json");
    expect([tested.code, tested.code === 0 ? "" : tested.err]).toEqual([0, ""]);
    expect(parse<Report>(tested.out).testSet.opened).not.toBe("");

    const predicted = await voxgrad(folder, "predict", "a/model.safetensors", "scans", "--out", "p.csv");
    expect(predicted.code).toBe(0);
    const lines = (await readFile(join(folder, "p.csv"), "utf8")).trimEnd().split("\n");
    expect(lines[0]).toMatch(/^image,predicted,p\(healthy\),p\(tumour\),.*distance,unlike training$/);
    expect(lines[1]).toMatch(/^healthy\/\d{3}\.nii,(healthy|tumour),0\.\d+,0\.\d+,/);
    expect(lines.length).toBe(91);
  });

  it("ends with code 2 and one line that names the file for one that cannot be read; skips it if told, and says so", async () => {
    const folder = await folderOf({ ...scans("scans"), "scans/tumour/broken.nii": nifti(1).slice(0, 355) });
    const stopped = await voxgrad(folder, "train", "scans", "--out", "a", "--epochs", "1");
    expect(stopped).toMatchObject({ code: 2, out: "" });
    expect(stopped.err).toMatch(/^voxgrad: .*tumour\/broken\.nii: expected .*\n$/);
    const skipped = await voxgrad(
      folder,
      "train",
      "scans",
      "--out",
      "a",
      "--epochs",
      "1",
      "--unreadable",
      "skip",
      "--quiet",
    );
    expect(skipped.code).toBe(0);
    expect(skipped.err).toMatch(/^scans: 1 file cannot be read and is left out:\n .*broken\.nii: expected/);
    const tested = await voxgrad(folder, "test", "a", "--quiet");
    expect(tested).toMatchObject({ code: 0 });
    expect(tested.err).toMatch(/broken\.nii/);
  });

  it("of 2,000 files of which one cannot be read stops and names it, or leaves it out and says so everywhere", async () => {
    const files: Record<string, Uint8Array | string> = {};
    const drawn = stream(4, "phantom");
    for (let i = 0; i < 2000; i++)
      files[`scans/${i % 2 === 0 ? "a" : "b"}/${String(i).padStart(4, "0")}.png`] = pngOf(
        4,
        Array.from({ length: 16 }, (_, k) => drawn.integer(16 * i + k, 256)),
      );
    files["scans/b/1235.png"] = "no picture";
    const folder = await folderOf(files);
    const flags = ["train", "scans", "--out", "a", "--epochs", "1", "--hidden", "4", "--normalization", "unit"];
    const stopped = await voxgrad(folder, ...flags);
    expect(stopped).toMatchObject({ code: 2, out: "" });
    expect(stopped.err).toMatch(/^voxgrad: [^\n]*b\/1235\.png[^\n]*\n$/);
    const inspected = await voxgrad(folder, "inspect", "scans", "--unreadable", "skip", "--json");
    expect(parse<object>(inspected.out)).toMatchObject({ sets: { all: { count: 1999 } }, unreadable: ["b/1235.png"] });

    const skipped = await voxgrad(folder, ...flags, "--unreadable", "skip", "--quiet");
    expect(skipped.code).toBe(0);
    expect(skipped.err).toMatch(/^scans: 1 file cannot be read and is left out:\n .*b\/1235\.png/);
    const ledger = await readFile(join(folder, "a", "ledger.jsonl"), "utf8");
    const split = ledger.split("\n").map((line) => parse<{ event: string }>(line || "{}")).find(({ event }) => event === "split"); // prettier-ignore
    expect(split).toMatchObject({ unreadable: { count: 1 } });
    expect(ledger).not.toMatch(/1235\.png/);
    expect(ledger).not.toContain(folder);
    await voxgrad(folder, "test", "a");
    const report = parse<Report>(await readFile(join(folder, "a", "report.json"), "utf8"));
    const said = "1 file could not be read and is in none of the sets.";
    expect(report.warnings).toContain(said);
    for (const page of ["report.md", "report.html"])
      expect(await readFile(join(folder, "a", page), "utf8")).toContain(said);
    for (const { size } of Object.values(report.sets)) expect(size).toBeGreaterThan(0);
    expect(Object.values(report.sets).reduce((sum, { size }) => sum + size, 0)).toBe(1999);
  });

  it("says which flags make sizes one, and reads segmentation from images and masks, to arrays", async () => {
    const at = (i: number) => Array.from({ length: 16 }, (_, k) => (k * k * 7 + i * 31) % 256);
    const files: Record<string, Uint8Array> = {};
    for (let i = 0; i < 30; i++) {
      files[`scans/images/${i}.png`] = pngOf(i === 0 ? 2 : 4, i === 0 ? at(i).slice(0, 4) : at(i));
      files[`scans/masks/${i}.png`] = pngOf(
        i === 0 ? 2 : 4,
        (i === 0 ? at(i).slice(0, 4) : at(i)).map((v) => (v > 128 ? 255 : 0)),
      );
    }
    const folder = await folderOf(files);
    const differing = await voxgrad(folder, "train", "scans", "--out", "a", "--epochs", "1");
    expect(differing).toMatchObject({ code: 2 });
    expect(differing.err).toMatch(/4x4 in 29 images, but 2x2 in images\/0\.png.*--size 4,4/);
    const trained = await voxgrad(folder, "train", "scans", "--out", "a", "--epochs", "1", "--size", "4,4");
    expect([trained.code, trained.code === 0 ? "" : trained.err]).toEqual([0, ""]);
    await rm(join(folder, "scans/masks"), { recursive: true });
    const predicted = await voxgrad(folder, "predict", "a/model.safetensors", "scans", "--out", "p.npz");
    expect([predicted.code, predicted.code === 0 ? "" : predicted.err]).toEqual([0, ""]);
  });

  it("preprocesses .npz files as well", async () => {
    const images = new Uint8Array(60 * 16).map((_, i) => (i * 37) % 251);
    const bytes = await writeNpz({
      images: { shape: [60, 4, 4], data: images },
      labels: { shape: [60], data: new Uint8Array(60).map((_, i) => i % 2) },
    });
    const folder = await folderOf({ "scans.npz": bytes });
    const trained = await voxgrad(
      folder,
      "train",
      "scans.npz",
      "--out",
      "a",
      "--epochs",
      "1",
      "--size",
      "2,2",
      "--clip",
      "1,99",
    );
    expect([trained.code, trained.code === 0 ? "" : trained.err]).toEqual([0, ""]);
    await writeFile(
      join(folder, "other.npz"),
      await writeNpz({ images: { shape: [2, 4, 4], data: images.slice(0, 32) } }),
    );
    const predicted = await voxgrad(folder, "predict", "a/model.safetensors", "other.npz", "--out", "p.csv");
    expect([predicted.code, predicted.code === 0 ? "" : predicted.err]).toEqual([0, ""]);
  });
});
