// Makes what was described: datasets and storages, in the worker; what reads and writes files is loaded when it is needed.
import { arrayDataset, FormatError, memoryStorage, phantoms } from "../index.ts";
import type { Dataset, DatasetSplit, Storage } from "../index.ts";
import type { NpzOptions, Source } from "../io.ts";
import type { DataDescription, SetDescription, StorageDescription } from "./descriptions.ts";

/** @throws TypeError for what describes no data; else as what makes it. */
export async function datasetOf(described: DataDescription, at: string): Promise<Dataset | DatasetSplit> {
  if (isOne(described, "npz")) return readArchive(described.npz, described.options);
  if (isOne(described, "folder")) {
    const { readFolder } = await import("../io.ts");
    return readFolder(described.folder, described.options);
  }
  if (isOne(described, "train")) {
    const { train, validation, test } = described;
    return {
      train: setOf(train, `${at}.train`),
      validation: setOf(validation, `${at}.validation`),
      test: setOf(test, `${at}.test`),
    };
  }
  return setOf(described, at);
}

/** @throws TypeError unless it is one set. */
export async function oneSetOf(described: DataDescription, at: string): Promise<Dataset> {
  const made = await datasetOf(described, at);
  if ("train" in made)
    throw new TypeError(`${at}: expected one set of images, got three. Describe the one that is meant.`);
  return made;
}

function setOf(described: SetDescription, at: string): Dataset {
  if (isOne(described, "arrays")) return arrayDataset(described.arrays);
  if (isOne(described, "phantoms")) return phantoms(described.phantoms);
  const got = typeof described === "object" && described !== null ? `{ ${Object.keys(described).join(", ")} }` : String(described); // prettier-ignore
  throw new TypeError(
    `${at}: expected a description of the data, { arrays: {...} }, { phantoms: {...} }, { npz: file }, { folder: path } ` +
      `or { train, validation, test }, got ${got}`,
  );
}

function isOne<D extends object, Key extends string>(
  described: D,
  key: Key,
): described is Extract<D, Record<Key, unknown>> {
  return typeof described === "object" && described !== null && key in described;
}

async function readArchive(source: Source, options: NpzOptions = {}): Promise<Dataset | DatasetSplit> {
  const { readNpz } = await import("../io.ts");
  return readNpz(isAddress(source) ? await fetchWhole(String(source)) : source, options);
}

function isAddress(source: Source): source is string | URL {
  return (typeof source === "string" || source instanceof URL) && /^(https?|blob|data):/.test(String(source));
}

async function fetchWhole(address: string): Promise<Blob> {
  const name = address.startsWith("data:") ? "data URL" : address;
  try {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`);
    return await response.blob();
  } catch (cause) {
    throw new FormatError(`${name}: expected a file to fetch, but ${(cause as Error).message}`, { cause });
  }
}

/** @throws TypeError for what describes no storage. */
export async function storageOf(described: StorageDescription, at: string): Promise<Storage> {
  if (described === "memory") return memoryStorage();
  if (typeof described === "object" && described !== null) {
    if ("opfs" in described) return (await import("../io.ts")).opfsStorage(described.opfs);
    if ("folder" in described) return (await import("../io.ts")).folderStorage(described.folder);
  }
  throw new TypeError(`${at}: expected "memory", { opfs: name } or { folder: path }, got ${JSON.stringify(described)}`);
}
