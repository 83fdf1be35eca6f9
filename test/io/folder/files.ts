// Writes folders of small images for tests: PNG, NIfTI and DICOM, and tables of them.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { encode } from "fast-png";
import { afterAll } from "vitest";
import type { Dataset, DatasetSplit } from "../../../src/data/dataset.ts";
import { niftiBytes } from "../images/nifti-bytes.ts";

export { dicom } from "./slices.ts";

export type Files = Readonly<Record<string, Uint8Array | string>>;

const made: string[] = [];

/** A new folder with these files, removed when the test file ends. */
export async function folderOf(files: Files): Promise<string> {
  if (made.length === 0) afterAll(() => Promise.all(made.map((path) => rm(path, { recursive: true }))));
  const folder = await mkdtemp(join(tmpdir(), "voxgrad-folder-"));
  made.push(folder);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

/** A gray (or RGB) picture of 8 or 16 bits; its pixels count up from `first`. */
export function png(
  first: number,
  width = 3,
  height = 2,
  { channels = 1, depth = 8 }: { channels?: 1 | 3; depth?: 8 | 16 } = {},
) {
  const values = Array.from({ length: width * height * channels }, (_, i) => first + i);
  const data = depth === 8 ? Uint8Array.from(values) : Uint16Array.from(values);
  return encode({ width, height, data, channels, depth });
}

/** A picture of these values. */
export const pngOf = (width: number, values: readonly number[]) =>
  encode({ width, height: values.length / width, data: Uint8Array.from(values), channels: 1, depth: 8 });

/** A volume of int16, x first; its voxels count up from `first`. */
export function nifti(
  first: number,
  dimensions: readonly number[] = [3, 2, 2],
  fields: { slope?: number; intercept?: number; spacing?: readonly number[] } = {},
) {
  const count = dimensions.reduce((all, length) => all * length, 1);
  return niftiBytes({
    dimensions, datatype: 4, voxelBytes: 2 * count, ...fields, pixdim: [1, ...(fields.spacing ?? [1, 1, 1]), 1, 1, 1, 1],
    voxels: (view, little) => { for (let i = 0; i < count; i++) view.setInt16(2 * i, first + i, little); },
  }); // prettier-ignore
}

export function oneSet(data: Dataset | DatasetSplit): Dataset {
  if (!("train" in data)) return data;
  throw new TypeError("expected one set, got three");
}

export function threeSets(data: Dataset | DatasetSplit): DatasetSplit {
  if ("train" in data) return data;
  throw new TypeError("expected three sets, got one");
}

/** Each image's values. */
export async function valuesIn(set: Dataset): Promise<number[][]> {
  const into = new Float32Array(set.shape.reduce((all, length) => all * length, 1));
  const all: number[][] = [];
  for (let index = 0; index < set.length; index++) {
    await set.prepare?.([index]);
    set.read(index, into, 0);
    all.push([...into]);
  }
  return all;
}

export async function masksIn(set: Dataset): Promise<number[][]> {
  const into = new Uint8Array(set.maskLength);
  const all: number[][] = [];
  for (let index = 0; index < set.length; index++) {
    await set.prepare?.([index]);
    set.readMask(index, into, 0);
    all.push([...into]);
  }
  return all;
}
