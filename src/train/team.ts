// How many threads a run takes, and the memory that they share.
import { ThreadError } from "../errors.ts";
import type { PlanOptions } from "../model/plan.ts";
import type { Network } from "../model/network.ts";
import { allocate } from "../wasm/memory.ts";
import type { Block } from "../wasm/memory.ts";
import type { KernelBuild } from "../wasm/builds.ts";
import type { TrainingSettings } from "./settings.ts";

export interface ThreadOptions {
  /**
   * How many threads share the work: "auto", the default, takes as many as there are processors where the network is large
   * enough to gain by it. Never more than processors, and one where memory cannot be shared. The bits are the same.
   */
  readonly threads?: number | "auto";
  /** Where the worker's file lies, for bundlers that do not follow `new Worker(new URL(...))`: `voxgrad/thread` as a file. */
  readonly workerUrl?: string | URL;
  /** Whether there may be more threads than processors: slower, for tests. False by default. */
  readonly beyondProcessors?: boolean;
}

/** Multiplications of a step below which a second thread is waited for longer than it saves: 0.4 milliseconds of one. */
const fewMultiplications = 12e6;

/** Without what the runtime says of it: that has paths in it, and the reason stands in the ledger and in reports. */
const couldNotBegin =
  "a thread could not begin: its file was not found, or may not be run here. Say where it lies (workerUrl).";

/** The most threads that "auto" takes. */
const mostByItself = 8;

/** Reserves a run's memory with the threads that are wanted, or fewer. @returns why there are not more. */
export async function allocateFor(
  { network, batchSize, average, wide }: TrainingSettings,
  plan: Pick<PlanOptions, "state" | "augmentation" | "mixing">,
  build: KernelBuild,
  options: ThreadOptions,
): Promise<{ readonly block: Block; readonly reason: string | null }> {
  const { threads, reason } = await settle(options, network, batchSize);
  const planned = (count: number) => network.plan({ ...plan, batchSize, average: average !== null, threads: count });
  if (threads > 1) {
    const { threadsOf } = await import("#threads");
    try {
      const team = { threads, begin: threadsOf(options.workerUrl) };
      return { block: await allocate(planned(threads), build, wide, team), reason };
    } catch (error) {
      if (!(error instanceof ThreadError)) throw error;
      return { block: await allocate(planned(1), build, wide), reason: couldNotBegin };
    }
  }
  return { block: await allocate(planned(1), build, wide), reason };
}

/** @throws RangeError when a number of threads is none. */
async function settle(
  { threads = "auto", beyondProcessors = false }: ThreadOptions,
  { placed }: Network,
  batchSize: number,
): Promise<{ readonly threads: number; readonly reason: string | null }> {
  if (threads !== "auto" && !(Number.isSafeInteger(threads) && threads >= 1)) {
    throw new RangeError(`threads: expected "auto" or a whole number of at least 1, got ${String(threads)}`);
  }
  if (threads === 1) return { threads: 1, reason: null };
  const dense = placed.filter(({ layer }) => layer.kind === "dense");
  const multiplications = dense.reduce((sum, { inputs, outputs }) => sum + 3 * batchSize * inputs * outputs, 0);
  const isSmall = multiplications < fewMultiplications;
  if (threads === "auto" && isSmall) {
    return { threads: 1, reason: "a step of this network is too short to gain by threads" };
  }
  const { processors, whyNone } = await import("#threads");
  const none = whyNone();
  if (none !== null) return { threads: 1, reason: none };
  const there = processors();
  if (threads === "auto") return { threads: Math.min(there, mostByItself), reason: null };
  if (threads > there && !beyondProcessors) return { threads: there, reason: `there are ${there} processors, and more threads than that would wait for one another` }; // prettier-ignore
  return { threads, reason: null };
}
