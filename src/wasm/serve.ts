// What a thread of a team does: one list of calls after another, on the memory that all share, until all are to stop.
import { changes, createWalk, waits } from "./meeting.ts";
import type { ThreadStart } from "./team.ts";
import { words } from "./team-sizes.ts";

/** @param ready is called once the kernels are there. Comes back when the team ends. */
export async function serve(
  { module, memory, control, thread, threads }: ThreadStart,
  ready: () => void,
): Promise<void> {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  const shared = new Int32Array(memory.buffer, control);
  const walk = createWalk(exports["runCalls"] as (calls: number, count: number) => number, shared, threads);
  const list = words.lists + 2 * thread;
  const isStopped = () => Atomics.load(shared, words.stopped) !== 0;
  ready();
  for (let begun = 0; ; begun = (begun + 1) & 0x3fffffff) {
    while (!changes(shared, words.begun, begun)) if (isStopped()) return;
    if (isStopped()) return;
    walk.begin(shared[list], shared[list + 1]);
    while (walk.goOn() === waits) if (isStopped()) return;
  }
}
