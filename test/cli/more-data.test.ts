import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { joinDatasets, memoryStorage, study } from "../../src/index.ts";
import type { LedgerEntry, Report } from "../../src/index.ts";
import { readNpz } from "../../src/io.ts";
import { studySettings, trainSettings } from "../../src/cli/recipe.ts";
import { resolveSettings } from "../../src/cli/settings.ts";
import { folderOf, pngOf } from "../io/folder/files.ts";
import { start, voxgrad } from "./run.ts";
import { scans } from "./scans.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "voxgrad-more-"));
  await writeFile(join(folder, "one.npz"), await scans(120, 3));
  await writeFile(join(folder, "two.npz"), await scans(40, 9, 1000));
});
afterAll(() => rm(folder, { recursive: true }));

const parse = <T>(text: string) => JSON.parse(text) as T;
const flags = ["--epochs", "3", "--seed", "4", "--hidden", "8"];
const train = (out: string, ...more: string[]) =>
  voxgrad(folder, "train", "one.npz", "--out", out, ...flags, "--json", ...more);
const hashOf = ({ out }: { out: string }) => parse<{ weightsSha256: string }>(out).weightsSha256;
const text = (...names: string[]) => readFile(join(folder, ...names), "utf8");
async function splitIn(out: string) {
  const lines = (await text(out, "ledger.jsonl")).trimEnd().split("\n");
  return lines.map((line) => parse<LedgerEntry>(line)).find((entry) => entry.event === "split");
}

