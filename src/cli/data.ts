// DATA on the command line: what it may be, and reading it.
import { FormatError, withPositive } from "../index.ts";
import type { Dataset, DatasetSplit, Preprocessing } from "../index.ts";
import { readFolder, readNpz } from "../io.ts";
import { UsageError } from "./usage.ts";
import { whole } from "./values.ts";

export interface ReadOptions {
  readonly maximumBytes?: number;
  readonly preprocessing?: readonly Preprocessing[];
  /** What becomes of files of a folder that cannot be read. */
  readonly unreadable?: "stop" | "skip";
  /** Which of two classes is looked for; null for the last in order. */
  readonly positive?: string | null;
  readonly cacheBytes?: number;
}

/** @throws FormatError for what is neither an .npz file of images, nor a folder or table of them, nor an image. */
export async function readData(path: string, options: ReadOptions = {}): Promise<Dataset | DatasetSplit> {
  const data = await readAsItIs(path, options);
  const { positive = null } = options;
  return positive === null ? data : withPositive(data, positive);
}

async function readAsItIs(path: string, options: ReadOptions): Promise<Dataset | DatasetSplit> {
  const { stat } = await import("node:fs/promises");
  const there = await stat(path).catch(() => null);
  if (!there)
    throw new FormatError(
      `${path}: expected an .npz file of images, or a folder of them, got nothing: it is not there`,
    );
  const { maximumBytes, preprocessing, unreadable, cacheBytes } = options;
  const common = {
    ...(maximumBytes === undefined ? {} : { maximumBytes }),
    ...(preprocessing === undefined ? {} : { preprocessing }),
  };
  if (there.isFile() && !/\.csv$/i.test(path) && (await isZip(path))) return readNpz(path, common);
  const data = await readFolder(path, {
    ...common,
    ...(unreadable === undefined ? {} : { unreadable }),
    ...(cacheBytes === undefined ? {} : { cacheBytes }),
  });
  nameUnreadable(path, data);
  const { notes = [] } = trainingSetOf(data);
  for (const note of notes) process.stderr.write(`${path}: ${note}.\n`);
  return data;
}

/** By its name, so that a broken one is told as such, or by its first bytes: an image is neither. */
async function isZip(path: string): Promise<boolean> {
  if (/\.(npz|zip)$/i.test(path)) return true;
  const { open } = await import("node:fs/promises");
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.toString("latin1") === "PK";
  } finally {
    await file.close();
  }
}

/** On standard error, also with --quiet: nothing is left out without a word. */
function nameUnreadable(path: string, data: Dataset | DatasetSplit): void {
  const sets = "train" in data ? [data.train, data.validation, data.test] : [data];
  const all = sets.flatMap(({ unreadable = [] }) => unreadable);
  if (all.length === 0) return;
  const lines = all.map(({ reason }) => `  ${reason.replaceAll(/\s*\n\s*/g, " ")}\n`);
  process.stderr.write(
    `${path}: ${all.length === 1 ? "1 file" : `${all.length} files`} cannot be read and ${all.length === 1 ? "is" : "are"} left out:\n${lines.join("")}`,
  );
}

/** The absolute path that a study keeps of its data. */
export async function absolute(path: string): Promise<string> {
  const nodePath = await import("node:path");
  return nodePath.resolve(path);
}

export function trainingSetOf(data: Dataset | DatasetSplit): Dataset {
  return "train" in data ? data.train : data;
}

/** What the flags of a command say about bytes. */
export interface ByteFlags {
  readonly maximumBytes?: string;
  readonly cacheBytes?: string;
}

/** What --maximum-bytes and --cache-bytes allow; left out for the default. */
export function limitsOf({ maximumBytes, cacheBytes }: ByteFlags): Pick<ReadOptions, "maximumBytes" | "cacheBytes"> {
  return {
    ...(maximumBytes === undefined ? {} : { maximumBytes: bytesOf("--maximum-bytes", maximumBytes, 1) }),
    ...(cacheBytes === undefined ? {} : { cacheBytes: bytesOf("--cache-bytes", cacheBytes, 0) }),
  };
}

function bytesOf(flag: string, text: string, least: number): number {
  const kind = whole(least);
  const value = kind.check(kind.read(text));
  if (value === undefined) throw new UsageError(`${flag}: expected ${kind.expected}, got ${text}`);
  return value;
}
