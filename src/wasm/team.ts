// The threads beside the first that carry lists of calls out: begun with a run's memory, and ended with it.
import { ThreadError } from "../errors.ts";
import type { CallList, CallMemory } from "./calls.ts";
import type { Address, Kernels } from "./kernels.ts";
import { createWalk, waits, withWork, workList } from "./meeting.ts";
import { createSharedList } from "./shared-calls.ts";
import { marksAt, words } from "./team-sizes.ts";

/** A thread as a runtime has it. */
export interface Thread {
  /** Ends it at once, wherever it is. */
  end(): void;
}

/** What a thread is given when it begins. */
export interface ThreadStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: Address;
  /** From 1: the first is whoever begins the lists. */
  readonly thread: number;
  readonly threads: number;
  /** What else than lists the thread is to share, a plain value, as its file understands it; null for nothing. */
  readonly work: unknown;
}

/** Begins a thread; hears once when it is ready, or when it ends, or cannot begin, and why. */
export type BeginThread = (start: ThreadStart, onReady: () => void, onEnd: (why: string) => void) => Thread;

export interface Team {
  /** The first one included. */
  readonly threads: number;
  /** Whether lists are carried out by all: else the first thread does them alone, since they are too short. */
  readonly sharesLists: boolean;
  /** Where each thread marks what is not finite: 64 bytes apart. */
  readonly marks: Address;
  /** Bytes from one thread's scratch to the next one's. */
  readonly scratchStride: number;
  /** An empty list that all carry out, as createSharedList() has it. */
  createList(memory: CallMemory, callsAThread: number, first: number, capacity: number): CallList;
  /** Says what a thread is to carry out when the next list begins. */
  assign(thread: number, list: Address, length: number): void;
  /**
   * Begins the lists of all threads, this one's among them: how it ended, as run() of a list does. A promise, which fails with
   * a ThreadError when a thread has ended, where a meeting was waited for too long to go on without looking.
   */
  run(list: Address, length: number): number | Promise<number>;
  /** Has all threads do what they were begun for beside lists, this one by `own`; undefined once all have, or a promise as run(). */
  share(own: () => void): Promise<void> | undefined;
  /** Ends the threads. */
  end(): void;
}

export interface TeamPlace {
  readonly threads: number;
  /** The region "threads", and the same memory by words. */
  readonly control: Address;
  readonly shared: Int32Array;
  readonly scratchStride: number;
  readonly work: unknown;
  readonly sharesLists: boolean;
}

/**
 * Begins the threads, and waits until they are ready.
 * @throws ThreadError when one cannot begin.
 */
export async function beginTeam(
  begin: BeginThread,
  kernels: Kernels,
  { module, memory }: Pick<ThreadStart, "module" | "memory">,
  { threads, control, shared, scratchStride, work, sharesLists }: TeamPlace,
): Promise<Team> {
  let failure: string | null = null;
  let hasEnded = false;
  const others: Thread[] = [];
  const end = () => {
    hasEnded = true;
    Atomics.store(shared, words.stopped, 1);
    Atomics.notify(shared, words.begun);
    for (const other of others) other.end();
  };
  const ready = Array.from(
    { length: threads - 1 },
    (_, i) =>
      new Promise<void>((resolve, reject) => {
        const onEnd = (why: string) => {
          if (hasEnded) return;
          failure ??= `thread ${i + 2} of ${threads} ${why}`;
          reject(new ThreadError(`threads: ${failure}. Use one thread, or try again.`));
        };
        others.push(begin({ module, memory, control, thread: i + 1, threads, work }, resolve, onEnd));
      }),
  );
  try {
    await Promise.all(ready);
  } catch (error) {
    end();
    throw error;
  }

  let ownWork: () => void = () => undefined;
  const walk = createWalk(
    withWork(kernels.runCalls, () => ownWork()),
    shared,
    threads,
  );
  let begun = 0;

  function start(list: Address, length: number): number | Promise<number> {
    walk.begin(list, length);
    begun = (begun + 1) & 0x3fffffff;
    Atomics.store(shared, words.begun, begun);
    Atomics.notify(shared, words.begun);
    const at = walk.goOn();
    return at === waits ? wait() : at;
  }

  async function wait(): Promise<number> {
    for (;;) {
      await turn();
      if (failure !== null) {
        end();
        throw new ThreadError(
          `training: ${failure} in the middle of a step. Resume it: what was checkpointed last is kept.`,
        );
      }
      const at = walk.goOn();
      if (at !== waits) return at;
    }
  }

  const team: Team = {
    threads,
    sharesLists,
    createList: (...place) => createSharedList(kernels, team, ...place),
    marks: control + marksAt(threads),
    scratchStride,
    assign(thread, list, length) {
      shared[words.lists + 2 * thread] = list;
      shared[words.lists + 2 * thread + 1] = length;
    },
    run: start,
    share(own) {
      ownWork = own;
      for (let thread = 1; thread < threads; thread++) team.assign(thread, workList, 1);
      const ran = start(workList, 1);
      return typeof ran === "number" ? undefined : ran.then(() => undefined);
    },
    end,
  };
  return team;
}

/** Lets the event loop turn, so that the end of a thread is heard of. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
