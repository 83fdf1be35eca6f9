import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Report } from "../../src/index.ts";
import { start, voxgrad } from "./run.ts";
import { scans } from "./scans.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "voxgrad-cli-"));
  await writeFile(join(folder, "scans.npz"), await scans(200, 3));
});
afterAll(() => rm(folder, { recursive: true }));

const parse = <T>(text: string) => JSON.parse(text) as T;
const entries = async (study: string) =>
  (await readFile(join(folder, study, "ledger.jsonl"), "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => parse<{ event: string }>(line).event);

describe("voxgrad train, test and predict", () => {
  it("go through the three phases: a study, a report, predictions; each --json prints one object with the fixed fields", async () => {
    const trained = await voxgrad(folder, "train", "scans.npz", "--out", "a", "--epochs", "5", "--seed", "4", "--json");
    expect(trained.code).toBe(0);
    const result = parse<Record<string, unknown>>(trained.out);
    expect(Object.keys(result)).toEqual([
      "directory", "epochs", "bestEpoch", "weightsSha256", "train", "validation", "diagnosis", "explanation", "seconds",
    ]); // prettier-ignore
    expect(result).toMatchObject({ directory: "a", epochs: 5 });
    expect(result["weightsSha256"]).toMatch(/^[0-9a-f]{64}$/);
    expect(trained.err).toMatch(/epoch 5 of 5, total error/);
    expect((await readdir(join(folder, "a"))).sort()).toEqual([
      "checkpoint", "config.json", "history.csv", "history.json", "ledger.jsonl", "model.safetensors", "seal.json", "study.json",
    ]); // prettier-ignore

    const early = await voxgrad(folder, "predict", "a", "scans.npz", "--out", "early.csv");
    expect(early).toMatchObject({ code: 1, out: "" });
    expect(early.err).toMatch(/these are the study's own images, and its test set, which is sealed/);

    const tested = await voxgrad(folder, "test", "a", "--json", "--quiet");
    expect(tested.code).toBe(0);
    expect(tested.err).toBe("");
    const report = parse<Report>(tested.out);
    const { examples, ...written } = parse<Report>(await readFile(join(folder, "a", "report.json"), "utf8"));
    expect(report).toEqual(written);
    expect(examples).toBeDefined();
    expect(report.weightsSha256).toBe(result["weightsSha256"]);
    for (const name of ["accuracy", "recall", "specificity", "precision", "dice", "rocAuc", "confusion"])
      expect(report.metrics).toHaveProperty(name);
    expect(await readFile(join(folder, "a", "report.html"), "utf8")).toMatch(/^<!doctype html>/i);

    const again = await voxgrad(folder, "test", "a");
    expect(again).toMatchObject({ code: 1, out: "" });
    expect(again.err).toMatch(/^voxgrad: the test set was opened before.*\n$/);
    const after = await voxgrad(folder, "train", "scans.npz", "--out", "a", "--resume", "--quiet");
    expect(after).toMatchObject({ code: 1, out: "" });
    expect(after.err).toMatch(/training after it would fool the test/);

    const verified = await voxgrad(folder, "verify", "a", "--replay", "--json", "--quiet");
    expect(verified).toMatchObject({ code: 0, out: '{"valid":true,"problems":[],"unchecked":[]}\n', err: "" });
    const page = join(folder, "a", "report.html");
    await writeFile(page, `${await readFile(page, "utf8")} `);
    const edited = await voxgrad(folder, "verify", "a");
    expect(edited.code).toBe(1);
    expect(edited.out).toMatch(/^a is not what its ledger says: 1 problem\.\n {2}a\/report\.html: expected the report/);
    const reopened = await voxgrad(folder, "test", "a", "--reopen", "the page was edited", "--json", "--quiet");
    expect(parse<Report>(reopened.out).openings.map(({ reason }) => reason)).toEqual([null, "the page was edited"]);

    const predicted = await voxgrad(folder, "predict", "a", "scans.npz", "--out", "p.csv");
    expect(predicted).toMatchObject({ code: 0, err: "" });
    const table = (await readFile(join(folder, "p.csv"), "utf8")).trimEnd().split("\n");
    expect(table).toHaveLength(201);
    const titles = table[0].split(",");
    expect(titles.slice(0, 4)).toEqual(["image", "predicted", "p(0)", "p(1)"]);
    expect(titles.slice(-2)).toEqual(["distance", "unlike training"]);
    let unlike = 0;
    for (const line of table.slice(1)) {
      const cells = line.split(",");
      const [, , p0, p1] = cells.map(Number);
      expect(p0 + p1).toBeCloseTo(1, 6);
      expect(["0", "1"]).toContain(cells[1]);
      const [distance, reason] = [Number(cells[titles.length - 2]), cells.slice(titles.length - 1).join(",")];
      expect(/distance \d[^;]* times the limit/.test(reason)).toBe(distance > 1);
      if (reason !== "") unlike++;
    }
    // A few of so many images, and of those that the network was trained on, are beyond the limit.
    expect(unlike).toBeLessThan(8);
    const verdict = unlike === 0 ? "All are like the training images." : `Mind: ${unlike} of 200 `;
    expect(predicted.out.startsWith(`200 images predicted: p.csv\n${verdict}`)).toBe(true);
  });

  it("draws by class and smooths labels where told, and writes both down; refuses what does not go together", async () => {
    const train = (out: string, ...more: string[]) =>
      voxgrad(folder, "train", "scans.npz", "--out", out, "--epochs", "2", "--json", "--quiet", ...more);
    const hashOf = ({ out }: { out: string }) => parse<{ weightsSha256: string }>(out).weightsSha256;
    const plain = await train("w0");
    const drawn = await train("w1", "--sampling", "balanced", "--label-smoothing", "0.1");
    expect(drawn.code).toBe(0);
    expect(hashOf(drawn)).not.toBe(hashOf(plain));
    const { training } = parse<{ training: object }>(await readFile(join(folder, "w1", "study.json"), "utf8"));
    expect(training).toMatchObject({
      sampling: "balanced",
      loss: { kind: "softmaxCrossEntropy", labelSmoothing: 0.1 },
    });
    const config = join(folder, "w1", "config.json");
    expect(hashOf(await train("w2", "--config", config))).toBe(hashOf(drawn));
    const both = await train("w3", "--sampling", "balanced", "--class-weights", "balanced");
    expect(both).toMatchObject({ out: "" });
    expect(both.code).not.toBe(0);
    expect(both.err).toMatch(/makes up for rare classes twice/);
    const dice = await train("w4", "--loss", "sigmoidFocal", "--label-smoothing", "0.1");
    expect(dice).toMatchObject({ code: 2, out: "" });
    expect(dice.err).toMatch(
      /--label-smoothing: expected the loss softmaxCrossEntropy or sigmoidCrossEntropy, got sigmoidFocal/,
    );
  });

  it("the same seed gives the same weights, another seed others", async () => {
    const hash = async (out: string, seed: string) => {
      const { out: json } = await voxgrad(folder, "train", "scans.npz", "--out", out, "--epochs", "2", "--seed", seed, "--json"); // prettier-ignore
      return parse<{ weightsSha256: string }>(json).weightsSha256;
    };
    const first = await hash("s1", "11");
    expect(await hash("s2", "11")).toBe(first);
    expect(await hash("s3", "12")).not.toBe(first);
  });

  it("normalise, average, begin from another study's model with a layer frozen, and predict with uncertainty", async () => {
    const args = ["scans.npz", "--hidden", "8", "--hidden-norm", "batch", "--input-dropout", "0.1", "--spatial-dropout", "0.1", "--dropout-kind", "gaussian"]; // prettier-ignore
    const begun = await voxgrad(folder, "train", ...args, "--out", "n1", "--epochs", "3", "--ema", "0.9", "--max-norm", "3", "--json"); // prettier-ignore
    expect(begun.code).toBe(0);
    const { weightsSha256 } = parse<{ weightsSha256: string }>(begun.out);
    const more = ["--from", "n1", "--freeze", "hidden 1,batchNorm 1", "--epochs", "2", "--swa", "--seed", "2"];
    expect((await voxgrad(folder, "train", ...args, "--out", "n2", ...more, "--quiet")).code).toBe(0);
    const text = await readFile(join(folder, "n2", "study.json"), "utf8");
    const { training } = parse<{ training: Record<string, unknown> }>(text);
    const { layers } = training["network"] as { layers: { kind: string }[] };
    expect(layers.map(({ kind }) => kind)).toEqual([
      "spatialDropout", "gaussianDropout", "dense", "batchNorm", "relu", "gaussianDropout", "dense",
    ]); // prettier-ignore
    expect(training).toMatchObject({
      from: { weightsSha256 }, freeze: ["hidden 1", "batchNorm 1"], average: { kind: "swa", from: 2, every: 1 },
    }); // prettier-ignore
    await rm(join(folder, "n1"), { recursive: true });
    expect((await voxgrad(folder, "train", ...args, "--out", "n2", "--resume", "--quiet")).code).toBe(0);
    await voxgrad(folder, "test", "n2", "--quiet");
    const doubted = await voxgrad(folder, "predict", "n2", "scans.npz", "--out", "u.csv", "--uncertainty", "20");
    expect(doubted).toMatchObject({ code: 0 });
    const [header, ...rows] = (await readFile(join(folder, "u.csv"), "utf8")).trimEnd().split("\n");
    const doubts = ["deviation(0)", "deviation(1)", "entropy", "mutual information"];
    const titles = header.split(",");
    expect(titles.slice(-6)).toEqual([...doubts, "distance", "unlike training"]);
    for (const row of rows) {
      const cells = row.split(",").map(Number);
      const [p0, p1, d0, d1, entropy, information] = ["p(0)", "p(1)", ...doubts].map(
        (title) => cells[titles.indexOf(title)],
      );
      expect(p0 + p1).toBeCloseTo(1, 5);
      expect(d0).toBeCloseTo(d1, 4);
      expect(entropy).toBeCloseTo(-p0 * Math.log(p0) - p1 * Math.log(p1), 4);
      expect(information).toBeLessThanOrEqual(entropy);
    }
    expect((await voxgrad(folder, "predict", "n2", "scans.npz", "--out", "u.npz", "--uncertainty", "5")).code).toBe(0);
    const refused = await voxgrad(folder, "train", ...args, "--out", "n3", "--ema", "0.9", "--swa");
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.err).toMatch(/expected --ema or --swa, got both/);
  });

  it("segment where asked: masks out, Dice in the report", async () => {
    const args = ["train", "scans.npz", "--out", "m", "--task", "segmentation", "--epochs", "3", "--json", "--quiet"];
    const trained = await voxgrad(folder, ...args);
    expect(parse<{ validation: { dice: number } }>(trained.out).validation.dice).toBeGreaterThan(0);
    const tested = await voxgrad(folder, "test", "m", "--json");
    expect(parse<Report>(tested.out).task).toBe("segmentation");
    const table = await voxgrad(folder, "predict", "m", "scans.npz", "--out", "m.csv");
    expect(table).toMatchObject({ code: 2 });
    expect((await voxgrad(folder, "predict", "m", "scans.npz", "--out", "m.npz")).code).toBe(0);
    expect((await readFile(join(folder, "m.npz"))).subarray(0, 2).toString()).toBe("PK");
  });

  it("--resume on a finished run prints the same result; before any study it starts one", async () => {
    const args = ["train", "scans.npz", "--out", "r", "--epochs", "3", "--resume", "--json", "--quiet"];
    const first = await voxgrad(folder, ...args);
    expect(first.code).toBe(0);
    expect(await voxgrad(folder, ...args)).toEqual(first);
    const other = await voxgrad(folder, ...args, "--epochs", "9");
    expect(other).toMatchObject({ code: 2, out: "" });
    expect(other.err).toMatch(/got epochs 9 where it has 3/);
  });

  it("a folder that holds a study is refused without --resume or --force; --force leaves other files alone", async () => {
    await voxgrad(folder, "train", "scans.npz", "--out", "f", "--epochs", "1", "--quiet");
    await writeFile(join(folder, "f", "notes.txt"), "mine");
    const before = await readFile(join(folder, "f", "ledger.jsonl"), "utf8");
    const refused = await voxgrad(folder, "train", "scans.npz", "--out", "f", "--epochs", "1");
    expect(refused).toMatchObject({ code: 1, out: "" });
    expect(refused.err).toMatch(/--resume, replace it with --force/);
    expect(await readFile(join(folder, "f", "ledger.jsonl"), "utf8")).toBe(before);
    expect((await voxgrad(folder, "train", "scans.npz", "--out", "f", "--epochs", "1", "--force")).code).toBe(0);
    expect(await readFile(join(folder, "f", "ledger.jsonl"), "utf8")).not.toBe(before);
    expect(await readFile(join(folder, "f", "notes.txt"), "utf8")).toBe("mine");
  });

  it("a study that was begun with --config does what the same flags do", async () => {
    await writeFile(join(folder, "c.json"), '{ "epochs": 2, "hidden": [8], "dropout": 0.2, "learningRate": 0.01 }');
    const hash = (json: string) => parse<{ weightsSha256: string }>(json).weightsSha256;
    const file = await voxgrad(folder, "train", "scans.npz", "--out", "c1", "--config", "c.json", "--json");
    const flags = ["--epochs", "2", "--hidden", "8", "--dropout", "0.2", "--learning-rate", "0.01", "--json"];
    const line = await voxgrad(folder, "train", "scans.npz", "--out", "c2", ...flags);
    expect(hash(file.out)).toBe(hash(line.out));
    const kept = await voxgrad(folder, "train", "scans.npz", "--out", "c3", "--config", "c1/config.json", "--json");
    expect(hash(kept.out)).toBe(hash(file.out));
  });
});

describe("voxgrad, interrupted", () => {
  it("Ctrl-C finishes the step, saves, says how to go on and exits with 130; --resume gives the bits of a run that was let alone", async () => {
    const flags = ["--epochs", "30", "--patience", "none", "--hidden", "64,32", "--dropout", "0.2", "--seed", "5", "--json"]; // prettier-ignore
    const whole = await voxgrad(folder, "train", "scans.npz", "--out", "w", ...flags);
    const running = start(folder, "train", "scans.npz", "--out", "i", ...flags);
    running.child.stderr!.on("data", (chunk: Buffer) => {
      if (chunk.toString().includes("epoch 2 of")) running.child.kill("SIGINT");
    });
    const stopped = await running.ended;
    expect(stopped).toMatchObject({ code: 130, out: "" });
    expect(stopped.err).toMatch(/Go on: voxgrad train scans\.npz --out i --resume/);
    expect(await entries("i")).toEqual(["created", "audited", "split", "training started", "interrupted"]);
    const resumed = await voxgrad(folder, "train", "scans.npz", "--out", "i", "--resume", "--json");
    expect(resumed.code).toBe(0);
    const fields = (json: string) => {
      const { weightsSha256, epochs, bestEpoch } = parse<Record<string, unknown>>(json);
      return { weightsSha256, epochs, bestEpoch };
    };
    expect(fields(resumed.out)).toEqual(fields(whole.out));
  });

  it("killed at any moment, it can be resumed to the same bits; the lock that it left is ignored", async () => {
    const flags = ["--epochs", "12", "--patience", "none", "--seed", "6", "--json", "--quiet"];
    const whole = parse<{ weightsSha256: string }>((await voxgrad(folder, "train", "scans.npz", "--out", "kw", ...flags)).out); // prettier-ignore
    for (const milliseconds of [120, 180, 240, 320]) {
      const out = `k${milliseconds}`;
      const running = start(folder, "train", "scans.npz", "--out", out, ...flags);
      setTimeout(() => running.child.kill("SIGKILL"), milliseconds);
      await running.ended;
      const resumed = await voxgrad(folder, "train", "scans.npz", "--out", out, "--resume", ...flags);
      expect(resumed).toMatchObject({ code: 0, err: "" });
      expect(parse<{ weightsSha256: string }>(resumed.out).weightsSha256).toBe(whole.weightsSha256);
    }
  });
});

describe("voxgrad, called wrongly", () => {
  it.each([
    [["trian"], /unknown command 'trian'\. Did you mean "train"\?/],
    [["train", "scans.npz"], /required option '--out <DIR>' not specified/],
    [["train", "scans.npz", "--out", "x", "--epoch", "3"], /unknown option '--epoch'\. Did you mean "--epochs"\?/],
    [["train", "scans.npz", "--out", "x", "--epochs", "0"], /--epochs: expected a whole number from 1/],
    [
      ["train", "none.npz", "--out", "x"],
      /none\.npz: expected an \.npz file of images, or a folder of them, got nothing/,
    ],
    [["train", ".", "--out", "x"], /even\.safetensors: expected PNG/],
    [["train", "scans.npz", "--out", "x", "--config", "scans.npz"], /expected JSON/],
    [["train", "scans.npz", "--out", "x", "--maximum-bytes", "1000"], /expected arrays of at most 1000 bytes/],
    [["test", "none"], /none: expected the folder of a study/],
    [["predict", "none", "scans.npz", "--out", "p.csv"], /none: expected the folder of a study or a model/],
    [["predict", "scans.npz", "scans.npz", "--out", "p.csv"], /scans\.npz: expected/],
    [["predict", "a", "scans.npz", "--out", "p.png"], /--out: expected a file that ends in \.csv or \.npz/],
  ])("%j is answered in one line on standard error, with exit code 2, and writes nothing", async (args, message) => {
    const before = (await readdir(folder)).sort();
    const { code, out, err } = await voxgrad(folder, ...args);
    expect(err).toMatch(message);
    expect(err).toMatch(/^voxgrad: [^\n]*\n$/);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect((await readdir(folder)).sort()).toEqual(before);
  });

  it("a run that diverges exits with 1, and says where and what to do", async () => {
    const flags = ["--optimizer", "sgd", "--learning-rate", "1e18", "--quiet"];
    const { code, err } = await voxgrad(folder, "train", "scans.npz", "--out", "d", ...flags);
    expect(code).toBe(1);
    expect(err).toMatch(/diverged in epoch 1, step \d+: .* of "[^"]+" is NaN or infinite.*Lower the learning rate/);
  });
});
