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
   * How many threads may share the work: "auto", the default, for as many as there are processors, up to eight. Fewer, with the
   * reason, where more would be slower: a network's step, and the augmentation of its images, are shared where they are long
   * enough. Never more than processors, and one where memory cannot be shared. The bits are the same.
   */
  readonly threads?: number | "auto";
  /** Where the worker's file lies, for bundlers that do not follow `new Worker(new URL(...))`: `voxgrad/thread` as a file. */
  readonly workerUrl?: string | URL;
  /** Whether that number is begun however short the work is, and with fewer processors: slower, for tests. False by default. */
  readonly forced?: boolean;
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

/** Whether a step of so many images is long enough to be shared by threads. */
export function gainsByThreads({ placed }: Pick<Network, "placed">, batchSize: number): boolean {
  const dense = placed.filter(({ layer }) => layer.kind === "dense");
  const multiplications = dense.reduce((sum, { inputs, outputs }) => sum + 3 * batchSize * inputs * outputs, 0);
  return multiplications >= fewMultiplications;
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
  { threads = "auto", forced = false }: ThreadOptions,
  network: Network,
  batchSize: number,
  augmentation: number,
): Promise<Settled> {
  if (threads !== "auto" && !(Number.isSafeInteger(threads) && threads >= 1)) {
    throw new RangeError(`threads: expected "auto" or a whole number of at least 1, got ${String(threads)}`);
  }
  const alone = (reason: string | null) => ({ threads: 1, reason, sharesLists: true });
  if (threads === 1) return alone(null);
  const isLong = gainsByThreads(network, batchSize);
  if (!forced && !isLong && augmentation < longAugmentation) return alone(`${tooShort} by threads`);
  const { processors, whyNone } = await import("#threads");
  const none = whyNone();
  if (none !== null) return alone(none);
  const there = processors();
  const wanted = threads === "auto" ? Math.min(there, mostByItself) : threads;
  if (forced) return { threads: wanted, reason: null, sharesLists: true };
  const reasons = [
    ...(isLong || there === 1 ? [] : [`they share the augmentation; ${tooShort}`]),
    ...(wanted > there ? [`there are ${there} processors, and more threads than that would wait for one another`] : []),
  ];
  return { threads: Math.min(wanted, there), reason: reasons.join("; ") || null, sharesLists: isLong };
}
