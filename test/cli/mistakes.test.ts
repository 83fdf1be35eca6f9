// What a person does wrong at first, and what the command makes of it.
import { encode } from "fast-png";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { quoted } from "../../src/cli/shell.ts";
import { start, voxgrad } from "./run.ts";

let folder: string;
const say = (...args: readonly string[]) => voxgrad(folder, ...args);

/** Noise of its own, with a bright corner in every second image. */
function image(seed: number): Uint8Array {
  const data = Uint8Array.from({ length: 64 }, (_, i) => ((seed + 1) * (i + 7) * 2654435761) >>> 25);
  if (seed % 2 === 1) data.fill(250, 0, 8);
  return encode({ width: 8, height: 8, data, channels: 1, depth: 8 });
}

/** Images 0.png, 1.png, ... of a folder, half of them of the second class. */
async function images(name: string, count: number, pathOf: (index: number) => string): Promise<void> {
  for (let index = 0; index < count; index++) {
    const path = join(folder, name, pathOf(index));
    await mkdir(join(path, ".."), { recursive: true });
    await writeFile(path, image(index));
  }
}

async function table(name: string, bytes: string | Uint8Array): Promise<void> {
  await images(name, 30, (index) => `img/${index}.png`);
  await writeFile(join(folder, name, "manifest.csv"), bytes);
}
const lines = (row: (index: number) => string, end = "\n") =>
  ["path,label", ...Array.from({ length: 30 }, (_, index) => row(index))].join(end);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "voxgrad mistakes ü "));
  await images("scans", 40, (index) => `${index % 2 ? "Tumor ä" : "gesund"}/${index}.png`);
  await images("flat", 20, (index) => `${index}.png`);
  await images("numbers", 30, (index) => `${["9", "10", "100"][index % 3]}/${index}.png`);
});
afterAll(() => rm(folder, { recursive: true }));

describe("voxgrad", () => {
  it("says where another command's name leads, and whose help to read", async () => {
    expect((await say("refine", "x")).err).toBe("voxgrad: unknown command 'refine'. Refining is a part of training: voxgrad train DATA --out DIR --refine.\n"); // prettier-ignore
    expect((await say("report", "x")).err).toMatch(/written by the test: voxgrad test DIR\.\n$/);
    expect((await say("constructor")).err).toMatch(/Known are demo, /);
    expect((await say("train", "x")).err).toMatch(/not specified\. See voxgrad train --help\.\n$/);
    expect((await say("demo", "x")).err).toMatch(/got 1\. See voxgrad demo --help\.\n$/);
  });

  it("shows commands that a shell takes as they are", async () => {
    expect(["a", "C:/x-y.npz", "stüdy"].map((path) => quoted(path, "linux"))).toEqual(["a", "C:/x-y.npz", "stüdy"]);
    expect(["st 6", "it's", "$HOME", "-x", "a\\b"].map((path) => quoted(path, "linux"))).toEqual(["'st 6'", "'it'\\''s'", "'$HOME'", "'-x'", "'a\\b'"]); // prettier-ignore
    expect(["C:\\scans", "C:\\my scans"].map((path) => quoted(path, "win32"))).toEqual(["C:\\scans", '"C:\\my scans"']);
    const { code, out } = await say("train", "scans", "--out", "st 6", "--epochs", "1");
    expect([code, out.trimEnd().split("\n").at(-1)]).toEqual([0, "The study is in st 6. Read the test set, once: voxgrad test 'st 6'"]); // prettier-ignore
    expect(out).toMatch(/^1 epoch in .*\nThe network still learns: training loss [^,]*, validation loss [^,]*\.\n/);
  });
});

describe("voxgrad demo", () => {
  it("writes the settings that voxgrad train does the same with, as its report says", async () => {
    const made = await say("demo", "--out", "demo", "--epochs", "1", "--quiet", "--json");
    const config = JSON.parse(await readFile(join(folder, "demo", "config.json"), "utf8")) as object;
    expect(config).toMatchObject({ hidden: [12, 12], dropout: 0, epochs: 1, seed: 1, refine: true });
    const flags = ["--config", "demo/config.json", "--out", "again", "--quiet", "--json"];
    const again = await say("train", "demo/phantoms.npz", ...flags);
    const weights = ({ out }: { out: string }) => (JSON.parse(out) as { weightsSha256: string }).weightsSha256;
    expect(weights(again)).toBe(weights(made));
  }, 120000);
});

describe("a command whose output nobody reads any more", () => {
  it("does its work without a word", async () => {
    const { child, ended } = start(folder, "inspect", "scans", "--html", "pairs.html");
    child.stdout?.destroy();
    expect(await ended).toMatchObject({ code: 0, err: "" });
    expect((await readFile(join(folder, "pairs.html"), "utf8")).length).toBeGreaterThan(0);
  });
});

