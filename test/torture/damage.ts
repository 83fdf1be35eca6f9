// Cuts off checkpoints and flips their bits: each must be refused by name, and the one before it used.
import { FormatError } from "../../src/errors.ts";
import { dense, dropout, relu } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { stream } from "../../src/random.ts";
import { memoryStorage } from "../../src/storage/memory.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { readCheckpoints } from "../../src/study/keep.ts";
import { study } from "../../src/study/study.ts";
import { arrayDataset } from "../../src/data/dataset.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import type { TrainRunOptions } from "../../src/study/options.ts";

export const checkpointNames = ["checkpoint/even.safetensors", "checkpoint/odd.safetensors"];

/** Images of 3x3, brighter in one of two classes. */
export function images(count: number, seed: number): Dataset {
  const random = stream(seed, "split");
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  const pixels = Uint8Array.from(
    { length: 9 * count },
    (_, i) => 60 * (Math.floor(i / 9) % 2) + 150 * random.uniform(i),
  );
  return arrayDataset({ images: pixels, shape: [3, 3], labels });
}

export const options: TrainRunOptions = {
  network: network([dense(5), relu(), dropout(0.3), dense(2)]),
  epochs: 4,
  batchSize: 8,
  patience: null,
};

/** A study that was stopped in the middle of its fourth epoch. */
export async function stoppedStudy(data: Dataset): Promise<Storage> {
  const storage = memoryStorage();
  const stop = new AbortController();
  let steps = 0;
  const perEpoch = Math.ceil((0.7 * data.length) / 8);
  const onStep = () => {
    if (++steps === 3 * perEpoch + 2) stop.abort(new Error("stopped"));
  };
  try {
    const running = study({ data, seed: 5, storage }).train({ ...options, onStep, signal: stop.signal });
    while (!(await running.next()).done);
  } catch (error) {
    if ((error as Error).message !== "stopped") throw error;
  }
  return storage;
}

/** Cut off, or with one to three bits flipped: of every kind the same part, anywhere in the file. */
export function damaged(bytes: Uint8Array, seed: number, number: number): Uint8Array {
  const random = stream(seed, "augment", number);
  if (number % 2 === 0) return bytes.slice(0, random.integer(0, bytes.length));
  const changed = bytes.slice();
  // Every other one near the beginning: a header is a small part of a file, and says what the rest means.
  const among = number % 4 === 1 ? Math.min(bytes.length, 2000) : bytes.length;
  const flips = 1 + random.integer(0, 3);
  const places = new Set(Array.from({ length: flips }, (_, i) => random.integer(1 + i, 8 * among)));
  for (const place of places) changed[place >> 3] ^= 1 << (place & 7);
  return changed;
}

/**
 * @returns how many were refused: all.
 * @throws Error with the seed and number of a damage that went unnoticed, or was not refused by name.
 */
export async function refuseDamaged(count: number, seed: number): Promise<number> {
  const storage = await stoppedStudy(images(60, 1));
  const whole = await readCheckpoints(storage);
  const newest = whole.name ?? "none";
  const before = checkpointNames.find((name) => name !== newest) ?? "none";
  const bytes = (await storage.read(newest)) ?? new Uint8Array(0);
  for (let number = 0; number < count; number++) {
    await storage.write(newest, damaged(bytes, seed, number));
    const { name, furthest, refused } = await readCheckpoints(storage);
    const isRefused = refused.length === 1 && refused[0] instanceof FormatError && refused[0].message.includes(newest);
    if (!isRefused || name !== before || furthest === null) {
      throw new Error(`seed ${seed}, damage ${number}: expected ${newest} to be refused, got ${String(refused[0])}`);
    }
  }
  return count;
}

/** `npm run torture -- damage 100000 1` */
export async function main(count = 100_000, seed = 1): Promise<void> {
  console.log(`damaging a checkpoint ${count} times, seed ${seed}`);
  console.log(`${await refuseDamaged(count, seed)} refused by name, and the one before was used`);
}
