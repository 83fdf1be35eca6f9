import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import type { Dataset, DatasetSplit } from "../../src/data/dataset.ts";
import { StudyStateError } from "../../src/errors.ts";
import { dense, relu } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { memoryStorage } from "../../src/storage/memory.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { study } from "../../src/study/study.ts";
import { verifyStudy } from "../../src/study/verify.ts";
import { ema } from "../../src/train/average.ts";
import { reduceOnPlateau } from "../../src/train/schedule.ts";
import { blobs, copyOf, linesOf, quick, textOf, trainAll, trained, write, writeLines } from "./small-study.ts";

const hash = (text: string) => createHash("sha256").update(text).digest("hex");
const notGiven = "The data: it was not given (--data PATH).";

/** Lines with their numbers, hashes and seal put right, as one who knows how would forge them. */
async function forge(storage: Storage, entries: readonly Record<string, unknown>[]): Promise<void> {
  const lines: string[] = [];
  for (const [index, entry] of entries.entries()) {
    const previous = lines.length === 0 ? "0".repeat(64) : hash(lines[lines.length - 1]);
    lines.push(JSON.stringify({ ...entry, index, previous }));
  }
  await writeLines(storage, lines);
  await write(storage, "seal.json", JSON.stringify({ version: 1, lines: lines.length, head: hash(lines.at(-1)!) }));
}

const entriesOf = async (storage: Storage) =>
  (await linesOf(storage)).map((line) => JSON.parse(line) as Record<string, unknown>);

