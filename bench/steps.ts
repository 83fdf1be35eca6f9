// How long does a whole training step take in each mode, and what does it allocate? Milliseconds, the modes in turns.
import type { NumericMode } from "../src/wasm/modes.ts";
import { loadBuilds, nameOf } from "./builds.ts";
import { ratio, time } from "./harness.ts";
import { bindTrainingStep, networkOf, networks } from "./step.ts";
import { gainsByThreads } from "../src/train/team.ts";
import { processors, whyNone } from "#threads";

export interface StepRow {
  /** Inputs, then the outputs of each layer. */
  readonly network: readonly number[];
  readonly batch: number;
  readonly mode: NumericMode;
  readonly wide: boolean;
  /** One, and as many as there are processors, at most 8, where training would take them. */
  readonly threads: number;
  /** The median, and the best. */
  readonly milliseconds: number;
  readonly minimum: number;
  readonly spread: number;
  /** The median over the turns of the first mode's time over this one's. */
  readonly timesReproducible: number;
  /** Of the JavaScript heap, per step; WebAssembly memory never grows. */
  readonly bytesAllocated: number;
}

/** @param onRow hears each row as it is measured. @param wide whether to measure the wide builds too. */
export async function measureSteps(onRow: (row: StepRow) => void, wide = false): Promise<StepRow[]> {
  const rows: StepRow[] = [];
  const most = whyNone() === null ? Math.min(processors(), 8) : 1;
  for (const { sizes, batch } of networks) {
    // Training takes one thread where more would be slower.
    const counts = most > 1 && gainsByThreads(networkOf(sizes), batch) ? [1, most] : [1];
    const loaded = await loadBuilds(wide, async (build) => {
      const made = [];
      for (const count of counts) {
        made.push({
          ...build,
          threads: count,
          ...(await bindTrainingStep(sizes, batch, build.mode, build.wide, count)),
        });
      }
      return made;
    });
    const steps = counts.flatMap((_, i) => loaded.map((made) => made[i]));
    const timings = time(
      steps.map((step) => ({ name: `${nameOf(step)}, ${step.threads}`, run: step.run })),
      { samples: 61, warmUp: 400 },
    );
    timings.forEach((timing, i) => {
      const { minimum, median, spread } = timing;
      const row = {
        network: sizes,
        batch,
        mode: steps[i].mode,
        wide: steps[i].wide,
        threads: steps[i].threads,
        milliseconds: median,
        minimum,
        spread,
        timesReproducible: 1 / ratio(timing, timings[0]),
        bytesAllocated: allocatedBy(steps[i].run, minimum),
      };
      rows.push(row);
      onRow(row);
    });
    for (const { free } of steps) free();
  }
  return rows;
}

/** Bytes of heap that a step takes: the difference of n and 2 n steps, so that what asking takes does not count. */
function allocatedBy(run: () => void, milliseconds: number): number {
  const steps = Math.max(16, Math.min(2000, Math.floor(100 / milliseconds)));
  const taken = (count: number) => {
    const before = process.memoryUsage().heapUsed;
    for (let step = 0; step < count; step++) run();
    return process.memoryUsage().heapUsed - before;
  };
  // The least of several rounds; one in which garbage was collected is below zero.
  const least = (count: number) =>
    Math.min(...Array.from({ length: 5 }, () => taken(count)).filter((bytes) => bytes >= 0));
  const bytes = (least(2 * steps) - least(steps)) / steps;
  return Math.max(0, Math.round(bytes));
}
