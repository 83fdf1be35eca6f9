import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import type { Dataset } from "../../src/data/dataset.ts";
import { FormatError, SealedTestSetError, StudyStateError } from "../../src/errors.ts";
import { readSafetensors, writeSafetensors } from "../../src/io/safetensors.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { appendEntry } from "../../src/study/ledger.ts";
import { openStudy, study } from "../../src/study/study.ts";
import { memoryStorage } from "../../src/storage/memory.ts";
import { markdownOf } from "../../src/report/markdown.ts";
import { blobs, copyOf, linesOf, quick, textOf, trainAll, trained, write, writeLines } from "./small-study.ts";

const hash = (text: string) => createHash("sha256").update(text).digest("hex");
const sealOf = async (storage: Storage) => JSON.parse(await textOf(storage, "seal.json")) as { lines: number; head: string }; // prettier-ignore
const events = async (storage: Storage) =>
  (await linesOf(storage)).map((line) => (JSON.parse(line) as { event: string }).event);

describe("seal.json", () => {
  it("holds the number of the ledger's lines and the hash of the last, after every line", async () => {
    const plain = memoryStorage();
    const seen: [number, number][] = [];
    const storage: Storage = {
      ...plain,
      async write(name, bytes) {
        await plain.write(name, bytes);
        if (name !== "seal.json") return;
        const lines = await linesOf(plain);
        const { lines: count, head } = await sealOf(plain);
        expect(head).toBe(hash(lines[lines.length - 1]));
        seen.push([count, lines.length]);
      },
    };
    const run = study({ data: blobs(80, 1), seed: 3, storage });
    await trainAll(run);
    await run.test();
    expect(seen).toEqual(Array.from({ length: 7 }, (_, i) => [i + 1, i + 1]));
  });

  it("one line behind the ledger, as a process that was stopped between the two leaves it, is accepted and mended; two are not", async () => {
    const { storage, data } = await trained();
    const lines = await linesOf(storage);
    const sealed = await textOf(storage, "seal.json");
    const after = await copyOf(storage);
    await appendEntry(after, { event: "interrupted", epochs: 1, images: 0 });
    expect((await openStudy({ storage: after, data }).ledger()).length).toBe(lines.length + 1);
    expect(await sealOf(after)).toMatchObject({ lines: lines.length + 1 });
    await write(after, "seal.json", sealed);
    await appendEntry(after, { event: "interrupted", epochs: 1, images: 0 });
    await expect(openStudy({ storage: after, data }).ledger()).rejects.toThrow(
      /^seal\.json: expected the seal of 7 lines, or of one less, got one of 5/,
    );
  });

  it("is never more than one line behind: a line that was not sealed is sealed before the next", async () => {
    const plain = memoryStorage();
    let fails = 0;
    const storage: Storage = {
      ...plain,
      write: (name, bytes) =>
        name === "seal.json" && fails-- > 0 ? Promise.reject(new Error("disk full")) : plain.write(name, bytes),
    };
    const run = study({ data: blobs(80, 1), seed: 3, storage });
    await trainAll(run);
    fails = 2;
    await expect(run.test()).rejects.toThrow("disk full");
    expect((await events(plain)).at(-1)).toBe("test opened");
    await expect(run.test()).rejects.toThrow("disk full");
    expect(await events(plain)).toHaveLength(6);
    await run.test();
    expect((await events(plain)).slice(5)).toEqual(["test opened", "test resumed", "test finished"]);
    expect((await sealOf(plain)).lines).toBe(8);
  });

  let whole: Storage;
  let data: Dataset;
  let lines: string[];
  beforeAll(async () => {
    const made = await trained();
    await made.run.test();
    [whole, data, lines] = [made.storage, made.data as Dataset, await linesOf(made.storage)];
  });
  const forged = (index: number, change: (line: string) => string) => lines.with(index, change(lines[index]));
  it.each([
    ["the last line cut off", () => lines.slice(0, -1), /^ledger\.jsonl line 7: expected the 7 lines that seal\.json has, got 6: its last lines were cut off/], // prettier-ignore
    ["the opening cut off", () => lines.slice(0, -2), /^ledger\.jsonl line 6: expected the 7 lines/],
    ["all lines removed", () => [], /^ledger\.jsonl line 1: expected the 7 lines that seal\.json has, got none: it was removed/], // prettier-ignore
    ["a line edited", () => forged(4, (line) => line.replace('"epochs":3', '"epochs":2')), /^ledger\.jsonl line 6: the chain/], // prettier-ignore
    ["the last line edited", () => forged(6, (line) => line.replace(/"time":"2\d/, '"time":"19')), /^ledger\.jsonl line 7: the last line that seal\.json has was edited/], // prettier-ignore
    ["two lines exchanged", () => lines.with(3, lines[4]).with(4, lines[3]), /^ledger\.jsonl line 4: expected entry 3/], // prettier-ignore
  ])("refuses every call on a study with %s, and names the line", async (_, changed, message) => {
    const storage = await copyOf(whole);
    await writeLines(storage, changed());
    const before = await textOf(storage, "ledger.jsonl");
    for (const call of [
      () => openStudy({ storage, data }).test(),
      () => openStudy({ storage, data }).ledger(),
      () => openStudy({ storage, data }).test({ reopen: "a reason" }),
      () => trainAll(openStudy({ storage, data })),
    ]) {
      await expect(call()).rejects.toThrow(StudyStateError);
      await expect(call()).rejects.toThrow(message);
    }
    expect(await textOf(storage, "ledger.jsonl")).toBe(before);
  });

  it("a last line that was sealed and cut in the middle is not dropped, but refused", async () => {
    const storage = await copyOf(whole);
    const text = (await textOf(storage, "ledger.jsonl")).slice(0, -20);
    await write(storage, "ledger.jsonl", text);
    await expect(openStudy({ storage, data }).test()).rejects.toThrow(/^ledger\.jsonl line 7: expected the 7 lines/);
    expect(await textOf(storage, "ledger.jsonl")).toBe(text);
  });

  it.each([
    ["removed", null, /^seal\.json: expected the seal of 7 lines, or of one less, got none: it was removed/],
    ["of another ledger", JSON.stringify({ version: 1, lines: 7, head: "ab".repeat(32) }), /^ledger\.jsonl line 7: the last line/], // prettier-ignore
    ["no seal", '{"lines":7}', /^seal\.json: expected the number of the ledger's lines.*: it was edited/],
    ["no JSON", "7", /^seal\.json: expected the number/],
  ])("that is %s is refused by its name", async (_, text, message) => {
    const storage = await copyOf(whole);
    if (text === null) await storage.remove("seal.json");
    else await write(storage, "seal.json", text);
    await expect(openStudy({ storage, data }).test()).rejects.toThrow(message);
  });
});

describe("the opening of the test set", () => {
  it("is on disk, line and seal, before the first test image is read, whatever call to the disk fails", async () => {
    const sets = { train: blobs(60, 4), validation: blobs(30, 5), test: blobs(30, 6) };
    const { storage: before } = await trained(sets);
    for (let failing = 0; ; failing++) {
      const plain = await copyOf(before);
      let calls = 0;
      const counted = (act: (name: string, bytes: Uint8Array) => Promise<void>) => async (name: string, bytes: Uint8Array) => {
        if (calls++ === failing) throw new Error("power cut");
        await act(name, bytes);
      }; // prettier-ignore
      const storage: Storage = {
        ...plain,
        write: counted((name, bytes) => plain.write(name, bytes)),
        append: counted((name, bytes) => plain.append(name, bytes)),
      };
      const unopened: string[] = [];
      const look = async (what: string) => {
        const isSealed = (await sealOf(plain)).lines === (await linesOf(plain)).length;
        if (!(await events(plain)).includes("test opened") || !isSealed) unopened.push(what);
      };
      const looks: Promise<void>[] = [];
      const test = {
        ...sets.test,
        read: (index: number, into: Float32Array, offset: number) => (looks.push(look("read")), sets.test.read(index, into, offset)), // prettier-ignore
        readBytes: undefined,
        readRun: undefined,
        digest: (index: number) => (looks.push(look("digest")), sets.test.digest(index)),
      };
      const done = await openStudy({ storage, data: { ...sets, test } })
        .test()
        .then(() => true, () => false); // prettier-ignore
      await Promise.all(looks);
      expect(unopened).toEqual([]);
      if (looks.length > 0) expect(await events(plain)).toContain("test opened");
      // Failing behind the last line, it has ended.
      const isOver = (await events(plain)).includes("test finished");
      if (!isOver) await openStudy({ storage: plain, data: sets }).test();
      expect((await events(plain)).filter((event) => event === "test opened")).toHaveLength(1);
      if (done) {
        expect(looks.length).toBeGreaterThanOrEqual(60);
        expect(failing).toBeGreaterThan(5);
        break;
      }
    }
  });

  it("that was cut short is finished by the next test, by the same weights, and is recorded and reported as resumed", async () => {
    const { storage, data } = await trained();
    const broken = { ...storage, write: (name: string, bytes: Uint8Array) => name.startsWith("report") ? Promise.reject(new Error("power cut")) : storage.write(name, bytes) }; // prettier-ignore
    await expect(openStudy({ storage: broken, data }).test()).rejects.toThrow("power cut");
    const report = await openStudy({ storage, data }).test();
    expect((await events(storage)).slice(-3)).toEqual(["test opened", "test resumed", "test finished"]);
    expect(report.openings).toMatchObject([
      { resumed: true, reason: null, validationLookUps: 3, weightsSha256: report.weightsSha256 },
    ]);
    expect(report.testSet.opened).toBe(report.openings[0].time);
    expect(report.warnings.join()).not.toMatch(/was opened/);
  });

  it("happens once: a second test, training, refining and learning curves after it are refused, with the line; the files stay", async () => {
    const { storage, data, run } = await trained();
    await run.test();
    const before = await Promise.all((await storage.list()).map((name) => textOf(storage, name)));
    for (const again of [run, openStudy({ storage, data })]) {
      await expect(again.test()).rejects.toThrow(/opened before \(ledger\.jsonl line 6\); its test ended on /);
      for (const call of [() => trainAll(again), () => again.refine(), () => again.learningCurve()]) {
        await expect(call()).rejects.toThrow(SealedTestSetError);
        await expect(call()).rejects.toThrow(/\(ledger\.jsonl line 6\); training after it would fool the test/);
      }
    }
    expect(await Promise.all((await storage.list()).map((name) => textOf(storage, name)))).toEqual(before);
  });

  it("is repeated for a reason alone; every later report begins with how often, when and why", async () => {
    const { storage, data, run } = await trained();
    await expect(run.test({ reopen: "too early" })).rejects.toThrow(/expected a test set that was opened before/);
    const first = await run.test();
    expect(first.openings).toHaveLength(1);
    for (const reason of ["", "  "])
      await expect(run.test({ reopen: reason })).rejects.toThrow(/expected the reason in words/);
    const second = await run.test({ reopen: "the report was lost" });
    const third = await openStudy({ storage, data }).test({ reopen: "a reviewer asked" });
    expect(second.metrics).toEqual(first.metrics);
    expect(third.openings.map(({ reason }) => reason)).toEqual([null, "the report was lost", "a reviewer asked"]);
    expect(third.warnings[0]).toMatch(
      /^The test set was opened 3 times, first on .*"the report was lost"; on .*"a reviewer asked"\. A set that was looked at/,
    );
    const text = markdownOf(third);
    expect(text.indexOf("was opened 3 times")).toBeGreaterThan(0);
    expect(text.indexOf("was opened 3 times")).toBeLessThan(text.indexOf("## Figures"));
    expect(await events(storage)).toEqual([...(await events(storage)).slice(0, 5), ...Array<string[]>(3).fill(["test opened", "test finished"]).flat()]); // prettier-ignore
    await expect(openStudy({ storage, data }).test()).rejects.toThrow(SealedTestSetError);
    await expect(trainAll(openStudy({ storage, data }))).rejects.toThrow(SealedTestSetError);
  });

  it("that was stopped is finished before there is another; with the same reason it goes on", async () => {
    const { storage, data, run } = await trained();
    const broken = { ...storage, write: (name: string, bytes: Uint8Array) => name.startsWith("report") ? Promise.reject(new Error("power cut")) : storage.write(name, bytes) }; // prettier-ignore
    await expect(openStudy({ storage: broken, data }).test()).rejects.toThrow("power cut");
    await expect(run.test({ reopen: "again" })).rejects.toThrow(/got one that was stopped \(ledger\.jsonl line 6\)/);
    await run.test();
    await expect(openStudy({ storage: broken, data }).test({ reopen: "again" })).rejects.toThrow("power cut");
    const report = await openStudy({ storage, data }).test({ reopen: "again" });
    expect(report.openings).toMatchObject([{ resumed: true, reason: null }, { resumed: true, reason: "again" }]); // prettier-ignore
  });

  it("is refused for other weights, another recipe, another decision, another history, and other settings: each names the file", async () => {
    const { storage: whole, data } = await trained();
    const other = await trained(data, { ...quick, epochs: 2 });
    const edited = async (name: string, change: (text: string) => string) => {
      const storage = await copyOf(whole);
      const text = await textOf(storage, name);
      expect(change(text)).not.toBe(text);
      await write(storage, name, change(text));
      return storage;
    };
    const recipe = async (change: (text: string) => string) => {
      const storage = await copyOf(whole);
      const { tensors, metadata } = readSafetensors((await storage.read("model.safetensors"))!, "model");
      const text = metadata.get("voxgrad")!;
      expect(change(text)).not.toBe(text);
      await storage.write("model.safetensors", writeSafetensors(tensors, { format: "pt", voxgrad: change(text) }));
      return storage;
    };
    const swapped = await copyOf(whole);
    await swapped.write("model.safetensors", (await other.storage.read("model.safetensors"))!);
    const gone = await copyOf(whole);
    await gone.remove("history.json");
    const cases: [Storage, RegExp][] = [
      [swapped, /^model\.safetensors: expected the weights that ledger\.jsonl line 5 names/],
      [await recipe((text) => text.replace('"threshold":0.5', '"threshold":0.4')), /^model\.safetensors: expected the decision that ledger\.jsonl line 5 froze \(.*threshold 0\.5.*got.*threshold 0\.4/], // prettier-ignore
      [await recipe((text) => text.replace(/"temperature":[\d.]+/, '"temperature":2')), /^model\.safetensors: expected the decision .* got temperature 2,/], // prettier-ignore
      [await recipe((text) => text.replace('"relu"', '"tanh"')), /^model\.safetensors: expected the file that ledger\.jsonl line 5 names/], // prettier-ignore
      [await edited("history.json", (text) => text.replace('"loss":', '"loss":1')), /^history\.json: expected the epochs that ledger\.jsonl line 5 names, got others/], // prettier-ignore
      [gone, /^history\.json: .*got no file/],
      [await edited("study.json", (text) => text.replace('"epochs": 3', '"epochs": 4')), /^study\.json: expected the settings of training that ledger\.jsonl line 4 names, got others/], // prettier-ignore
      [await edited("study.json", (text) => text.replace("0.15", "0.16")), /^study\.json: expected classification from seed 3, and division and images as ledger\.jsonl line 1 has them/], // prettier-ignore
    ];
    for (const [storage, message] of cases) {
      const before = await textOf(storage, "ledger.jsonl");
      await expect(openStudy({ storage, data }).test()).rejects.toThrow(message);
      expect(await textOf(storage, "ledger.jsonl")).toBe(before);
    }
    const broken = await recipe((text) => text.replace(/"temperature":[\d.]+/, '"temperature":-1'));
    await expect(openStudy({ storage: broken, data }).test()).rejects.toThrow(FormatError);
  });

  it("counts although the test set's pixels changed; it is finished once they are back", async () => {
    const sets = { train: blobs(60, 4), validation: blobs(30, 5), test: blobs(30, 6) };
    const { storage } = await trained(sets);
    const other = openStudy({ storage, data: { ...sets, test: blobs(30, 7) } });
    await expect(other.test()).rejects.toThrow(/^test set: expected the images that ledger\.jsonl line 3 commits to/);
    expect((await openStudy({ storage, data: sets }).test()).openings).toMatchObject([{ resumed: true }]);
  });
});
