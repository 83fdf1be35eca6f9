import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { loadModel, phantoms, predict } from "../../src/index.ts";
import { loadOnnx, loadTfjs, writeNpz } from "../../src/io.ts";
import { furthest } from "../exchange/models.ts";
import { voxgrad } from "./run.ts";

const data = phantoms({ count: 60, seed: 3, size: [4, 4, 4] });
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "voxgrad-export-"));
  const images = new Float32Array(60 * 64);
  for (let i = 0; i < 60; i++) data.read(i, images, i * 64);
  const arrays = { images: { shape: [60, 4, 4, 4], data: images }, labels: { shape: [60], data: new Int32Array(data.labels ?? []) } }; // prettier-ignore
  await writeFile(join(folder, "set.npz"), await writeNpz(arrays));
  const { code, err } = await voxgrad(folder, "train", "set.npz", "--out", "run", "--epochs", "2", "--seed", "4", "--quiet");
  expect([code, code === 0 ? "" : err]).toEqual([0, ""]);
}, 60000); // prettier-ignore

const read = (...path: string[]) => readFile(join(folder, ...path));
const model = async () => loadModel(await read("run", "model.safetensors"));

async function exported(format: string, out: string, from = "run") {
  const { code, out: said, err } = await voxgrad(folder, "export", from, "--format", format, "--out", out, "--json");
  expect([code, err]).toEqual([0, ""]);
  return JSON.parse(said) as { format: string; files: string[]; bytes: number };
}

describe("voxgrad export", () => {
  it("writes ONNX, safetensors and TensorFlow.js's files, which read to the same probabilities", async () => {
    const record = await exported("onnx", "a.onnx", "run/model.safetensors");
    expect(record).toEqual({ format: "onnx", files: ["a.onnx"], bytes: (await read("a.onnx")).length });
    const wanted = await predict(await model(), data);
    const onnx = await loadOnnx(await read("a.onnx"));
    expect(furthest((await predict(onnx, data)).probabilities, wanted.probabilities)).toBeLessThan(1e-6);

    await exported("safetensors", "b.safetensors");
    expect((await read("b.safetensors")).equals(await read("run", "model.safetensors"))).toBe(true);

    expect((await exported("tfjs", "web/model")).files).toEqual(["web/model/weights.bin", "web/model/model.json"]);
    expect((await readdir(join(folder, "web", "model"))).sort()).toEqual(["model.json", "weights.bin"]);
    const files = { "model.json": await read("web", "model", "model.json"), "weights.bin": await read("web", "model", "weights.bin") }; // prettier-ignore
    const tfjs = await loadTfjs(files);
    expect(furthest((await predict(tfjs, data)).probabilities, wanted.probabilities)).toBeLessThan(1e-6);
    expect((await exported("tfjs", "other/model.json")).files[1]).toBe("other/model.json");
  });

  it("writes the history for TensorBoard and as a table", async () => {
    expect((await exported("tensorboard", "events.out.tfevents.1")).bytes).toBeGreaterThan(100);
    expect((await read("events.out.tfevents.1")).toString("latin1")).toContain("validation/loss");
    await exported("csv", "c.csv");
    expect((await read("c.csv")).equals(await read("run", "history.csv"))).toBe(true);
  });

  it.each([
    ["another format", ["run", "--format", "gguf", "--out", "x"], /gguf.*Allowed choices are onnx, safetensors, tfjs, tensorboard, csv/],
    ["no format", ["run", "--out", "x"], /required option '--format <FORMAT>' not specified/],
    ["no file", ["run", "--format", "onnx"], /required option '--out <FILE>' not specified/],
    ["nothing there", ["none", "--format", "onnx", "--out", "x"], /none: expected the folder of a study or a model, got nothing/],
    ["a history of a model alone", ["run/model.safetensors", "--format", "csv", "--out", "x"], /expected the folder of a study, which has the history, got a file/],
    ["a history of a folder without", [".", "--format", "tensorboard", "--out", "x"], /expected a trained study, got one without epochs/],
    ["a table of a folder without", [".", "--format", "csv", "--out", "x"], /got a folder without history.csv/],
    ["a file that is no model", ["set.npz", "--format", "onnx", "--out", "x"], /set.npz: expected/],
  ])("says what is wrong with %s, exit code 2, and writes nothing", async (_, args, message) => {
    const { code, out, err } = await voxgrad(folder, "export", ...args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(message);
    expect(err.trim().split("\n")).toHaveLength(1);
    expect(await readdir(folder)).not.toContain("x");
  }); // prettier-ignore
});
