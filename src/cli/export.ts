// voxgrad export: a trained model, or the history of its training, as a file that other programs open.
import type { Command } from "commander";
import { Option } from "commander";
import { readHistory, saveModel } from "../index.ts";
import type { Storage } from "../index.ts";
import { folderStorage, saveFile, saveOnnx, saveTfjs, tensorboardEvents } from "../io.ts";
import { command } from "./command.ts";
import type { Context } from "./command.ts";
import { openModel } from "./model-file.ts";
import { done } from "./output.ts";
import type { OutputOptions } from "./output.ts";
import { UsageError } from "./usage.ts";

const formats = ["onnx", "safetensors", "tfjs", "tensorboard", "csv"] as const;
type Format = (typeof formats)[number];

interface ExportFlags extends OutputOptions {
  readonly format: Format;
  readonly out: string;
}

export function exportCommand(): Command {
  const options = [
    new Option("--format <FORMAT>", "the model: onnx, safetensors or tfjs; the history: tensorboard or csv").choices(formats).makeOptionMandatory(), // prettier-ignore
    new Option("--out <FILE>", "the file; for tfjs the folder of model.json and weights.bin").makeOptionMandatory(),
  ];
  return command("export", "a trained model or its history, for other programs", options, act)
    .argument("<DIR>", "the folder of a study; for a model also its model.safetensors"); // prettier-ignore
}

async function act({ output }: Context, { format, out }: ExportFlags, from: string): Promise<number> {
  const files = await filesOf(format, from, out);
  for (const [path, bytes] of files) await saveFile(path, bytes);
  const names = files.map(([path]) => path);
  const bytes = files.reduce((sum, [, { length }]) => sum + length, 0);
  output.result(`${format} written: ${names.join(", ")}`, { format, files: names, bytes });
  return done;
}

async function filesOf(format: Format, from: string, out: string): Promise<[path: string, bytes: Uint8Array][]> {
  switch (format) {
    case "onnx":
      return [[out, await saveOnnx((await openModel(from)).model)]];
    case "safetensors":
      return [[out, saveModel((await openModel(from)).model)]];
    case "tfjs": {
      const { model } = await openModel(from);
      const files = await saveTfjs(model);
      const { mkdir } = await import("node:fs/promises");
      const folder = out.replace(/[\\/]?model\.json$/, "") || ".";
      await mkdir(folder, { recursive: true });
      const json = new TextEncoder().encode(files["model.json"]);
      // The weights first: a model.json that is there finds them.
      return [
        [`${folder}/weights.bin`, files["weights.bin"]],
        [`${folder}/model.json`, json],
      ];
    }
    case "tensorboard": {
      const storage = await studyFolder(from);
      const history = await readHistory(storage);
      if (history.length === 0) throw new UsageError(`${from}: expected a trained study, got one without epochs`);
      return [[out, await tensorboardEvents(history)]];
    }
    case "csv": {
      const table = await (await studyFolder(from)).read("history.csv");
      if (!table) throw new UsageError(`${from}: expected a trained study, got a folder without history.csv`);
      return [[out, table]];
    }
  }
}

/** @throws UsageError for what is no folder: a model alone has no history. */
async function studyFolder(from: string): Promise<Storage> {
  const { stat } = await import("node:fs/promises");
  const found = await stat(from).catch(() => null);
  if (found?.isDirectory()) return folderStorage(from);
  throw new UsageError(`${from}: expected the folder of a study, which has the history, got ${found ? "a file" : "nothing: it is not there"}`); // prettier-ignore
}