describe("verifyStudy", () => {
  let whole: Storage;
  let data: Dataset | DatasetSplit;
  beforeAll(async () => {
    const made = await trained();
    await made.run.test({ pages: { "report.html": () => "<p>report</p>" } });
    ({ storage: whole, data } = made);
  });

  it("finds nothing at a study as it was written, before training, after it, after the test; and changes nothing", async () => {
    const storage = memoryStorage();
    const run = study({ data, seed: 3, storage });
    await run.sets();
    expect(await verifyStudy({ storage, data })).toEqual({ valid: true, problems: [], unchecked: [] });
    await trainAll(run);
    expect(await verifyStudy({ storage, data })).toEqual({ valid: true, problems: [], unchecked: [] });
    await run.refine({ remedies: [{ l2: 0.01 }], epochs: 3 });
    await run.learningCurve();
    await run.test();
    await run.test({ reopen: "a reason" });
    const before = await Promise.all((await storage.list()).map((name) => textOf(storage, name)));
    expect(await verifyStudy({ storage, data })).toEqual({ valid: true, problems: [], unchecked: [] });
    expect(await verifyStudy({ storage })).toEqual({ valid: true, problems: [], unchecked: [notGiven] });
    expect(await Promise.all((await storage.list()).map((name) => textOf(storage, name)))).toEqual(before);
  });

  it("says what it leaves out of a run that was stopped", async () => {
    const storage = memoryStorage();
    const stop = new AbortController();
    const onStep = () => stop.abort(new Error("enough"));
    const run = study({ data, seed: 3, storage });
    await expect(trainAll(run, { ...quick, signal: stop.signal, onStep })).rejects.toThrow("enough");
    const unchecked = ["Model, history and settings: training was stopped before its end. Resume it."];
    expect(await verifyStudy({ storage, data })).toEqual({ valid: true, problems: [], unchecked });
  });

  const edits: [string, (storage: Storage) => Promise<void>, string, number | undefined, RegExp][] = [
    ["a line edited", async (s) => writeLines(s, (await linesOf(s)).map((line, i) => (i === 4 ? line.replace('"epochs":3', '"epochs":2') : line))), "ledger.jsonl", 6, /the chain of hashes is broken/],
    ["its last line cut off", async (s) => writeLines(s, (await linesOf(s)).slice(0, -1)), "ledger.jsonl", 7, /its last lines were cut off/],
    ["lines exchanged", async (s) => { const l = await linesOf(s); await writeLines(s, l.with(3, l[4]).with(4, l[3])); }, "ledger.jsonl", 4, /expected entry 3, got entry 4/],
    ["a line half written", async (s) => write(s, "ledger.jsonl", (await textOf(s, "ledger.jsonl")) + '{"index"'), "ledger.jsonl", 8, /ends in the middle/],
    ["no seal", (s) => s.remove("seal.json"), "seal.json", undefined, /got none: it was removed/],
    ["no study.json", (s) => s.remove("study.json"), "study.json", undefined, /expected study\.json, got a folder without/],
    ["other settings", async (s) => write(s, "study.json", (await textOf(s, "study.json")).replace('"batchSize": 8', '"batchSize": 9')), "study.json", undefined, /expected the settings of training that ledger\.jsonl line 4 names/],
    ["another division", async (s) => write(s, "study.json", (await textOf(s, "study.json")).replace("0.7", "0.6")), "study.json", undefined, /division and images as ledger\.jsonl line 1 has them/],
    ["no model", (s) => s.remove("model.safetensors"), "model.safetensors", undefined, /got no file/],
    ["another model", async (s) => s.write("model.safetensors", (await (await trained(data, { ...quick, epochs: 2 })).storage.read("model.safetensors"))!), "model.safetensors", undefined, /expected the weights that ledger\.jsonl line 5 names/],
    ["a damaged model", (s) => write(s, "model.safetensors", "none"), "model.safetensors", undefined, /^expected at least 8 bytes, got 4/],
    ["another history", async (s) => write(s, "history.json", (await textOf(s, "history.json")).replace('"accuracy":', '"accuracy":1')), "history.json", undefined, /got others: it was edited|accuracy/],
    ["another table", async (s) => write(s, "history.csv", (await textOf(s, "history.csv")).replace(/\n1,/, "\n7,")), "history.csv", undefined, /got another: it was edited/],
    ["a better report", async (s) => write(s, "report.json", (await textOf(s, "report.json")).replace(/"value": 0\.\d+/, '"value": 0.999')), "report.json", undefined, /expected the report that ledger\.jsonl line 7 names, got another: it was edited/],
    ["the report of other weights", async (s) => write(s, "report.json", (await textOf(s, "report.json")).replace(/"weightsSha256": "\w{8}/, '"weightsSha256": "00000000')), "report.json", undefined, /got another( of other weights \(00000000\w+\))?: it was edited/],
    ["another page", (s) => write(s, "report.html", "<p>better</p>"), "report.html", undefined, /got another: it was edited/],
    ["no page", (s) => s.remove("report.md"), "report.md", undefined, /got no file/],
  ]; // prettier-ignore
  it.each(edits)("finds %s, and says where", async (_, edit, file, line, message) => {
    const storage = await copyOf(whole);
    await edit(storage);
    const { valid, problems } = await verifyStudy({ storage, data });
    expect(valid).toBe(false);
    const found = problems.filter((problem) => problem.file === file && message.test(problem.message));
    expect(found, JSON.stringify(problems)).toHaveLength(1);
    expect(found[0].line).toBe(line);
  });

  const stories: [string, (entries: Record<string, unknown>[]) => Record<string, unknown>[], number, RegExp][] = [
    ["training after the opening", (e) => [...e, e[3]], 8, /expected nothing but the test after the opening of the test set in ledger\.jsonl line 6/],
    ["a second opening without a reason", (e) => [...e, e[5]], 8, /expected the reason of a second opening/],
    ["an opening while another is open", (e) => [...e.slice(0, 6), { ...e[5], reason: "x" }, e[6]], 7, /expected the test of ledger\.jsonl line 6 to end/],
    ["an opening by other weights", (e) => e.with(5, { ...e[5], weightsSha256: "ab" }), 6, /expected the weights of ledger\.jsonl line 5/],
    ["an opening with another decision", (e) => e.with(5, { ...e[5], decision: { temperature: 2 } }), 6, /expected the decision that ledger\.jsonl line 5 froze/],
    ["an opening of another test set", (e) => e.with(5, { ...e[5], testSha256: "ab" }), 6, /expected the test set of ledger\.jsonl line 3/],
    ["fewer looks at validation than before", (e) => e.with(5, { ...e[5], validationLookUps: 1 }), 6, /expected at least the 3 looks/],
    ["an end without an opening", (e) => e.toSpliced(5, 1), 6, /expected an opening that has not ended before "test finished"/],
    ["training before the sets were committed to", (e) => e.toSpliced(2, 1), 3, /expected the sets to be committed to first/],
    ["another beginning", (e) => e.slice(1), 1, /expected "created" first/],
  ]; // prettier-ignore
  it.each(stories)(
    "finds a forged ledger whose chain and seal are right, with %s",
    async (_, change, line, message) => {
      const storage = await copyOf(whole);
      await forge(storage, change(await entriesOf(storage)));
      const { problems } = await verifyStudy({ storage });
      const found = problems.filter((problem) => message.test(problem.message));
      expect(found, JSON.stringify(problems)).toMatchObject([{ file: "ledger.jsonl", line }]);
    },
  );

  it("finds a report whose opening was cut off with the seal put back", async () => {
    const storage = await copyOf(whole);
    await forge(storage, (await entriesOf(storage)).slice(0, 5));
    const { problems } = await verifyStudy({ storage });
    expect(problems).toMatchObject([{ file: "ledger.jsonl", line: 6, message: expect.stringMatching(/lines were cut off/) as string }]); // prettier-ignore
  });

  it("finds other images in each of the sets, and too few", async () => {
    const sets = { train: blobs(60, 4), validation: blobs(30, 5), test: blobs(30, 6) };
    const { storage } = await trained(sets);
    for (const name of ["train", "validation", "test"] as const) {
      const { problems } = await verifyStudy({ storage, data: { ...sets, [name]: blobs(sets[name].length, 9) } });
      expect(problems).toMatchObject([
        { file: "DATA", message: `${name} set: expected the images that ledger.jsonl line 3 commits to, got others.` },
      ]);
    }
    const fewer = await verifyStudy({ storage, data: { ...sets, train: blobs(40, 4) } });
    expect(fewer.problems).toMatchObject([{ file: "DATA", message: expect.stringMatching(/got 40 others/) as string }]);
  });
});

describe("verifyStudy with replay", () => {
  const layers = network([dense(5), relu(), dense(2)]);

  it("trains again from the recorded settings to the same weights and decision, also of a run left early", async () => {
    const storage = memoryStorage();
    const data = blobs(80, 1);
    const options = { ...quick, network: layers, epochs: 6, patience: 2, average: ema({ decay: 0.9 }), schedule: reduceOnPlateau(), decision: { threshold: "youden" as const } }; // prettier-ignore
    const run = study({ data, seed: 3, storage });
    for await (const { epoch } of run.train(options)) if (epoch === 2) break;
    const heard: [number, number][] = [];
    const onEpoch = ({ epoch }: { epoch: number }, planned: number) => heard.push([epoch, planned]);
    const found = await verifyStudy({ storage, data, replay: true, onEpoch });
    expect(found).toEqual({ valid: true, problems: [], unchecked: [] });
    expect(heard).toEqual([[1, 2], [2, 2]]); // prettier-ignore
  });

  it("of a refined study, by halving or by folds, trains the network that was kept, and says that the search is not run again", async () => {
    const data = blobs(90, 4);
    for (const folds of [null, 2]) {
      const storage = memoryStorage();
      const run = study({ data, seed: 3, storage });
      await trainAll(run, { ...quick, epochs: 1 });
      const { kept } = await run.refine({ remedies: [{ l2: 1e-4 }, { dropout: 0.1 }], epochs: 12, folds });
      expect(kept).not.toBe("none");
      const { valid, problems, unchecked } = await verifyStudy({ storage, data, replay: true });
      expect({ valid, problems }).toEqual({ valid: true, problems: [] });
      expect(unchecked).toEqual([expect.stringMatching(/^The search for remedies: the network that was kept/)]);
    }
  });

  it("begins where a warm start began, from the model that the study keeps; a changed one is found", async () => {
    const data = blobs(80, 1);
    const { run: first } = await trained(blobs(60, 7), { ...quick, network: layers });
    const storage = memoryStorage();
    const run = study({ data, seed: 3, storage });
    await trainAll(run, { ...quick, network: layers, from: await first.model(), freeze: ["hidden 1"] });
    expect(await verifyStudy({ storage, data, replay: true })).toEqual({ valid: true, problems: [], unchecked: [] });
    await storage.write("from.safetensors", (await storage.read("model.safetensors"))!);
    const { problems } = await verifyStudy({ storage, data, replay: true });
    expect(problems).toMatchObject([{ file: "from.safetensors", message: expect.stringMatching(/^expected the model that the study began from/) as string }]); // prettier-ignore
  });

  it("finds weights, and a decision, that the settings do not come to, where all else was forged", async () => {
    const { storage, data } = await trained();
    // The settings of a run with another learning rate, and every hash of them put right.
    const other = await trained(data, { ...quick, epochs: 2 });
    const forged = await copyOf(storage);
    const [own, foreign] = [await entriesOf(storage), await entriesOf(other.storage)];
    const names = ["model.safetensors", "history.json", "history.csv"];
    for (const name of names) await forged.write(name, (await other.storage.read(name))!);
    await forge(forged, own.with(4, { ...foreign[4], epochs: 3 }));
    expect((await verifyStudy({ storage: forged, data })).valid).toBe(true);
    const { valid, problems } = await verifyStudy({ storage: forged, data, replay: true });
    expect(valid).toBe(false);
    expect(problems).toMatchObject([
      { file: "model.safetensors", message: expect.stringMatching(/^trained again from the recorded settings, 3 epochs: expected the weights/) as string }, // prettier-ignore
    ]);
  });

  it("says where this engine has another arithmetic than the one that trained", async () => {
    const { storage, data } = await trained();
    const entries = await entriesOf(storage);
    await forge(storage, entries.with(4, { ...entries[4], numericMode: "fast", fused: true }));
    const { problems } = await verifyStudy({ storage, data, replay: true });
    expect(problems).toMatchObject([{ file: "ledger.jsonl", line: 5, message: expect.stringMatching(/^cannot be replayed here: it was trained with the arithmetic fast, fused/) as string }]); // prettier-ignore
  });

  it("is refused without the data, and left out where something else is wrong", async () => {
    const { storage, data } = await trained();
    await expect(verifyStudy({ storage, replay: true })).rejects.toThrow(StudyStateError);
    await storage.remove("seal.json");
    const { valid, unchecked } = await verifyStudy({ storage, data, replay: true });
    expect(valid).toBe(false);
    expect(unchecked).toEqual([expect.stringMatching(/^The training: it is trained again where/)]);
  });
});