describe("voxgrad train --more-data", () => {
  it("trains on both, as the library does; study.json alone knows the path; test finds it there, or where it is said to be", async () => {
    const trained = await train("a", "--more-data", "two.npz");
    expect([trained.code, trained.code === 0 ? "" : trained.err]).toEqual([0, ""]);
    expect(trained.err).toContain("Of the images to train on 40 are of the second set");
    const settings = resolveSettings({ epochs: "3", seed: "4", hidden: "8" });
    const [data, moreData] = [await readNpz(await scans(120, 3)), await readNpz(await scans(40, 9, 1000))];
    if ("train" in data || "train" in moreData) throw new TypeError("expected one set each");
    const run = study({ data, moreData, storage: memoryStorage(), ...studySettings(settings) });
    let epochs = 0;
    for await (const { epoch } of run.train(trainSettings(settings, joinDatasets([data, moreData])))) epochs = epoch;
    expect(epochs).toBe(3);
    const ended = (await run.ledger()).find((entry) => entry.event === "training ended");
    expect(hashOf(trained)).toBe(ended?.weightsSha256);
    const plain = await train("plain");
    expect(hashOf(plain)).not.toBe(hashOf(trained));
    const [joined, alone] = [await splitIn("a"), await splitIn("plain")];
    expect(joined).toMatchObject({ moreData: { size: 40 }, validation: alone?.validation, test: alone?.test });

    expect(parse<object>(await text("a", "study.json"))).toMatchObject({ moreData: join(folder, "two.npz") });
    expect(parse<object>(await text("a", "config.json"))).toMatchObject({ moreData: true });
    expect(parse<object>(await text("plain", "config.json"))).toMatchObject({ moreData: null });
    const again = await voxgrad(folder, "train", "one.npz", "--out", "a", "--resume", "--json");
    expect(hashOf(again)).toBe(hashOf(trained));

    const early = await voxgrad(folder, "predict", "a", "one.npz", "--out", "p.csv");
    expect(early).toMatchObject({ code: 1, out: "" });
    expect(early.err).toMatch(/these are the study's own images/);
    await mkdir(join(folder, "moved"));
    await rename(join(folder, "two.npz"), join(folder, "moved", "two.npz"));
    try {
      const lost = await voxgrad(folder, "test", "a");
      expect(lost).toMatchObject({ code: 2, out: "" });
      expect(lost.err).toMatch(/two\.npz: expected .* it is not there/);
      const blind = await voxgrad(folder, "predict", "a", "one.npz", "--out", "p.csv");
      expect(blind).toMatchObject({ code: 2, out: "" });
      const sealed = await voxgrad(folder, "predict", "a", "one.npz", "--out", "p.csv", "--more-data", "moved/two.npz");
      expect(sealed.err).toMatch(/these are the study's own images/);
      expect((await readdir(folder)).includes("p.csv")).toBe(false);
      const tested = await voxgrad(folder, "test", "a", "--more-data", "moved/two.npz", "--json");
      expect([tested.code, tested.code === 0 ? "" : tested.err]).toEqual([0, ""]);
      expect(parse<Report>(tested.out).sets.train.size).toBe(joined?.train.size);
    } finally {
      await rename(join(folder, "moved", "two.npz"), join(folder, "two.npz"));
    }
    for (const name of ["config.json", "ledger.jsonl", "report.json", "report.md", "report.html", "history.json"])
      expect([name, (await text("a", name)).includes("two.npz")]).toEqual([name, false]);
    expect(await text("a", "report.md")).toContain("40 came from a second set");
  });

  it("interrupted and resumed without a word of the second set, ends in the same weights", async () => {
    const straight = await train("b", "--more-data", "two.npz", "--epochs", "400", "--patience", "none");
    const running = start(folder, "train", "one.npz", "--out", "c", ...flags, "--more-data", "two.npz", "--epochs", "400", "--patience", "none"); // prettier-ignore
    await new Promise<void>((resolve) => {
      running.child.stderr?.on("data", (chunk: Buffer) => {
        if (chunk.toString().includes("epoch ")) resolve();
      });
    });
    running.child.kill("SIGINT");
    const stopped = await running.ended;
    expect(stopped.code).toBe(130);
    const other = await voxgrad(folder, "train", "one.npz", "--out", "c", "--resume", "--more-data", "none");
    expect(other.code).toBe(1);
    expect(other.err).toMatch(/second set: expected the one that joined the training set when the study was begun/);
    const resumed = await voxgrad(folder, "train", "one.npz", "--out", "c", "--resume", "--json");
    expect(hashOf(resumed)).toBe(hashOf(straight));
    expect(await splitIn("c")).toMatchObject({ moreData: { size: 40 } });
  });

  it("settings of a study with a second set ask for it, when they are used again; from a file it is named as well", async () => {
    await train("d", "--more-data", "two.npz");
    const config = join("d", "config.json");
    const asked = await voxgrad(folder, "train", "one.npz", "--out", "e", "--config", config);
    expect(asked).toMatchObject({ code: 2, out: "" });
    expect(asked.err).toMatch(/--more-data: expected the path of the second set that these settings go with, got none/);
    const same = await voxgrad(folder, "train", "one.npz", "--out", "e", "--config", config, "--more-data", "two.npz", "--json"); // prettier-ignore
    const named = parse<object>(await text(config));
    await writeFile(join(folder, "named.json"), JSON.stringify({ ...named, moreData: "two.npz" }));
    const filed = await voxgrad(folder, "train", "one.npz", "--out", "f", "--config", "named.json", "--json");
    expect([hashOf(same), hashOf(filed)]).toEqual([hashOf(same), hashOf(same)]);
    const none = await voxgrad(folder, "train", "one.npz", "--out", "g", "--config", config, "--more-data", "none", "--json"); // prettier-ignore
    expect(hashOf(none)).not.toBe(hashOf(same));
    // A study that was stopped before it was written down knows of its second set by its settings alone.
    await rm(join(folder, "d", "study.json"));
    const unknown = await voxgrad(folder, "train", "one.npz", "--out", "d", "--resume");
    expect(unknown).toMatchObject({ code: 2, out: "" });
  });

  it("stops where a copy of a validation or test image is in it, and leaves the copies out where told", async () => {
    await writeFile(join(folder, "leaky.npz"), await scans(120, 3, 1000));
    const stopped = await train("h", "--more-data", "leaky.npz");
    expect(stopped).toMatchObject({ code: 1, out: "" });
    expect(stopped.err).toMatch(/voxgrad: leakage: .* exact copies .*--leakage drop/);
    const dropped = await train("h", "--more-data", "leaky.npz", "--leakage", "drop", "--force");
    expect([dropped.code, dropped.code === 0 ? "" : dropped.err]).toEqual([0, ""]);
    const split = await splitIn("h");
    // Every image of the first set's validation and test set is in the second, and goes from there.
    const { validation, test } = (await splitIn("h")) as NonNullable<typeof split>;
    expect(split?.moreData?.size).toBe(120 - validation.size - test.size);
    const patients = await train("i", "--more-data", "one.npz");
    expect(patients.err).toMatch(/groups? in two sets/);
  });

  it("takes a folder with the rare class alone, preprocessed as the first is", async () => {
    const pixels = (i: number) => Array.from({ length: 64 }, (_, k) => (k * k * 7 + i * 31 + ((i * k) % 13) * 9) % 256);
    const files: Record<string, Uint8Array> = {};
    for (let i = 0; i < 60; i++) files[`scans/${i % 5 === 0 ? "rare" : "usual"}/${i}.png`] = pngOf(8, pixels(i));
    for (let i = 60; i < 66; i++) files[`more/rare/${i}.png`] = pngOf(8, pixels(i));
    const place = await folderOf(files);
    const size = ["--size", "6,6", "--leakage", "allow"];
    const trained = await voxgrad(place, "train", "scans", "--out", "a", ...flags, ...size, "--more-data", "more");
    expect([trained.code, trained.code === 0 ? "" : trained.err]).toEqual([0, ""]);
    const tested = await voxgrad(place, "test", "a", "--json");
    expect([tested.code, tested.code === 0 ? "" : tested.err]).toEqual([0, ""]);
    const { sets, classes } = parse<Report>(tested.out);
    expect(classes).toEqual(["rare", "usual"]);
    const rare = [sets.train, sets.validation, sets.test].map(({ classCounts }) => classCounts[0]);
    expect(rare[0] + rare[1] + rare[2]).toBe(18);
    expect(rare[0]).toBeGreaterThan(sets.train.size / 5);
  });
});

describe("voxgrad train --force", () => {
  it("removes what a search of phase two left, and no other file", async () => {
    await train("j");
    const left = ["plan.json", "base.safetensors", "kept.safetensors", "kept.json", "0-0.safetensors", "12-3.safetensors", "none-1.safetensors", "whole-0.safetensors", "curve-2-1-0.safetensors"]; // prettier-ignore
    await mkdir(join(folder, "j", "refine"));
    for (const name of [...left, "mine.txt"]) await writeFile(join(folder, "j", "refine", name), "left");
    const forced = await train("j", "--force");
    expect(forced.code).toBe(0);
    expect(await readdir(join(folder, "j", "refine"))).toEqual(["mine.txt"]);
  });
});
