// Threads that end at random moments, or are late: `npm run torture -- threads 200 1` (count of each, seed).
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ThreadError } from "../../src/errors.ts";
import { dense, dropout, relu } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { weightBytes } from "../../src/model/weights.ts";
import { stream } from "../../src/random.ts";
import { rotate } from "../../src/data/augment.ts";
import { phantoms } from "../../src/data/phantom.ts";
import { subset } from "../../src/data/dataset.ts";
import { startFit } from "../../src/train/fit.ts";
import { resolveTraining } from "../../src/train/settings.ts";
import { sha256 } from "../../src/storage/sha256.ts";

/** What became of a run. */
export interface ThreadOutcome {
  /** The weights' SHA-256 where it came to its end, or the error's message. */
  readonly weights: string | null;
  readonly error: Error | null;
  /** Milliseconds from the last step that ended to the error. */
  readonly milliseconds: number;
}

const data = phantoms({ count: 60, seed: 7 });
const index = (first: number, last: number) => Array.from({ length: last - first }, (_, i) => first + i);
const sets = { train: subset(data, index(0, 45)), validation: subset(data, index(45, 60)) };

/** The file of a thread that is asked for `how`; it is told by the environment. */
export function oddThread(how: Readonly<Record<string, number>> = {}): URL {
  process.env["VOXGRAD_ODD_THREAD"] = JSON.stringify({ file: pathToFileURL(resolve("build/thread.js")).href, ...how });
  return pathToFileURL(resolve("test/torture/odd-thread.mjs"));
}

/** Trains for an epoch with threads whose file is odd-thread.mjs, asked for `how`; with the usual one where it is left out. */
export async function trainWith(threads: number, how?: Readonly<Record<string, number>>): Promise<ThreadOutcome> {
  const layers = [dropout(0.1), dense(64), relu(), dense(40), relu(), dropout(0.3), dense(2)];
  const options = { network: network(layers), batchSize: 16, epochs: 2, augment: [rotate(10)], patience: null };
  const settings = resolveTraining(options, sets.train, "classification", 3);
  const fit = await startFit(sets, settings, { kind: "drawn" }, "reproducible", {
    threads,
    ...(how ? { workerUrl: oddThread(how) } : {}),
    forced: true,
  });
  if (how && fit.arithmetic.threads !== threads) throw new Error(`threads: ${fit.arithmetic.threadsReason ?? "?"}`);
  let last = performance.now();
  try {
    while (!fit.finished) await fit.epoch(undefined, () => void (last = performance.now()));
    return { weights: await sha256(weightBytes(fit.bestWeights())), error: null, milliseconds: 0 };
  } catch (error) {
    return { weights: null, error: error as Error, milliseconds: performance.now() - last };
  } finally {
    fit.free();
  }
}

export async function main(count = 200, seed = 1): Promise<void> {
  const { weights: wanted } = await trainWith(1);
  const random = stream(seed, "shuffle");
  let [ended, right, slowest] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const ends = random.integer(i, 70);
    const { weights, error, milliseconds } = await trainWith(2 + (i % 3), { ends });
    if (weights !== null) {
      if (weights !== wanted) throw new Error(`threads: with ends=${ends} other weights: ${weights}`);
      right++;
      continue;
    }
    if (!(error instanceof ThreadError)) throw new Error(`threads: with ends=${ends}`, { cause: error });
    ended++;
    slowest = Math.max(slowest, milliseconds);
  }
  console.log(
    `${count} threads ended: ${ended} errors, the slowest after ${slowest.toFixed(0)} ms, ${right} right results`,
  );
  for (let i = 0; i < count; i++) {
    const { weights, error } = await trainWith(2 + (i % 3), { late: 1 + random.integer(count + i, 1 << 30) });
    if (weights !== wanted) throw new Error(`threads: late threads gave other weights: ${weights}`, { cause: error });
  }
  console.log(`${count} runs with late threads: the same weights ${wanted}`);
}
