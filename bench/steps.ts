// How long does a whole training step take, in each mode? Milliseconds, the modes in turns; and the bytes it allocates.
//   npm run bench -- steps [--json]
import { availableMode } from "../src/wasm/kernels.ts";
import type { NumericMode } from "../src/wasm/kernels.ts";
import { ratio, time } from "./harness.ts";
import { bindTrainingStep, networks } from "./step.ts";

const asJson = process.argv.includes("--json");
const modes: NumericMode[] = availableMode("fast") === "fast" ? ["reproducible", "fast"] : ["reproducible"];
const rows: object[] = [];

/** Bytes of JavaScript heap that a call allocates, over many calls, garbage not collected meanwhile. */
function bytesAllocated(run: () => void): number {
  const calls = 200;
  const before = process.memoryUsage().heapUsed;
  for (let call = 0; call < calls; call++) run();
  return Math.max(0, (process.memoryUsage().heapUsed - before) / calls);
}

if (!asJson) console.log(`node ${process.version}, ${process.arch}`);
for (const { sizes, batch } of networks) {
  const steps = await Promise.all(modes.map((mode) => bindTrainingStep(sizes, batch, mode)));
  const tasks = steps.map(({ run }, i) => ({ name: modes[i], run: () => void run() }));
  const timings = time(tasks, { samples: 61, warmUp: 400 });
  timings.forEach((timing, i) => {
    const { minimum, median, spread } = timing;
    const allocated = bytesAllocated(tasks[i].run);
    rows.push({
      network: sizes,
      batch,
      mode: modes[i],
      threads: 1,
      milliseconds: median,
      minimum,
      bytesAllocated: allocated,
    });
    if (asJson) return;
    console.log(
      `${sizes.join("-").padEnd(16)} batch ${String(batch).padStart(3)} ${modes[i].padEnd(12)} ` +
        `${minimum.toFixed(4)} best, ${median.toFixed(4)} ms median (+-${(100 * spread).toFixed(0)} %), ` +
        `${(1 / ratio(timing, timings[0])).toFixed(2)} of reproducible in turns, ${allocated.toFixed(0)} bytes of heap`,
    );
  });
  for (const { free } of steps) free();
}
if (asJson) console.log(JSON.stringify({ steps: rows }));
