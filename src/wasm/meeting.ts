// How threads that carry lists of calls out side by side wait: for one another, and for their next list. They lie down
// (a futex), since a thread that spins takes the processor from the one that it waits for.
import type { Address } from "./kernels.ts";
import { words } from "./team-sizes.ts";

/** Bytes of a call (calls.ts). */
const callBytes = 128;

/** Looks before a thread lies down: a few microseconds, since waking up takes ten. */
const looks = 500;

/** Milliseconds that a thread waits before it looks around. */
export const patience = 50;

/** Whether a word is other than `value`, or becomes so in time. */
export function changes(shared: Int32Array, word: number, value: number): boolean {
  for (let look = 0; look < looks; look++) if (Atomics.load(shared, word) !== value) return true;
  Atomics.wait(shared, word, value, patience);
  return Atomics.load(shared, word) !== value;
}

/** What a thread carries out, and where in it stands. */
export interface Walk {
  /** From a list's first call on. */
  begin(list: Address, length: number): void;
  /** Goes on: -1 at the end, the index of a call that was not finite, or `waits` when a meeting was waited for in vain. */
  goOn(): number;
}

export const waits = -2;

/** What stands for a list of one call that no kernel is: other work, which ends with a meeting. */
export const workList: Address = 0;

/** runCalls() that knows that list too. */
export function withWork(runCalls: RunCalls, work: () => void): RunCalls {
  return (calls, count) => {
    if (calls !== workList) return runCalls(calls, count);
    work();
    return -1 - count;
  };
}

/** The kernels' own: -1 at the list's end, the index of a call that was not finite, or -1 - n at a meeting, the n-th of its calls. */
type RunCalls = (calls: Address, count: number) => number;

/** @param runCalls of the thread's own kernels. */
export function createWalk(runCalls: RunCalls, shared: Int32Array, threads: number): Walk {
  let from = 0;
  let left = 0;
  /** The number of the meeting that this thread has come to and waits for; -1 where it waits for none. */
  let meeting = -1;
  return {
    begin(list, length) {
      from = list;
      left = length;
      meeting = -1;
    },
    goOn() {
      for (;;) {
        if (meeting >= 0 && !changes(shared, words.meetings, meeting)) return waits;
        meeting = -1;
        const at = runCalls(from, left);
        if (at >= -1) return at;
        from += callBytes * (-1 - at);
        left -= -1 - at;
        meeting = comes(shared, threads);
      }
    },
  };
}

/** Comes to a meeting: its number, for whoever has to wait for it, or -1 for the last one to come. */
function comes(shared: Int32Array, threads: number): number {
  const number = Atomics.load(shared, words.meetings);
  if (Atomics.add(shared, words.arrived, 1) < threads - 1) return number;
  Atomics.store(shared, words.arrived, 0);
  // Numbers go round at 2^30, so that they stay small integers and never below 0.
  Atomics.store(shared, words.meetings, (number + 1) & 0x3fffffff);
  Atomics.notify(shared, words.meetings);
  return -1;
}