describe("voxgrad train", () => {
  it("refuses what cannot be before it touches a folder: no study is left that the next attempt would have to remove, and none removed", async () => {
    const wrong: [string[], RegExp][] = [
      [["--monitor", "dice"], /monitor: expected one of loss, accuracy, rocAuc/],
      [["--sampling", "balanced", "--class-weights", "balanced"], /expected no class weights beside it/],
      [["--batch", "1", "--hidden-norm", "batch"], /expected at least 2 images a batch/],
      [["--task", "segmentation"], /--task segmentation: expected images with masks/],
    ];
    for (const [flags, message] of wrong) {
      const { code, err } = await say("train", "scans", "--out", "w", ...flags);
      expect([code, err]).toEqual([2, expect.stringMatching(message)]);
    }
    // What is known only once the study is begun.
    const large = await say("train", "scans", "--out", "w", "--hidden", "99999999");
    expect([large.code, large.err]).toEqual([2, expect.stringMatching(/memory: expected at most 4 GiB/)]);
    expect(await readdir(join(folder, "w")).catch(() => [])).toEqual([]);

    const trained = await say("train", "scans", "--out", "w", "--epochs", "1", "--hidden", "none", "--refine-trials", "3"); // prettier-ignore
    expect([trained.code, trained.err]).toEqual([0, expect.stringMatching(/--refine-folds are kept for refining, which takes --refine/)]); // prettier-ignore
    const model = await readFile(join(folder, "w", "model.safetensors"));
    expect((await say("train", "scans", "--out", "w", "--force", "--monitor", "dice")).code).toBe(2);
    expect(await readFile(join(folder, "w", "model.safetensors"))).toEqual(model);
  });

  it("says that there is nothing to learn where images have neither labels nor masks", async () => {
    const { code, err } = await say("train", "flat", "--out", "f");
    expect([code, err]).toEqual([2, expect.stringMatching(/^voxgrad: DATA: expected images with labels .* got images alone\.\n$/)]); // prettier-ignore
  });

  it("says what is gone of a study", async () => {
    expect((await say("train", "scans", "--out", "gone", "--epochs", "1")).code).toBe(0);
    const first = await readFile(join(folder, "gone", "study.json"));
    await rm(join(folder, "gone", "study.json"));
    expect((await say("test", "gone")).err).toMatch(/whose study\.json is gone\. Restore it from a copy\./);
    await writeFile(join(folder, "gone", "study.json"), first);
    await rm(join(folder, "gone", "model.safetensors"));
    expect((await say("test", "gone")).err).toMatch(/model\.safetensors: expected the model that ledger\.jsonl line 5 names, got no file\./); // prettier-ignore
    expect((await say("predict", "gone", "flat", "--out", "p.csv")).err).toMatch(/without model\.safetensors\. Train it to its end: voxgrad train DATA --out gone --resume/); // prettier-ignore
    expect((await say("train", "scans", "--out", "c", "--config", "no.json")).err).toMatch(/got no\.json: it is not there\n$/); // prettier-ignore
  });
});

describe("tables", () => {
  it("of spreadsheets are read: UTF-16, UTF-8 with a mark, Windows' ends of lines; older encodings are refused, not guessed", async () => {
    const text = lines((index) => `img/${index}.png,${index % 2 ? "Tumör" : "gesund"}`, "\r\n");
    await table("utf16", Buffer.from(`\ufeff${text}`, "utf16le"));
    await table("big", Buffer.from(`\ufeff${text}`, "utf16le").swap16());
    await table("utf8", `\ufeff${text}\r\n`);
    for (const name of ["utf16", "big", "utf8"])
      expect((await say("inspect", name)).out).toMatch(/class Tumör +class gesund\n +all +30 .* 15 +15\n/);
    await table("latin1", Buffer.from(text, "latin1"));
    const { code, err } = await say("inspect", "latin1");
    expect([code, err]).toEqual([2, expect.stringMatching(/manifest\.csv: expected a table in UTF-8, .*Save it as "CSV UTF-8"\.\n$/)]); // prettier-ignore
    // A table of something else lies beside the images in any encoding.
    await writeFile(join(folder, "scans", "Ärzte.csv"), Buffer.from("Größe;Alter\r\nÄ;7\r\n", "latin1"));
    expect((await say("inspect", "scans")).code).toBe(0);
    await rm(join(folder, "scans", "Ärzte.csv"));
  });
});

describe("voxgrad inspect", () => {
  it("counts classes that are numbers in their order, in the order of training", async () => {
    const { out } = await say("inspect", "numbers");
    expect(out).toMatch(/class 9 +class 10 +class 100\n/);
    expect((await say("train", "numbers", "--out", "n", "--epochs", "1")).code).toBe(0);
    await say("predict", "n", "numbers/9/0.png", "--out", "n.csv");
    expect(await readFile(join(folder, "n.csv"), "utf8")).toMatch(/^image,predicted,p\(9\),p\(10\),p\(100\),/);
  });

  it("says what training stops at: a class that a set has no image of", async () => {
    for (const set of ["train", "val", "test"])
      await images("three", 12, (index) => `${set}/${index % 2 && set !== "test" ? "b" : "a"}/${set}${index}.png`);
    expect((await say("inspect", "three")).out).toMatch(/voxgrad train stops at this: the test set has no image of "b"\./); // prettier-ignore
  });
});

describe("voxgrad predict", () => {
  it("takes one image, and says what size it should have", async () => {
    const { code, out } = await say("predict", "st 6", "scans/gesund/0.png", "--out", "one.csv");
    expect([code, out]).toEqual([0, expect.stringMatching(/^1 image predicted: one\.csv\n/)]);
    expect((await readFile(join(folder, "one.csv"), "utf8")).split("\n")[1]).toMatch(/^0\.png,/);
    await writeFile(join(folder, "small.png"), encode({ width: 4, height: 4, data: new Uint8Array(16), channels: 1, depth: 8 })); // prettier-ignore
    expect((await say("predict", "st 6", "small.png", "--out", "one.csv")).err).toMatch(/network: expected images of 8x8, as those of training, got 4x4\. Resize them/); // prettier-ignore
    await writeFile(join(folder, "broken.npz"), "no zip");
    expect((await say("predict", "st 6", "broken.npz", "--out", "one.csv")).err).toMatch(/expected a zip file/);
  });
});

describe("voxgrad test", () => {
  it("says of which class recall is", async () => {
    const { out } = await say("test", "st 6");
    expect(out).toMatch(/Recall, precision and Dice are of "gesund", the second class; specificity is of "Tumor ä"\. To look for the other, train with --positive 'Tumor ä'\./); // prettier-ignore
  });
});
