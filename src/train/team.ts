// How many threads a run takes, and the memory that they share.
import { ThreadError } from "../errors.ts";
import type { PlanOptions } from "../model/plan.ts";
import type { Network } from "../model/network.ts";
import { allocate } from "../wasm/memory.ts";
import type { Block } from "../wasm/memory.ts";
import type { KernelBuild } from "../wasm/builds.ts";
import type { PlannedAugmentation } from "./augmentation.ts";
import type { TrainingSettings } from "./settings.ts";

export interface ThreadOptions {
  /**
   * How many threads share the work: "auto", the default, takes as many as there are processors where the network is large
   * enough to gain by it, or its images take long to augment. Never more than processors, and one where memory cannot be shared. The bits are the same.
   */
  readonly threads?: number | "auto";
  /** Where the worker's file lies, for bundlers that do not follow `new Worker(new URL(...))`: `voxgrad/thread` as a file. */
  readonly workerUrl?: string | URL;
  /** Whether there may be more threads than processors: slower, for tests. False by default. */
  readonly beyondProcessors?: boolean;
}

/** Multiplications of a step below which a second thread is waited for longer than it saves: 0.4 milliseconds of one. */
const fewMultiplications = 12e6;

/** As long an augmentation of a batch is shared, whatever its step takes. */
const longAugmentation = 0.4e6;

/** Without what the runtime says of it: that has paths in it, and the reason stands in the ledger and in reports. */
const couldNotBegin =
  "a thread could not begin: its file was not found, or may not be run here. Say where it lies (workerUrl).";

const tooShort = "a step of this network is too short to gain";

/** The most threads that "auto" takes. */
const mostByItself = 8;

/** What a run needs of memory and threads beside its network's own. */
export interface RunNeeds extends Pick<PlanOptions, "state" | "mixing"> {
  /** Null where nothing is augmented. */
  readonly augmentation: Pick<PlannedAugmentation, "bytes" | "nanoseconds" | "place"> | null;
}

/** Reserves a run's memory with the threads that are wanted, or fewer. @returns why there are not more. */
export async function allocateFor(
  { network, batchSize, average, wide }: TrainingSettings,
  { augmentation, ...plan }: RunNeeds,
  build: KernelBuild,
  options: ThreadOptions,
): Promise<{ readonly block: Block; readonly reason: string | null }> {
  const { threads, reason, sharesLists } = await settle(options, network, batchSize, augmentation?.nanoseconds ?? 0);
  const planned = (count: number) =>
    network.plan({
      ...plan,
      augmentation: augmentation?.bytes(count) ?? 0,
      batchSize,
      average: average !== null,
      threads: count,
    });
  if (threads > 1) {
    const { threadsOf } = await import("#threads");
    try {
      const work = augmentation ? { work: augmentation.place } : {};
      const team = { threads, begin: threadsOf(options.workerUrl), sharesLists, ...work };
      return { block: await allocate(planned(threads), build, wide, team), reason };
    } catch (error) {
      if (!(error instanceof ThreadError)) throw error;
      return { block: await allocate(planned(1), build, wide), reason: couldNotBegin };
    }
  }
  return { block: await allocate(planned(1), build, wide), reason };
}

/** How many threads, why not more, and whether they share the network's step too. */
interface Settled {
  readonly threads: number;
  readonly reason: string | null;
  readonly sharesLists: boolean;
}

/**
 * @param augmentation nanoseconds of a batch.
 * @throws RangeError when a number of threads is none.
 */
async function settle(
  { threads = "auto", beyondProcessors = false }: ThreadOptions,
  { placed }: Network,
  batchSize: number,
  augmentation: number,
): Promise<Settled> {
  if (threads !== "auto" && !(Number.isSafeInteger(threads) && threads >= 1)) {
    throw new RangeError(`threads: expected "auto" or a whole number of at least 1, got ${String(threads)}`);
  }
  const one = (reason: string | null) => ({ threads: 1, reason, sharesLists: true });
  if (threads === 1) return one(null);
  const dense = placed.filter(({ layer }) => layer.kind === "dense");
  const multiplications = dense.reduce((sum, { inputs, outputs }) => sum + 3 * batchSize * inputs * outputs, 0);
  const isLong = multiplications >= fewMultiplications;
  if (threads === "auto" && !isLong && augmentation < longAugmentation) return one(`${tooShort} by threads`);
  const { processors, whyNone } = await import("#threads");
  const none = whyNone();
  if (none !== null) return one(none);
  const there = processors();
  if (threads === "auto") {
    const count = Math.min(there, mostByItself);
    const reason = isLong || count === 1 ? null : `they share the augmentation; ${tooShort}`;
    return { threads: count, reason, sharesLists: isLong };
  }
  if (threads > there && !beyondProcessors)
    return { threads: there, reason: `there are ${there} processors, and more threads than that would wait for one another`, sharesLists: true }; // prettier-ignore
  return { threads, reason: null, sharesLists: true };
}
