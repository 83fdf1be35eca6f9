import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Report } from "../../src/index.ts";
import { voxgrad } from "./run.ts";
import { scans } from "./scans.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "voxgrad-examples-"));
  await writeFile(join(folder, "scans.npz"), await scans(120, 3));
});
afterAll(() => rm(folder, { recursive: true }));

it("voxgrad test shows single images in its files, not on the terminal; with --no-examples in no file", async () => {
  for (const [out, more] of [
    ["shown", []],
    ["hidden", ["--no-examples"]],
  ] as const) {
    const trained = await voxgrad(folder, "train", "scans.npz", "--out", out, "--epochs", "2", "--quiet");
    expect([trained.code, trained.err]).toEqual([0, ""]);
    const tested = await voxgrad(folder, "test", out, "--json", ...more);
    expect(tested.code).toBe(0);
    const [json, page] = await Promise.all(["json", "html"].map((type) => readFile(join(folder, out, `report.${type}`), "utf8"))); // prettier-ignore
    const { examples, ...rest } = JSON.parse(json) as Report;
    expect(JSON.parse(tested.out)).toEqual(rest);
    expect((examples?.worst.length ?? 0) + (examples?.best.length ?? 0) > 0).toBe(out === "shown");
    expect([page, json].map((text) => /data:image\/png|"gray"/.test(text))).toEqual(Array(2).fill(out === "shown"));
  }
});
