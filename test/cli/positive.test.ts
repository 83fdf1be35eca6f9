// --positive: which of two classes is looked for, from training to the report and back.
import { encode } from "fast-png";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { voxgrad } from "./run.ts";

let folder: string;
const say = (...args: readonly string[]) => voxgrad(folder, ...args);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "voxgrad positive "));
  for (let index = 0; index < 60; index++) {
    const name = index % 3 === 0 ? "cancer" : "healthy";
    const data = Uint8Array.from({ length: 64 }, (_, i) => ((index + 1) * (i + 7) * 2654435761) >>> 25);
    if (name === "cancer") data.fill(250, 0, 8);
    await mkdir(join(folder, "scans", name), { recursive: true });
    const path = join(folder, "scans", name, `${index}.png`);
    await writeFile(path, encode({ width: 8, height: 8, data, channels: 1, depth: 8 }));
  }
});
afterAll(() => rm(folder, { recursive: true }));

describe("--positive", () => {
  it("makes recall that of the class that is looked for, and is kept by the study", async () => {
    const train = ["train", "scans", "--out", "st", "--epochs", "3", "--positive", "cancer"];
    expect((await say(...train)).code).toBe(0);
    // The study's own images, in whichever order their classes come.
    expect((await say("predict", "st", "scans", "--out", "own.csv")).err).toMatch(/sealed until voxgrad test reads it/);
    const { code, out } = await say("test", "st");
    expect([code, out]).toEqual([0, expect.stringMatching(/Recall, precision and Dice are of "cancer", the second class/)]); // prettier-ignore
    const report = JSON.parse(await readFile(join(folder, "st/report.json"), "utf8")) as { classes: string[] };
    expect(report.classes).toEqual(["healthy", "cancer"]);
    expect(await say("verify", "st", "--replay")).toMatchObject({ code: 0 });
    expect((await say("predict", "st", "scans", "--out", "p.csv")).code).toBe(0);
    const [head, ...rows] = (await readFile(join(folder, "p.csv"), "utf8")).trim().split("\n");
    expect(head).toMatch(/^image,predicted,p\(healthy\),p\(cancer\)/);
    expect(rows).toHaveLength(60);
  }, 60_000);

  it("is refused by name where the images have no such class", async () => {
    const { code, err } = await say("train", "scans", "--out", "none", "--positive", "tumour");
    expect(code).not.toBe(0);
    expect(err).toMatch(/positive: expected one of the classes "cancer", "healthy", got "tumour"/);
  });
});
