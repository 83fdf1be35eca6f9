// Small studies and their files, for the tests of the seal.
import { arrayDataset } from "../../src/data/dataset.ts";
import type { Dataset, DatasetSplit } from "../../src/data/dataset.ts";
import { dense, dropout, relu } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { memoryStorage } from "../../src/storage/memory.ts";
import type { Storage } from "../../src/storage/storage.ts";
import type { Study, TrainRunOptions } from "../../src/study/options.ts";
import { study } from "../../src/study/study.ts";

/** Images of 3x3 of two or more classes that show in their brightness, with noise. */
export function blobs(count: number, seed: number, classes = 2): Dataset {
  let state = seed >>> 0;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const labels = Int32Array.from({ length: count }, (_, i) => i % classes);
  const images = Uint8Array.from({ length: 9 * count }, (_, i) => 40 * labels[Math.floor(i / 9)] * (i % 2) + 100 * next()); // prettier-ignore
  return arrayDataset({ images, shape: [3, 3], labels });
}

export const quick: TrainRunOptions = {
  network: network([dense(6), relu(), dropout(0.2), dense(2)]),
  epochs: 3,
  batchSize: 8,
  patience: null,
};

export async function trainAll(run: Study, options: TrainRunOptions = quick) {
  const generator = run.train(options);
  for (;;) {
    const next = await generator.next();
    if (next.done) return next.value;
  }
}

/** A trained study in memory. */
export async function trained(data: Dataset | DatasetSplit = blobs(80, 1), options = quick) {
  const storage = memoryStorage();
  const run = study({ data, seed: 3, storage });
  const result = await trainAll(run, options);
  return { storage, run, data, result };
}

/** A storage of its own with the same files. */
export async function copyOf(storage: Storage): Promise<Storage> {
  const copy = memoryStorage();
  for (const name of await storage.list()) await copy.write(name, (await storage.read(name))!);
  return copy;
}

export const textOf = async (storage: Storage, name: string) =>
  new TextDecoder().decode((await storage.read(name)) ?? new Uint8Array(0));

export const write = (storage: Storage, name: string, text: string) =>
  storage.write(name, new TextEncoder().encode(text));

export async function linesOf(storage: Storage): Promise<string[]> {
  return (await textOf(storage, "ledger.jsonl")).trimEnd().split("\n");
}

export const writeLines = (storage: Storage, lines: readonly string[]) =>
  write(storage, "ledger.jsonl", lines.map((line) => line + "\n").join(""));
