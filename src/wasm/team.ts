// The threads beside the first that carry lists of calls out: begun with a run's memory, and ended with it.
import { ThreadError } from "../errors.ts";
import type { CallList, CallMemory } from "./calls.ts";
import type { Address, Kernels } from "./kernels.ts";
import { createWalk, waits } from "./meeting.ts";
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
}

/** Begins a thread; hears once when it is ready, or when it ends, or cannot begin, and why. */
export type BeginThread = (start: ThreadStart, onReady: () => void, onEnd: (why: string) => void) => Thread;

export interface Team {
  /** The first one included. */
  readonly threads: number;
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
  /** Ends the threads. */
  end(): void;
}

export interface TeamPlace {
  readonly threads: number;
  /** The region "threads", and the same memory by words. */
  readonly control: Address;
  readonly shared: Int32Array;
  readonly scratchStride: number;
}

/**
 * Begins the threads, and waits until they are ready.
 * @throws ThreadError when one cannot begin.
 */
export async function beginTeam(
  begin: BeginThread,
  kernels: Kernels,
  { module, memory }: Pick<ThreadStart, "module" | "memory">,
  { threads, control, shared, scratchStride }: TeamPlace,
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
        others.push(begin({ module, memory, control, thread: i + 1, threads }, resolve, onEnd));
      }),
  );
  try {
    await Promise.all(ready);
  } catch (error) {
    end();
    throw error;
  }

  const walk = createWalk(kernels.runCalls, shared, threads);
  let begun = 0;

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
    createList: (...place) => createSharedList(kernels, team, ...place),
    marks: control + marksAt(threads),
    scratchStride,
    assign(thread, list, length) {
      shared[words.lists + 2 * thread] = list;
      shared[words.lists + 2 * thread + 1] = length;
    },
    run(list, length) {
      walk.begin(list, length);
      begun = (begun + 1) & 0x3fffffff;
      Atomics.store(shared, words.begun, begun);
      Atomics.notify(shared, words.begun);
      const at = walk.goOn();
      return at === waits ? wait() : at;
    },
    end,
  };
  return team;
}

/** Lets the event loop turn, so that the end of a thread is heard of. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
