// What a thread of a team does: one list of calls after another, on the memory that all share, until all are to stop.
import type { Kernels } from "./kernels.ts";
import { changes, createWalk, waits, withWork } from "./meeting.ts";
import type { ThreadStart } from "./team.ts";
import { words } from "./team-sizes.ts";

/**
 * Comes back when the team ends.
 * @param bindWork what the thread does of its team's work beside lists.
 * @param ready is called once the kernels are there.
 */
export async function serve(
  start: ThreadStart,
  bindWork: (start: ThreadStart, kernels: Kernels) => () => void,
  ready: () => void,
): Promise<void> {
  const { module, memory, control, thread, threads } = start;
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  const kernels = exports as unknown as Kernels;
  const shared = new Int32Array(memory.buffer, control);
  const walk = createWalk(withWork(kernels.runCalls, bindWork(start, kernels)), shared, threads);
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
