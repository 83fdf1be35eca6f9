// DATA on the command line: what it may be, and reading it.
import { FormatError } from "../index.ts";
import type { Dataset, DatasetSplit } from "../index.ts";
import { readNpz } from "../io.ts";
import { UsageError } from "./usage.ts";
import { whole } from "./values.ts";

/** @throws FormatError for what is no .npz file of images. */
export async function readData(path: string, maximumBytes?: number): Promise<Dataset | DatasetSplit> {
  const { stat } = await import("node:fs/promises");
  const there = await stat(path).catch(() => null);
  if (!there) throw new FormatError(`${path}: expected an .npz file of images, got nothing: there is no such file`);
  if (there.isDirectory()) throw new FormatError(`${path}: expected an .npz file of images, got a folder`);
  return readNpz(path, maximumBytes === undefined ? {} : { maximumBytes });
}

/** The absolute path that a study keeps of its data. */
export async function absolute(path: string): Promise<string> {
  const nodePath = await import("node:path");
  return nodePath.resolve(path);
}

export function trainingSetOf(data: Dataset | DatasetSplit): Dataset {
  return "train" in data ? data.train : data;
}

/** What --maximum-bytes allows; undefined for the default. */
export function maximumOf({ maximumBytes: text }: { readonly maximumBytes?: string }): number | undefined {
  if (text === undefined) return undefined;
  const kind = whole(1);
  const value = kind.check(kind.read(text));
  if (value === undefined) throw new UsageError(`--maximum-bytes: expected ${kind.expected}, got ${text}`);
  return value;
}
